"""The DOCX is laid out as GB/T 9704-2012 says."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from civicloop.documents import docx
from civicloop.documents.rules.body import Document
from tests.documents import gongwen, samples
from tests.documents.gongwen import W, attribute, find, font, order


def written(document: Document) -> bytes:
    out = BytesIO()
    docx.write(
        document, out, picture=lambda one: samples.photo(), drawing=lambda chart: samples.photo("#fff", (900, 300))
    )
    return out.getvalue()


@pytest.fixture(scope="module")
def bulletin() -> bytes:
    return written(samples.bulletin())


@pytest.fixture(scope="module")
def parts(bulletin: bytes) -> gongwen.Parts:
    return gongwen.opened(bulletin)


@pytest.mark.parametrize("style", ["red_head", "letter", "plain"])
def test_page_grid_and_fonts_are_those_of_the_standard(style: str) -> None:
    assert gongwen.faults(gongwen.opened(written(samples.bulletin(style)))) == []


def test_the_check_finds_a_wrong_margin(bulletin: bytes) -> None:
    parts = gongwen.opened(bulletin)
    next(parts["word/document.xml"].iter(f"{W}pgMar")).set(f"{W}top", "1440")

    assert gongwen.faults(parts) == ["top margin is 1440 twips"]


def test_elements_stand_in_order(parts: gongwen.Parts) -> None:
    assert order(
        parts, "文件$", "^朝创城办〔2026〕5号$", "^关于2026年10月份全国$", "的通报$", "单位：$", "^一、总体情况$",
        "^（一）测评得分$",
        r"^1\.主次干道$",
        "^（1）存在问题$", "^附件：1", "指挥部办公室$", "^2026年11月5日$", "^（此件公开发布）$", "^附件1$", "^抄送：.*。$", "印发$",
    )  # fmt: skip


def test_each_level_has_its_font(parts: gongwen.Parts) -> None:
    wanted = {
        "文件$": "方正小标宋简体", "^关于2026年10月份": "方正小标宋简体", "^一、": "黑体", "^（一）": "楷体_GB2312",
        r"^1\.主次": "仿宋_GB2312",
        "^（1）": "仿宋_GB2312", "^附件1$": "黑体", "^10月份，": "仿宋_GB2312",
    }  # fmt: skip

    assert {pattern: font(find(parts, pattern))[0] for pattern in wanted} == wanted
    assert font(find(parts, "^10月份，"))[1] == 16
    assert font(find(parts, "^关于2026"))[1] == 22
    assert font(find(parts, "^抄送"))[1] == 14


def test_red_head_is_red_and_the_line_is_under_the_number(parts: gongwen.Parts) -> None:
    head, number = find(parts, "文件$"), find(parts, "〔2026〕5号$")

    assert attribute(next(head.iter(f"{W}color")), "val") == "FF0000"
    line = next(number.iter(f"{W}pBdr")).find(f"{W}bottom")
    assert (attribute(line, "val"), attribute(line, "color")) == ("single", "FF0000")


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(bulletin: bytes) -> None:
    assert gongwen.footers(bulletin) == {"default": ("right", "—  PAGE 1 —"), "even": ("left", "—  PAGE 1 —")}


def test_letter_has_no_page_number_on_its_first_page_and_no_printing_line() -> None:
    letter = written(samples.bulletin("letter"))
    parts = gongwen.opened(letter)

    assert gongwen.footers(letter)["first"][1] == ""
    assert find(parts, "^抄送") is not None
    with pytest.raises(AssertionError):
        find(parts, "印发$")
    borders = [one for name, part in parts.items() if "header" in name for one in part.iter(f"{W}bottom")]
    assert [attribute(one, "val") for one in borders] == ["thickThinSmallGap"]


def test_head_of_a_table_is_repeated_and_rows_stay_whole(parts: gongwen.Parts) -> None:
    table = next(one for one in parts["word/document.xml"].iter(f"{W}tbl") if "名次" in gongwen.text(one))
    rows = table.findall(f"{W}tr")

    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert attribute(table.find(f"{W}tblPr/{W}tblBorders/{W}insideH"), "sz") == "4"


def test_draft_has_room_for_its_number_and_day() -> None:
    parts = gongwen.opened(written(replace(samples.bulletin(number=""), day=None)))

    assert find(parts, "^朝创城办〔　　〕　号$") is not None
    assert find(parts, "^　　年　月　日$") is not None


def test_same_paper_twice_is_the_same_file(bulletin: bytes) -> None:
    assert written(samples.bulletin()) == bulletin


def test_text_that_looks_like_markup_stays_text() -> None:
    document = replace(samples.bulletin(), title="<w:p>&amp;通报", to="#eval(1) *甲*")
    parts = gongwen.opened(written(document))

    assert find(parts, "^<w:p>&amp;通报$") is not None
    assert find(parts, r"^#eval\(1\) \*甲\*：$") is not None
