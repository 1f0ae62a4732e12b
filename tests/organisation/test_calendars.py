"""Calendars: what the State Council announces, what a city edits, and the due times that hang on both."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from civicloop.cases.actions.engine import CASES
from civicloop.cases.models import Case
from civicloop.cases.sweep import sweep
from civicloop.kernel.refusal import Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.loops.recount import recount
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import CalendarDay, WorkCalendar
from civicloop.standards import reference
from tests.cast import CHINA, MONDAY_NINE, City, hours

pytestmark = pytest.mark.django_db
YEAR_END = datetime(2026, 12, 21, 9, tzinfo=CHINA)
MAKE_UP_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def calendar() -> WorkCalendar:
    return WorkCalendar.objects.get(code="city")


def local(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.astimezone(CHINA)


def a_long_case(city: City) -> Case:
    """Twenty working days from 21 December 2026."""
    return Case.objects.get(
        pk=city.walk("dispatched", at=YEAR_END, category="building", photos=[city.photo("near")]).pk
    )


def test_the_make_up_days_of_2026_are_worked(city: City) -> None:
    rows = CalendarDay.objects.filter(day__year=2026, is_working=True)
    assert [day.strftime("%m-%d") for day in rows.values_list("day", flat=True)] == MAKE_UP_2026
    off = set(CalendarDay.objects.filter(day__year=2026, is_working=False).values_list("day", flat=True))
    assert {date(2026, 2, 16), date(2026, 10, 1), date(2026, 10, 7), date(2026, 5, 5)} <= off
    assert date(2026, 10, 8) not in off


def test_only_announced_years_are_certain(city: City) -> None:
    assert calendar().announced_years == [2025, 2026]
    assert not Case.objects.get(pk=city.walk("dispatched").pk).due_provisional
    assert a_long_case(city).due_provisional


def test_an_announced_year_moves_the_due_times_that_lie_in_it(city: City) -> None:
    long, short = a_long_case(city), Case.objects.get(pk=city.walk("dispatched").pk)
    before = local(long.due_at)
    assert before.date() == date(2027, 1, 19)

    organisation.announce_year(
        calendar=calendar(), year=2027, by=city.system_admin, at=MONDAY_NINE,
        days={date(2027, 1, 1): False, date(2027, 1, 4): False, date(2027, 1, 9): True, date(2027, 1, 10): True},
    )  # fmt: skip

    after = Case.objects.get(pk=long.pk)
    assert local(after.due_at).date() == date(2027, 1, 18)
    assert after.act_by == after.due_at
    assert not after.due_provisional
    assert after.version == long.version + 1
    line = LedgerLine.objects.get(verb="case.recount")
    assert (line.uid, line.by) == (long.uid, None)
    assert datetime.fromisoformat(line.data["before"]) == before
    assert datetime.fromisoformat(line.data["after"]) == after.due_at
    assert Case.objects.filter(pk=short.pk).values().get() == Case.objects.filter(pk=short.pk).values().get()
    assert Case.objects.get(pk=short.pk).version == short.version
    assert list(breaks()) == []


def test_counting_again_twice_changes_nothing_more(city: City) -> None:
    a_long_case(city)
    organisation.set_day(calendar=calendar(), day=date(2026, 12, 25), is_working=False, by=None, at=MONDAY_NINE)
    rows = list(Case.objects.values())
    assert recount(CASES, at=MONDAY_NINE) == 0
    assert list(Case.objects.values()) == rows


def test_a_day_made_a_holiday_and_given_back(city: City) -> None:
    case = a_long_case(city)
    day = date(2026, 12, 25)
    organisation.set_day(calendar=calendar(), day=day, is_working=False, name="停工", by=None, at=MONDAY_NINE)
    assert local(Case.objects.get(pk=case.pk).due_at).date() == date(2027, 1, 20)

    organisation.set_day(calendar=calendar(), day=day, is_working=None, by=None, at=MONDAY_NINE)
    assert Case.objects.get(pk=case.pk).due_at == case.due_at
    assert LedgerLine.objects.filter(verb="case.recount").count() == 2


def test_a_day_the_city_edited_outlives_a_new_seed(city: City) -> None:
    organisation.set_day(calendar=calendar(), day=date(2026, 2, 14), is_working=False, by=None, at=MONDAY_NINE)
    organisation.set_day(calendar=calendar(), day=date(2026, 3, 3), is_working=False, by=None, at=MONDAY_NINE)
    organisation.seed_calendar(calendar=calendar(), years=[2026], by=None, at=MONDAY_NINE)
    days = dict(CalendarDay.objects.filter(day__year=2026).values_list("day", "is_working"))
    assert (days[date(2026, 2, 14)], days[date(2026, 3, 3)], days[date(2026, 2, 28)]) == (False, False, True)


def test_a_year_the_city_announced_outlives_a_new_seed(city: City) -> None:
    notice = {date(2027, 1, 1): False, date(2027, 1, 9): True}
    organisation.announce_year(
        calendar=calendar(),
        year=2027,
        days=notice,
        names={date(2027, 1, 1): "元旦"},
        by=city.system_admin,
        at=MONDAY_NINE,
    )
    organisation.set_day(calendar=calendar(), day=date(2027, 3, 3), is_working=False, by=None, at=MONDAY_NINE)

    seeded = organisation.seed_calendar(calendar=calendar(), years=[2025, 2026, 2027], by=None, at=MONDAY_NINE)

    assert seeded == calendar().announced_years == [2025, 2026, 2027]
    days = CalendarDay.objects.filter(day__year=2027)
    assert dict(days.values_list("day", "is_working")) == notice | {date(2027, 3, 3): False}
    assert dict(days.values_list("day", "name"))[date(2027, 1, 1)] == "元旦"
    assert CalendarDay.objects.filter(day__year=2026, is_working=True).count() == len(MAKE_UP_2026)


def test_new_hours_count_for_running_clocks(city: City) -> None:
    case = city.walk("dispatched")
    assert local(case.due_at).hour == 16
    organisation.set_hours(
        calendar=calendar(), hours=[["08:00", "12:00"], ["13:00", "17:00"]], by=city.system_admin, at=MONDAY_NINE
    )
    assert local(Case.objects.get(pk=case.pk).due_at) == MONDAY_NINE.replace(hour=14, minute=30)


def test_a_unit_counts_with_its_own_hours_and_so_do_those_below_it(city: City) -> None:
    case = Case.objects.get(pk=city.walk("dispatched").pk)
    organisation.change_unit(
        unit=city.lotus, changes={"hours": [["00:00", "24:00"]]}, by=city.system_admin, at=MONDAY_NINE
    )
    ref = reference.now()
    night = MONDAY_NINE + hours(13)
    assert [ref.calendar_for(unit.pk).is_open(night) for unit in (city.lotus, city.lotus_north, city.willow)] == [
        True, True, False,
    ]  # fmt: skip
    assert local(Case.objects.get(pk=case.pk).due_at) == MONDAY_NINE.replace(hour=13, minute=30)


@pytest.mark.parametrize(
    "window",
    [["0001", "01-01"], ["08:00+08:00", "12:00+08:00"], ["08:00", "08:00"], ["12:00", "08:00"], ["8", "12"], ["08:00"]],
)
def test_hours_that_are_no_hours_of_the_citys_day_are_refused(city: City, window: list[str]) -> None:
    with pytest.raises(Invalid) as no:
        organisation.change_unit(unit=city.lotus, changes={"hours": [window]}, by=city.system_admin, at=MONDAY_NINE)
    assert no.value.code == "bad_hours"


def test_a_calendar_of_its_own(city: City) -> None:
    seven = organisation.add_calendar(
        code="seven", name="七天", weekdays=range(7), hours=[["06:00", "22:00"]], by=None, at=MONDAY_NINE
    )
    organisation.change_unit(unit=city.sanitation, changes={"calendar": seven}, by=None, at=MONDAY_NINE)
    sunday = MONDAY_NINE - timedelta(days=1)
    ref = reference.now()
    assert ref.calendar_for(city.sanitation.pk).is_open(sunday)
    assert ref.calendar_for(city.cleaners.pk).is_open(sunday)
    assert not ref.calendar_for(city.lotus.pk).is_open(sunday)
    assert not ref.calendar_for(None).is_open(sunday)


def test_a_suspended_case_keeps_its_review_when_the_calendar_changes(city: City) -> None:
    from civicloop.cases import actions

    case = actions.suspend(
        city.walk("accepted").uid, plan="改造", person_id=city.leader.pk, review_on=date(2026, 12, 20), by=city.supervisor,
        at=MONDAY_NINE + hours(1),
    )  # fmt: skip
    organisation.set_hours(calendar=calendar(), hours=[["10:00", "12:00"]], by=None, at=MONDAY_NINE)
    assert Case.objects.get(pk=case.pk).act_by == case.act_by


def test_a_deadline_that_moves_away_is_reminded_of_again(city: City) -> None:
    case = city.walk("dispatched")
    sweep(at=case.due_at + timedelta(days=4))
    assert Case.objects.get(pk=case.pk).alarm_at is None

    organisation.set_day(calendar=calendar(), day=MONDAY_NINE.date(), is_working=False, by=None, at=MONDAY_NINE)
    moved = Case.objects.get(pk=case.pk)
    assert moved.due_at > case.due_at
    sweep(at=moved.due_at + timedelta(days=4))
    assert moved.alarms.filter(deadline=moved.due_at).count() == 4


@pytest.mark.parametrize(
    "hours_given",
    [[["12:00", "08:00"]], [["08:00", "12:00"], ["11:00", "18:00"]], [["8", "9"]], [["08:00"]], [["08:00", "25:00"]]],
    ids=str,
)  # fmt: skip
def test_hours_out_of_order_are_refused(city: City, hours_given: list[list[str]]) -> None:
    with pytest.raises(Invalid) as no:
        organisation.set_hours(calendar=calendar(), hours=hours_given, by=None, at=MONDAY_NINE)
    assert no.value.code == "bad_hours"


def test_days_of_another_year_and_strangers_are_refused(city: City) -> None:
    with pytest.raises(Invalid, match="day_of_another_year"):
        organisation.announce_year(
            calendar=calendar(), year=2027, days={date(2026, 1, 1): False}, by=None, at=MONDAY_NINE
        )
    with pytest.raises(NotAllowed):
        organisation.announce_year(calendar=calendar(), year=2027, days={}, by=city.dispatcher, at=MONDAY_NINE)
    assert calendar().announced_years == [2025, 2026]
