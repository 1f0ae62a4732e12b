"""What may happen to a case, told as stories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Stale, StepRefused
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db


def test_a_case_goes_from_report_to_close_and_every_step_is_kept(city: City) -> None:
    case = city.walk("closed")

    assert case.state == "closed"
    assert [step.name for step in case.steps.order_by("seq")] == [
        "report", "file", "dispatch", "accept", "rectify", "verify", "close",
    ]  # fmt: skip
    assert case.act_by is None
    assert case.closed_at == MONDAY_NINE + timedelta(minutes=90)


def test_one_unit_owns_the_case_at_every_moment(city: City) -> None:
    owners = {}
    case = city.report()
    owners["reported"] = case.owner.name
    for number, state in enumerate(["filed", "dispatched", "accepted", "rectified", "verified"], 1):
        case = city.walk(
            state, case=city.report(at=MONDAY_NINE + timedelta(days=number)), at=MONDAY_NINE + timedelta(days=number)
        )
        owners[state] = case.owner.name
    assert owners == {
        "reported": "创建办", "filed": "创建办", "dispatched": "莲花镇", "accepted": "莲花镇", "rectified": "核查中心",
        "verified": "创建办",
    }  # fmt: skip


def test_the_clock_of_the_unit_starts_at_dispatch_and_counts_working_hours(city: City) -> None:
    case = city.walk("dispatched")

    # Class A area: 4 working hours from 9:30; the noon break from 12:00 to 14:30 does not count.
    assert case.due_at == MONDAY_NINE.replace(hour=16, minute=0)
    assert case.act_by == case.due_at


def test_nobody_verifies_what_he_handled_himself(city: City) -> None:
    from civicloop.organisation import actions as organisation

    case = city.walk("rectified")
    organisation.appoint(
        person=city.handler, role="verifier", unit=city.checkers, starts_on=MONDAY_NINE.date(), by=None, at=MONDAY_NINE
    )

    with pytest.raises(NotAllowed):
        actions.verify(case.uid, note="fine", by=city.handler, at=MONDAY_NINE + hours(2))
    assert Case.objects.get(pk=case.pk).state == "rectified"


def test_a_colleague_of_the_unit_may_not_verify_either(city: City) -> None:
    from civicloop.organisation import actions as organisation

    case = city.walk("rectified")
    organisation.appoint(
        person=city.leader, role="verifier", unit=city.checkers, starts_on=MONDAY_NINE.date(), by=None, at=MONDAY_NINE
    )

    with pytest.raises(NotAllowed):
        actions.verify(case.uid, note="fine", by=city.leader, at=MONDAY_NINE + hours(2))


def test_rectifying_needs_a_photo_where_the_category_asks_for_one(city: City) -> None:
    case = city.walk("accepted")

    with pytest.raises(StepRefused) as refused:
        actions.take(case.uid, "rectify", by=city.handler, at=MONDAY_NINE + hours(1), given={"note": "done"})
    assert refused.value.missing == ("after_photo",)


def test_a_unit_may_return_once_with_a_reason_within_the_window(city: City) -> None:
    case = city.walk("dispatched")
    case = actions.return_(case.uid, reason="不属本单位", by=city.handler, at=MONDAY_NINE + hours(1))
    assert (case.state, case.unit, case.due_at) == ("filed", None, None)

    case = actions.dispatch(case.uid, unit_id=city.willow.pk, by=city.dispatcher, at=MONDAY_NINE + hours(1.5))
    with pytest.raises(StepRefused) as refused:
        actions.return_(case.uid, reason="也不是我们", by=city.other_handler, at=MONDAY_NINE + hours(2))
    assert refused.value.code == "returned_already"


def test_returning_too_late_is_refused(city: City) -> None:
    case = city.walk("dispatched")

    with pytest.raises(StepRefused) as refused:
        actions.return_(case.uid, reason="不属本单位", by=city.handler, at=MONDAY_NINE + timedelta(days=1))
    assert refused.value.code == "return_too_late"


def test_the_clock_stands_while_somebody_else_verifies(city: City) -> None:
    case = city.walk("rectified")
    due_before = case.due_at

    case = actions.send_back(case.uid, reason="还有残留", by=city.verifier, at=MONDAY_NINE + timedelta(days=1, hours=1))

    assert case.state == "accepted"
    assert case.sent_back_count == 1
    assert case.due_at > due_before
    assert case.owner == city.lotus


def test_an_extension_moves_the_due_time_only_when_somebody_else_grants_it(city: City) -> None:
    case = city.walk("accepted")
    due = case.due_at
    case = actions.extend(
        case.uid, amount=2, unit_of_time="work_hour", reason="等待设备", by=city.handler, at=MONDAY_NINE + hours(1)
    )
    assert case.due_at == due

    with pytest.raises(NotAllowed):
        actions.grant_extension(case.uid, by=city.leader, at=MONDAY_NINE + hours(1))
    case = actions.grant_extension(case.uid, by=city.dispatcher, at=MONDAY_NINE + hours(2))
    assert case.due_at == due + hours(2)


def test_suspending_stops_the_clock_and_resuming_lets_it_run_on(city: City) -> None:
    case = city.walk("accepted")
    due = case.due_at
    case = actions.suspend(
        case.uid, plan="列入改造计划", person_id=city.leader.pk, review_on=(MONDAY_NINE + timedelta(days=30)).date(),
        by=city.supervisor, at=MONDAY_NINE + hours(2),
    )  # fmt: skip
    assert case.state == "suspended"
    assert case.act_by.astimezone(MONDAY_NINE.tzinfo).date() == (MONDAY_NINE + timedelta(days=30)).date()

    case = actions.resume(case.uid, reason="已开工", by=city.supervisor, at=MONDAY_NINE + timedelta(days=7, hours=2))
    assert case.due_at == due + timedelta(days=7)


def test_a_town_whistles_departments_come_and_the_town_scores_them(city: City) -> None:
    case = city.walk("accepted")
    case = actions.take(case.uid, "whistle", by=city.handler, at=MONDAY_NINE + hours(1), given={
        "whistle_kind": "ordinary", "units": [city.urban.code, city.sanitation.code], "place": "莲北市场门口",
        "meet_at": "2026-11-23T14:00:00+08:00",
    })  # fmt: skip
    actions.report_in(case.uid, by=city.sweeper, at=MONDAY_NINE + hours(5))
    actions.plan_jointly(case.uid, plan="环卫清运，城管值守", by=city.handler, at=MONDAY_NINE + hours(5.5))
    with pytest.raises(NotAllowed):
        actions.score_whistle(
            case.uid, unit_id=city.sanitation.pk, score=90, by=city.sweeper, at=MONDAY_NINE + hours(6)
        )
    actions.score_whistle(case.uid, unit_id=city.sanitation.pk, score=90, by=city.handler, at=MONDAY_NINE + hours(6))
    case = actions.end_whistle(case.uid, note="城管未到", by=city.handler, at=MONDAY_NINE + hours(7))

    calls = {call.unit.code: (call.arrived_at is not None, call.score) for call in case.whistles.get().calls.all()}
    assert calls == {"SANITATION": (True, 90), "URBAN": (False, None)}
    assert case.steps.get(name="end_whistle").data["did_not_come"] == ["URBAN"]


def test_a_merged_case_ends_and_its_reporter_follows_the_main_one(city: City) -> None:
    main = city.walk("dispatched")
    twin = city.report(by="grid_worker", at=MONDAY_NINE + hours(2))

    twin = actions.merge(twin.uid, into=main.uid, by=city.filer, at=MONDAY_NINE + hours(3))

    assert (twin.state, twin.merged_into, twin.act_by) == ("merged", main, None)
    assert [one.person for one in main.followers.all()] == [city.grid_worker]


def test_a_near_open_case_is_suggested_as_duplicate(city: City) -> None:
    first = city.report()
    reported = actions.report(
        category_id=city.litter.pk, by=city.grid_worker, at=MONDAY_NINE + hours(1), lon=WEST + 0.0053, lat=SOUTH + 0.005
    )

    assert [near.case for near in reported.duplicates] == [first]
    assert reported.duplicates[0].metres == pytest.approx(30, abs=2)


def test_what_comes_back_is_linked_and_gets_a_shorter_limit(city: City) -> None:
    old = city.walk("closed")
    new = city.walk("dispatched", at=MONDAY_NINE + timedelta(days=7))

    assert new.recurrence_of == old
    assert new.due_at - new.dispatched_at == hours(2)


def test_two_people_taking_the_same_step_one_wins(city: City) -> None:
    case = city.walk("dispatched")
    actions.accept(case.uid, by=city.handler, at=MONDAY_NINE + hours(1))

    with pytest.raises(StepRefused):
        actions.accept(case.uid, by=city.leader, at=MONDAY_NINE + hours(1))


def test_acting_on_an_old_sight_is_refused(city: City) -> None:
    case = city.walk("dispatched")

    with pytest.raises(Stale):
        actions.accept(case.uid, by=city.handler, at=MONDAY_NINE + hours(1), expected_version=case.version - 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lon": SOUTH, "lat": WEST}, "out_of_range"),
        ({"lon": 24.705, "lat": 60.0}, "outside_grids"),
        ({"lon": 119.5, "lat": 24.7}, "outside_grids"),
        ({"lon": 118.105}, "half_a_place"),
        ({"address": ""}, "place_missing"),
        ({"address": "x" * 201}, "too_long"),
        ({"lon": float("nan"), "lat": 24.7}, "not_a_number"),
    ],
)
def test_a_bad_place_is_refused_with_its_reason(city: City, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        city.report(**given)
    assert refused.value.code == code or refused.value.code in ("swapped", "out_of_range")
    assert Case.objects.count() == 0


def test_swapped_axes_are_named_as_such(city: City) -> None:
    with pytest.raises(Invalid) as refused:
        city.report(lon=SOUTH + 0.01, lat=WEST + 0.01)
    assert refused.value.code == "swapped"


def test_parts_of_a_split_case_must_end_before_the_whole_is_put_right(city: City) -> None:
    whole = city.walk("accepted")
    actions.split(whole.uid, unit_ids=[city.sanitation.pk], by=city.dispatcher, at=MONDAY_NINE + hours(1))
    part = Case.objects.get(parent=whole)

    with pytest.raises(Conflict) as refused:
        actions.rectify(whole.uid, note="done", photos=[city.photo()], by=city.handler, at=MONDAY_NINE + hours(2))
    assert refused.value.params["cases"] == [part.number]


def test_an_appeal_excuses_but_leaves_the_times_as_they_were(city: City) -> None:
    case = city.walk("closed")
    before = (case.due_at, case.closed_at)
    actions.appeal(case.uid, ground="lateness", reason="台风停工", by=city.leader, at=MONDAY_NINE + hours(3))
    case = actions.decide_appeal(
        case.uid, verdict="granted", note="属实", by=city.supervisor, at=MONDAY_NINE + hours(4)
    )

    assert case.excused
    assert (case.due_at, case.closed_at) == before


def test_a_reopened_case_goes_back_to_its_unit_with_a_shorter_limit(city: City) -> None:
    case = city.walk("closed")
    case = actions.reopen(case.uid, reason="又出现", by=city.verifier, at=MONDAY_NINE + timedelta(days=1))

    assert (case.state, case.unit, case.closed_at) == ("dispatched", city.lotus, None)
    assert case.due_at - case.dispatched_at == hours(2)
