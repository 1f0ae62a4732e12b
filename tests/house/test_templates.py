"""Templates compile, and carry nothing inline that the content security policy would block."""

from __future__ import annotations

import importlib.util

import pytest
from django.template import engines

from tests.environment import ROOT
from tests.house.sources import PACKAGE

TEMPLATES = sorted(path for path in PACKAGE.rglob("*.html") if "templates" in path.parts)


def inline_faults(text: str) -> list[str]:
    """What `make check` finds in a template."""
    specification = importlib.util.spec_from_file_location("check_templates", ROOT / "scripts" / "check_templates.py")
    assert specification
    assert specification.loader
    checker = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(checker)
    return [name for _, name in checker.faults(text)]


@pytest.fixture(autouse=True)
def _scripts_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_compiles(path) -> None:
    assert engines["django"].from_string(path.read_text(encoding="utf-8")).template.nodelist


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_carries_nothing_inline(path) -> None:
    assert inline_faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "<style>p { color: red }</style>",
        '<p class="a" style="color: red">',
        '<button onclick="go()">',
        '<a hx-on:click="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
    ],
)
def test_inline_things_are_found(text: str) -> None:
    assert len(inline_faults(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<script type="module" src="a.js"></script>',
        '<script type="application/json">{}</script>',
        '<p data-action="go">',
    ],
)
def test_allowed_things_are_left_alone(text: str) -> None:
    assert inline_faults(text) == []
