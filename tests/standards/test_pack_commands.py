"""`civicloop packs`: list, check, compare, load and export, as those who keep the standards use it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from civicloop.organisation.models import Point
from civicloop.standards import editions
from civicloop.standards.pack_commands import packs
from tests.cast import City
from tests.standards.test_packs_refused import GOOD, changed, write


def run(*arguments: str) -> Result:
    return CliRunner().invoke(packs, list(arguments))


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_the_list_names_both_editions_side_by_side() -> None:
    lines = [line.split()[:2] for line in done("list").splitlines()]
    assert ["wenming", "2021"] in lines
    assert ["wenming@2018", "2018"] in lines


def test_a_check_says_what_a_pack_holds() -> None:
    held = json.loads(done("check", "wenming"))
    assert (held["edition"], held["point_types"], held["checklists"], held["projects"]) == ("2021", 59, 26, 9)


def test_a_check_tells_every_fault_with_file_and_line(tmp_path: Path) -> None:
    def change(pack: dict) -> None:
        pack["categories"][0]["line"] = "navy"
        pack["categories"][1]["major"] = "09"

    result = run("check", str(write(tmp_path / "small", changed(change))))
    assert result.exit_code == 1
    assert "pack small is refused:" in result.output
    assert result.output.count("pack.yaml:") == 2
    assert "no line 'navy'" in result.output
    assert "no major class '09'" in result.output


def test_two_editions_are_compared_by_name() -> None:
    told = json.loads(done("diff", "wenming@2018", "wenming"))
    assert "WM01" in next(one for one in told["sections"] if one["section"] == "point_types")["added"]


def test_a_workbook_goes_out_and_comes_back_beside_the_edition_that_is_there(tmp_path: Path) -> None:
    done("export", "wenming@2018", "--xlsx", str(tmp_path / "form.xlsx"))
    done("import", str(tmp_path / "form.xlsx"), "--out", str(tmp_path / "packs"), "--beside")
    folder = tmp_path / "packs" / "wenming@2018"
    told = json.loads(done("diff", "wenming@2018", str(folder)))
    assert told == {"added": [], "removed": [], "changed": [], "sections": []}
    again = run("import", str(tmp_path / "form.xlsx"), "--out", str(tmp_path / "packs"), "--beside")
    assert again.exit_code == 1
    assert "is there already" in again.output


def test_a_workbook_with_a_fault_writes_nothing(tmp_path: Path) -> None:
    done("export", str(write(tmp_path / "small", GOOD)), "--xlsx", str(tmp_path / "form.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    book["点位类型"]["A2"] = None
    book.save(tmp_path / "form.xlsx")
    result = run("import", str(tmp_path / "form.xlsx"), "--out", str(tmp_path / "packs"))
    assert result.exit_code == 1
    assert "点位类型:2: 'code' is missing" in result.output
    assert not (tmp_path / "packs").exists()


def test_one_checklist_is_written_as_a_form_with_an_empty_file_of_points(tmp_path: Path) -> None:
    done("xlsform", "wenming", "--checklist", "LANE", "--out", str(tmp_path))
    book = openpyxl.load_workbook(tmp_path / "wenming_LANE.xlsx")
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert [cell.value for cell in book["survey"][1]][:2] == ["type", "name"]
    assert (tmp_path / "points.csv").read_text(encoding="utf-8").split() == ["name,label"]


def test_without_a_checklist_each_has_its_folder(tmp_path: Path) -> None:
    assert len(done("xlsform", "wenming", "--out", str(tmp_path)).splitlines()) == 26
    assert (tmp_path / "STREET" / "wenming_STREET.xlsx").is_file()
    unknown = run("xlsform", "wenming", "--checklist", "MOON", "--out", str(tmp_path))
    assert (unknown.exit_code, "no checklist MOON" in unknown.output) == (1, True)


def test_the_written_form_is_one_pyxform_takes(tmp_path: Path) -> None:
    from pyxform.xls2xform import convert

    done("xlsform", "wenming", "--checklist", "STREET", "--out", str(tmp_path))
    assert "STREET_02_count" in convert(str(tmp_path / "wenming_STREET.xlsx")).xform


@pytest.mark.django_db
def test_the_file_of_points_holds_the_city_s_points_of_the_types(city: City, tmp_path: Path) -> None:
    lane = Point.objects.create(code="P-1", name="柳荫巷", point_type="WM10", unit=city.lotus)
    Point.objects.create(code="P-2", name="南门市场", point_type="WM17", unit=city.lotus)
    done("xlsform", "wenming", "--checklist", "LANE", "--points", "--out", str(tmp_path))
    with (tmp_path / "points.csv").open(encoding="utf-8", newline="") as lines:
        assert list(csv.reader(lines)) == [["name", "label"], [str(lane.uid), "柳荫巷"]]


@pytest.mark.django_db
def test_an_earlier_edition_is_put_in_force_by_name_and_all_are_listed() -> None:
    done("load", "city-default", "gb47678-2026", "wenming")
    done("load", "wenming@2018")
    assert editions.current().name == "2018"
    lines = done("editions", "wenming").splitlines()
    assert [line[:6] for line in lines] == ["* 2018", "  2021"]


@pytest.mark.django_db
def test_nothing_is_loaded_when_one_of_several_packs_is_refused(tmp_path: Path) -> None:
    broken = write(tmp_path / "small", changed(lambda pack: pack["pack"].pop("title")))
    assert run("load", "wenming", str(broken)).exit_code == 1
    assert editions.editions("wenming") == []
