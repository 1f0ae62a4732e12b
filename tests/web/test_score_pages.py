"""Scores: the number with its interval, every row opened down to what was seen; units see their own; publishing and checking."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from civicloop.inspection.models import Round
from civicloop.scoring.models import NegativeEvent, Publication
from tests.scoring.town import Town, all_met, build, edition
from tests.web.scored import scored

Visit = Callable[..., Any]
PER_PAGE, PER_LIST = 15, 6


@pytest.fixture
def town(city: Any) -> Town:
    return scored(city)


def test_the_city_is_told_with_interval_target_counts_rule_and_what_was_left_out(town: Town, visitor: Visit) -> None:
    status, text = visitor("supervisor").get("/scores")

    assert status == 200
    for said in ("95% interval", "Target 90.", "20 observations", "5 places in 5 visits", "rule"):
        assert said in text
    assert "<svg" in text
    assert "style=" not in text


def test_in_chinese_the_line_of_sources_is_parted_by_chinese_signs(town: Town, visitor: Visit) -> None:
    text = visitor("supervisor", "zh-hans").get("/scores")[1]
    source = unescape(re.sub(r"<[^>]+>", "", text.split('class="quiet source">')[1].split("</p>")[0]))

    assert "；规则 " in source
    assert ";" not in source


def test_ranks_are_intervals_and_ties_are_shown(town: Town, visitor: Visit) -> None:
    text = visitor("supervisor").get("/scores")[1]

    assert "Ranking: communities and villages" in text
    assert "1–2" in text
    assert "≈" in text


def test_every_row_opens_down_to_the_item(town: Town, visitor: Visit) -> None:
    person = visitor("supervisor")

    assert "path=method%3Asite%2Ftype%3ASTREET" in person.get("/scores")[1]
    for path, said in (
        ("", "on site"),
        ("type:STREET", "Each area"),
        ("type:STREET/area:LOTUS", "Mean of the scores of the places judged here"),
        ("type:STREET/area:LOTUS/point:STREET-lotus-0", "Points got ÷ points possible"),
        ("unit:LOTUS_NORTH", "share of the unit"),
    ):
        status, text = person.get(f"/scores/open?round=W48&path={path}")
        assert (status, said in text) == (200, True), path
    text = person.get("/scores/open?round=W48&path=type:STREET/area:LOTUS/point:STREET-lotus-0")[1]
    assert "answer-not_met" in text
    assert "path=type%3ASTREET%2Farea%3ALOTUS" in text


@pytest.mark.parametrize("path", ["nonsense", "type:NOTHING", "unit:NOBODY", "type:STREET/area:LOTUS/point:NONE"])
def test_a_place_that_is_not_in_the_tree_is_not_found(town: Town, visitor: Visit, path: str) -> None:
    assert visitor("supervisor").get(f"/scores/open?round=W48&path={path}")[0] == 404


def test_a_unit_sees_its_own_tree_and_no_other(town: Town, visitor: Visit) -> None:
    leader = visitor("leader")
    text = leader.get("/scores?round=W48")[1]

    assert "莲北社区" in text
    assert "柳东社区" not in text
    assert "Score of the city" not in text
    assert leader.get("/scores/open?round=W48&path=unit:LOTUS_NORTH")[0] == 200
    for path in ("", "type:STREET", "unit:WILLOW_EAST", "unit:LOTUS_NORTH/point:STREET-willow-0"):
        assert leader.get(f"/scores/open?round=W48&path={path}")[0] == 404


def test_administrators_of_the_system_see_no_scores(town: Town, visitor: Visit) -> None:
    assert visitor("system_admin").get("/scores/open?round=W48&path=unit:LOTUS_NORTH")[0] == 404
    assert "莲北社区" not in visitor("system_admin").get("/scores?round=W48")[1]


def test_unknown_rounds_and_bad_days_are_said(town: Town, visitor: Visit) -> None:
    person = visitor("supervisor")

    assert person.get("/scores?round=W99")[0] == 404
    assert person.get("/scores?from=soon")[0] == 422
    assert person.get("/scores?from=2026-02-02&to=2026-01-01")[0] == 422
    assert "Nothing was judged" in person.get("/scores?from=2020-01-01&to=2020-01-31")[1]


def test_a_supervisor_publishes_and_anybody_of_the_city_checks(town: Town, visitor: Visit) -> None:
    person = visitor("supervisor")
    assert "W48" in person.get("/scores/publish?round=W48")[1]
    answer = person.post("/scores/publish", round="W48", title="第48周得分")
    made = Publication.objects.get()

    assert answer["Location"] == f"/scores/published/{made.uid}"
    assert made.scope["rounds"] == [town.round.pk]
    assert "第48周得分" in visitor("leader").get("/scores/published")[1]
    assert visitor("leader").get(f"/scores/published/{made.uid}")[0] == 200
    told = visitor("auditor").post(f"/scores/published/{made.uid}/verify").content.decode()
    assert "every figure is the same" in told

    Publication.objects.filter(pk=made.pk).update(content={**made.content, "observations": 7})
    told = visitor("auditor").post(f"/scores/published/{made.uid}/verify").content.decode()
    assert "observations" in told
    assert "came out otherwise" in told


def test_others_publish_nothing(town: Town, visitor: Visit) -> None:
    for name in ("leader", "auditor", "inspector"):
        assert visitor(name).post("/scores/publish", round="W48", title="x").status_code == 403
    assert visitor("supervisor").post("/scores/publish", round="W48", title=" ").status_code == 422
    assert not Publication.objects.exists()


def test_the_negative_list_is_recorded_counted_and_revoked(town: Town, visitor: Visit) -> None:
    person, today = visitor("supervisor"), timezone.localdate() - timedelta(days=1)
    before = person.get("/scores?round=W48")[1]
    person.post("/scores/negative/new", clause="N1", happened_on=today.isoformat(), note="通报", unit="")
    event = NegativeEvent.objects.get()

    assert "发生重大事故" in person.get("/scores/negative")[1]
    assert "3.00 points taken off" in person.get("/scores?round=W48")[1]
    assert "points taken off for the negative list" not in before
    person.post(f"/scores/negative/{event.uid}/revoke", reason="认定有误")
    assert "认定有误" in person.get("/scores/negative")[1]
    assert "points taken off for the negative list" not in person.get("/scores?round=W48")[1]


def test_an_event_sent_twice_takes_points_off_once(town: Town, visitor: Visit) -> None:
    person, day = visitor("supervisor"), timezone.localdate() - timedelta(days=1)
    (once,) = re.findall(r'name="once" value="([^"]+)"', person.get("/scores/negative/new")[1])
    given = {"clause": "N1", "happened_on": day.isoformat(), "note": "通报", "unit": "", "once": once}

    assert [person.post("/scores/negative/new", **given).status_code for _ in range(2)] == [302, 302]
    assert NegativeEvent.objects.count() == 1
    person.post("/scores/negative/new", **{**given, "note": "又一起"})
    assert NegativeEvent.objects.count() == 2


def test_only_supervisors_keep_the_negative_list(town: Town, visitor: Visit) -> None:
    assert visitor("auditor").get("/scores/negative")[0] == 200
    assert visitor("leader").get("/scores/negative")[0] == 403
    assert visitor("auditor").get("/scores/negative/new")[0] == 403
    answer = visitor("supervisor").post("/scores/negative/new", clause="N9", happened_on="2026-01-01", note="x")
    assert answer.status_code == 422
    assert not NegativeEvent.objects.exists()


def test_pages_keep_to_their_statements(town: Town, visitor: Visit) -> None:
    town.visit("STREET-lotus-2", all_met("STREET", i2="not_met"), at=timezone.now() - timedelta(hours=2))
    person, leader = visitor("supervisor"), visitor("leader")
    person.post("/scores/publish", round="W48", title="第48周得分")

    assert person.statements("/scores") <= PER_PAGE
    for path in (
        "",
        "type:STREET",
        "type:STREET/area:LOTUS",
        "type:STREET/area:LOTUS/point:STREET-lotus-0",
        "unit:LOTUS_NORTH",
    ):
        assert person.statements(f"/scores/open?round=W48&path={path}") <= PER_PAGE, path
    assert leader.statements("/scores?round=W48") <= PER_PAGE
    assert leader.statements("/scores/open?round=W48&path=unit:LOTUS_NORTH") <= PER_PAGE
    assert person.statements("/scores/published") <= PER_LIST
    assert person.statements(f"/scores/published/{Publication.objects.get().uid}") <= PER_LIST
    assert person.statements("/scores/negative") <= PER_LIST


def test_a_kind_of_place_that_nobody_judged_yet_says_so(city: Any, visitor: Visit) -> None:
    town = build(city, edition(), code="W48")
    now = timezone.now()
    Round.objects.filter(pk=town.round.pk).update(starts_on=now.date() - timedelta(days=1), ends_on=now.date())

    status, text = visitor("supervisor").get("/scores/open?round=W48&path=type:STREET")

    assert status == 200
    assert "Nothing was judged yet, so there is no score." in text
    assert "95% interval" not in text
