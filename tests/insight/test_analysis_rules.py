"""Heat, causes, radar and suggestions as rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civicloop.insight.analysis import CAUSES, cause_table
from civicloop.insight.rules.causes import BadTable, Circumstances, shares, table_from
from civicloop.insight.rules.radar import Axis, svg
from civicloop.insight.rules.rates import Period
from civicloop.insight.rules.smoothing import ground_km2, smoothed
from civicloop.insight.rules.suggesting import Check, Occasion, Spot, suggest
from civicloop.insight.rules.taken import Deed, taken_late

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def circle(lon: float, lat: float, side: float) -> list[list[float]]:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def test_the_ground_of_a_square_and_its_hole() -> None:
    outer, hole = circle(118, 0, 0.01), circle(118.002, 0.002, 0.005)

    whole = ground_km2({"type": "Polygon", "coordinates": [outer]})
    assert whole == pytest.approx(1.2364, rel=1e-3)
    assert ground_km2({"type": "Polygon", "coordinates": [outer, hole]}) == pytest.approx(whole * 0.75, rel=1e-3)
    assert ground_km2({"type": "MultiPolygon", "coordinates": [[outer], [hole]]}) == pytest.approx(
        whole * 1.25, rel=1e-3
    )


grounds = st.dictionaries(st.integers(1, 30), st.floats(0.01, 5), min_size=1, max_size=12)


@given(grounds, st.data())
def test_a_smoothed_rate_lies_between_the_grids_own_and_the_citys(
    ground: dict[int, float], data: st.DataObject
) -> None:
    counts = {key: data.draw(st.integers(0, 60)) for key in ground}
    mean = sum(counts.values()) / sum(ground.values())

    for one in smoothed(counts, ground):
        assert min(one.per_km2, mean) - 1e-9 <= one.smoothed <= max(one.per_km2, mean) + 1e-9
        assert one.per_km2 == pytest.approx(one.count / one.km2)


def test_of_two_grids_with_one_rate_the_smaller_leans_more_on_the_city() -> None:
    small, large, _, _ = smoothed({1: 4, 2: 400, 3: 100, 4: 900}, {1: 0.1, 2: 10, 3: 10, 4: 10})

    assert small.per_km2 == large.per_km2
    assert small.leans > large.leans


def test_a_grid_without_ground_has_no_rate() -> None:
    assert smoothed({1: 5}, {1: 0.0})[0].smoothed is None
    assert smoothed({1: 5}, {1: 0.0, 2: 1.0})[0].per_km2 is None


def case(**more: object) -> Circumstances:
    given = {
        "kind": "matter",
        "major": "06",
        "code": "06010",
        "condition": "1",
        "returned": False,
        "recurred": False,
        **more,
    }
    return Circumstances(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("circumstances", "cause"),
    [
        (case(), "cleaning_short"),
        (case(returned=True), "management_absent"),
        (case(kind="component", major="01"), "facilities_missing"),
        (case(major="07", code="07008", recurred=True), "facilities_missing"),
        (case(major="09", code="09009"), "resident_conduct"),
        (case(major="09", code="09009", recurred=True), "management_absent"),
        (case(major="99", code="x"), "management_absent"),
    ],
)
def test_the_table_of_causes(circumstances: Circumstances, cause: str) -> None:
    assert cause_table().cause(circumstances) == cause


def test_shares_of_causes_add_up_and_name_their_categories() -> None:
    rows = shares([(case(), 3), (case(code="06001"), 5), (case(returned=True), 2)], cause_table())

    assert [(row.cause.key, row.count, row.total) for row in rows[:2]] == [
        ("cleaning_short", 8, 10),
        ("management_absent", 2, 10),
    ]
    assert rows[0].categories == (("06001", 5), ("06010", 3))
    assert shares([], cause_table())[0].share is None


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["rules"].pop(),
        lambda data: data["rules"].insert(0, {"cause": "weather"}),
        lambda data: data["rules"].insert(0, {"cause": "cleaning_short", "colour": "red"}),
        lambda data: data["classes"][0]["measures"].pop("long"),
    ],
)
def test_a_table_that_cannot_decide_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    data = yaml.safe_load(CAUSES.read_text(encoding="utf-8"))
    change(data)

    with pytest.raises(BadTable):
        table_from(data)


def test_the_radar_prints_every_number_and_leaves_open_what_is_unknown() -> None:
    axes = [Axis("a", "秩序 <1>", 81.25, 70, 90, 13, 16, 4, 1), Axis("b", "环境", None, None, None, 0, 0, 2, 2),
            Axis("c", "窗口", 100.0, 80, 100, 5, 5, 0, 0)]  # fmt: skip

    text = svg(axes, "五问")
    words = "".join(ElementTree.fromstring(text).itertext())

    assert all(part in words for part in ("81.2", "13/16", "–", "0/0", "100.0", "秩序 <1>", "五问"))
    assert text.count("<circle") == 2


SPOTS = [
    Spot(1, "street", "east", 7),
    Spot(2, "street", "east", 7),
    Spot(3, "street", "west", 8),
    Spot(4, "market", "east", 7),
]
FAULT = Occasion("S-1", 1, MONDAY)


def points(*rows: object) -> list[int]:
    return [row.point for row in rows]  # type: ignore[attr-defined]


def test_other_points_of_the_type_are_suggested_those_of_the_same_unit_first() -> None:
    rows = suggest([FAULT], SPOTS, [Check(1, "S-1", True, MONDAY)], {})

    assert points(*rows) == [2, 3]
    assert rows[0].chance > rows[1].chance
    assert set(rows[0].reasons) == {"same_unit", "same_area", "never_checked"}
    assert (rows[0].failed, rows[0].judged) == (1, 1)


def test_what_was_checked_since_or_is_open_already_is_not_suggested() -> None:
    assert points(*suggest([FAULT], SPOTS, [Check(2, "S-1", False, MONDAY + DAY)], {3: ["S-1"]})) == []
    assert points(*suggest([FAULT], SPOTS, [Check(2, "S-1", False, MONDAY - DAY)], {3: ["S-2"]})) == [3, 2]


def test_where_an_item_was_found_not_to_apply_it_is_not_looked_for_again_and_teaches_nothing() -> None:
    known = [Check(1, "S-1", True, MONDAY)]
    rows = suggest([FAULT], SPOTS, [*known, Check(2, "S-1", False, MONDAY + DAY, judged=False)], {})

    assert 2 not in points(*rows)
    assert {row.point: row.chance for row in rows}.items() <= {
        row.point: row.chance for row in suggest([FAULT], SPOTS, known, {})
    }.items()


def test_a_point_that_failed_before_comes_first() -> None:
    checks = [Check(3, "S-1", True, MONDAY - DAY), Check(2, "S-1", False, MONDAY - DAY), Check(1, "S-1", True, MONDAY)]

    rows = suggest([FAULT], SPOTS, checks, {})

    assert points(*rows)[0] == 3
    assert "failed_before" in rows[0].reasons


@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(-30, 30)), max_size=40),
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
)
def test_chances_are_probabilities_in_order_and_no_fault_leads_to_itself(
    judged: list[tuple[int, bool, int]], faults: list[int]
) -> None:
    checks = [Check(point, "S-1", failed, MONDAY + day * DAY) for point, failed, day in judged]

    rows = suggest([Occasion("S-1", point, MONDAY) for point in faults], SPOTS, checks, {})

    assert all(0 < row.chance < 1 for row in rows)
    assert [row.chance for row in rows] == sorted((row.chance for row in rows), reverse=True)
    assert not {row.point for row in rows} & set(faults)


NOVEMBER = Period(MONDAY - 20 * DAY, MONDAY + 7 * DAY)


def deed(name: str, day: int, unit: str = "", due: int | None = None) -> Deed:
    return Deed(1, name, MONDAY + day * DAY, unit, None if due is None else MONDAY + due * DAY)


@pytest.mark.parametrize(
    ("deeds", "found"),
    [
        ([deed("dispatch", 0, "A", 2), deed("recall", 3), deed("dispatch", 3, "B", 5)], {"A": 1}),
        ([deed("dispatch", 0, "A", 2), deed("recall", 1)], {}),
        ([deed("dispatch", 0, "A", 2), deed("grant_extension", 1, due=5), deed("return", 3)], {}),
        ([deed("dispatch", 0, "A", 2), deed("suspend", 1), deed("recall", 5)], {}),
        ([deed("dispatch", 0, "A", 2), deed("rectify", 1), deed("recall", 5)], {}),
        (
            [deed("dispatch", 0, "A", 2), deed("recall", 3), deed("dispatch", 3, "B", 4), deed("return", 6)],
            {"A": 1, "B": 1},
        ),
        ([deed("dispatch", -40, "A", -30), deed("recall", 3)], {}),
        ([deed("recall", 3)], {}),
    ],
)
def test_a_case_taken_away_after_its_time_is_laid_to_the_unit_that_had_it(
    deeds: list[Deed], found: dict[str, int]
) -> None:
    assert taken_late(deeds, NOVEMBER) == found
