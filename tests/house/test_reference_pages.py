"""The reference pages say what the code does: lifecycle, permissions, commands, settings, parameters, verbs of the ledger."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from civicloop.cases.policy import MAY
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.documents.policy import MAY as PAPERS
from civicloop.inspection.policy import MAY as INSPECTION
from civicloop.scoring.policy import MAY as APPEALING
from civicloop.standards.parameters import DEFAULTS
from tests.environment import ROOT
from tests.house.sources import modules

sys.path.append(str(ROOT / "scripts"))
import papers

REFERENCE = ROOT / "docs" / "reference"
VARIABLE = re.compile(r"CIVICLOOP_[A-Z0-9_]*[A-Z0-9]")


def text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return papers.written()


@pytest.mark.parametrize("name", ["lifecycle.md", "permissions.md", "cli.md"])
def test_page_is_what_the_code_says(name: str, written: dict[str, str]) -> None:
    assert text(name) == written[name], "run: python scripts/papers.py update"


def test_the_drawing_is_the_lifecycle() -> None:
    assert f"```mermaid\n{LIFECYCLE.mermaid()}```" in text("lifecycle.md")


def test_every_step_has_a_row_of_permission_and_every_row_a_step() -> None:
    assert {step.name for step in LIFECYCLE} == set(MAY)


def test_permissions_of_inspection_scores_and_papers_are_told(written: dict[str, str]) -> None:
    verbs = {*INSPECTION, *APPEALING, *PAPERS}

    assert sorted(verb for verb in verbs if f"| `{verb}` |" not in written["permissions.md"]) == []


def test_a_changed_rule_would_show() -> None:
    assert papers.said("verifier or filer and not own_unit") == (
        "a verifier or a filer; does not belong to the responsible unit"
    )


def test_every_variable_of_the_environment_is_explained() -> None:
    read = {name for path in _readers() for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    internal = {"CIVICLOOP_WIRING", "CIVICLOOP_MATTERS"}  # settings, not variables

    assert sorted(read - internal - set(VARIABLE.findall(text("settings.md")))) == []


def _readers() -> list[Path]:
    return [*modules(), *sorted((ROOT / "scripts").iterdir()), ROOT / "tests" / "environment.py"]


def test_every_parameter_is_explained() -> None:
    assert sorted(name for name in DEFAULTS if f"`{name}`" not in text("settings.md")) == []


def test_every_kind_of_object_the_ledger_knows_is_named() -> None:
    calls = re.compile(r"\b(?:record|Entry)\(\s*\"([a-z_]+)\"")
    kinds = {kind for path in modules() for kind in calls.findall(path.read_text(encoding="utf-8"))}

    assert len(kinds) > 8
    assert sorted(kind for kind in kinds if f"`{kind}`" not in text("ledger.md")) == []
