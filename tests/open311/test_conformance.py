"""The page of conformance names a test for each sentence, and each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.environment import ROOT

PAGE = ROOT / "docs" / "reference" / "open311.md"
NAMED = re.compile(r"`(?:…|(test_\w+))::(test_\w+)`")


def written() -> set[str]:
    """Every test of Open311, as file and name."""
    found = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        found |= {f"{file.stem}::{name}" for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), re.M)}
    return found


def rows() -> list[str]:
    """The rows of the tables with a column of tests."""
    table = PAGE.read_text("utf-8").split("## Conformance")[1].split("Not offered:")[0]
    return [line for line in table.splitlines() if line.startswith("| ") and not line.endswith("| test |")]


def test_each_row_names_tests_that_are_there() -> None:
    known = written()
    for row in rows():
        file, named = "", NAMED.findall(row)
        assert named, row
        for told, name in named:
            file = told or file
            assert f"{file}::{name}" in known, row


def test_the_tables_are_read_at_all() -> None:
    assert len(rows()) >= 50
