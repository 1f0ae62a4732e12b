"""The papers keep up with the code: decisions, glossary, links."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from civicloop.kernel.lifecycle import Lifecycle
from tests.environment import ROOT
from tests.house.sources import PACKAGE
from tests.house.test_layers import own_models

ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAPERS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
HEADINGS = ("Status", "Context", "Decision", "Consequences")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def glossary() -> set[str]:
    """Every name in backticks in docs/language.md."""
    return set(re.findall(r"`([^`]+)`", (ROOT / "docs" / "language.md").read_text(encoding="utf-8")))


def lifecycles() -> list[tuple[str, Lifecycle]]:
    names = [path.parts[-3] for path in PACKAGE.glob("*/rules/lifecycle.py")]
    return [(name, importlib.import_module(f"civicloop.{name}.rules.lifecycle").LIFECYCLE) for name in sorted(names)]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in ADRS]

    assert numbers == list(range(1, len(ADRS) + 1))


@pytest.mark.parametrize("path", ADRS, ids=relative)
def test_decision_says_where_it_stands_why_what_and_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.match(rf"# {int(path.name[:4])}\. ", text), "the title carries the number"
    assert [word for word in HEADINGS if not re.search(rf"^(## {word}|{word}:)", text, re.MULTILINE)] == []


@pytest.mark.parametrize("path", PAPERS, ids=relative)
def test_links_between_papers_lead_somewhere(path: Path) -> None:
    targets = LINK.findall(path.read_text(encoding="utf-8"))

    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_start_page_leads_to_every_page() -> None:
    start = ROOT / "docs" / "README.md"
    pages = {path for path in (ROOT / "docs").rglob("*.md") if path != start and path.parent.name != "adr"}
    named = {(start.parent / target).resolve() for target in LINK.findall(start.read_text(encoding="utf-8"))}

    assert sorted(relative(path) for path in pages if path.resolve() not in named) == []


def test_glossary_explains_every_model() -> None:
    assert sorted(model.__name__ for model in own_models() if model.__name__ not in glossary()) == []


def test_glossary_explains_every_state_and_step() -> None:
    words = {str(word) for _, life in lifecycles() for word in {*life.states, *(step.name for step in life)}}

    assert words, "there is at least one lifecycle"
    assert sorted(words - glossary()) == []
