"""Who served in an order: named when the team reports it served, recorded by the ordinary rules, void when nobody came."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.volunteers import actions
from civicloop.volunteers.actions import hours
from civicloop.volunteers.models import ServiceRecord, Volunteer
from civicloop.volunteers.queries.hours import chain_of, totals
from tests.cast import MONDAY_NINE
from tests.volunteers.cast import Corps
from tests.volunteers.folk import volunteer

# The walk reaches "serving" an hour after nine; the team reports at noon.
BEGUN, NOON = MONDAY_NINE + timedelta(hours=1), MONDAY_NINE + timedelta(hours=3)


def row(who: Volunteer, start: float = 1, end: float = 3, **more: Any) -> dict[str, Any]:
    at = [MONDAY_NINE + timedelta(hours=count) for count in (start, end)]
    return {"volunteer": str(who.uid), "starts_at": at[0].isoformat(), "ends_at": at[1].isoformat(), **more}


def report(corps: Corps, order: Any, *rows: dict[str, Any], by: str = "mulberry_handler", **more: Any) -> Any:
    given = {"note": "头发理好了", "served": list(rows)}
    return actions.take(order.uid, "finish", by=corps.city.people[by], at=NOON, given=given | more)


def test_reporting_an_order_served_records_who_served_with_its_number(corps: Corps) -> None:
    one, two, order = volunteer(corps), volunteer(corps, "乙义", serial=2), corps.walk("serving")
    done = report(corps, order, row(one), row(two, 1, 3, hours="1.5"))

    assert done.state == "served"
    assert {(made.volunteer, made.hours, made.title) for made in ServiceRecord.objects.all()} == {
        (one, Decimal(2), f"上门理发 {order.number}"), (two, Decimal("1.5"), f"上门理发 {order.number}"),
    }  # fmt: skip
    assert done.steps.get(name="finish").data["people"] == 2
    assert set(ServiceRecord.objects.values_list("recorded_by", flat=True)) == {corps.mulberry_handler.pk}


def test_it_may_be_reported_without_naming_anybody(corps: Corps) -> None:
    assert report(corps, corps.walk("serving")).state == "served"
    assert not ServiceRecord.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [(2, 4, "hours_in_future"), (1, 1.2, "hours_too_few"), (3, 1, "ends_before_it_begins"), (-8, 3, "hours_outside_order")],
)  # fmt: skip
def test_hours_that_cannot_be_leave_the_order_where_it_was_and_say_of_whom(
    corps: Corps, start: float, end: float, code: str
) -> None:
    one, two, order = volunteer(corps), volunteer(corps, "乙义", serial=2), corps.walk("serving")
    with pytest.raises(Refused) as no:
        report(corps, order, row(one), row(two, start, end))
    order.refresh_from_db()

    assert (no.value.code, no.value.params["volunteer"]) == (code, str(two.uid))
    assert order.state == "serving"
    assert not ServiceRecord.objects.exists()


def test_who_served_elsewhere_at_that_time_or_is_of_another_team_is_refused(corps: Corps) -> None:
    one, stranger = volunteer(corps), volunteer(corps, "乙义", serial=2, team="plum")
    first, second = corps.walk("serving"), corps.walk("serving", team="plum")
    report(corps, first, row(one))
    for who, code in ((one, "not_of_the_team"), (stranger, None)):
        if code is None:
            assert report(corps, second, row(who), by="plum_handler").state == "served"
            continue
        with pytest.raises(Conflict) as no:
            report(corps, second, row(who), by="plum_handler")
        assert no.value.code == code


def test_the_same_person_is_not_in_two_orders_at_once(corps: Corps) -> None:
    one, first, second = volunteer(corps), corps.walk("serving"), corps.walk("serving")
    report(corps, first, row(one))
    with pytest.raises(Conflict) as no:
        report(corps, second, row(one, 2, 3))

    assert no.value.code == "hours_overlap"


@pytest.mark.parametrize(
    "wrong", ["x", [{"volunteer": "x"}], [{"who": "x"}], [{"volunteer": "00000000-0000-0000-0000-000000000007"}], ["x"]]
)
def test_what_names_nobody_is_refused_and_not_broken(corps: Corps, wrong: Any) -> None:
    with pytest.raises(Invalid) as no:
        actions.take(
            corps.walk("serving").uid,
            "finish",
            by=corps.mulberry_handler,
            at=NOON,
            given={"note": "好", "served": wrong},
        )
    assert no.value.field == "served"


@pytest.mark.parametrize("hours_said", ["viel", "NaN", "1e99999", "-1", "0.3"])
def test_hours_that_are_no_number_are_refused(corps: Corps, hours_said: str) -> None:
    with pytest.raises(Invalid):
        report(corps, corps.walk("serving"), row(volunteer(corps), hours=hours_said))


def test_no_other_step_asks_who_served(corps: Corps) -> None:
    given = {"note": "到了", "served": [row(volunteer(corps))]}
    with pytest.raises(Invalid) as no:
        actions.take(corps.walk("accepted").uid, "begin", by=corps.mulberry_handler, at=NOON, given=given)
    assert no.value.code == "not_asked_for"


def test_when_nobody_came_the_hours_are_void_and_are_said_anew(corps: Corps) -> None:
    one, order = volunteer(corps), corps.walk("serving")
    report(corps, order, row(one))
    back = actions.not_served(order.uid, reason="没有人来", by=None, at=NOON + timedelta(hours=1))
    record = ServiceRecord.objects.get()

    assert (back.state, record.state, record.reason, totals(one).hours) == ("serving", "void", hours.NOT_SERVED, 0)
    assert back.steps.get(name="not_served").data["voided"] == 1
    line = LedgerLine.objects.get(verb="hours.void")
    assert (line.uid, "没有人来" in str(line.data)) == (one.uid, False), "his words stay with the step"
    later = NOON + timedelta(hours=2)
    actions.take(
        order.uid,
        "finish",
        by=corps.mulberry_handler,
        at=later,
        given={"note": "又去了一次", "served": [row(one, 3.5, 4.5)]},
    )
    assert totals(one).hours == 1
    assert ServiceRecord.objects.count() == 2


def test_the_team_adds_afterwards_whom_it_forgot_and_another_team_may_not(corps: Corps) -> None:
    one, two, order = volunteer(corps), volunteer(corps, "乙义", serial=2), corps.walk("serving")
    order = report(corps, order, row(one))
    rows = [hours.Served(two, BEGUN, NOON)]
    with pytest.raises(NotAllowed):
        hours.record_order(order=order, served=rows, by=corps.plum_handler, at=NOON)
    hours.record_order(order=order, served=rows, by=corps.mulberry_handler, at=NOON)

    assert totals(two).hours == 2


def test_a_correction_of_a_correction_keeps_the_whole_story(corps: Corps) -> None:
    one, order = volunteer(corps), corps.walk("serving")
    report(corps, order, row(one))
    record = ServiceRecord.objects.get()
    for end in (2.5, 2):
        record = hours.correct(
            record=record, starts_at=BEGUN, ends_at=MONDAY_NINE + timedelta(hours=end), reason="提前离开",
            by=corps.order_desk, at=NOON,
        )  # fmt: skip

    for any_of_them in ServiceRecord.objects.all():
        assert [one.hours for one in chain_of(any_of_them)] == [Decimal(2), Decimal("1.5"), Decimal(1)]
    assert record.order == order
