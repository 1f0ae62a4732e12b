"""Random lives of orders: whoever tries whatever, in whatever order, the promises of a loop hold after every try."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from civicloop.kernel.refusal import Refused, StepRefused
from civicloop.ledger.queries import breaks, history
from civicloop.volunteers import actions
from civicloop.volunteers.models import Order, OrderRefusal, OrderStep
from civicloop.volunteers.rules.lifecycle import ENDED, LIFECYCLE, WITH_TEAM
from civicloop.volunteers.sweeps import sweep_orders
from tests.cast import MONDAY_NINE
from tests.kept import kept
from tests.volunteers.cast import HOME, Corps, build_corps

pytestmark = pytest.mark.django_db

PEOPLE = (
    "order_desk", "other_order_desk", "mulberry_handler", "mulberry_leader", "plum_handler", "bamboo_handler", "reporter",
    "handler", "auditor", None,
)  # fmt: skip
STEPS = tuple(step.name for step in LIFECYCLE)
GIVEN: dict[str, Any] = {"reason": "原因", "note": "说明", "score": 3, "place": HOME, "description": "改了"}
tries = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from((*STEPS, "sweep", "reassign")), st.sampled_from(PEOPLE),
        st.sampled_from(("MULBERRY", "PLUM", "BAMBOO")), st.sampled_from((0.2, 1, 5, 30, 24 * 8, 24 * 45)),
    ),
    min_size=5, max_size=40,
)  # fmt: skip


def attempt(corps: Corps, order: Order, step: str, who: str | None, team: str, at: datetime) -> None:
    """Somebody tries something; what is refused must leave nothing behind."""
    by = corps.city.people[who] if who else None
    if step == "sweep":
        sweep_orders(at=at)
        return
    before = (list(Order.objects.order_by("pk").values()), OrderStep.objects.count(), OrderRefusal.objects.count())
    try:
        if step == "reassign":
            actions.reassign(order.uid, team=corps.teams[team.lower()], reason="改派", by=by, at=at)
        else:
            asked = LIFECYCLE[step].needs | ({"description"} if step == "amend" else set())
            actions.take(order.uid, step, by=by, at=at, given={n: team if n == "team" else GIVEN[n] for n in asked})
    except Refused:
        after = (list(Order.objects.order_by("pk").values()), OrderStep.objects.count(), OrderRefusal.objects.count())
        assert after == before


def check(order: Order, held: dict[int, set[int]]) -> None:
    """What holds of every order at every moment."""
    assert order.owner_id is not None
    assert (order.ended_at is not None) == (order.state in ENDED)
    if order.state in ENDED:
        assert (order.act_by, order.alarm_at, order.stage_clock) == (None, None, None)
    elif order.state != "draft":
        assert order.act_by is not None
    if order.state in WITH_TEAM:
        assert order.team is not None
        assert order.owner_id == order.team.unit_id
    if order.state == "pooled":
        assert order.team_id is None
    refused = set(order.refusals.values_list("team_id", flat=True))
    assert order.team_id not in refused  # a team that had it and has it no longer is never asked again
    assert refused >= held[order.pk]
    held[order.pk] |= refused
    rows = list(order.steps.order_by("seq").values_list("seq", "name", "state_before", "state_after"))
    assert [seq for seq, *_ in rows] == list(range(1, order.version + 1))
    assert rows[-1][3] == order.state
    assert all(earlier[3] == later[2] for earlier, later in itertools.pairwise(rows))
    verbs = [line.verb for line in history("order", order.uid) if line.verb.startswith("order.")]
    assert verbs == [f"order.{name}" for _, name, *_ in rows]
    try:
        order.validate_constraints()
    except ValidationError as fault:  # pragma: no cover
        raise AssertionError(fault) from fault


class Walks(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(tries)
    def test_whatever_anybody_tries_the_promises_hold(self, made_up: list[Any]) -> None:
        corps = kept(build_corps)
        orders = [corps.order(), corps.order(service="repair", urgent=True), corps.walk("pooled", submit=True)]
        at, held = MONDAY_NINE + timedelta(hours=1), defaultdict(set)
        for number, step, who, team, later in made_up:
            at += timedelta(hours=later)
            attempt(corps, orders[number], step, who, team, at)
            for order in Order.objects.select_related("team"):
                check(order, held)
        for team in corps.teams.values():
            # What was not served after all comes back to its team, also where that has found other work meanwhile.
            back = OrderStep.objects.filter(name="not_served", order__team=team).count()
            assert Order.objects.filter(team=team, state__in=sorted(WITH_TEAM)).count() <= team.capacity + back
        assert list(breaks()) == []


def test_a_system_step_before_its_time_is_refused(corps: Corps) -> None:
    offered, served = corps.walk("assigned"), corps.walk("served", team="plum")

    for verb, order in ((actions.lapse, offered), (actions.rate_by_time, served)):
        with pytest.raises(StepRefused) as refused:
            verb(order.uid, at=order.act_by - timedelta(seconds=1))
        assert refused.value.code == "not_lapsed_yet"
        assert verb(order.uid, at=order.act_by).version == order.version + 1
