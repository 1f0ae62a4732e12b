"""Checklists as XLSForms: pyxform takes every one, and what it makes asks what the checklist asks."""

from __future__ import annotations

import shutil
from functools import cache
from xml.etree import ElementTree

import pytest
from pyxform.xls2xform import convert

from civicloop.standards import xlsform
from civicloop.standards.rules.book import StandardBook, book_from
from civicloop.standards.rules.difference import pack_digest, plain
from civicloop.standards.rules.pack import load_pack, shipped_packs
from civicloop.standards.rules.shapes import Checklist

X = "{http://www.w3.org/2002/xforms}"


@cache
def book(name: str = "wenming") -> StandardBook:
    pack = load_pack(shipped_packs() / name)
    return book_from(plain(pack), edition_id=1, digest=pack_digest(pack))


def checklist(code: str) -> Checklist:
    return next(one for one in book().checklists if one.code == code)


@cache
def xform(code: str) -> ElementTree.Element:
    return ElementTree.fromstring(convert(xlsform.workbook(book(), checklist(code))).xform)


def bind(code: str, field: str) -> ElementTree.Element:
    found = [one for one in xform(code).iter(f"{X}bind") if one.get("nodeset", "").endswith(f"/{field}")]
    assert len(found) == 1, field
    return found[0]


@pytest.mark.parametrize("name", ["wenming", "wenming@2018"])
def test_every_checklist_becomes_a_form_without_a_warning(name: str) -> None:
    for one in book(name).checklists:
        warnings: list[str] = []
        made = convert(xlsform.workbook(book(name), one), warnings=warnings)
        assert warnings == [], one.code
        assert made.xform.count("<upload") == 1 + sum(item.photo != "never" for item in one.items)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
@pytest.mark.parametrize("code", ["STREET", "SITE", "WINDOW"])
def test_the_validator_of_odk_takes_the_forms(code: str) -> None:
    assert convert(xlsform.workbook(book(), checklist(code)), validate=True).xform


def test_names_of_fields_lead_back_to_the_items() -> None:
    for code in book().items:
        assert xlsform.item_of(xlsform.field_of(code)) == code
        assert "-" not in xlsform.field_of(code)


def test_the_form_keeps_its_id_over_the_editions_and_changes_its_version() -> None:
    old = next(one for one in book("wenming@2018").checklists if one.code == "STREET")
    ids = {xlsform.form_id(book(), checklist("STREET")), xlsform.form_id(book("wenming@2018"), old)}
    assert ids == {"wenming_STREET"}
    versions = [
        xlsform.workbook(b, c)["settings"][0]["version"]
        for b, c in ((book(), checklist("STREET")), (book("wenming@2018"), old))
    ]
    assert versions[0] == f"2021-{book().digest[:12]}"
    assert versions[1].startswith("2018-")


def test_the_place_is_chosen_from_the_file_of_points() -> None:
    sources = [one.get("src") for one in xform("STREET").iter(f"{X}instance")]
    assert "jr://file-csv/points.csv" in sources
    assert bind("STREET", "point").get("required") == "true()"


def test_start_end_and_place_are_kept_and_nothing_of_the_phone() -> None:
    preloads = {one.get("{http://openrosa.org/javarosa}preloadParams") for one in xform("STREET").iter(f"{X}bind")}
    assert {"start", "end", "today"} <= preloads
    assert not {"deviceid", "phonenumber", "email", "username"} & preloads
    assert bind("STREET", "place").get("type") == "geopoint"


def test_a_count_must_fit_the_answer() -> None:
    count = bind("MARKET", "MARKET_01_count")
    assert count.get("type") == "int"
    told = " ".join((count.get("constraint") or "").split())
    assert ". >= 2" in told
    assert ". < 2" in told
    assert "'met'" in (count.get("relevant") or "")


def test_a_count_by_metres_is_scaled_by_the_length_walked() -> None:
    told = bind("STREET", "STREET_02_count").get("constraint") or ""
    assert "(3 *  /data/length_m  div 500)" in told
    assert bind("STREET", "length_m").get("required") == "true()"
    assert "length_m" not in ElementTree.tostring(xform("MARKET"), encoding="unicode")


def test_measures_may_have_decimals() -> None:
    assert bind("SITE", "SITE_01_count").get("type") == "decimal"


def test_a_photo_is_asked_where_the_item_says_so() -> None:
    assert bind("STREET", "STREET_09_photo").get("relevant", "").count("not_met") == 1
    assert "'met'" not in bind("STREET", "STREET_09_photo").get("relevant", "")
    assert "'met'" in bind("SITE", "SITE_01_photo").get("relevant", "")
    fields = {one.get("nodeset", "").rpartition("/")[2] for one in xform("STREET").iter(f"{X}bind")}
    assert "STREET_17_photo" not in fields  # how people behave is never photographed


def test_words_stand_in_chinese_and_english() -> None:
    languages = {one.get("lang") for one in xform("STREET").iter(f"{X}translation")}
    assert languages == {"中文 (zh)", "English (en)"}
    words = ElementTree.tostring(xform("STREET"), encoding="unicode")
    assert "不算问题：停在划线泊位内" in words
    assert "No fault: Parked inside marked lines" in words


def test_the_four_answers_are_those_of_the_house() -> None:
    names = [
        row["name"] for row in xlsform.workbook(book(), checklist("LANE"))["choices"] if row["list_name"] == "answer"
    ]
    assert names == ["met", "not_met", "not_applicable", "cannot_tell"]
