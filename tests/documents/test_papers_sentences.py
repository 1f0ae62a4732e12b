"""Figures in, sentences out."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.documents.figures.frame import days_before, year_earlier
from civicloop.documents.papers import KINDS
from civicloop.documents.rules.figures import Found, FoundIn, Group, Part, Ranked, Rated, Ratio, Scores, Seen, UnitRates
from civicloop.documents.rules.sentences import checklists, duties, fill, masking, numerals, problems, scores, visits
from civicloop.standards.rules.shapes import ChecklistItem, Count, Text
from tests.documents.town import texts_of


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"), (0.0, "0.0%"), (1.0, "100.0%"), (0.9333, "93.3%"), (0.99996, "99.9%"), (0.0001, "0.1%"), (0.0005, "0.1%"),
        (0.125, "12.5%"),
    ],
)  # fmt: skip
def test_a_rate_is_never_rounded_to_all_or_nothing(value: float | None, words: str) -> None:
    assert numerals.percent(value) == words


@given(st.integers(0, 500), st.integers(1, 500))
def test_only_all_is_a_hundred_percent_and_only_nothing_is_zero(part: int, whole: int) -> None:
    part = min(part, whole)

    assert (numerals.percent(part / whole) == "100.0%") == (part == whole)
    assert (numerals.percent(part / whole) == "0.0%") == (part == 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (75, "75"), (139, "139"), (200, "200"), (213, "200余"), (1000, "1000"), (1012, "1000余"), (1639, "1600余"),
        (120034, "120000余"),
    ],
)  # fmt: skip
def test_round_numbers_never_say_too_much(number: int, words: str) -> None:
    assert numerals.over(number) == words


@pytest.mark.parametrize(
    ("start", "end", "words", "this"),
    [
        ((2026, 1, 1), (2026, 12, 31), "2026年", "本年度"),
        ((2026, 10, 1), (2026, 12, 31), "2026年第四季度", "本季度"),
        ((2026, 11, 1), (2026, 11, 30), "2026年11月", "本月"),
        ((2026, 2, 1), (2026, 2, 28), "2026年2月", "本月"),
        ((2026, 1, 1), (2026, 10, 31), "2026年1月至10月", "本期"),
        ((2026, 11, 16), (2026, 11, 22), "2026年11月16日至22日", "本周"),
        ((2026, 11, 30), (2026, 12, 6), "2026年11月30日至12月6日", "本周"),
        ((2025, 12, 29), (2026, 1, 4), "2025年12月29日至2026年1月4日", "本周"),
        ((2026, 11, 5), (2026, 11, 5), "2026年11月5日", "本期"),
    ],
)  # fmt: skip
def test_a_period_has_the_shortest_true_name(
    start: tuple[int, ...], end: tuple[int, ...], words: str, this: str
) -> None:
    days = date(*start), date(*end)

    assert (numerals.span(*days), numerals.period_name(*days)) == (words, this)


def test_the_period_before_a_month_is_the_month_before() -> None:
    assert days_before(date(2026, 3, 1), date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert days_before(date(2026, 1, 1), date(2026, 3, 31)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert days_before(date(2026, 11, 16), date(2026, 11, 22)) == (date(2026, 11, 9), date(2026, 11, 15))
    assert (year_earlier(date(2024, 2, 29)), year_earlier(date(2025, 2, 28))) == (date(2023, 2, 28), date(2024, 2, 29))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_the_period_before_ends_on_the_eve(start: date, length: int) -> None:
    end = date.fromordinal(start.toordinal() + length)
    first, last = days_before(start, end)

    assert last.toordinal() + 1 == start.toordinal()
    assert first <= last


def test_lists_of_names() -> None:
    assert numerals.listed([]) == ""
    assert numerals.listed(["甲"]) == "甲"
    assert numerals.listed(["甲", "乙", "丙"]) == "甲、乙和丙"
    assert numerals.listed(["甲", "乙", "丙"], 2, "家单位") == "甲、乙等3家单位"


def test_comparisons_are_said_only_where_there_is_something_to_compare_with() -> None:
    assert numerals.growth(12, 10, kind="环比") == "环比增加2件（增长20.0%）"
    assert numerals.growth(5, 10, kind="同比") == "同比减少5件（下降50.0%）"
    assert numerals.growth(5, 5, kind="环比") == "环比持平"
    assert numerals.growth(5, 0, kind="同比") == "同比增加5件（上年同期为0）"
    assert numerals.growth(5, None, kind="环比") == ""
    assert numerals.change(92.44, 92.41, kind="环比", unit="分") == "环比持平"
    assert numerals.change(92.5, 90.0, kind="同比", unit="分") == "同比上升2.5分"
    assert numerals.change(None, 90.0, kind="同比") == ""


def test_moments_and_days() -> None:
    assert numerals.moment(datetime(2026, 11, 5, 9)) == "2026年11月5日9时"  # noqa: DTZ001
    assert numerals.moment(datetime(2026, 11, 5, 18, 30)) == "2026年11月5日18时30分"  # noqa: DTZ001


def test_what_was_found_is_said_without_praise_and_without_nothing() -> None:
    assert problems.found(Found(), "2026年11月") == "2026年11月未发现问题。"
    assert (
        problems.found(Found(42, 42, 42), "2026年") == "2026年共发现问题42件。已销号42件，全部整改到位，销号率100.0%。"
    )
    some = Found(found=10, rectified=6, closed=5, suspended=1, overdue=2)
    assert problems.standing(some) == "已销号5件，销号率50.0%，挂账1件，正在办理4件，其中超期2件。"
    assert problems.standing(Found(found=3)) == "尚无销号，正在办理3件，均在时限内。"
    assert problems.extras(some) == ""


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_the_parts_of_what_was_found_add_up(closed: int, suspended: int, open_: int) -> None:
    numbers = Found(found=closed + suspended + open_, closed=closed, suspended=suspended)

    assert numbers.open == open_
    assert (numbers.rate == 1) == (numbers.found > 0 and closed == numbers.found)


def test_commonest_categories_say_their_share() -> None:
    rows = [FoundIn(str(n), f"类别{n}", Found(found=7 - n)) for n in range(6)]

    assert problems.by_category(rows, 2) == "按类别看，数量居前的是类别0（7件）和类别1（6件），合计占48.1%（13/27件）。"
    assert problems.by_category(rows[:1]) == "按类别看，涉及类别0（7件）。"
    assert problems.by_category([]) == ""


def test_rates_say_what_they_are_made_of_and_how_they_moved() -> None:
    now = {"on_time_rate": Ratio(45, 50), "sent_back_rate": Ratio(0, 0)}

    assert problems.rates(now, {"on_time_rate": Ratio(40, 50)}, {"on_time_rate": Ratio(48, 50)}) == (
        "按期办结率90.0%（45/50件），环比上升10.0个百分点，同比下降6.0个百分点。"
    )
    assert problems.rates(now, {}, {}) == "按期办结率90.0%（45/50件）。"
    assert problems.rates({}, {}, {}) == ""


def test_units_that_moved_are_named_by_how_far() -> None:
    def row(name: str, part: int) -> UnitRates:
        return UnitRates(name, "town", {"on_time_rate": Ratio(part, 10)})

    rose, fell = problems.movers([row("甲", 9), row("乙", 5), row("丙", 7)], [row("甲", 8), row("乙", 8), row("丙", 7)])

    assert rose == "按期办结率上升的有甲（80.0%→90.0%，上升10.0个百分点）。"
    assert fell == "按期办结率下降的有乙（80.0%→50.0%，下降30.0个百分点）。"


def rated(value: float, half: float = 2.0) -> Rated:
    return Rated(value, value - half, value + half, 12, "direct")


def test_a_score_is_said_with_its_interval_and_against_the_target() -> None:
    def told(value: float) -> str:
        return scores.city(
            Scores(rated(value), 88.0, None, (), (), (), "标准", "d" * 64, 90.0, 100, 10, 10), "2026年11月"
        )

    assert told(85.0) == "2026年11月全市实地测评得分85.0分（95%区间83.0—87.0），环比下降3.0分，距90分目标还差5.0分。"
    assert told(91.0).endswith("与90分目标的差别在抽样误差之内。")
    assert told(93.0).endswith("达到90分目标。")


def test_units_that_cannot_be_told_apart_are_not_put_in_order() -> None:
    def row(name: str, first: int, last: int, value: float = 90) -> Ranked:
        return Ranked(name, rated(value), first, last, first != last)

    level = Group("towns", "镇街", (row("甲", 1, 3, 91), row("乙", 1, 3), row("丙", 1, 3)))
    apart = Group("towns", "镇街", (row("甲", 1, 1, 95), row("乙", 2, 3), row("丙", 2, 3), row("丁", 4, 4, 80)))
    partly = Group("towns", "镇街", (row("甲", 1, 2, 95), row("乙", 1, 3), row("丙", 2, 3, 85)))
    alone = Group("towns", "镇街", (row("甲", 1, 1),))
    same = Group("towns", "镇街", (row("甲", 1, 2), row("乙", 1, 2)))

    assert scores.ranking(same) == "镇街组2个单位得分相同，均为90.0分，本期不分先后。"
    assert scores.ranking(level) == "镇街组3个单位得分差别均在抽样误差之内，本期不分先后。"
    assert scores.ranking(apart) == "镇街组4个单位中，甲排在前列，丁位次靠后，其余单位位次区间重叠的不分先后。"
    assert scores.ranking(partly) == "镇街组3个单位的位次区间见表，区间重叠的单位不分先后。"
    assert scores.ranking(alone) == "镇街仅甲有检查结果，得分90.0分（95%区间88.0—92.0），不作排名。"
    assert scores.place(row("乙", 2, 3)) == "2—3"


def test_only_moves_beyond_chance_are_told() -> None:
    rows = (
        Ranked("甲", rated(92), 1, 1, False, 85.0),
        Ranked("乙", rated(90), 2, 2, False, 89.0),
        Ranked("丙", rated(80), 3, 3, False, 90.0),
    )

    assert scores.moved([Group("towns", "镇街", rows)]) == (
        "得分较上期上升且超出抽样误差的有甲（85.0→92.0分）。", "得分较上期下降且超出抽样误差的有丙（90.0→80.0分）。",
    )  # fmt: skip
    assert scores.questions([Part("a", "公共秩序", rated(88), 90.0), Part("b", "公共环境", rated(91))]) == (
        "分方面看，公共环境91.0分，公共秩序88.0分（环比下降2.0分）。"
    )


def test_visits_without_failures_say_that_none_were_found() -> None:
    seen = Seen(visits=3, points=3, inspectors=2, judged=30, met=30, not_applicable=2, round_kinds={"周暗访": 3})

    assert visits.visited(seen, "2026年11月") == "2026年11月开展暗访检查3次，参加2人，检查点位3个。"
    assert visits.judged(seen) == "按标准逐项判定30项次（不适用2项次，不计入），其中符合30项次，未发现不符合项。"
    assert visits.led_to(seen) == ""
    assert visits.by_question(()) == ""


def test_shops_say_the_exact_number_and_the_round_one() -> None:
    assert (
        duties.corrected(Found(found=213, closed=213))
        == "检查发现责任区问题213处，已督促纠正213处（200余处），全部整改到位。"
    )
    assert duties.corrected(Found()) == "本期没有商户责任区问题记录。"


def test_counts_of_a_checklist_are_said_once_and_in_words() -> None:
    def item(count: Count | None) -> ChecklistItem:
        return ChecklistItem(
            "A-1", Text("公益广告"), "count", "publicity", "read", count, (Text("门店招牌不计。"), Text("临时活动除外"))
        )

    assert (
        checklists.counts(item(Count(Text("公益广告（每 200 米）"), "at_least", 1, "piece", 200)))
        == "公益广告：每200米不少于1处"
    )
    assert checklists.counts(item(Count(Text("烟头"), "at_most", 0, "piece"))) == "烟头：无"
    assert checklists.counts(item(Count(Text("面积"), "at_least", 30, "percent"))) == "面积：不少于30%"
    assert checklists.counts(item(None)) == ""
    assert checklists.excepted(item(None)) == "门店招牌不计；临时活动除外"


def test_placeholders_are_filled_and_other_braces_stay() -> None:
    assert fill.fill("{unit}的{count}件{其他}{nobody}", {"unit": "莲花镇", "count": 3}) == "莲花镇的3件{其他}{nobody}"
    assert [one.text for one in fill.paragraphs("一\n\n  二  \n", {})] == ["一", "二"]


def test_phones_and_identity_numbers_are_masked_and_other_numbers_stay() -> None:
    text = "电话13812345678或0592-1234567，身份证110101199001011234，门牌128号，编号3502120010"

    assert masking.masked(text) == "电话138****5678或059****4567，身份证1101**********1234，门牌128号，编号3502120010"
    assert masking.without_numbers("编号3502120010，门牌128号") == "编号********10，门牌128号"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_texts_that_are_all_words(kind: str) -> None:
    texts = texts_of(kind)

    assert "title" in texts
    assert all(isinstance(text, str) for text in texts.values())
