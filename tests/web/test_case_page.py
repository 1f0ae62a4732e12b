"""The page of one case: the sentence, what to do, the story; and who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseReach
from civicloop.cases.sweep import sweep
from civicloop.documents.models import Paper
from civicloop.kernel.worktime import Limit, LimitUnit, WorkCalendar, extend, pause, resume, start
from civicloop.ledger.models import LedgerLine
from civicloop.web.ui.clockwords import because
from tests.cast import MONDAY_NINE, SOUTH, WEST

Visit = Callable[..., Any]
PER_CASE = 15
CALENDAR = WorkCalendar(announced_years=frozenset({2026}))


def buttons(text: str) -> set[str]:
    return set(re.findall(r'href="/cases/[^"]+/steps/([a-z_]+)"', text))


def test_the_page_begins_with_the_sentence(city: Any, visitor: Visit) -> None:
    case = city.walk("dispatched", at=timezone.now() - timedelta(days=9), address="莲花桥头")

    _, text = visitor("handler").get(f"/cases/{case.uid}")
    sentence = re.sub(r"<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)[1])  # type: ignore[index]

    assert sentence.startswith("莲花桥头·暴露垃圾·")
    assert "working hours late" in sentence


def test_the_page_is_chinese_by_default(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)

    _, text = visitor("handler", "zh-hans").get(f"/cases/{case.uid}")

    assert '<html lang="zh-hans"' in text


def test_everybody_sees_his_own_buttons(city: Any, visitor: Visit) -> None:
    # What is offered within working hours is over after a working day.
    case = city.walk("dispatched", at=timezone.now())

    def of(name: str) -> set[str]:
        return buttons(visitor(name).get(f"/cases/{case.uid}")[1])

    assert {"accept", "return", "extend", "whistle"} <= of("handler")
    assert {"recall", "suspend", "supervise"} <= of("supervisor")
    assert "accept" not in of("supervisor")
    assert of("auditor") == set()


def test_the_handler_is_not_offered_to_verify_his_own_work(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("rectified", at=yesterday)

    assert "verify" in buttons(visitor("verifier").get(f"/cases/{case.uid}")[1])
    assert buttons(visitor("handler").get(f"/cases/{case.uid}")[1]) == {"comment"}


def test_the_story_tells_who_did_what(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("closed", at=yesterday)

    _, text = visitor("supervisor").get(f"/cases/{case.uid}")
    story = text[text.index('<ol class="story">') : text.index("</ol>")]

    people = ("reporter", "filer", "dispatcher", "handler", "verifier")
    assert [name for name in people if city.people[name].name not in story] == []
    assert "it is clean" in story
    assert "closed" in text


def test_the_clock_is_explained_day_by_day(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

    _, text = visitor("handler").get(f"/cases/{case.uid}")

    assert "How the time was counted" in text
    assert re.search(r"4 working hours from \d{4}-\d\d-\d\d \d\d:\d\d until", text)
    assert '<table class="clock">' in text


def test_what_one_may_not_see_is_not_there(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

    hidden, text = visitor("other_handler").get(f"/cases/{case.uid}")
    missing, same = visitor("other_handler").get("/cases/00000000-0000-7000-8000-000000000000")

    assert (hidden, missing) == (404, 404)
    assert "暴露垃圾" not in text
    assert re.sub(r'value="[^"]*"', "", text) == re.sub(r'value="[^"]*"', "", same)


def test_side_affairs_stand_beside_the_story(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday, category="building", photos=[city.photo("near")])

    def take(step: str, by: str, **given: Any) -> None:
        actions.take(case.uid, step, by=city.people[by], at=yesterday + timedelta(hours=3), given=given)

    take("extend", "handler", amount="2", unit_of_time="work_day", reason="a crane is needed")
    take("supervise", "supervisor", note="finish it this week")
    take(
        "whistle", "handler", whistle_kind="enforcement", units=["URBAN"], place="莲花桥头", note="",
        meet_at=(timezone.now() + timedelta(days=2)).isoformat(),
    )  # fmt: skip

    _, text = visitor("supervisor").get(f"/cases/{case.uid}")

    assert "a crane is needed" in text
    assert "waits for a decision" in text
    assert "finish it this week" in text
    assert "城管局" in text
    assert visitor("supervisor").statements(f"/cases/{case.uid}") <= PER_CASE
    assert visitor("handler").statements(f"/cases/{case.uid}") <= PER_CASE


def test_the_proposed_unit_comes_with_its_reasons(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("filed", at=yesterday)

    _, text = visitor("dispatcher").get(f"/cases/{case.uid}/steps/dispatch")

    assert "Proposed:" in text
    assert "环卫中心" in text
    assert "the only unit that carries the function" in text


def test_cases_nearby_are_named(city: Any, visitor: Visit, yesterday: Any) -> None:
    first = city.report(at=yesterday)
    second = city.report(at=yesterday, category="parking")

    assert first.number in visitor("filer").get(f"/cases/{second.uid}")[1]


def test_auditors_read_the_ledger_of_a_case_and_others_are_refused_for_the_record(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    case = city.walk("dispatched", at=yesterday)

    status, text = visitor("auditor").get(f"/cases/{case.uid}/ledger")
    refused, _ = visitor("handler").get(f"/cases/{case.uid}/ledger")

    assert status == 200
    assert "case.dispatch" in text
    assert "source: patrol" in text
    assert "来源：巡查" in visitor("auditor", "zh-hans").get(f"/cases/{case.uid}/ledger")[1]
    assert refused == 403
    assert LedgerLine.objects.filter(uid=city.handler.uid, verb="refused").exists()


def test_text_of_others_is_shown_as_text(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.report(at=yesterday, description="<script>alert(1)</script>", address="<b>x</b>")

    _, text = visitor("filer").get(f"/cases/{case.uid}")

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_whole_case_costs_no_more_than_a_young_one_may(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("closed", at=yesterday)
    for number in range(20):
        actions.take(case.uid, "comment", by=city.filer, at=timezone.now(), given={"note": f"remark {number}"})

    assert visitor("filer").statements(f"/cases/{case.uid}") <= PER_CASE


# What stands around a case, who must act, and why it is due.


def test_it_says_which_unit_must_act_and_masks_its_people(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    text = visitor("supervisor").get(f"/cases/{case.uid}")[1]
    now = text[text.index('class="now"') : text.index('id="step-form"')]

    assert "莲花镇" in now
    assert "unit handler / unit leader" in now
    assert "连*" in now
    assert [name for name in ("handler", "leader") if city.people[name].name in now] == []


def test_who_reads_the_page_finds_the_own_name_as_it_is(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    text = visitor("handler").get(f"/cases/{case.uid}")[1]
    now = text[text.index('class="now"') : text.index('id="step-form"')]

    assert city.people["handler"].name in now
    assert city.people["leader"].name not in now


def test_a_key_of_our_own_making_is_nobodys_number(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    filer = visitor("filer")

    Case.objects.filter(pk=case.pk).update(external_key="12345-2026-0007")
    assert "12345-2026-0007" in filer.get(f"/cases/{case.uid}")[1]
    for kind in ("resident", "opinion", "display"):
        Case.objects.filter(pk=case.pk).update(external_key=f"{kind}:{case.uid}")
        text = filer.get(f"/cases/{case.uid}")[1]
        assert f"{kind}:" not in text
        assert "Key of the source" not in text


def test_why_it_is_due_is_one_sentence(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

    assert re.search(
        r"Due [^<]+, because the limit of 4 working hours counts from", visitor("handler").get(f"/cases/{case.uid}")[1]
    )


def test_the_sentence_names_days_left_out_pauses_and_extensions(city: Any) -> None:
    friday = MONDAY_NINE - timedelta(days=3)
    clock = start(Limit(16, LimitUnit.WORK_HOUR), friday, CALENDAR)
    stopped = pause(clock, friday + timedelta(hours=1), CALENDAR)
    moved = extend(resume(stopped, friday + timedelta(hours=2), CALENDAR), Limit(2, LimitUnit.WORK_HOUR), CALENDAR)
    with translation.override("en"):
        told, standing = because(moved, CALENDAR, friday), because(stopped, CALENDAR, friday)
        ended = because(stopped, CALENDAR, friday, was_due=MONDAY_NINE)

    assert "2 weekend days not" in told
    assert "it stood still from 2026-11-20 10:00 to 2026-11-20 11:00" in told
    assert "it was extended by 2 working hours" in told
    assert standing.startswith("No due time runs now")
    assert ended.startswith("It was due 2026-11-23 09:00")


def test_neighbours_of_the_same_category_come_first_with_distance_and_age(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    other = city.report(at=yesterday - timedelta(days=3), category="parking")
    same = city.report(at=yesterday - timedelta(days=5), lon=WEST + 0.0053, lat=SOUTH + 0.005)
    far = city.report(at=yesterday, lon=WEST + 0.006, lat=SOUTH + 0.005)
    case = city.walk("filed", at=yesterday)
    text = visitor("filer").get(f"/cases/{case.uid}")[1]
    near = text[text.index('id="near"') :]

    assert near.index(same.number) < near.index(other.number)
    assert far.number not in near
    assert "30 m · 5 days earlier" in near
    assert "3 days earlier" in near
    assert "One open case of the same category lies within 50 m." in text
    assert f"/cases/{case.uid}/steps/merge?into={same.number}" in near
    assert f"into={other.number}" not in near


def test_a_closed_case_does_not_ask_whether_it_is_the_same_problem(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.report(at=yesterday - timedelta(days=5), lon=WEST + 0.0053, lat=SOUTH + 0.005)
    case = city.walk("closed", at=yesterday)

    text = visitor("filer").get(f"/cases/{case.uid}")[1]

    assert 'id="near"' in text
    assert "Is it the same problem?" not in text


def test_what_the_ladder_demanded_stands_in_the_readers_language(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday - timedelta(days=30))
    sweep(at=yesterday)
    mine, typed = case.supervisions.get(), city.walk("dispatched", at=yesterday)
    actions.supervise(typed.uid, note="overdue", by=city.supervisor, at=yesterday + timedelta(hours=1))

    text = visitor("handler", "zh-hans").get(f"/cases/{case.uid}")[1]

    assert mine.demand not in text
    assert "超期，按升级规则督办" in text
    assert '<p class="pre">overdue</p>' in visitor("handler", "zh-hans").get(f"/cases/{typed.uid}")[1]


def test_a_neighbour_reported_a_minute_before_is_of_the_same_day(city: Any, visitor: Visit, yesterday: Any) -> None:
    noon = yesterday.replace(hour=12, minute=0)
    city.report(at=noon - timedelta(minutes=1))
    case = city.walk("filed", at=noon)
    text = visitor("filer").get(f"/cases/{case.uid}")[1]

    assert "0 m · the same day" in text


def test_the_link_to_merge_fills_the_form_and_stands_only_where_one_may_merge(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    first = city.report(at=yesterday - timedelta(days=1))
    case = city.walk("filed", at=yesterday)

    assert "steps/merge?into" not in visitor("supervisor").get(f"/cases/{case.uid}")[1]
    form = visitor("filer").get(f"/cases/{case.uid}/steps/merge?into={first.number}")[1]
    assert re.search(rf'name="into"[^>]*value="{first.number}"', form)


def test_what_came_back_is_told_as_a_chain_and_only_of_what_one_may_see(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    first, second = (
        city.walk("closed", at=yesterday - timedelta(days=20)),
        city.walk("closed", at=yesterday - timedelta(days=10)),
    )
    third = city.walk("dispatched", at=yesterday)
    Case.objects.filter(pk=second.pk).update(recurrence_of=first)
    Case.objects.filter(pk=third.pk).update(recurrence_of=second)
    CaseReach.objects.filter(case=first, unit=city.lotus).delete()

    def chain(name: str, case: Any) -> list[str]:
        text = visitor(name).get(f"/cases/{case.uid}")[1]
        return re.findall(r"A\d{6}", text[text.index('<ol class="kin">') :].split("</ol>")[0])[:3]

    assert chain("supervisor", third) == [first.number, second.number, third.number]
    assert chain("handler", third)[:2] == [second.number, third.number]
    assert chain("supervisor", second) == [first.number, second.number, third.number]


def test_parts_and_merged_cases_are_named(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)
    actions.split(case.uid, unit_ids=[city.sanitation.pk], by=city.dispatcher, at=timezone.now())
    part = Case.objects.get(parent=case)
    twin = city.report(at=yesterday)
    actions.merge(twin.uid, into=case.uid, by=city.filer, at=timezone.now())
    text = visitor("supervisor").get(f"/cases/{case.uid}")[1]

    assert part.number in text[text.index("Parts") :]
    assert twin.number in text[text.index("Merged into this case") :]


def test_before_and_after_stand_side_by_side_without_script(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("closed", at=yesterday, photos=[city.photo("near")])
    text = visitor("supervisor").get(f"/cases/{case.uid}")[1]
    stage = text[text.index("data-compare>") : text.index("data-compare-tools")]

    assert stage.count("<figure>") == 2
    assert re.search(r"data-compare-tools hidden", text)
    assert re.search(r'<input id="compare-cut" type="range" min="0" max="100"[^>]*hidden>', text)


def test_papers_about_a_case_are_read_when_wanted(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    day = timezone.localdate()
    Paper.objects.create(
        kind="letter",
        title="督办函",
        case=case,
        unit=city.lotus,
        start=day,
        end=day,
        as_of=timezone.now(),
        asked_by=city.supervisor,
    )
    address = f"/cases/{case.uid}/papers"

    assert address in visitor("handler").get(f"/cases/{case.uid}")[1]
    assert "督办函" in visitor("supervisor").get(address)[1]
    assert "<html" not in visitor("supervisor").get(address, **{"HX-Request": "true"})[1]
    assert "督办函" not in visitor("handler").get(address)[1]
    assert visitor("other_handler").get(address)[0] == 404


def test_after_a_step_one_goes_on_where_one_wants_to_but_never_elsewhere(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    case, desk = city.walk("dispatched", at=yesterday), visitor("handler")
    steps = f"/cases/{case.uid}/steps/comment"
    to_inbox = desk.post(steps, note="1", next="/inbox?o=1")
    elsewhere = [
        desk.post(steps, note=one, next=one) for one in ("https://example.org/", "//example.org/", "-1", "inbox")
    ]

    assert to_inbox["Location"] == "/inbox?o=1"
    assert {one["Location"] for one in elsewhere} == {f"/cases/{case.uid}"}
    assert 'name="next" value="/inbox"' in desk.get(f"{steps}?next=/inbox")[1]


def test_a_page_with_all_of_it_stays_small(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)
    for _ in range(12):
        city.report(at=yesterday)
    actions.forward_out(
        case.uid,
        party="供电公司",
        note="谁管？",
        answer_by=timezone.now() + timedelta(days=1),
        by=city.handler,
        at=timezone.now(),
    )
    for name in ("handler", "supervisor", "filer"):
        assert visitor(name).statements(f"/cases/{case.uid}") <= PER_CASE
        assert len(visitor(name).client.get(f"/cases/{case.uid}").content) <= 120_000
