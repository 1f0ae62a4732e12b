"""How many statements a step may cost. A number that grows here is paid by every report of a large city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.cases import actions, queries
from civicloop.cases.models import Case
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db


class Count:
    """Statements without those that only open and close transactions."""

    statements = 0


@contextmanager
def counted() -> Iterator[Count]:
    counter = Count()
    with CaptureQueriesContext(connection) as told:
        yield counter
    counter.statements = sum(
        not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for one in told.captured_queries
    )


@pytest.fixture
def jobs_wait(settings: Any) -> None:
    """Reactions are another's cost: the queue takes one statement for each, counted apart."""
    settings.CIVICLOOP_JOBS_RUN = "never"


@pytest.mark.usefixtures("jobs_wait")
def test_a_report_costs_few_statements(city: City) -> None:
    city.report(at=MONDAY_NINE - hours(1))
    photo = city.photo("near")
    with counted() as plain:
        actions.report(
            category_id=city.litter.pk, by=city.reporter, at=MONDAY_NINE, lon=WEST + 0.005, lat=SOUTH + 0.005
        )
    with counted() as with_photo:
        actions.report(
            category_id=city.litter.pk, by=city.reporter, at=MONDAY_NINE, lon=WEST + 0.005, lat=SOUTH + 0.005,
            photos=[photo],
        )  # fmt: skip

    # One of them asks which of the cases near the reporter may see; PostgreSQL writes all that belongs to a case in one.
    at_once = connection.vendor == "postgresql"
    assert (plain.statements, with_photo.statements) == ((4, 6) if at_once else (7, 9))


STEPS: dict[str, tuple[str, int, Callable[[City, Case], Any]]] = {
    "file": ("reported", 6, lambda c, case: actions.file(case.uid, category_id=c.litter.pk, by=c.filer, at=AT)),
    "dispatch": ("filed", 7, lambda c, case: actions.dispatch(case.uid, unit_id=c.lotus.pk, by=c.dispatcher, at=AT)),
    "accept": ("dispatched", 6, lambda c, case: actions.accept(case.uid, by=c.handler, at=AT)),
    "rectify": (
        "accepted", 12,
        lambda c, case: actions.rectify(case.uid, note="done", photos=[c.photo()], by=c.handler, at=AT),
    ),
    "verify": ("rectified", 8, lambda c, case: actions.verify(case.uid, note="ok", by=c.verifier, at=AT)),
    "close": ("verified", 8, lambda c, case: actions.close(case.uid, by=c.filer, at=AT)),
}  # fmt: skip
AT = MONDAY_NINE + hours(3)


@pytest.mark.usefixtures("jobs_wait")
def test_the_steps_of_the_seven_stages_cost_few_statements(city: City) -> None:
    spent = {}
    for name, (state, _, step) in STEPS.items():
        case = city.walk(state)
        city.photo()
        with counted() as counter:
            step(city, case)
        spent[name] = counter.statements

    assert spent == {name: most for name, (_, most, _) in STEPS.items()}


@pytest.mark.usefixtures("jobs_wait")
def test_a_list_with_its_steps_costs_the_same_for_two_cases_as_for_ten(city: City) -> None:
    for number in range(10):
        city.walk(["dispatched", "accepted", "rectified"][number % 3], lon=WEST + 0.001 * number, lat=SOUTH + 0.005)
    ref = reference.now()
    actor = ref.actor(city.handler, MONDAY_NINE.date())

    def cost(most: int) -> int:
        with counted() as counter:
            rows = list(queries.inbox(actor, ref)[:most])
            queries.moving_steps(actor, rows, at=MONDAY_NINE, ref=ref)
        return counter.statements

    assert cost(2) == cost(7) <= 3
