"""The ladder of reminders: three quarters of the time, the due time, a day late, three days late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseAlarm, Supervision
from civicloop.cases.sweep import sweep
from civicloop.ledger.queries import history
from civicloop.loops.models import Notice
from civicloop.standards import actions as standards
from tests.cast import CHINA, MONDAY_NINE, City, hours

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Dispatched at 9:30 with four working hours: 9:30–12:00 and 14:30–16:00. Three hours of them are over at 15:00.
SOON, DUE = MONDAY_NINE.replace(hour=15), MONDAY_NINE.replace(hour=16)


def rungs(case: Case) -> list[str]:
    return list(CaseAlarm.objects.filter(case=case).order_by("id").values_list("rung", flat=True))


def told(case: Case, rung: str) -> set[str]:
    rows = Notice.objects.filter(loop_uid=case.uid, kind=f"alarm.{rung}")
    return set(rows.values_list("person__username", flat=True))


def test_each_rung_is_taken_at_its_moment_and_not_before(city: City) -> None:
    case, minute = city.walk("dispatched"), timedelta(minutes=1)
    moments = {"soon": SOON, "due": DUE, "late_1d": DUE + DAY, "late_3d": DUE + 3 * DAY}

    for number, (rung, moment) in enumerate(moments.items()):
        assert sweep(at=moment - minute).taken == 0
        assert len(rungs(case)) == number
        assert sweep(at=moment).taken == 1
        assert rungs(case)[-1] == rung
    assert sweep(at=DUE + 300 * DAY).looked_at == 0
    assert Case.objects.get(pk=case.pk).alarm_at is None


def test_each_rung_tells_those_it_names(city: City) -> None:
    case = city.walk("dispatched")
    sweep(at=DUE + 4 * DAY)

    assert {rung: told(case, rung) for rung in rungs(case)} == {
        "soon": {"handler", "leader"}, "due": {"leader"}, "late_1d": {"supervisor", "other_supervisor"},
        "late_3d": {"supervisor", "other_supervisor"},
    }  # fmt: skip


def test_a_sweep_that_runs_again_does_nothing_again(city: City) -> None:
    case = city.walk("dispatched")
    sweep(at=DUE)
    before = (rungs(case), Notice.objects.count(), history("case", case.uid).count())

    for _ in range(3):
        assert sweep(at=DUE).taken == 0
    assert (rungs(case), Notice.objects.count(), history("case", case.uid).count()) == before


def test_after_a_standstill_of_a_week_every_rung_is_taken_once(city: City) -> None:
    cases = [city.walk("dispatched", at=MONDAY_NINE + timedelta(minutes=n)) for n in range(5)]

    swept = sweep(at=DUE + 7 * DAY, batch=2)

    assert (swept.looked_at, swept.taken) == (5, 20)
    assert all(rungs(case) == ["soon", "due", "late_1d", "late_3d"] for case in cases)
    assert [line.verb for line in history("case", cases[0].uid)][-4:] == [
        "alarm.soon", "alarm.due", "alarm.late_1d", "alarm.late_3d",
    ]  # fmt: skip


def test_a_day_late_the_case_is_taken_up_by_the_supervisor(city: City) -> None:
    case = city.walk("dispatched")
    sweep(at=DUE)
    assert not Case.objects.get(pk=case.pk).supervised

    sweep(at=DUE + DAY)
    assert Case.objects.get(pk=case.pk).supervised
    assert list(Supervision.objects.values_list("case", "level", "by")) == [(case.pk, "ladder", None)]


@pytest.mark.parametrize(
    ("state", "owner", "people"),
    [
        ("reported", "office", {"filer", "dispatcher"}),
        ("filed", "office", {"filer", "dispatcher"}),
        ("dispatched", "lotus", {"handler", "leader"}),
        ("accepted", "lotus", {"handler", "leader"}),
        ("rectified", "checkers", {"verifier"}),
        ("verified", "office", {"filer", "dispatcher"}),
    ],
)
def test_the_reminder_goes_to_whoever_has_the_case(city: City, state: str, owner: str, people: set[str]) -> None:
    case = city.walk(state)
    assert case.owner == city.units[owner]
    sweep(at=case.act_by)

    assert rungs(case) == ["soon", "due"]
    assert told(case, "soon") == people
    assert told(case, "due"), "at a desk without a leader somebody above hears it"


def test_a_community_without_anybody_is_reminded_through_the_unit_above(city: City) -> None:
    case = actions.dispatch(city.walk("filed").uid, unit_id=city.lotus_south.pk, by=city.dispatcher, at=MONDAY_NINE)
    sweep(at=case.act_by)
    assert told(case, "soon") == {"handler", "leader"}


def test_a_suspended_case_is_quiet_until_its_review(city: City) -> None:
    case = city.walk("accepted")
    review = (MONDAY_NINE + 30 * DAY).date()
    case = actions.suspend(
        case.uid,
        plan="列入改造",
        person_id=city.leader.pk,
        review_on=review,
        by=city.supervisor,
        at=MONDAY_NINE + hours(1),
    )
    sweep(at=datetime(review.year, review.month, review.day, 23, 0, tzinfo=CHINA))
    assert rungs(case) == []

    sweep(at=datetime(review.year, review.month, review.day, 23, 59, 59, tzinfo=CHINA))
    assert rungs(case) == ["soon", "due"]
    # A new date begins a new ladder.
    at = datetime(review.year, review.month, review.day, 23, 59, 59, tzinfo=CHINA) + hours(10)
    case = actions.review(case.uid, note="再等", review_on=review + 10 * DAY, by=city.supervisor, at=at)
    assert sweep(at=at + 5 * DAY).taken == 0
    assert sweep(at=case.act_by).taken == 2


@pytest.mark.parametrize("end", ["closed", "voided", "merged"])
def test_the_end_of_a_case_ends_its_alarms(city: City, end: str) -> None:
    case = city.walk("verified")
    if end == "closed":
        case = actions.close(case.uid, by=city.filer, at=MONDAY_NINE + hours(2))
    else:
        case, main = city.walk("dispatched"), city.report()
        if end == "voided":
            case = actions.void(case.uid, reason="误报", by=city.filer, at=MONDAY_NINE + hours(2))
        else:
            case = actions.merge(case.uid, into=main.uid, by=city.filer, at=MONDAY_NINE + hours(2))

    sweep(at=MONDAY_NINE + 30 * DAY)
    assert case.state == end
    assert rungs(case) == []


def test_a_rectified_case_troubles_the_verifier_and_no_more_the_unit(city: City) -> None:
    case = city.walk("rectified")
    sweep(at=case.act_by + 3 * DAY)
    assert set(CaseAlarm.objects.values_list("unit__code", flat=True)) == {"CHECKERS"}
    assert not told(case, "soon") & {"handler", "leader"}


def test_an_extension_begins_the_ladder_anew_for_the_new_deadline(city: City) -> None:
    case = city.walk("accepted")
    actions.extend(
        case.uid, amount=4, unit_of_time="work_hour", reason="等车", by=city.handler, at=MONDAY_NINE + hours(1)
    )
    sweep(at=SOON)
    case = actions.grant_extension(case.uid, by=city.dispatcher, at=SOON)
    assert sweep(at=DUE).taken == 0

    sweep(at=case.due_at)
    assert rungs(case) == ["soon", "soon", "due"]
    assert CaseAlarm.objects.filter(case=case).values("deadline").distinct().count() == 2


def test_the_city_sets_its_own_ladder(city: City) -> None:
    standards.set_parameter(
        name="escalation", by=city.system_admin, at=MONDAY_NINE,
        value=[{"key": "half", "tell": "unit_leader", "fraction": 0.5},
               {"key": "late", "tell": "supervisor", "after_due": {"amount": "2", "unit": "urgent_hour"}}],
    )  # fmt: skip
    case = city.walk("dispatched")

    # Two of four working hours are over at half past eleven.
    assert sweep(at=MONDAY_NINE.replace(hour=11, minute=29)).taken == 0
    assert sweep(at=MONDAY_NINE.replace(hour=11, minute=30)).taken == 1
    assert sweep(at=DUE).taken == 0
    assert sweep(at=DUE + hours(2)).taken == 1
    assert rungs(case) == ["half", "late"]


def test_a_shorter_ladder_does_not_trouble_cases_that_stood_higher(city: City) -> None:
    case = city.walk("dispatched")
    sweep(at=DUE + DAY)
    standards.set_parameter(
        name="escalation", value=[{"key": "due", "tell": "unit_leader", "fraction": 1}], by=city.system_admin, at=DUE
    )
    assert sweep(at=DUE + 10 * DAY).taken == 0
    assert Case.objects.get(pk=case.pk).alarm_at is None
