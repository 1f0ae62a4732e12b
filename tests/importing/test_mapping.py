"""Mapping files are read strictly: what is wrong is said with its place."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civicloop.importing.rules.mapping import KINDS, Value, parse_mapping, read_mapping
from civicloop.importing.rules.values import cell_text, moment, number, take
from civicloop.kernel.refusal import Invalid
from tests.importing.files import MAPPING

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CITY = ZoneInfo("Asia/Shanghai")


def parsed(text: str, kind: str = "cases"):  # type: ignore[no-untyped-def]
    return parse_mapping(yaml.load(text, Loader=yaml.BaseLoader), kind)


def test_codes_stay_what_was_written() -> None:
    mapping = parsed(MAPPING)
    assert mapping.fields["category"].values == {"垃圾": "06010", "小广告": "07001"}
    assert {"编号", "类别", "办结时间"} <= mapping.columns()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.yaml")), ids=str)
def test_shipped_mappings_are_right(path: Path) -> None:
    kind = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["kind"]
    assert kind in KINDS
    assert read_mapping(path, kind).kind == kind


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (("kind: cases", "kind: rows"), "/kind"),
        (("  key: 编号\n", ""), "/fields"),
        (("  key: 编号\n", "  key: 编号\n  colour: 颜色\n"), "/fields/colour"),
        (("lon: 经度", "lon: {column: 经度, template: '{经度}'}"), "/fields/lon"),
        (("lon: 经度", "lon: {template: '{经度.real}'}"), "/fields/lon/template"),
        (("lon: 经度", "lon: {template: '{经度'}"), "/fields/lon/template"),
        (("lon: 经度", "lon: {template: '{经度:>999999999}'}"), "/fields/lon/template"),
        (("lon: 经度", "lon: {template: '{经度:{纬度}}'}"), "/fields/lon/template"),
        (("dates:", "timezone: Mars/Olympus\ndates:"), "/timezone"),
        (("step: close", "step: Close!"), "/steps/of/已结/0/step"),
    ],
)
def test_a_wrong_mapping_says_where(change: tuple[str, str], at: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(MAPPING.replace(*change))
    assert refused.value.code == "mapping_wrong"
    assert refused.value.params["at"] == at


def test_a_mapping_for_something_else_is_refused() -> None:
    with pytest.raises(Invalid):
        parsed(MAPPING, "grids")


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_mapping(path, "cases")
    assert refused.value.code == "mapping_unreadable"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "x"),
        ({"columns": ["a", "none", "b"], "join": "-"}, "x-y"),
        ({"template": "{a}/{b:0>3}"}, "x/00y"),
        ({"value": "always"}, "always"),
        ({"column": "none", "default": "d"}, "d"),
        ({"column": "a", "values": {"q": "1"}, "otherwise": "o"}, "o"),
        ({"column": "a", "values": {"x": "1"}}, "1"),
    ],
)
def test_how_a_field_is_made(value: object, expected: str) -> None:
    assert take(Value.of(value), {"a": "x", "b": "y", "none": None}, field="f") == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02 09:00", datetime(2026, 11, 2, 1, 0, tzinfo=UTC)),
        ("2026-11-02T09:00:00+00:00", datetime(2026, 11, 2, 9, 0, tzinfo=UTC)),
        ("2026年11月2日", datetime(2026, 11, 1, 16, 0, tzinfo=UTC)),
        (datetime(2026, 11, 2, 9, 0), datetime(2026, 11, 2, 1, 0, tzinfo=UTC)),  # noqa: DTZ001 (as a workbook gives it)
    ],
)
def test_moments_are_wall_time_of_the_mapping(text: object, expected: datetime) -> None:
    assert moment(text, ["%Y年%m月%d日"], CITY, field="d") == expected


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_number_from_a_workbook_comes_back_as_it_was(value: float) -> None:
    assert number(cell_text(value), field="n") == value


@given(st.one_of(st.text(), st.binary().map(repr), st.integers(), st.none(), st.booleans()))
def test_no_cell_breaks_reading(value: object) -> None:
    text = cell_text(value)
    assert "\x00" not in text
    with contextlib.suppress(Invalid):
        number(text, field="n")
    with contextlib.suppress(Invalid):
        moment(text, [], CITY, field="d")
