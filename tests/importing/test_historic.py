"""Cases that happened elsewhere arrive with their own steps and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from civicloop.cases.actions.historic import Historic, HistoricStep, bring_in, check
from civicloop.cases.models import Case, CaseReach, CaseStep, Extension, Suspension, Whistle
from civicloop.kernel.refusal import NotAllowed
from civicloop.ledger import queries as ledger
from civicloop.ledger.models import LedgerLine
from tests.importing.conftest import TODAY, Town

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def closed(town: Town, key: str = "k1", **more: object) -> Historic:
    steps = more.pop("steps", [HistoricStep("close", MONDAY + DAY)])
    return Historic(key, town.rubbish, MONDAY, steps, unit_id=town.cleaning, **more)  # type: ignore[arg-type]


def test_a_closed_row_arrives_closed_with_its_own_dates(town: Town) -> None:
    [outcome] = bring_in([closed(town, lon=118.155, lat=24.725)], by=None, at=TODAY, ref=town.ref)
    case = Case.objects.get()
    assert outcome.verdict == "new"
    assert outcome.case == case
    assert (case.state, case.unit_id, case.act_by, case.alarm_at) == ("closed", town.cleaning, None, None)
    assert (case.reported_at, case.filed_at, case.dispatched_at) == (MONDAY, MONDAY, MONDAY)
    assert case.rectified_at == case.verified_at == case.closed_at == case.ended_at == MONDAY + DAY
    assert case.due_at == datetime(2026, 11, 4, 10, 0, tzinfo=UTC)  # two working days on, at closing time
    assert case.tile_key is not None


def test_steps_nobody_told_of_are_marked_assumed(town: Town) -> None:
    bring_in([closed(town)], by=None, at=TODAY, ref=town.ref)
    steps = list(CaseStep.objects.order_by("seq"))
    assert [s.name for s in steps] == ["report", "file", "dispatch", "accept", "rectify", "verify", "close"]
    assert [bool(s.data.get("assumed")) for s in steps] == [False, True, True, True, True, True, False]
    assert [s.state_after for s in steps][-1] == "closed"


def test_the_same_row_twice_is_kept_once_and_a_changed_one_is_not_taken(town: Town) -> None:
    bring_in([closed(town, fingerprint="a")], by=None, at=TODAY, ref=town.ref)
    again = bring_in(
        [closed(town, fingerprint="a"), closed(town, fingerprint="b"), closed(town, "k2"), closed(town, "k2")],
        by=None,
        at=TODAY,
        ref=town.ref,
    )
    assert [one.verdict for one in again] == ["same", "changed", "new", "same"]
    assert Case.objects.count() == 2


def test_an_open_row_waits_with_its_unit_and_its_lateness_is_told_once(town: Town) -> None:
    bring_in([closed(town, steps=[HistoricStep("accept", MONDAY + HOUR)])], by=None, at=TODAY, ref=town.ref)
    case = Case.objects.get()
    assert (case.state, case.owner_id, case.act_by) == ("accepted", town.cleaning, case.due_at)
    assert (case.alarm_rung, case.alarm_at) == (3, case.due_at + 3 * DAY)


def test_a_row_without_steps_waits_at_the_desk(town: Town) -> None:
    bring_in([closed(town, steps=[])], by=None, at=TODAY, ref=town.ref)
    case = Case.objects.get()
    assert (case.state, case.owner_id, case.unit_id, case.due_at) == ("reported", town.post, None, None)
    assert case.act_by == MONDAY + 5.5 * HOUR + HOUR  # four working hours from 09:00, over the noon break


def test_returns_extensions_and_pauses_are_lived_again(town: Town) -> None:
    me, judge = town.person.pk, town.other.pk
    steps = [
        HistoricStep("file", MONDAY, judge),
        HistoricStep("dispatch", MONDAY + HOUR, judge, to_unit_id=town.post),
        HistoricStep("return", MONDAY + 2 * HOUR, me, note="不归我们"),
        HistoricStep("dispatch", MONDAY + 3 * HOUR, judge, to_unit_id=town.cleaning),
        HistoricStep("accept", MONDAY + 4 * HOUR, me),
        HistoricStep("extend", MONDAY + 5 * HOUR, me, note="下雨", data={"amount": 1, "unit_of_time": "work_day"}),
        HistoricStep("grant_extension", MONDAY + 6 * HOUR, judge),
        HistoricStep("suspend", MONDAY + 7 * HOUR, me, data={"plan": "等材料", "review_on": "2026-11-20"}),
        HistoricStep("resume", MONDAY + 7 * DAY, judge, note="材料到了"),
        HistoricStep("rectify", MONDAY + 8 * DAY, me, note="已清"),
        HistoricStep("send_back", MONDAY + 9 * DAY, judge, note="还有"),
    ]
    bring_in([closed(town, steps=steps)], by=None, at=TODAY, ref=town.ref)
    case = Case.objects.get()
    assert (case.state, case.returned_count, case.sent_back_count) == ("accepted", 1, 1)
    assert (case.unit_id, case.accepted_at) == (town.cleaning, MONDAY + 4 * HOUR)
    # Two working days, one more granted, five lost while suspended, one while it was verified.
    assert case.due_at == datetime(2026, 11, 13, 10, 0, tzinfo=UTC)
    extension = Extension.objects.get()
    assert (extension.verdict, extension.asked_by_id, extension.decided_by_id) == ("granted", me, judge)
    assert Suspension.objects.get().ended_at == MONDAY + 7 * DAY


def test_a_whistled_case_reaches_the_departments_called(town: Town) -> None:
    steps = [
        HistoricStep("accept", MONDAY + HOUR, town.person.pk),
        HistoricStep(
            "whistle", MONDAY + 2 * HOUR, town.person.pk, unit_id=town.post,
            data={"whistle_kind": "emergency", "place": "东市场", "unit_ids": [town.cleaning]},
        ),
        HistoricStep("report_in", MONDAY + 3 * HOUR, town.other.pk, unit_id=town.cleaning),
    ]  # fmt: skip
    bring_in([closed(town, steps=steps)], by=None, at=TODAY, ref=town.ref)
    call = Whistle.objects.get().calls.get()
    assert (call.arrived_at, call.arrived_person_id) == (MONDAY + 3 * HOUR, town.other.pk)
    assert set(CaseReach.objects.values_list("unit_id", flat=True)) == {town.post, town.cleaning}


def test_merged_and_recurring_cases_point_at_each_other_whatever_their_order(town: Town) -> None:
    records = [
        closed(town, "b", merged_into_key="a", steps=[HistoricStep("merge", MONDAY + HOUR)]),
        closed(town, "a"),
        closed(town, "c", recurrence_of_key="a"),
        closed(town, "d", recurrence_of_key="nobody"),
        closed(town, "e", merged_into_key="d", steps=[HistoricStep("merge", MONDAY + HOUR)]),
    ]
    outcomes = bring_in(records, by=None, at=TODAY, ref=town.ref)
    assert [one.verdict for one in outcomes] == ["new", "new", "new", "refused", "refused"]
    main = Case.objects.get(external_key="a")
    assert Case.objects.get(external_key="b").merged_into == main
    assert Case.objects.get(external_key="c").recurrence_of == main


def merged(town: Town, key: str, into: str) -> Historic:
    return closed(town, key, merged_into_key=into, steps=[HistoricStep("merge", MONDAY + HOUR)])


def test_no_case_is_its_own_earlier_or_main_case_however_long_the_way_round(town: Town) -> None:
    records = [
        merged(town, "a", "a"), merged(town, "b", "c"), merged(town, "c", "d"), merged(town, "d", "b"), merged(town, "e", "b"),
        closed(town, "f", recurrence_of_key="f"), closed(town, "g", recurrence_of_key="h"), merged(town, "h", "g"),
        closed(town, "i"), closed(town, "j", recurrence_of_key="i"), merged(town, "k", "j"),
    ]  # fmt: skip
    judged = check(records, at=TODAY, ref=town.ref)
    outcomes = bring_in(records, by=None, at=TODAY, ref=town.ref)

    assert [one.verdict for one in outcomes] == ["refused"] * 8 + ["new"] * 3
    assert [one.refused.code for one in outcomes[:8] if one.refused] == [
        *["leads_to_itself"] * 4, "main_case_unknown", *["leads_to_itself"] * 3,
    ]  # fmt: skip
    assert [(one.verdict, str(one.refused)) for one in judged] == [(one.verdict, str(one.refused)) for one in outcomes]


def test_a_case_that_is_not_merged_has_no_main_case_whatever_its_row_names(town: Town) -> None:
    bring_in([closed(town, "a"), closed(town, "b", merged_into_key="a")], by=None, at=TODAY, ref=town.ref)
    [outcome] = bring_in([closed(town, "c", merged_into_key="nowhere")], by=None, at=TODAY, ref=town.ref)

    assert outcome.verdict == "new"
    assert not Case.objects.filter(merged_into__isnull=False).exists()


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([HistoricStep("close", MONDAY - DAY)], "steps_out_of_order"),
        ([HistoricStep("fly", MONDAY + DAY)], "step_unknown"),
        ([HistoricStep("close", MONDAY + DAY), HistoricStep("accept", MONDAY + 2 * DAY)], "step_not_from_here"),
        ([HistoricStep("close", TODAY + DAY)], "in_the_future"),
        ([HistoricStep("accept", MONDAY + HOUR), HistoricStep("extend", MONDAY + DAY)], "step_needs"),
    ],
)
def test_a_life_that_cannot_be_is_refused_alone(town: Town, steps: list[HistoricStep], code: str) -> None:
    outcomes = bring_in([closed(town, "bad", steps=steps), closed(town, "good")], by=None, at=TODAY, ref=town.ref)
    assert [one.verdict for one in outcomes] == ["refused", "new"]
    assert outcomes[0].refused is not None
    assert outcomes[0].refused.code == code
    assert Case.objects.count() == 1


def test_nobody_arrives_as_judge_of_his_own_work(town: Town) -> None:
    steps = [
        HistoricStep("rectify", MONDAY + HOUR, town.person.pk),
        HistoricStep("close", MONDAY + DAY, town.person.pk),
    ]
    [outcome] = bring_in([closed(town, steps=steps)], by=None, at=TODAY, ref=town.ref)
    assert outcome.refused is not None
    assert outcome.refused.code == "own_work"


def test_the_ledger_tells_who_brought_it_in_and_holds(town: Town) -> None:
    bring_in([closed(town, "a"), closed(town, "b")], by=None, at=TODAY, ref=town.ref)
    lines = LedgerLine.objects.filter(kind="case")
    assert {line.verb for line in lines} == {"case.bring_in"}
    assert lines.count() == 2
    assert {line.at for line in lines} == {TODAY}
    assert list(ledger.breaks()) == []


def test_a_person_without_the_office_may_not_bring_in(town: Town) -> None:
    with pytest.raises(NotAllowed):
        bring_in([closed(town)], by=town.person, at=TODAY, ref=town.ref)
    assert not Case.objects.exists()


def test_a_check_says_the_same_and_writes_nothing(town: Town) -> None:
    records = [closed(town, "a"), closed(town, "a"), closed(town, "b", steps=[HistoricStep("fly", MONDAY)])]
    assert [one.verdict for one in check(records, at=TODAY, ref=town.ref)] == ["new", "same", "refused"]
    assert not Case.objects.exists()
