"""PDF, page images, charts and the preview, all from the same neutral form."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from civicloop.documents import charts, pdf, preview
from civicloop.documents.charts import Value
from civicloop.documents.pdf.fonts import fonts
from civicloop.documents.rules.body import Chart, Document, Paragraph
from civicloop.documents.rules.frozen import digest, plain, read_document
from tests.documents import samples

VALUES = [Value("莲花镇", 93.2, 91.0, 95.1, "n=40"), Value("柳塘街道", 88.4, 84.0, 92.9), Value("新区", None)]


def written(document: Document) -> bytes:
    out = BytesIO()
    pdf.write(document, out, picture=lambda one: samples.photo(size=(400, 300)))
    return out.getvalue()


@pytest.mark.parametrize("style", ["red_head", "letter", "plain"])
def test_same_paper_twice_is_the_same_pdf(style: str) -> None:
    document = samples.bulletin(style)
    first = written(document)

    assert first.startswith(b"%PDF-")
    assert written(document) == first
    assert written(replace(document, remark="另一份")) != first


def test_pages_are_drawn_for_the_browser() -> None:
    pages = pdf.pages(samples.bulletin(), picture=lambda one: samples.photo(size=(400, 300)), ppi=40)

    with Image.open(BytesIO(pages[0])) as first:
        assert first.width / first.height == pytest.approx(210 / 297, abs=0.01)
        red = [pixel for _, pixel in first.convert("RGB").getcolors(100_000) if pixel[0] > 200 and pixel[1] < 60]
    assert red, "the head is red"
    assert len(pages) > 3


def test_pdf_says_which_font_stands_for_which() -> None:
    assert all(name in fonts().told() for name in ("仿宋_GB2312", "方正小标宋简体", "楷体_GB2312", "黑体"))


def test_nothing_in_a_text_is_read_as_typst() -> None:
    document = replace(samples.bulletin(), blocks=(Paragraph('#panic("x") $1/0$ `a` _b_ \\ <c> @d'),), title="#panic()")

    assert written(document).startswith(b"%PDF-")


def test_document_survives_being_frozen() -> None:
    document = samples.bulletin()
    data = plain(document)

    assert read_document(data) == document
    assert digest(plain(read_document(data))) == digest(data)


@pytest.mark.parametrize(
    "svg",
    [
        charts.bars(VALUES, title="得分", unit="%"),
        charts.dots(VALUES, title="得分"),
        charts.trend(VALUES, title="趋势", target=90),
        charts.radar(VALUES, title="五问", before=[90, 80, 70]),
        charts.bars([], title="空"),
        charts.dots([], title="空"),
        charts.trend([Value("1月", None)], title="空"),
    ],
)
def test_charts_are_well_formed_and_have_nothing_inline(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    names = {key for node in root.iter() for key in node.attrib}

    assert {"style", "onload", "class"} & names == set()
    assert "nan" not in svg
    assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_bars_start_at_zero_and_are_as_long_as_their_values() -> None:
    root = ElementTree.fromstring(charts.bars([Value("a", 100), Value("b", 50), Value("c", 0)], title="t", most=100))
    wide = [float(one.get("width", "")) for one in root.iter("{http://www.w3.org/2000/svg}rect")]

    assert wide[1] == pytest.approx(wide[0] / 2, abs=0.1)
    assert wide[2] == 0


def test_names_in_charts_are_escaped() -> None:
    assert "<script>" not in charts.bars([Value("<script>", 1)], title="<b>")


def test_chart_becomes_a_picture_of_300_dots_per_inch() -> None:
    with Image.open(BytesIO(pdf.chart_png(charts.bars(VALUES, title="t"), width_mm=100))) as image:
        assert image.width == pytest.approx(100 / 25.4 * 300, abs=2)


class Tags(HTMLParser):
    """Counts tags and looks for what the policy of our pages forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.inline += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]


def test_preview_has_nothing_inline_and_escapes_every_text() -> None:
    document = replace(samples.bulletin(), to='<img src=x onerror="a">', remark="<script>alert(1)</script>")
    tags = Tags(preview.html(document, address=lambda one: f"/p/{one.sha256}"))

    assert tags.inline == []
    assert {"script", "style"} & set(tags.seen) == set()
    assert tags.seen.count("img") == 3


def test_preview_says_the_same_as_the_paper() -> None:
    told = preview.html(samples.bulletin(), address=lambda one: "")
    bare = re.sub(r"<[^>]+>", "", told)

    assert all(
        part in bare
        for part in ("朝创城办〔2026〕5号", "一、总体情况", "（一）测评得分", "抄送：市委办公室", "2026年11月5日印发")
    )


def test_chart_in_a_pdf_shows_its_chinese_labels() -> None:
    document = replace(samples.bulletin(), blocks=(Chart(charts.bars(VALUES, title="t"), "图1"),), attachments=())

    assert b"NotoS" in written(document)
