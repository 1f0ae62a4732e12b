"""The page of one case: the sentence, what to do, the story; and who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from civicloop.cases import actions
from civicloop.ledger.models import LedgerLine

Visit = Callable[..., Any]
PER_CASE = 15


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


def test_everybody_sees_his_own_buttons(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

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
