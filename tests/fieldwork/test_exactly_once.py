"""Whatever the network and the server do to a day's work, in the end each entry has had its effect exactly once, in order.

Hypothesis invents the day's misfortunes: batches in any order and again and again, the server cut off at any statement, photos
before and after, the sweep in between. Then the phone does what it always does: it sends what it has until all is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.fieldwork import actions
from civicloop.fieldwork.models import Entry
from civicloop.inspection.models import Observation, Submission
from civicloop.ledger.queries import breaks
from tests.cast import City
from tests.fieldwork.phone import NOON, Phone, named_photo
from tests.inspection.made_up import answer, make_scene, stored

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The server dies: nothing that follows in its transaction is ever done."""


@contextmanager
def dying(after: int) -> Iterator[None]:
    """Let the server die at the statement with this number; what clears up afterwards is the database's own doing.

    Rolling back is part of that clearing up: a connection that ends rolls back by itself. Nothing else is done by the dead.
    """
    seen = 0

    def count(execute: Callable[..., Any], sql: Any, *more: Any) -> Any:
        nonlocal seen
        if not str(sql).startswith("ROLLBACK"):
            seen += 1
            if 0 < after <= seen:
                raise Killed
        return execute(sql, *more)

    try:
        with connection.execute_wrapper(count):
            yield
    except Killed:
        pass


class Day:
    """What one phone has noted on one day, with five photos, and what must come of it."""

    def __init__(self, city: City) -> None:
        self.city = city
        scene = make_scene(city)
        self.scene, self.given = scene, city.walk("dispatched", category="parking")
        self.phone = phone = Phone(city.handler)
        self.inspector = Phone(city.inspector)
        first, second, bad = (UUID(int=number, version=4) for number in (1, 2, 3))
        self.loops = (first, second, bad)
        made = [
            phone.case(loop=first, photos=[named_photo("a"), named_photo("b", kind="far")]),
            phone.case(loop=second),
            phone.case("77777", bad),
        ]
        chain = [phone.step(self.given.uid, "accept", version=self.given.version)]
        chain.append(
            phone.step(
                self.given.uid, "rectify", {"note": "已清理"}, photos=[named_photo("c", kind="after")],
                after=[chain[0]["uid"]],
            )
        )  # fmt: skip
        comments = [phone.comment(one["loop"], f"其{one['seq']}", after=[one["uid"]]) for one in made]
        more = phone.comment(first, "再看", after=[comments[0]["uid"]])
        self.of_handler = [*made, *chain, *comments, more]
        photo = {"sha256": named_photo("d")["sha256"]}
        changed = answer("STREET-02", "not_met", photos=[photo])
        self.of_inspector = [self.inspector.visit(scene.visit, changed, photos=[named_photo("d")])]
        self.words = ("a", "b", "c", "d")

    def send(self, numbers: list[int], cut: int) -> None:
        """Send some entries of both phones, in this order, and apply; the server dies at a statement, or at none."""
        with dying(cut):
            everything = [(self.phone, one) for one in self.of_handler] + [(self.inspector, self.of_inspector[0])]
            for number in numbers:
                phone, entry = everything[number % len(everything)]
                phone.send(entry, apply=False)
            actions.apply_entries(by=self.phone.person, at=NOON)
            actions.apply_entries(by=self.inspector.person, at=NOON)

    def photograph(self, number: int, cut: int) -> None:
        """Send a photo."""
        with dying(cut):
            word = self.words[number % len(self.words)]
            stored(word, by=self.inspector.person if word == "d" else self.phone.person)

    def sweep(self, cut: int) -> None:
        """The worker looks after what was left."""
        with dying(cut):
            actions.apply_waiting(at=NOON)

    def finish(self) -> None:
        """The network is back: everything is sent once more, and the worker comes by."""
        self.send(list(range(len(self.of_handler) + 1)), 0)
        for number in range(len(self.words)):
            self.photograph(number, 0)
        self.sweep(0)


def check(day: Day) -> None:
    """Exactly once, in order, and nothing beside it."""
    first, second, bad = day.loops
    assert not Case.objects.filter(uid=bad).exists()
    assert [step.name for step in Case.objects.get(uid=first).steps.order_by("seq")] == ["report", "comment", "comment"]
    assert [step.note for step in Case.objects.get(uid=first).steps.order_by("seq")][1:] == ["其1", "再看"]
    assert [step.name for step in Case.objects.get(uid=second).steps.order_by("seq")] == ["report", "comment"]
    steps = CaseStep.objects.filter(case=day.given).order_by("seq").values_list("name", flat=True)
    assert list(steps) == ["report", "file", "dispatch", "accept", "rectify"]
    assert CaseEvidence.objects.count() == 2 + 1 + 1  # of the first case, the step and the visit's case
    assert Case.objects.count() == 4
    assert (Observation.objects.count(), Submission.objects.count()) == (6, 1)
    states = dict(Entry.objects.values_list("loop_uid", "state").filter(loop_uid=bad, kind="case"))
    assert states == {bad: "refused"}
    assert Entry.objects.get(loop_uid=bad, kind="comment").state == "needs_you"
    assert Entry.objects.exclude(loop_uid=bad).exclude(state="applied").count() == 0
    assert list(breaks()) == []


CUT = st.one_of(st.just(0), st.integers(1, 120))
MISFORTUNES = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(st.integers(0, 30), max_size=14), CUT),
        st.tuples(st.just("photograph"), st.integers(0, 3), CUT),
        st.tuples(st.just("sweep"), CUT),
    ),
    max_size=7,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(MISFORTUNES)
def test_each_entry_has_its_effect_exactly_once(city: City, happened: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        day = Day(city)
        for what, *how in happened:
            getattr(day, what)(*how)
        day.finish()
        check(day)
        day.finish()
        check(day)
        transaction.set_rollback(True)
