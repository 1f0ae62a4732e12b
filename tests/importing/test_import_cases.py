"""Importing cases: good rows are kept, the others are told, and starting again changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from civicloop.cases.models import Case, CaseStep
from civicloop.importing.actions import run_import
from civicloop.importing.findings import Finding, ReportFile, Tally
from civicloop.importing.rules.mapping import parse_mapping
from civicloop.kernel.refusal import Invalid, NotAllowed, TooLarge
from civicloop.ledger import queries as ledger
from civicloop.ledger.models import LedgerLine
from tests.importing.conftest import TODAY, Town
from tests.importing.files import HEADER, MAPPING, ROWS, csv_file, geojson_file, xlsx_file

pytestmark = pytest.mark.django_db


@dataclass
class Told:
    """What one import said."""

    tally: Tally
    findings: list[Finding] = field(default_factory=list)

    @property
    def codes(self) -> list[tuple[int, str, str]]:
        return [(one.row, one.level, one.refused.code) for one in self.findings]


def bring(path: Path, mapping: str = MAPPING, **how: Any) -> Told:
    found: list[Finding] = []
    read = parse_mapping(yaml.load(mapping, Loader=yaml.BaseLoader), "cases")
    how = {"by": None, "at": TODAY} | how
    return Told(run_import(path=path, mapping=read, tell=found.append, **how), found)


def with_row(*changes: tuple[str, Any], key: str = "K9") -> list[Sequence[Any]]:
    """The good rows with one more between them that differs in these columns."""
    row = dict(zip(HEADER, ROWS[0], strict=True)) | {"编号": key} | dict(changes)
    return [ROWS[0], tuple(row.values()), ROWS[1]]


@pytest.mark.parametrize("write", [csv_file, xlsx_file, geojson_file])
def test_the_same_rows_from_any_kind_of_file(town: Town, tmp_path: Path, write: Callable[[Path], Path]) -> None:
    told = bring(write(tmp_path / "file.bin"))
    assert (told.tally.rows, told.tally.added, told.findings) == (2, 2, [])
    first, second = Case.objects.order_by("external_key")
    assert (first.state, first.closed_at) == ("closed", datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    assert (first.grid.code, first.area_class, first.source, first.address) == (
        "350212001001001",
        "A",
        "hotline",
        "东市场",
    )
    assert (second.state, second.category_id, second.unit_id) == ("accepted", town.graffiti, town.cleaning)
    assert first.answers == {"原状态": "已结"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found_out(town: Town, tmp_path: Path, encoding: str, delimiter: str) -> None:
    bring(csv_file(tmp_path / "rows.csv", encoding=encoding, delimiter=delimiter))
    assert Case.objects.get(external_key="K1").description == "成堆"


def test_starting_again_brings_nothing_in_twice(town: Town, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rows.csv")
    bring(path)
    again = bring(path)
    assert (again.tally.added, again.tally.known, again.findings) == (0, 2, [])
    assert (Case.objects.count(), CaseStep.objects.count()) == (2, 11)


def test_a_known_key_with_other_content_is_told_and_the_first_is_kept(town: Town, tmp_path: Path) -> None:
    bring(csv_file(tmp_path / "rows.csv"))
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("描述", "没了"), key="K1")[1:]))
    assert told.codes == [(2, "changed", "known_with_other_content")]
    assert Case.objects.get(external_key="K1").description == "成堆"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("类别", "怪事"), "value_unmapped"),
        (("状态", "怪"), "unknown_status"),
        (("上报时间", "前天"), "date_unreadable"),
        (("上报时间", ""), "required"),
        (("上报时间", "2099-01-01 00:00"), "in_the_future"),
        (("办结时间", "2026-10-01 00:00"), "steps_out_of_order"),
        (("办结时间", ""), "step_without_date"),
        (("经度", "东经一百"), "not_a_number"),
        (("经度", "999"), "out_of_range"),
        (("编号", ""), "required"),
        (("编号", "K" * 101), "too_long"),
        (("地点", "路" * 201), "too_long"),
    ],
)
def test_a_bad_row_is_told_with_its_number_and_stops_nobody(
    town: Town, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", with_row(change)))
    assert told.codes == [(3, "error", code)]
    assert (told.tally.added, told.tally.refused) == (2, 1)
    assert set(Case.objects.values_list("external_key", flat=True)) == {"K1", "K2"}


def test_swapped_coordinates_are_refused(town: Town, tmp_path: Path) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("经度", 24.725), ("纬度", 118.155))))
    assert told.codes == [(3, "error", "swapped")]
    assert told.findings[0].column == "经度, 纬度"


def test_a_place_outside_every_grid_is_kept_and_told(town: Town, tmp_path: Path) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("经度", 119.5), ("纬度", 25.5))))
    assert told.codes == [(3, "warning", "outside_grids")]
    case = Case.objects.get(external_key="K9")
    assert (case.lon, case.lat, case.grid) == (119.5, 25.5, None)


def test_a_wrong_datum_is_suspected_and_told(town: Town, tmp_path: Path) -> None:
    # GCJ-02 coordinates of a place near the eastern rim: without conversion they lie outside.
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("经度", 118.1735), ("纬度", 24.7225))))
    assert told.codes == [(3, "warning", "wrong_datum")]


def test_places_in_gcj02_are_converted_and_kept_as_given_too(town: Town, tmp_path: Path) -> None:
    bring(csv_file(tmp_path / "rows.csv", [(*ROWS[0][:2], 118.16, 24.7225, *ROWS[0][4:])]), MAPPING + "datum: gcj02\n")
    case = Case.objects.get()
    assert (case.given_lon, case.given_lat, case.datum) == (118.16, 24.7225, "gcj02")
    assert case.lon == pytest.approx(118.155, abs=0.001)


@pytest.mark.parametrize(
    ("lon", "lat", "code"), [("", "", "no_place"), ("118.15", "", "half_a_place"), ("0", "0", "null_island")]
)
def test_a_row_without_place_is_taken_without_place_and_listed(
    town: Town, tmp_path: Path, lon: str, lat: str, code: str
) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("经度", lon), ("纬度", lat))))
    assert told.codes == [(3, "warning", code)]
    assert told.tally.without_place == 1
    case = Case.objects.get(external_key="K9")
    assert (case.lon, case.tile_key, case.grid_id) == (None, None, None)


def test_control_characters_are_cleaned(town: Town, tmp_path: Path) -> None:
    bring(csv_file(tmp_path / "rows.csv", with_row(("描述", "成\x00堆\x07了\u202e"))))
    assert Case.objects.get(external_key="K9").description == "成堆了"


def test_a_slipped_row_is_told(town: Town, tmp_path: Path) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", [ROWS[0], (*ROWS[1], "多", "了")]))
    assert told.codes == [(3, "error", "too_many_cells")]


def test_a_bare_date_on_the_day_of_the_report_means_that_day(town: Town, tmp_path: Path) -> None:
    bring(csv_file(tmp_path / "rows.csv", with_row(("办结时间", "2026-11-02"))))
    case = Case.objects.get(external_key="K9")
    assert case.closed_at == case.reported_at


def test_a_dry_run_judges_everything_and_writes_nothing(town: Town, tmp_path: Path) -> None:
    rows = [*with_row(("状态", "怪")), ROWS[0]]
    told = bring(csv_file(tmp_path / "rows.csv", rows), dry_run=True)
    assert (told.tally.added, told.tally.known, told.tally.refused) == (2, 1, 1)
    assert not Case.objects.exists()
    assert not LedgerLine.objects.filter(kind__in=["case", "import"]).exists()


def test_the_import_itself_is_a_line_of_the_ledger(town: Town, tmp_path: Path) -> None:
    bring(csv_file(tmp_path / "rows.csv"))
    line = LedgerLine.objects.get(kind="import")
    assert (line.verb, line.data["file"], line.data["added"]) == ("import.cases", "rows.csv", 2)
    assert len(line.data["sha256"]) == 64
    assert list(ledger.breaks()) == []


def test_who_has_no_such_office_may_not_import(town: Town, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        bring(csv_file(tmp_path / "rows.csv"), by=town.person)
    assert not Case.objects.exists()


def test_a_row_that_spoils_its_batch_falls_alone(town: Town, tmp_path: Path) -> None:
    # A suspension needs an answerable person, which is found out only when the batch is written.
    mapping = MAPPING.replace("    新: []", "    新: []\n    挂: [{step: suspend, at: $reported_at}]")
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("状态", "挂"))), mapping)
    assert told.codes == [(3, "error", "step_needs_a_person")]
    assert (told.tally.added, Case.objects.count()) == (2, 2)


def test_the_report_has_row_column_reason_and_harmless_cells(town: Town, tmp_path: Path) -> None:
    told = bring(csv_file(tmp_path / "rows.csv", with_row(("类别", "=1+1"))))
    with ReportFile(tmp_path / "report.csv") as report:
        for finding in told.findings:
            report.add(finding)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        [line] = csv.DictReader(file)
    assert (line["row"], line["level"], line["column"], line["code"]) == ("3", "error", "类别", "value_unmapped")
    assert line["value"] == "'=1+1"
    assert "=1+1" in line["sentence"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"PK\x03\x04 not a zip at all", "workbook_unreadable"),
        (b"\x81\xff\xff\x80" * 500, "encoding_unknown"),
        ("编号,编号\n1,2\n".encode(), "column_twice"),
        (b"a,b\n1,2\n", "column_missing"),
        (
            b'{"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:2437"}}, "features": []}',
            "crs_unsupported",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(town: Town, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        bring(path)
    assert refused.value.code == code
    assert not Case.objects.exists()


def test_a_file_that_breaks_off_keeps_what_came_before(town: Town, tmp_path: Path) -> None:
    whole = geojson_file(tmp_path / "whole.json").read_text(encoding="utf-8")
    path = tmp_path / "half.json"
    path.write_text(whole[: whole.rindex('"properties"')], encoding="utf-8")
    told = bring(path)
    assert told.codes == [(2, "error", "broken_json")]
    assert (told.tally.added, told.tally.broken_off) == (1, True)


def test_a_zip_bomb_is_refused_before_it_is_opened(town: Town, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (64 << 20))
    with pytest.raises(TooLarge) as refused:
        bring(path)
    assert refused.value.code == "archive_bomb"
