"""Opens a DOCX and holds it against GB/T 9704-2012: page, grid, fonts, order of elements. Findings are sentences."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMED = {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"}
Parts = dict[str, ElementTree.Element]


def opened(data: bytes) -> Parts:
    """Every XML part by its name."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert package.testzip() is None
        return {
            name: ElementTree.fromstring(package.read(name)) for name in package.namelist() if name.endswith(".xml")
        }


def attribute(element: ElementTree.Element | None, name: str) -> str:
    return "" if element is None else element.get(f"{W}{name}", "")


def paragraphs(parts: Parts) -> list[ElementTree.Element]:
    """Paragraphs of the body in order, those inside tables too."""
    return list(parts["word/document.xml"].iter(f"{W}p"))


def text(paragraph: ElementTree.Element) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def find(parts: Parts, pattern: str) -> ElementTree.Element:
    """The first paragraph whose text matches."""
    for paragraph in paragraphs(parts):
        if re.search(pattern, text(paragraph)):
            return paragraph
    raise AssertionError(f"no paragraph says {pattern}")


def font(paragraph: ElementTree.Element) -> tuple[str, float]:
    """Chinese font and size in points of the first run."""
    run = paragraph.find(f"{W}r/{W}rPr")
    assert run is not None
    return attribute(run.find(f"{W}rFonts"), "eastAsia"), int(attribute(run.find(f"{W}sz"), "val")) / 2


def faults(parts: Parts) -> list[str]:
    """What of page, grid, fonts and footers is not as the standard wants it."""
    section = next(parts["word/document.xml"].iter(f"{W}sectPr"))
    size, margins, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    wanted = {
        "paper": ((attribute(size, "w"), attribute(size, "h")), ("11906", "16838")),
        "grid": ((attribute(grid, "type"), attribute(grid, "linePitch")), ("linesAndChars", "579")),
        "characters": (attribute(grid, "charSpace"), "-847"),
    }
    found = [f"{name} is {is_} instead of {ought}" for name, (is_, ought) in wanted.items() if is_ != ought]
    for edge, mm in (("top", 37), ("bottom", 35), ("left", 28), ("right", 26)):
        if abs(int(attribute(margins, edge)) / 1440 * 25.4 - mm) > 0.1:
            found.append(f"{edge} margin is {attribute(margins, edge)} twips")
    if parts["word/settings.xml"].find(f"{W}evenAndOddHeaders") is None:
        found.append("odd and even pages have the same footer")
    return found + _fonts(parts)


def _fonts(parts: Parts) -> list[str]:
    found = []
    for name, part in parts.items():
        if not re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
            continue
        for run in part.iter(f"{W}r"):
            if run.find(f"{W}t") is None:
                continue
            fonts = run.find(f"{W}rPr/{W}rFonts")
            named = {attribute(fonts, key) for key in ("ascii", "hAnsi", "eastAsia")}
            if len(named) != 1 or not named <= NAMED:
                found.append(f"{name}: a run in {sorted(named)}")
    return found


def footers(data: bytes) -> dict[str, tuple[str, str]]:
    """Kind of footer (default is for odd pages): its alignment and its text, with the field's instruction."""
    found = {}
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = {
            one.get("Id"): one.get("Target")
            for one in ElementTree.fromstring(package.read("word/_rels/document.xml.rels"))
        }
        section = next(ElementTree.fromstring(package.read("word/document.xml")).iter(f"{W}sectPr"))
        for reference in section.findall(f"{W}footerReference"):
            relation = next(value for key, value in reference.attrib.items() if key.endswith("}id"))
            part = ElementTree.fromstring(package.read(f"word/{names[relation]}"))
            told = "".join(node.text or "" for node in part.iter() if node.tag in (f"{W}t", f"{W}instrText"))
            found[attribute(reference, "type")] = attribute(next(part.iter(f"{W}jc"), None), "val"), told
    return found


def order(parts: Parts, *patterns: str) -> bool:
    """Whether paragraphs that match come in this order."""
    all_texts = [text(paragraph) for paragraph in paragraphs(parts)]
    place = 0
    for pattern in patterns:
        place = next((k + 1 for k in range(place, len(all_texts)) if re.search(pattern, all_texts[k])), 0)
        if not place:
            return False
    return True
