"""Importing units, grids and points."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from civicloop.importing.actions import run_import
from civicloop.importing.findings import Finding, Tally
from civicloop.importing.rules.mapping import parse_mapping
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Grid, Point, Unit
from tests.importing.conftest import TODAY, Town, square

pytestmark = pytest.mark.django_db


def bring(kind: str, path: Path, mapping: str, **how: bool) -> tuple[Tally, list[str]]:
    found: list[Finding] = []
    read = parse_mapping(yaml.load(mapping, Loader=yaml.BaseLoader), kind)
    tally = run_import(path=path, mapping=read, by=None, at=TODAY, tell=found.append, **how)  # type: ignore[arg-type]
    return tally, [one.refused.code for one in found]


UNITS = "kind: units\nfields: {code: code, name: name, kind: kind, parent: parent, lines: lines}\n"
GRIDS = (
    "kind: grids\nfields: {code: {template: '350212001001{id:0>3}'}, name: name, unit: {value: CP}, area_class: cls}\n"
)
POINTS = "kind: points\nfields: {code: code, name: name, point_type: {value: market}, lon: lon, lat: lat}\n"


def features(path: Path, *rows: tuple[int, str, str, object]) -> Path:
    path.write_text(
        json.dumps({
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"id": number, "name": name, "cls": cls}, "geometry": geometry}
                for number, name, cls, geometry in rows
            ],
        }),
        encoding="utf-8",
    )  # fmt: skip
    return path


def test_units_come_in_any_order_and_once(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "code,name,kind,parent,lines\nC1,社区,community,T1,\nT1,镇,town,CP,\nD1,园林局,department,CP,landscaping、water\n"
        "X1,怪,castle,CP,\nX2,孤儿,team,NO,\n",
        encoding="utf-8",
    )
    tally, codes = bring("units", path, UNITS)
    # The unit without a parent makes the batch fail; alone, those below it in the file come in with a second run.
    assert set(codes) <= {"unknown_choice", "unknown_unit"}
    tally, codes = bring("units", path, UNITS)
    assert (tally.refused, sorted(codes)) == (2, ["unknown_choice", "unknown_unit"])
    assert Unit.objects.get(code="C1").parent.code == "T1"
    assert Unit.objects.get(code="D1").lines == ["landscaping", "water"]


def test_grids_from_geojson_and_again_without_a_trace(town: Town, tmp_path: Path) -> None:
    path = features(
        tmp_path / "grids.json", (7, "七", "C", square(118.17, 24.72)), (8, "八", "A", square(118.18, 24.72))
    )
    tally, codes = bring("grids", path, GRIDS)
    assert (tally.added, codes) == (2, [])
    grid = Grid.objects.get(code="350212001001007")
    assert (grid.unit_id, grid.area_class, grid.west) == (town.post, "C", 118.17)
    lines = LedgerLine.objects.filter(kind="grid").count()
    assert bring("grids", path, GRIDS)[0].known == 2
    assert LedgerLine.objects.filter(kind="grid").count() == lines


def test_a_bad_grid_falls_alone(town: Town, tmp_path: Path) -> None:
    path = features(
        tmp_path / "grids.json",
        (7, "七", "C", square(118.17, 24.72)),
        (7, "又七", "C", square(118.17, 24.72)),
        (8, "点", "C", {"type": "Point", "coordinates": [1, 2]}),
        (9, "无", "C", None),
        (10, "类", "Z", square(118.19, 24.72)),
    )
    tally, codes = bring("grids", path, GRIDS)
    assert (tally.added, sorted(codes)) == (1, ["code_twice", "not_a_polygon", "required", "unknown_choice"])


def test_points_lie_in_their_grid(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(
        "code,name,lon,lat\nP1,东市场,118.155,24.725\nP2,无处,,\nP3,反了,24.725,118.155\n", encoding="utf-8"
    )
    tally, codes = bring("points", path, POINTS)
    assert (tally.added, tally.refused, sorted(codes)) == (2, 1, ["no_place", "swapped"])
    point = Point.objects.get(code="P1")
    assert (point.grid.code, point.unit_id) == ("350212001001001", town.post)
    assert bring("points", path, POINTS)[0].known == 2


def test_a_dry_run_of_units_writes_nothing(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name,kind,parent,lines\nT1,镇,town,CP,\n", encoding="utf-8")
    assert bring("units", path, UNITS, dry_run=True)[0].added == 1
    assert not Unit.objects.filter(code="T1").exists()
