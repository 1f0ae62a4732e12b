"""Teams that rest on public holidays: the calendar's holidays are as days away, for proposals, offers and decisions by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict
from civicloop.kernel.worktime import WorkCalendar
from civicloop.ledger.queries import history
from civicloop.organisation.actions.calendars import set_day
from civicloop.organisation.models import WorkCalendar as Calendar
from civicloop.volunteers import actions
from civicloop.volunteers.actions.dispatch_edits import keep_edit
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.rules.days_away import Period, public_holidays
from tests.volunteers.cast import Corps
from tests.volunteers.test_days_away import AT, TUESDAYS, away, change, day, moment, on, pooled, row_of

# The holidays of 2026 as far as they are named: the weekends amid them are days off anyway.
NAMED = [date(2026, 4, 5), date(2026, 4, 6), date(2026, 9, 25), *(date(2026, 10, one) for one in (1, 2, 3, 5, 6, 7))]
CITY_CALENDAR = WorkCalendar(days=dict.fromkeys(NAMED, False) | {date(2026, 9, 20): True, date(2026, 10, 10): True})


def holiday(*days: date) -> None:
    for one in days:
        set_day(calendar=Calendar.objects.get(code="city"), day=one, is_working=False, name="节日", by=None, at=AT)


@pytest.mark.parametrize(
    ("within", "found"),
    [
        ((date(2026, 10, 4), date(2026, 10, 4)), [(date(2026, 10, 1), date(2026, 10, 7))]),
        ((date(2026, 9, 26), date(2026, 10, 1)), [(date(2026, 9, 25), date(2026, 9, 27)), (date(2026, 10, 1), date(2026, 10, 7))]),
        ((date(2026, 4, 6), date(2026, 4, 6)), [(date(2026, 4, 4), date(2026, 4, 6))]),
        ((date(2026, 10, 8), date(2026, 10, 31)), []),
        ((date(2026, 9, 1), date(2026, 9, 24)), []),
    ],
)  # fmt: skip
def test_a_holiday_is_whole_with_the_weekend_beside_or_amid_it_and_other_weekends_are_none(
    within: tuple[date, date], found: list[tuple[date, date]]
) -> None:
    assert public_holidays(CITY_CALENDAR, Period(*within)) == [Period(*one) for one in found]


@pytest.mark.django_db
def test_weekly_times_hold_on_a_public_holiday_unless_the_team_rests(corps: Corps) -> None:
    change(corps, "mulberry", slots=TUESDAYS)
    change(corps, "plum", capacity=0)
    order = pooled(corps, wanted_to=moment(9, 18))
    holiday(day(1))

    def when() -> list[datetime]:
        return [datetime.fromisoformat(one) for one in row_of(propose(by=None, at=AT), order)["when"]]

    assert when() == [moment(1), moment(1, 12)]
    change(corps, "mulberry", on_holidays=False)
    assert when() == [moment(8), moment(8, 12)]
    line = list(history("team", corps.mulberry.uid))[-1]
    assert (line.data["before"], line.data["after"]) == ({"on_holidays": True}, {"on_holidays": False})


@pytest.mark.django_db
def test_a_team_without_weekly_times_is_planned_for_after_the_holiday_and_its_days_away(corps: Corps) -> None:
    change(corps, "mulberry", on_holidays=False)
    change(corps, "plum", capacity=0)
    order = pooled(corps)
    holiday(day(0), day(1))
    away(corps, "mulberry", 2, 3)

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["back"]) == ("MULBERRY", f"{day(4)}")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["offered", "decided by hand"])
def test_what_is_wanted_on_a_holiday_alone_is_given_to_no_team_that_rests(corps: Corps, how: str) -> None:
    order = pooled(corps, **on(2))
    holiday(day(2))
    resting, serving = corps.teams["mulberry"], corps.teams["plum"]
    change(corps, "mulberry", on_holidays=False)
    resting.refresh_from_db()

    def give(team: Any) -> None:
        if how == "offered":
            actions.assign(order.uid, team=team, by=corps.order_desk, at=AT)
        else:
            keep_edit(order_uid=order.uid, team=team, by=corps.order_desk, at=AT)

    with pytest.raises(Conflict) as refused:
        give(resting)

    assert (refused.value.code, refused.value.params["until"]) == ("team_away", f"{day(2)}")
    give(serving)
