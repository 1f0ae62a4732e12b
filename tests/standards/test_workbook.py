"""The workbook that offices fill says what the pack says, and what is wrong in it is told by sheet and row."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.standards.rules.difference import pack_digest
from civicloop.standards.rules.pack import load_pack, load_packs, shipped_packs
from civicloop.standards.rules.problem import PackError
from civicloop.standards.rules.shapes import Pack
from civicloop.standards.workbook import reading, writing
from civicloop.standards.workbook.cells import LABELS, BadCell, meant, told
from tests.standards.test_judging_refused import JUDGING
from tests.standards.test_packs_refused import write

Change = Callable[[openpyxl.Workbook], object]


@cache
def packs() -> dict[str, Pack]:
    return load_packs(shipped_packs())


@pytest.mark.parametrize("name", sorted(packs()))
def test_every_shipped_pack_comes_back_equal(tmp_path: Path, name: str) -> None:
    writing.write(packs()[name], tmp_path / "form.xlsx")
    pack, document = reading.read(tmp_path / "form.xlsx")
    assert pack == packs()[name]
    assert pack_digest(pack) == pack_digest(packs()[name])
    reading.write_folder(document, tmp_path / pack.name)
    assert load_pack(tmp_path / pack.name) == pack


def test_the_form_has_the_sheets_offices_know(tmp_path: Path) -> None:
    writing.write(packs()["wenming"], tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    assert book.sheetnames == [
        *("说明", "抽样说明", "计分规则", "点位类型", "检查表", "检查项目", "测评项目", "测评内容"),
        *("测评标准", "抽样", "封顶项", "扣分", "负面清单", "五问", "十乱", "指标"),
    ]
    items = book["检查项目"]
    assert [cell.value for cell in items[1]][:4] == ["所属编码", "编码", "内容", "内容（英文）"]
    assert items.freeze_panes == "C2"
    assert items.auto_filter.ref is not None
    offered = {str(one.sqref).split(":")[0]: one.formula1 for one in items.data_validations.dataValidation}
    assert offered["A2"] == "'检查表'!$A$2:$A$5000"
    assert '"不拍,不符合时拍,必拍"' in offered.values()


def test_a_code_keeps_its_leading_zero(tmp_path: Path) -> None:
    writing.write(packs()["wenming"], tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["检查项目"]
    column = next(cell.column for cell in sheet[1] if cell.value == "转为事项")
    codes = {row[column - 1].value for row in sheet.iter_rows(min_row=2)} - {None}
    assert "06012" in codes
    assert {type(code) for code in codes} == {str}


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The form of a small pack that has one of everything that judges."""
    writing.write(load_pack(write(tmp_path / "small", JUDGING)), tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


def put(sheet: str, cell: str, value: Any) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return change


def at(book: openpyxl.Workbook, sheet: str, heading: str, row: int) -> Any:
    column = next(cell.column for cell in book[sheet][1] if cell.value == heading)
    return book[sheet].cell(row, column)


def fill(sheet: str, heading: str, row: int, value: Any) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        at(book, sheet, heading, row).value = value

    return change


def form_line(sheet: str, heading: str, value: Any) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        row = next(row[0].row for row in book[sheet].iter_rows() if row[0].value == heading)
        book[sheet].cell(row, 2).value = value

    return change


WRONG: list[tuple[str, Change, str, int, str]] = [
    ("sheet nobody knows", lambda b: b.create_sheet("备忘"), "备忘", 0, "no such sheet"),
    ("no header", lambda b: b.remove(b["说明"]), "说明", 0, "missing"),
    ("column nobody knows", put("点位类型", "A1", "代码"), "点位类型", 1, "'代码': no such column"),
    ("line nobody knows", put("计分规则", "A3", "奖励分"), "计分规则", 3, "'奖励分': no such line"),
    ("column twice", fill("点位类型", "英文名称", 1, "名称"), "点位类型", 1, "stands twice"),
    ("word that is no choice", fill("点位类型", "把握程度", 2, "也许"), "点位类型", 2, "'也许' is none of"),
    ("word for a number", fill("测评项目", "权重", 3, "一半"), "测评项目", 3, "'一半' is no number"),
    ("half a point", fill("抽样", "点位数", 2, 2.5), "抽样", 2, "no whole number"),
    (
        "item of a checklist that is not there",
        fill("检查项目", "所属编码", 3, "X"),
        "检查项目",
        3,
        "'检查表' has no 'X'",
    ),
    (
        "criterion of a content that is not there",
        fill("测评标准", "所属编码", 2, "X"),
        "测评标准",
        2,
        "'测评内容' has no 'X'",
    ),
    ("weights that make less than one", fill("测评项目", "权重", 3, 0.5), "测评项目", 3, "make 0.9, not 1"),
    ("item nobody knows", fill("测评标准", "检查项目", 3, "L-9"), "测评标准", 3, "no checklist item 'L-9'"),
    ("code twice", fill("检查项目", "编码", 3, "L-1"), "检查项目", 3, "already stands"),
    ("no Chinese", fill("检查项目", "内容", 2, "clean"), "检查项目", 2, "no Chinese"),
    ("name left empty", fill("点位类型", "名称", 2, None), "点位类型", 2, "'name' is missing"),
    ("ladder that falls", fill("扣分", "阶梯（第几次起:每次扣分）", 2, "1:2; 3:1"), "扣分", 2, "must rise"),
    ("ladder that is none", fill("扣分", "阶梯（第几次起:每次扣分）", 2, "many"), "扣分", 2, "'many' is no number"),
    ("veto of an item unknown", fill("封顶项", "检查项目", 2, "L-9"), "封顶项", 2, "no checklist item"),
    ("methods that make more than one", form_line("计分规则", "实地权重", 0.9), "计分规则", 3, "make 1.2, not 1"),
    ("target nobody can reach", form_line("计分规则", "目标分", 900), "计分规则", 8, "maximum"),
    ("edition that is no year", form_line("说明", "版本", "最新"), "说明", 3, "does not match"),
    ("pack that is not there", form_line("说明", "引用的标准包", "absent"), "说明", 0, "no pack 'absent'"),
]


@pytest.mark.parametrize(
    ("change", "sheet", "row", "reason"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_is_wrong_is_told_by_sheet_and_row(form: Path, change: Change, sheet: str, row: int, reason: str) -> None:
    book = openpyxl.load_workbook(form)
    change(book)
    book.save(form)
    with pytest.raises(PackError) as caught:
        reading.read(form)
    assert (caught.value.file, caught.value.pack) == (sheet, "form.xlsx")
    assert row in (0, caught.value.line)
    assert reason in " ".join(one.reason for one in caught.value.problems)


def test_the_small_form_itself_is_taken(form: Path, tmp_path: Path) -> None:
    pack, _ = reading.read(form)
    assert pack == load_pack(tmp_path / "small")


def test_blank_rows_are_passed_over_and_words_may_stand_for_their_keys(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book["点位类型"].insert_rows(2)
    at(book, "点位类型", "把握程度", 3).value = "low"
    book.save(form)
    assert reading.read(form)[0].point_types[0].sure == "low"


@pytest.mark.parametrize("content", [b"", b"no workbook at all", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "form.xlsx").write_bytes(content)
    with pytest.raises(PackError) as caught:
        reading.read(tmp_path / "form.xlsx")
    assert caught.value.problems[0].code == "unreadable"


def test_a_file_larger_than_any_form_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "form.xlsx").open("wb") as file:
        file.truncate(reading.LARGEST_FILE + 1)
    with pytest.raises(PackError) as caught:
        reading.read(tmp_path / "form.xlsx")
    assert "larger than" in caught.value.reason


def test_a_formula_is_text(tmp_path: Path) -> None:
    content = copy.deepcopy(JUDGING)
    content["point_types"][0]["name"]["zh_Hans"] = "=1+1 街道"
    pack = load_pack(write(tmp_path / "small", content))
    writing.write(pack, tmp_path / "form.xlsx")
    assert reading.read(tmp_path / "form.xlsx")[0] == pack


words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=("C", "Z")) | st.sampled_from(" |\\\n;:,、"),
    min_size=1, max_size=30,
).map(str.strip).filter(bool)  # fmt: skip
texts = st.fixed_dictionaries({"zh_Hans": words}, optional={"en": words})


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_cell_of_several_texts_reads_as_it_was_written(value: list[dict[str, str]]) -> None:
    assert meant("texts", told("texts", value)) == value


@given(st.sampled_from(sorted(LABELS)), st.data())
def test_a_choice_reads_as_it_was_written(kind: str, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(LABELS[kind])))
    value = key == "true" if kind == "yes" else key
    assert meant(kind, told(kind, value)) == value
    assert meant(kind, key) == value


@given(st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 1000)), min_size=1, max_size=5))
def test_a_ladder_reads_as_it_was_written(steps: list[tuple[int, int]]) -> None:
    value = [{"from_count": count, "points": points / 10} for count, points in steps]
    assert meant("ladder", told("ladder", value)) == value


KINDS = ["number", "whole", "limit", "ladder", "figures", "targets", "choices", "codes", "aspects", "value", *LABELS]


@given(st.text(max_size=20), st.sampled_from(KINDS))
def test_a_cell_is_read_or_refused_with_a_reason(cell: str, kind: str) -> None:
    with contextlib.suppress(BadCell):
        assert meant(kind, cell) is not None


@settings(max_examples=8)
@given(
    st.lists(words, min_size=1, max_size=6),
    st.lists(texts, max_size=3),
    st.floats(0.1, 100).map(lambda number: round(number, 3)),
    st.sampled_from(["never", "when_failed", "always"]),
)
def test_any_checklist_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    exceptions: list[dict[str, str]],
    weight: float,
    photo: str,
) -> None:
    content = copy.deepcopy(JUDGING)
    first = content["checklists"][0]["items"][0]
    first |= {"weight": weight, "photo": photo, "observe": {"zh_Hans": "看" + names[0]}}
    chinese = [{**one, "zh_Hans": "例" + one["zh_Hans"]} for one in exceptions]
    first |= {"exceptions": chinese} if chinese else {}
    content["checklists"][0]["items"] += [
        {**content["checklists"][0]["items"][1], "code": f"M-{i}", "text": {"zh_Hans": "查" + name, "en": name}}
        for i, name in enumerate(names)
    ]
    folder = tmp_path_factory.mktemp("pack")
    pack = load_pack(write(folder / "small", content))
    writing.write(pack, folder / "form.xlsx")
    assert reading.read(folder / "form.xlsx")[0] == pack
