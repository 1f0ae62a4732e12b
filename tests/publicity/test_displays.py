"""A display from the plan to the scrap heap: looked at each period, broken, mended by its case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases import actions as cases
from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, NotAllowed, Stale, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.loops.sweep import sweep
from civicloop.organisation.days import day_of
from civicloop.publicity import actions, queries
from civicloop.publicity.kinds import DISPLAYS
from civicloop.publicity.models import Display, DisplayAlarm, DisplayStep
from civicloop.publicity.tasks import case_reopened
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City


def planned(city: City, **more: Any) -> Display:
    told = {
        "kind": "led", "code": "LED-001", "name": "莲花超市门口屏", "unit_id": city.lotus_north.pk, "content": "讲文明 树新风",
        "lon": WEST + 0.005, "lat": SOUTH + 0.005, "by": city.grid_worker, "at": MONDAY_NINE,
    }  # fmt: skip
    return actions.plan_display(**{**told, **more})


def hung(city: City, **more: Any) -> Display:
    return actions.put_up(uid=planned(city, **more).uid, by=city.grid_worker, at=MONDAY_NINE)


def broken(city: City, **more: Any) -> Display:
    told = {
        "note": "黑屏",
        "category_id": city.litter.pk,
        "by": city.grid_worker,
        "at": MONDAY_NINE,
        "photos": [city.photo("near")],
    }
    return actions.find_broken(uid=hung(city).uid, **{**told, **more})


def states(display: Display) -> str:
    return Display.objects.get(pk=display.pk).state


def test_a_screen_is_looked_at_every_week_and_a_board_every_month(city: City) -> None:
    screen, board = hung(city), hung(city, kind="public_notice", code="B-1")

    assert day_of(screen.act_by) == day_of(MONDAY_NINE) + timedelta(days=7)
    assert day_of(board.act_by) == day_of(MONDAY_NINE) + timedelta(days=30)


def test_a_look_starts_the_next_period(city: City) -> None:
    display = hung(city)
    later = MONDAY_NINE + timedelta(days=6)
    looked = actions.check(uid=display.uid, by=city.grid_worker, at=later, photos=[city.photo("near")])

    assert looked.checked_at == later
    assert day_of(looked.act_by) == day_of(later) + timedelta(days=7)
    assert looked.photo_id == city.photo("near")["sha256"]


def test_a_look_that_is_due_is_told_once_to_those_who_keep_it(city: City) -> None:
    display = hung(city)
    late = MONDAY_NINE + timedelta(days=8, hours=9)
    first = sweep(DISPLAYS, at=late)
    second = sweep(DISPLAYS, at=late)

    assert first.taken >= 1
    assert second.taken == 0
    assert Notice.objects.filter(loop_kind="display", loop_uid=display.uid, person=city.grid_worker).exists()
    assert DisplayAlarm.objects.filter(display=display).count() == first.taken


def test_what_is_broken_is_a_case_like_any_other(city: City) -> None:
    display = broken(city)
    case = Case.objects.get()

    assert display.case == case
    assert case.reporter == city.grid_worker
    assert case.evidence.count() == 1
    assert "LED-001" in case.description
    assert (display.state, display.act_by) == ("broken", None), "the case has the clock"


def test_when_the_case_closes_the_display_is_in_use_again(city: City) -> None:
    display = broken(city)
    city.walk("closed", case=display.case)
    found = Display.objects.get(pk=display.pk)

    assert found.state == "in_use"
    assert found.act_by is not None
    assert DisplayStep.objects.filter(display=display).latest("seq").by is None, "the system took the step"


def test_a_case_that_was_none_lets_the_display_be_in_use(city: City) -> None:
    display = broken(city)
    cases.take(display.case.uid, "void", by=city.supervisor, at=MONDAY_NINE, given={"reason": "没有问题"})

    assert states(display) == "in_use"


def test_a_merged_case_is_followed_into_the_main_one(city: City) -> None:
    display = broken(city)
    main = city.report()
    case = city.walk("filed", case=display.case)
    cases.take(case.uid, "merge", by=city.filer, at=MONDAY_NINE + timedelta(hours=1), given={"into": str(main.uid)})
    waiting = Display.objects.get(pk=display.pk)
    assert (waiting.state, waiting.case_id) == ("broken", main.pk)
    city.walk("closed", case=main)

    assert states(display) == "in_use"


def test_a_merging_told_late_leads_to_the_case_that_goes_on(city: City, settings: Any) -> None:
    display = broken(city)
    case, second, third = city.walk("filed", case=display.case), city.walk("filed"), city.report()
    settings.CIVICLOOP_JOBS_RUN = "none"
    for one, into in ((case, second), (second, third)):
        cases.take(one.uid, "merge", by=city.filer, at=MONDAY_NINE + timedelta(hours=1), given={"into": str(into.uid)})
    for one in (second, case):  # the later one is told first
        actions.follow_case(case_uid=one.uid, at=MONDAY_NINE + timedelta(hours=2))

    waiting = Display.objects.get(pk=display.pk)
    assert (waiting.state, waiting.case_id) == ("broken", third.pk)
    settings.CIVICLOOP_JOBS_RUN = "now"
    city.walk("closed", case=third)
    assert states(display) == "in_use"


def test_the_end_of_a_case_told_twice_mends_once(city: City) -> None:
    display = broken(city)
    city.walk("closed", case=display.case)
    many = DisplayStep.objects.count()

    assert actions.follow_case(case_uid=display.case.uid, at=MONDAY_NINE) == []
    assert DisplayStep.objects.count() == many


def test_when_the_case_is_reopened_the_display_is_broken_again_and_the_case_has_the_clock(city: City) -> None:
    display = broken(city)
    case = city.walk("closed", case=display.case)
    later = case.closed_at + timedelta(days=1)
    cases.reopen(case.uid, reason="又黑屏了", by=city.verifier, at=later)
    found = Display.objects.get(pk=display.pk)

    assert (found.state, found.act_by, found.alarm_at) == ("broken", None, None)
    step = DisplayStep.objects.filter(display=display).latest("seq")
    assert (step.name, step.by, step.note) == ("find_broken", None, "又黑屏了")
    assert step.data == {"case": str(case.uid), "reopened": True}


def test_a_display_that_is_broken_again_is_in_use_when_the_case_closes_again(city: City) -> None:
    display = broken(city)
    case = city.walk("closed", case=display.case)
    cases.reopen(case.uid, reason="又黑屏了", by=city.verifier, at=case.closed_at + timedelta(hours=1))
    at = case.closed_at + timedelta(hours=2)
    cases.take(case.uid, "accept", by=city.sweeper if case.unit == city.sanitation else city.handler, at=at)
    cases.take(case.uid, "rectify", by=city.handler, at=at, given={"note": "换屏", "photos": [city.photo()]})
    cases.take(case.uid, "verify", by=city.verifier, at=at, given={"note": "亮了"})
    cases.take(case.uid, "close", by=city.filer, at=at)

    assert states(display) == "in_use"
    # The job of the reopening runs once more, late: the case has ended, nothing happens.
    reopened = case.steps.filter(name="reopen").latest("seq")
    case_reopened(case_uid=str(case.uid), seq=reopened.seq, at=at.isoformat())
    assert states(display) == "in_use"


def test_a_reopening_told_twice_breaks_once(city: City) -> None:
    display = broken(city)
    case = city.walk("closed", case=display.case)
    cases.reopen(case.uid, reason="又黑屏了", by=city.verifier, at=case.closed_at)
    many, reopened = DisplayStep.objects.count(), case.steps.filter(name="reopen").latest("seq")
    case_reopened(case_uid=str(case.uid), seq=reopened.seq, at=MONDAY_NINE.isoformat())

    assert DisplayStep.objects.count() == many
    assert states(display) == "broken"


def test_a_display_that_was_taken_down_or_has_another_case_stays_as_it_is(city: City) -> None:
    display = broken(city)
    case = city.walk("closed", case=display.case)
    again = MONDAY_NINE + timedelta(days=1)
    actions.find_broken(
        uid=display.uid, note="碎", category_id=city.litter.pk, by=city.grid_worker, at=again, photos=[city.photo()]
    )
    new = Display.objects.get(pk=display.pk).case
    city.walk("closed", case=new, at=again)
    cases.reopen(case.uid, reason="又黑屏了", by=city.verifier, at=again + timedelta(days=1))
    assert states(display) == "in_use"

    actions.take_down(uid=display.uid, reason="拆除", by=city.handler, at=again + timedelta(days=1))
    cases.reopen(new.uid, reason="又碎了", by=city.verifier, at=again + timedelta(days=1))
    assert states(display) == "taken_down"


def test_nobody_calls_it_mended_while_its_case_is_open(city: City) -> None:
    display = broken(city)
    with pytest.raises(Conflict) as refused:
        actions.mend(uid=display.uid, by=city.handler, at=MONDAY_NINE)
    assert refused.value.code == "display_case_open"
    assert states(display) == "broken"


def test_a_refused_report_leaves_the_display_as_it_was(city: City) -> None:
    display = hung(city)
    with pytest.raises(Exception, match="unknown_category"):
        actions.find_broken(uid=display.uid, note="黑屏", by=city.grid_worker, at=MONDAY_NINE)
    assert states(display) == "in_use"
    assert not Case.objects.exists()


@pytest.mark.parametrize("person", ["other_handler", "inspector", "auditor", "sweeper"])
def test_others_do_not_take_it_down(person: str, city: City) -> None:
    with pytest.raises(NotAllowed):
        actions.take_down(uid=hung(city).uid, reason="旧", by=city.people[person], at=MONDAY_NINE)


def test_a_code_is_given_once(city: City) -> None:
    planned(city)
    with pytest.raises(Conflict):
        planned(city)


def test_what_was_seen_before_somebody_else_acted_is_refused(city: City) -> None:
    display = hung(city)
    with pytest.raises(Stale):
        actions.check(uid=display.uid, by=city.grid_worker, at=MONDAY_NINE, version=1)


def test_what_is_taken_down_has_ended(city: City) -> None:
    display = actions.take_down(uid=hung(city).uid, reason="店铺搬迁", by=city.handler, at=MONDAY_NINE)

    assert (display.state, display.act_by, display.ended_at) == ("taken_down", None, MONDAY_NINE)
    with pytest.raises(StepRefused):
        actions.check(uid=display.uid, by=city.grid_worker, at=MONDAY_NINE)


def test_every_step_is_a_line_of_one_chain(city: City) -> None:
    display = broken(city)
    lines = LedgerLine.objects.filter(kind="display", uid=display.uid).order_by("seq")

    assert [line.verb for line in lines] == ["display.plan_display", "display.put_up", "display.find_broken"]


def test_a_town_reads_its_own_displays_and_the_city_all(city: City) -> None:
    hung(city)
    ref = reference.now()

    def seen(name: str) -> int:
        return queries.displays(ref.actor(city.people[name], day_of(MONDAY_NINE))).count()

    assert [seen(name) for name in ("handler", "grid_worker", "supervisor", "other_handler")] == [1, 1, 1, 0]


def test_the_sums_of_the_register(city: City) -> None:
    hung(city)
    planned(city, code="LED-2")
    actions.find_broken(
        uid=hung(city, code="LED-3").uid,
        note="碎",
        category_id=city.litter.pk,
        by=city.grid_worker,
        at=MONDAY_NINE,
        photos=[city.photo()],
    )
    told = queries.sums(Display.objects.all(), MONDAY_NINE + timedelta(days=9))

    assert (told.every, told.in_use, told.broken, told.due) == (3, 1, 1, 1)
