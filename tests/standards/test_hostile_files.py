"""Files made to harm: nesting without end, characters no form can carry, archives that swell, cells at the far corner."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from civicloop.standards.rules.pack import load_pack
from civicloop.standards.rules.problem import PackError
from civicloop.standards.workbook import archive, reading, writing
from tests.standards.test_packs_refused import GOOD, text, write


def faults(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    return [(one.file, one.line, one.code) for one in refused.value.problems]


@pytest.mark.parametrize("written", ["{a: " * 3000 + "1" + "}" * 3000, "[" * 500 + "]" * 500])
def test_nesting_without_end_is_a_fault_and_not_a_traceback(tmp_path: Path, written: str) -> None:
    folder = write(tmp_path / "small", GOOD)
    (folder / "deep.yaml").write_text(f"texts: {written}\n", encoding="utf-8")

    assert faults(folder) == [("deep.yaml", 1, "deep")]


def test_a_folder_named_like_a_file_is_a_fault_and_not_a_traceback(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", GOOD)
    (folder / "more.yaml").mkdir()

    assert faults(folder) == [("more.yaml", 0, "unreadable")]


@pytest.mark.parametrize("sign", ["\\a", "\\x1b", "\\0", "\\x7f"])
def test_a_character_no_form_can_carry_is_named_with_its_line(tmp_path: Path, sign: str) -> None:
    folder = write(tmp_path / "small", GOOD)
    (folder / "more.yaml").write_text(
        'point_types:\n- code: P2\n  list: handbook_29\n  sure: low\n  name:\n    zh_Hans: "街' + sign + '道"\n',
        encoding="utf-8",
    )

    assert faults(folder) == [("more.yaml", 6, "control_character")]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    file = tmp_path / "form.xlsx"
    writing.write(load_pack(write(tmp_path / "small", {**GOOD, "point_types": [
        {"code": "P1", "name": text("街道"), "list": "handbook_29", "sure": "low"}
    ]})), file)  # fmt: skip
    return file


def refused(file: Path) -> str:
    with pytest.raises(PackError) as told:
        reading.read(file)
    [problem] = told.value.problems
    return f"{problem.file} {problem.code} {problem.reason}"


def test_a_single_cell_at_the_far_corner_is_refused_before_it_takes_all_memory(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book.worksheets[1].cell(1_048_576, 16_384, "x")
    book.save(form)

    assert "cells reach to row 1048576, column 16384" in refused(form)


def test_an_archive_that_swells_is_refused_by_what_it_declares(form: Path) -> None:
    with zipfile.ZipFile(form, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/picture.bin", b"\0" * (archive.MOST_UNPACKED + 1))

    assert form.stat().st_size < 1_000_000
    assert f"unpacks to more than {archive.MOST_UNPACKED} bytes" in refused(form)


@pytest.mark.parametrize("name", ["..", ".", "x" * 300, "a/b", "small\\..\\.."])
def test_a_name_never_becomes_a_path(form: Path, name: str) -> None:
    book = openpyxl.load_workbook(form)
    [cell] = [row[1] for row in book.worksheets[0].iter_rows() if row[1].value == "small"]
    cell.value = name
    book.save(form)

    assert " pattern " in refused(form)


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"PK\x03\x04 no more than that")

    assert "no workbook that can be read" in refused(tmp_path / "form.xlsx")
