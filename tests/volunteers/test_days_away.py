"""Days away of a team: entered and ended, refused when they make no sense, and nobody is proposed, offered or kept on them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from civicloop.kernel.refusal import Conflict, NotAllowed, NotFound, Refused
from civicloop.ledger.queries import breaks, history
from civicloop.organisation.days import day_of
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.volunteers import actions
from civicloop.volunteers.actions import places
from civicloop.volunteers.actions.days_away import Added, add_days_away, end_days_away
from civicloop.volunteers.actions.dispatch_edits import keep_edit
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.dispatch_commands import dispatch
from civicloop.volunteers.dispatchwords import fell, said, skipped
from civicloop.volunteers.models import DaysAway, DispatchEdit, Order, Proposal
from civicloop.volunteers.pooling import gather
from civicloop.volunteers.proposing import price_of_edit
from tests.cast import MONDAY_NINE, WEST, hours
from tests.threads import at_once
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")
AT = MONDAY_NINE + hours(2)
MONDAY = MONDAY_NINE.date()
TUESDAYS = [{"weekday": 2, "from": "09:00", "to": "12:00", "orders": 2}]


def day(ahead: int) -> date:
    return MONDAY + timedelta(days=ahead)


def moment(ahead: int, hour: int = 9) -> datetime:
    return datetime.combine(day(ahead), time(hour), CITY)


def away(corps: Corps, team: str, first: int, last: int, **more: Any) -> Added:
    told = {"by": None, "at": AT} | more
    return add_days_away(team=corps.teams[team], first=day(first), last=day(last), **told)


def pooled(corps: Corps, service: str = "haircut", **given: Any) -> Order:
    made: Order = corps.walk("pooled", service=service, **given)
    return made


def on(ahead: int) -> dict[str, datetime]:
    """Wanted on the morning of one day."""
    return {"wanted_from": moment(ahead), "wanted_to": moment(ahead, 12)}


def row_of(made: Proposal, order: Order) -> dict[str, Any]:
    return next(row for row in made.content if row["order"] == str(order.uid))


def change(corps: Corps, team: str, **changes: Any) -> None:
    places.change_team(team=corps.teams[team], changes=changes, by=None, at=MONDAY_NINE)


# Entering and ending


def test_days_away_are_entered_by_whoever_keeps_the_team_and_the_ledger_says_so(corps: Corps) -> None:
    made = away(corps, "mulberry", 1, 3, reason="  集中培训 ", by=corps.mulberry_leader).days

    assert (made.first_day, made.last_day, made.reason, made.entered_by) == (
        day(1),
        day(3),
        "集中培训",
        corps.mulberry_leader,
    )
    line = list(history("team", corps.mulberry.uid))[-1]
    assert (line.verb, line.data) == (
        "team.add_days_away", {"first_day": f"{day(1)}", "last_day": f"{day(3)}", "reason": "集中培训"},
    )  # fmt: skip
    for who in (corps.mulberry_handler, corps.plum_handler, corps.system_admin):
        with pytest.raises(NotAllowed):
            away(corps, "mulberry", 8, 8, by=who)
        with pytest.raises(NotAllowed):
            end_days_away(days_away=made, by=who, at=AT)
    away(corps, "mulberry", 8, 8, by=corps.town_order_desk)
    assert list(breaks()) == []


@pytest.mark.parametrize(
    ("first", "last", "reason", "code"),
    [
        (3, 2, "", "days_away_wrong_way_round"),
        (-3, -1, "", "days_away_over"),
        (1, 367, "", "days_away_too_long"),
        (700, 740, "", "days_away_too_far"),
        (1, 2, "x" * 101, "too_long"),
        (1, 2, "问小桑 138 1234 0000", "reason_has_number"),
        (1, 2, "１３８１２３４００００", "reason_has_number"),
        (4, 4, "", "days_away_overlap"),
        (0, 9, "", "days_away_overlap"),
        (6, 9, "", "days_away_overlap"),
    ],
)
def test_bad_and_overlapping_periods_are_refused_with_a_sentence(
    corps: Corps, first: int, last: int, reason: str, code: str
) -> None:
    away(corps, "mulberry", 4, 6)
    with pytest.raises(Refused) as refused:
        away(corps, "mulberry", first, last, reason=reason)

    assert refused.value.code == code
    with override("en"):
        assert code not in sentence(refused.value)
    assert DaysAway.objects.count() == 1
    away(corps, "plum", 4, 6)
    away(corps, "mulberry", 7, 7)


def test_the_table_itself_refuses_a_period_that_ends_before_it_begins(corps: Corps) -> None:
    with pytest.raises(IntegrityError, match="days_away_end_after_beginning"), transaction.atomic():
        DaysAway.objects.create(team=corps.teams["plum"], first_day=day(2), last_day=day(1), entered_at=AT)


def test_what_lies_ahead_is_taken_out_what_runs_ends_yesterday_and_what_is_over_stays(corps: Corps) -> None:
    ahead, running = away(corps, "mulberry", 4, 6).days, away(corps, "mulberry", 0, 2).days
    end_days_away(days_away=ahead, by=corps.mulberry_leader, at=AT)
    end_days_away(days_away=running, by=corps.mulberry_leader, at=AT + timedelta(days=1))

    assert [(one.first_day, one.last_day) for one in DaysAway.objects.all()] == [(day(0), day(0))]
    assert [line.verb for line in history("team", corps.mulberry.uid)][-2:] == ["team.end_days_away"] * 2
    with pytest.raises(NotFound):
        end_days_away(days_away=ahead, by=None, at=AT)
    with pytest.raises(Conflict, match="days_away_over"):
        end_days_away(days_away=running, by=None, at=AT + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_two_people_enter_the_same_days_and_one_is_refused(corps: Corps) -> None:
    faults = at_once(lambda: away(corps, "mulberry", 1, 3), lambda: away(corps, "mulberry", 2, 5))

    assert [getattr(one, "code", None) for one in faults if one] == ["days_away_overlap"]
    assert DaysAway.objects.count() == 1


def test_orders_in_these_days_are_told_and_stay_accepted(corps: Corps) -> None:
    change(corps, "mulberry", capacity=6)
    fixed, other = corps.walk("accepted", **on(2)), corps.walk("accepted", **on(5))
    wide = corps.walk("assigned", wanted_from=moment(2), wanted_to=moment(6))
    midnight = corps.walk("accepted", wanted_from=moment(0, 12), wanted_to=moment(1, 0))

    made = away(corps, "mulberry", 1, 3)

    assert [(one.order.pk, one.only) for one in sorted(made.orders, key=lambda one: one.order.pk)] == [
        (fixed.pk, True),
        (wide.pk, False),
    ], "what ends at midnight does not lie in the day that begins then"
    for order, state in ((fixed, "accepted"), (other, "accepted"), (wide, "assigned"), (midnight, "accepted")):
        order.refresh_from_db()
        assert (order.state, order.team) == (state, corps.teams["mulberry"])


def test_what_was_promised_without_a_wanted_time_lies_in_the_days_until_its_deadline(corps: Corps) -> None:
    order = corps.walk("accepted")
    assert order.due_at is not None

    last = (day_of(order.due_at) - MONDAY).days
    assert [one.only for one in away(corps, "mulberry", 0, last).orders] == [True]
    assert away(corps, "mulberry", last + 1, last + 3).orders == []


# Dispatch


def test_a_team_is_not_proposed_on_a_day_it_is_away_and_the_next_one_is(corps: Corps) -> None:
    order = pooled(corps, **on(2))
    assert row_of(propose(by=None, at=AT), order)["team"] == "MULBERRY"
    away(corps, "mulberry", 2, 3)

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["counts"]["people"], row["counts"]["time"]) == ("PLUM", 3, 2)
    assert [(one["team"], one["why"], one.get("until")) for one in row["best"]] == [
        ("MULBERRY", "away", f"{day(3)}"),
        ("PLUM", "chosen", None),
    ]
    with override("en"):
        assert f"桑榆服务队: away until {day(3)}" in said(row)


def test_a_team_that_is_away_but_farther_is_not_said_to_be_nearer(corps: Corps) -> None:
    order = pooled(corps, **on(2))
    away(corps, "plum", 2, 3)
    change(corps, "bamboo", capacity=1)

    row = row_of(propose(by=None, at=AT), order)

    assert [(one["team"], one["why"]) for one in row["best"]] == [
        ("MULBERRY", "chosen"),
        ("PLUM", "away"),
        ("BAMBOO", "farther"),
    ]
    with override("en"):
        assert "Nearer" not in said(row)


def test_before_and_after_its_days_away_a_team_is_proposed(corps: Corps) -> None:
    change(corps, "plum", capacity=0)
    away(corps, "mulberry", 2, 3)
    before, after = pooled(corps, **on(1)), pooled(corps, **on(4))

    made = propose(by=None, at=AT)

    assert [row_of(made, one)["team"] for one in (before, after)] == ["MULBERRY", "MULBERRY"]
    assert row_of(made, before)["back"] is None
    assert row_of(made, after)["back"] == f"{day(4)}"


def test_weekly_times_do_not_hold_on_days_away(corps: Corps) -> None:
    change(corps, "mulberry", slots=TUESDAYS)
    change(corps, "plum", capacity=0)
    order = pooled(corps, wanted_to=moment(9, 18))
    tuesday = row_of(propose(by=None, at=AT), order)["when"]
    away(corps, "mulberry", 0, 3)

    row = row_of(propose(by=None, at=AT), order)

    assert datetime.fromisoformat(tuesday[0]) == moment(1)
    assert (row["team"], [datetime.fromisoformat(one) for one in row["when"]]) == (
        "MULBERRY",
        [moment(8), moment(8, 12)],
    )
    away(corps, "mulberry", 8, 8)
    row = row_of(propose(by=None, at=AT), order)
    assert (row["team"], row["why_not"]) == (None, "away")
    assert row["missing"] == {"away_team": "桑榆服务队", "away_until": f"{day(3)}"}


def test_when_the_teams_that_could_are_away_it_is_said_and_until_when(corps: Corps) -> None:
    order = pooled(corps, **on(2))
    for team in corps.teams:
        away(corps, team, 1, 2)
    away(corps, "mulberry", 3, 5)

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["why_not"], row["joint"]) == (None, "away", None)
    with override("en"):
        assert said(row) == f"no team is free then: 桑榆服务队 is away until {day(5)}", "one after the other"


def test_what_is_wanted_at_no_particular_time_is_planned_for_when_the_team_is_back(corps: Corps) -> None:
    change(corps, "plum", capacity=0)
    order = pooled(corps)
    away(corps, "mulberry", 0, 3)

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["back"], row["when"]) == ("MULBERRY", f"{day(4)}", None)
    with override("en"):
        assert f"back on {day(4)}" in said(row)
    away(corps, "mulberry", 4, 20)
    assert row_of(propose(by=None, at=AT), order)["why_not"] == "away", "nobody waits for longer than a fortnight"


def test_a_nearer_team_that_is_away_today_is_said_to_be_away_and_not_later(corps: Corps) -> None:
    order = pooled(corps, lon=WEST + 0.0108, lat=24.705)
    away(corps, "mulberry", 0, 12)

    row = row_of(propose(by=None, at=AT), order)

    assert row["team"] == "PLUM"
    assert (row["best"][0]["team"], row["best"][0]["why"], row["best"][0]["until"]) == (
        "MULBERRY",
        "away",
        f"{day(12)}",
    )


def test_a_proposal_made_before_is_not_carried_out_against_days_away(corps: Corps) -> None:
    order = pooled(corps, **on(2))
    made = propose(by=corps.order_desk, at=AT)
    away(corps, "mulberry", 2, 2)

    done = carry_out(made.uid, by=corps.order_desk, at=AT)

    assert (list(done.assigned), [one["code"] for one in done.skipped]) == ([], ["team_away"])
    order.refresh_from_db()
    assert order.state == "pooled"
    with override("en"):
        assert "away" in skipped("team_away")


def test_neither_by_an_offer_nor_by_a_decision_can_a_person_choose_a_team_that_is_away(corps: Corps) -> None:
    order = pooled(corps, **on(2))
    made = propose(by=corps.order_desk, at=AT)
    away(corps, "mulberry", 2, 3)

    with pytest.raises(Conflict, match="team_away") as refused:
        actions.assign(order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)
    with override("en"):
        assert f"away until {day(3)}" in sentence(refused.value)
    with pytest.raises(Conflict, match="team_away"):
        keep_edit(order_uid=order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)
    assert price_of_edit(made, str(order.uid), "MULBERRY", at=AT).cost["forced"] == "away"
    assert price_of_edit(made, str(order.uid), "PLUM", at=AT).cost["forced"] is None
    actions.arrange(order.uid, note="改到周五", **on(4), by=corps.order_desk, at=AT)
    keep_edit(order_uid=order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)


def test_a_decision_falls_when_the_team_goes_away_or_the_order_is_moved_into_its_days(corps: Corps) -> None:
    first, second = pooled(corps, **on(2)), pooled(corps, **on(5))
    for order in (first, second):
        keep_edit(order_uid=order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)
    away(corps, "mulberry", 2, 3)
    actions.arrange(second.uid, note="改到周四", **on(3), by=corps.order_desk, at=AT)

    made = propose(by=None, at=AT)

    assert [(one.state, one.why) for one in DispatchEdit.objects.all()] == [("fell", "team_away")] * 2
    assert sorted(str(row_of(made, one)["team"]) for one in (first, second)) == ["None", "PLUM"]
    with override("en"):
        assert "away" in fell("team_away")


def test_an_accepted_order_does_not_take_room_on_a_day_away(corps: Corps) -> None:
    """The accepted one must be moved; until then it counts for the team, not for the Tuesday on which nobody comes."""
    change(corps, "mulberry", slots=[{**TUESDAYS[0], "orders": 1}], capacity=3)
    change(corps, "plum", capacity=0)
    corps.walk("accepted", **on(1))
    away(corps, "mulberry", 1, 1)
    order = pooled(corps, wanted_to=moment(9, 18))

    row = row_of(propose(by=None, at=AT), order)

    assert [datetime.fromisoformat(one) for one in row["when"]] == [moment(8), moment(8, 12)]
    assert (row["load"], row["capacity"]) == (2, 3)


def test_the_dry_run_says_who_is_away(corps: Corps) -> None:
    today = day_of(timezone.now())
    wanted = datetime.combine(today + timedelta(days=5), time(9), CITY)
    pooled(corps, wanted_from=wanted, wanted_to=wanted + hours(3))
    until = today + timedelta(days=7)
    add_days_away(
        team=corps.teams["mulberry"],
        first=today + timedelta(days=4),
        last=until,
        by=None,
        at=MONDAY_NINE - timedelta(days=30),
    )

    with override("en"):
        told = CliRunner().invoke(dispatch, ["--dry-run"], catch_exceptions=False).output

    assert f"桑榆服务队: away until {until}" in told


def test_all_days_away_are_read_in_one_statement(corps: Corps, django_assert_num_queries: Any) -> None:
    pooled(corps)
    reference.now().grids  # noqa: B018  (the books are loaded)
    counted = []
    for many in (0, 3):
        for number in range(many):
            for team in corps.teams:
                away(corps, team, 2 * number, 2 * number)
        with django_assert_num_queries(9) as found:
            gather(at=AT, ref=reference.now())
        counted.append(sum("daysaway" in one["sql"] for one in found.captured_queries))

    assert counted == [1, 1]
