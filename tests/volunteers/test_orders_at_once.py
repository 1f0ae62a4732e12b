"""Team and desk act at the same moment: one wins, the other is told plainly, and nothing happens twice."""

from __future__ import annotations

from functools import partial

import pytest

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, NotAllowed, Stale, StepRefused
from civicloop.ledger.queries import breaks
from civicloop.volunteers import actions
from civicloop.volunteers.models import Order, OrderRefusal
from civicloop.volunteers.rules.lifecycle import WITH_TEAM
from civicloop.volunteers.sweeps import sweep_orders
from tests.cast import MONDAY_NINE, hours
from tests.kept import kept
from tests.threads import at_once
from tests.volunteers.cast import HOME, Corps, build_corps

pytestmark = pytest.mark.django_db(transaction=True)
AT = MONDAY_NINE + hours(1)


@pytest.fixture
def town() -> Corps:
    return kept(build_corps)


def test_of_a_team_that_accepts_and_a_desk_that_reassigns_one_wins(town: Corps) -> None:
    order = town.walk("assigned")
    faults = at_once(
        partial(actions.accept, order.uid, by=town.mulberry_handler, at=AT),
        partial(actions.reassign, order.uid, team=town.teams["plum"], reason="更近", by=town.order_desk, at=AT),
    )

    order.refresh_from_db()
    if order.state == "accepted":
        assert [type(one) for one in faults] == [type(None), StepRefused]
        assert (order.team, OrderRefusal.objects.count()) == (town.teams["mulberry"], 0)
    else:
        assert [type(one) for one in faults] == [Conflict, type(None)]
        assert (order.state, order.team) == ("assigned", town.teams["plum"])
    assert list(breaks()) == []


def test_a_desk_that_saw_an_older_version_does_not_take_an_accepted_order_back(town: Corps) -> None:
    order = town.walk("assigned")
    faults = at_once(
        partial(actions.accept, order.uid, by=town.mulberry_handler, at=AT),
        partial(actions.recall, order.uid, reason="改派", by=town.order_desk, at=AT, expected_version=order.version),
    )

    order.refresh_from_db()
    expected = {"accepted": [None, Stale], "pooled": [Conflict, None]}[order.state]
    assert [type(one) if one else None for one in faults] == expected


def test_two_orders_do_not_both_take_a_teams_last_place(town: Corps) -> None:
    one, other = town.walk("pooled"), town.walk("pooled")
    plum = town.teams["plum"]
    faults = at_once(
        partial(actions.assign, one.uid, team=plum, by=town.order_desk, at=AT),
        partial(actions.assign, other.uid, team=plum, by=town.other_order_desk, at=AT),
    )

    assert sorted(str(type(fault)) for fault in faults) == sorted([str(Conflict), str(type(None))])
    assert Order.objects.filter(team=plum, state__in=sorted(WITH_TEAM)).count() == 1
    assert list(breaks()) == []


def test_the_same_order_sent_twice_at_once_is_one_order(town: Corps) -> None:
    uid = new_uid()
    send = partial(actions.create, service=town.services["haircut"], by=town.reporter, at=AT, uid=uid, **HOME)

    assert at_once(send, send) == [None, None]
    assert Order.objects.filter(uid=uid).count() == 1
    assert Order.objects.get(uid=uid).state == "submitted"


def test_two_workers_that_sweep_let_an_offer_lapse_once(town: Corps) -> None:
    order = town.walk("assigned")
    due = order.act_by

    assert at_once(partial(sweep_orders, at=due), partial(sweep_orders, at=due)) == [None, None]
    assert order.steps.filter(name="lapse").count() == 1
    assert OrderRefusal.objects.count() == 1
    assert list(breaks()) == []


def test_a_team_answers_as_its_time_runs_out(town: Corps) -> None:
    order = town.walk("assigned")
    due = order.act_by
    faults = at_once(
        partial(actions.accept, order.uid, by=town.mulberry_handler, at=due), partial(sweep_orders, at=due)
    )

    order.refresh_from_db()
    assert order.state in ("accepted", "pooled")
    assert (faults[0] is None) == (order.state == "accepted")
    assert faults[0] is None or isinstance(faults[0], (Conflict, NotAllowed))
    assert faults[1] is None
