"""周暗访简报, 月度通报 and 曝光材料."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.documents.figures import scores as figures
from civicloop.documents.figures.frame import Frame
from civicloop.documents.rules.body import Chart, PictureRow
from civicloop.documents.rules.kinds import Asked
from civicloop.inspection.models import ObservationPhoto
from civicloop.standards import editions, reference
from tests.cast import CHINA, MONDAY_NINE, City
from tests.documents.town import DAY, ask, headings, month, tables, words
from tests.scoring.town import Town, all_met, build, edition

WEEK = {"start": date(2026, 11, 23), "end": date(2026, 11, 29), "as_of": datetime(2026, 11, 29, 20, tzinfo=CHINA)}


@pytest.fixture
def town(city: City) -> Any:
    """Two towns of six points each, all visited: the willows fail one item everywhere, the lotuses one in one place."""
    editions.book.cache_clear()
    made = build(city, edition())
    for code in made.drawn:
        kind, place, number = code.split("-")
        failed = {"i2": "not_met"} if place == "willow" else {"i3": "not_met"} if number == "0" else {}
        made.visit(code, all_met(kind, **failed), by=int(number) % 2)
    yield made
    editions.book.cache_clear()


def photographed(town: Town, city: City, code: str, item: str, word: str, **more: Any) -> None:
    """Give one observation a photo."""
    from civicloop.inspection.models import Observation

    row = Observation.objects.get(visit__point__code=code, item=item)
    for name, value in more.items():
        setattr(row, name, value)
    row.save()
    ObservationPhoto.objects.create(observation=row, photo_id=city.photo(word)["sha256"], kind="near")


def test_a_week_without_visits_gives_a_brief_that_says_so(city: City) -> None:
    paper = ask("brief", **WEEK)

    assert paper.title == "2026年11月23日至29日暗访情况简报"
    assert headings(paper) == ["暗访开展情况"]
    assert "2026年11月23日至29日未开展暗访检查。" in words(paper)
    assert paper.attachments == ()


def test_a_brief_counts_visits_judgements_and_failures_by_question(city: City, town: Town) -> None:
    paper = ask("brief", **WEEK)
    told = words(paper)

    assert "开展暗访检查12次，参加2人，检查点位12个。按标准逐项判定48项次，其中符合40项次，不符合8项次。" in told
    assert "检查点位中，" in told
    assert [row[1:] for row in tables(paper)[0].rows] == [("6", "24", "4"), ("6", "24", "4")]
    assert "不符合项按方面分布为：" in told
    assert "不符合3项次，占该项判定的50.0%（3/6项次）。" in told
    assert (paper.head.style, paper.head.suffix) == ("red_head", "简报")


def test_the_rate_of_a_brief_is_the_estimate_of_scoring_with_its_interval(city: City, town: Town) -> None:
    told = words(ask("brief", **WEEK))

    assert "全市实地测评得分" in told
    assert (
        "得分依据《标准》（2025），由12次检查、12个点位、48项次判定按分层加权估计" in told or "按分层加权估计" in told
    )


def test_typical_finds_are_shown_with_their_photos(city: City, town: Town) -> None:
    photographed(town, city, "STREET-willow-0", "STREET-2", "near", note="人行道上有垃圾")
    photographed(town, city, "MARKET-lotus-1", "MARKET-1", "far", commended=True, note="台面整洁")

    paper = ask("brief", **WEEK)
    shots = {picture.caption: picture for picture in paper.pictures()}

    assert headings(paper)[2:4] == ["典型问题", "做得较好的点位"]
    assert list(shots) == ["willowSTREET0（柳东社区）：人行道上有垃圾", "lotusMARKET1（莲北社区）：台面整洁"]
    assert shots["willowSTREET0（柳东社区）：人行道上有垃圾"].sha256 == city.photo("near")["sha256"]


def test_a_brief_shows_what_visits_found_and_nothing_of_patrols(city: City) -> None:
    made = month(city)

    paper = ask("brief", start=date(2026, 11, 1), end=date(2026, 11, 30))

    assert [picture.caption for picture in paper.pictures()] == ["莲北路12号（莲花镇）：绿化带旁有成堆垃圾"]
    assert [row[1] for row in tables(paper)[-1].rows] == [made["closed"].number]


def test_a_bulletin_of_an_empty_month_is_whole(city: City) -> None:
    paper = ask("bulletin")
    told = words(paper)

    assert paper.title == "关于2026年11月创建工作情况的通报"
    assert headings(paper) == ["测评情况", "问题办理情况", "下一步工作要求"]
    assert "2026年11月未开展督查检查。" in told
    assert "2026年11月未发现问题。" in told
    assert paper.copies_to == ("指挥部各成员",)


def test_a_bulletin_ranks_within_groups_and_says_where_the_sample_does_not_separate(city: City, town: Town) -> None:
    paper = ask("bulletin")
    told = words(paper)
    ranking = next(table for table in tables(paper) if table.caption == "镇街组得分情况")

    assert [column.name for column in ranking.columns] == [
        "位次",
        "单位",
        "得分",
        "95%区间",
        "检查点位（个）",
    ]
    assert [row[1] for row in ranking.rows] == ["莲花镇", "柳塘街道"]
    assert "镇街组2个单位" in told
    assert "位次为区间，同一区间内的单位不分先后" in told


def test_the_score_of_the_period_before_is_reckoned_as_of_its_end_where_it_was_not_published(
    city: City, town: Town
) -> None:
    def before(start: date, end: date) -> tuple[Any, str]:
        asked = Asked("bulletin", start, end, datetime(2026, 12, 7, tzinfo=CHINA))
        return figures._reckoned(Frame(asked, reference.now()))

    data, how = before(date(2026, 11, 30), date(2026, 12, 6))
    now = figures.scores(Frame(Asked("bulletin", WEEK["start"], WEEK["end"], WEEK["as_of"]), reference.now()))

    assert now is not None
    assert data["city"]["estimate"]["value"] == pytest.approx(now.city.value)
    assert how == "所用上期得分未曾公布，按2026年11月23日至29日的检查结果、上期期末时点计算"
    assert now.before is None
    assert now.before_how == ""
    assert before(date(2026, 12, 7), date(2026, 12, 13)) == ({}, "")


def test_a_bulletin_tells_how_the_problems_stand(city: City) -> None:
    month(city)

    told = words(ask("bulletin"))

    assert "2026年11月共发现问题7件。已销号2件，销号率28.6%，正在办理5件，其中超期3件。" in told
    assert "其中，日常巡查5件、已销号1件；12345热线1件、已销号0件；督查检查1件、已销号1件。" in told
    assert "反复出现1件，列入督办1件。" in told
    assert "按类别看，涉及暴露垃圾（6件）和机动车乱停放（1件）。" in told
    assert "发出督办1次，已回复0次。" in told
    assert "有3件问题超过时限仍未整改，占本期发现问题的42.9%（3/7件）。" in told


def test_a_bulletin_compares_with_the_month_before_only_where_there_is_one(city: City) -> None:
    city.walk("closed")
    alone = words(ask("bulletin"))
    for number in range(2):
        city.walk("closed", at=MONDAY_NINE - 30 * DAY, address=f"莲北路{number}号")

    assert "环比" not in alone
    assert "2026年11月共发现问题1件，环比减少1件（下降50.0%）。" in words(ask("bulletin"))


def test_before_and_after_stand_side_by_side_where_no_visit_was_commended(city: City) -> None:
    month(city)

    pairs = [block for block in ask("bulletin").blocks if isinstance(block, PictureRow)]

    assert [[one.caption for one in pair.pictures] for pair in pairs] == [
        ["整改前", "整改后"],
        ["莲北路30号（莲花镇）：垃圾桶旁堆放建筑垃圾", "莲北路12号（莲花镇）：绿化带旁有成堆垃圾"],
    ]
    assert pairs[0].caption == "莲北路12号：绿化带旁有成堆垃圾（暴露垃圾）"


def test_each_unit_is_listed_with_its_numbers(city: City) -> None:
    month(city)

    attached = ask("bulletin").attachments[0]
    rows = {row[0]: row[1:] for row in attached.blocks[0].rows}  # type: ignore[union-attr]

    assert attached.title == "各责任单位问题办理情况"
    assert rows["莲花镇"][:5] == ("5", "1", "20.0%", "3", "1")
    assert rows["柳塘街道"][:5] == ("1", "1", "100.0%", "0", "0")


def test_a_bulletin_takes_at_most_40_statements_however_many_cases(city: City, town: Town) -> None:
    month(city)
    ask("bulletin")

    def statements() -> int:
        with CaptureQueriesContext(connection) as told:
            ask("bulletin")
        return len(told)

    few = statements()
    for hour in range(6):
        city.walk(
            "closed", at=MONDAY_NINE - DAY * hour, address=f"柳东路{hour}号", unit="willow", photos=[city.photo("near")]
        )

    assert statements() == few <= 40


def test_charts_stand_only_where_there_is_enough_to_draw(city: City) -> None:
    month(city)
    assert [block.caption for block in ask("bulletin").blocks if isinstance(block, Chart)] == []

    city.report(category="water", address="柳东路3号")
    drawn = [block for block in ask("bulletin").blocks if isinstance(block, Chart)]

    assert [chart.caption for chart in drawn] == ["问题类别数量（件）"]
    assert drawn[0].svg.startswith("<svg")


def test_an_exposure_list_names_late_untrue_and_repeated_problems_with_blurred_photos(city: City) -> None:
    made = month(city)

    paper = ask("exposure")
    table = tables(paper)[0]
    shots = list(paper.pictures())

    assert [row[1] for row in table.rows] == ["莲北路30号", "莲北市场东门", "莲北路12号"]
    assert [row[4] for row in table.rows] == [
        "超期14天未整改",
        "超期12天未整改、报称整改后经核查退回2次",
        "超期5天未整改、销号后再次发生",
    ]
    assert [shot.caption for shot in shots] == [
        "莲北路30号：垃圾桶旁堆放建筑垃圾（暴露垃圾）。责任单位：莲花镇，2026年11月16日发现，超期14天未整改"
    ]
    assert all(picture.blurred for picture in shots)
    assert made["closed"].number not in words(paper)


def test_an_exposure_list_never_shows_what_a_resident_wrote_or_a_phone_number(city: City) -> None:
    late = MONDAY_NINE - 12 * DAY
    city.walk(
        "accepted", at=late, source="hotline", description="张三家门口有垃圾，电话13812345678", address="莲北路1号"
    )
    city.walk("accepted", at=late, description="联系13912345678", address="柳东街15980000000号")

    told = words(ask("exposure"))

    assert "张三" not in told
    assert "13812345678" not in told
    assert "联系139****5678" in told
    assert "15980000000" not in told


def test_an_exposure_list_without_matter_says_so(city: City) -> None:
    city.walk("closed")

    assert words(ask("exposure")).splitlines()[0] == "截至2026年11月30日18时，没有需要公布的问题。"
