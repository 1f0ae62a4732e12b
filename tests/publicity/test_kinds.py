"""The engine serves displays and honours as it serves cases: by their tables and hooks, with nothing special for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import civicloop.loops
from civicloop.loops.kinds import Kind
from civicloop.publicity.kinds import DISPLAYS, HONOURS
from civicloop.spoken import STATES, STEPS
from tests.environment import ROOT

ENGINE = Path(civicloop.loops.__file__).parent
HOOKS = {"tells", "before_saving", "visible_to", "photos_open_to", "reaching", "called"}


@pytest.mark.parametrize("kind", [DISPLAYS, HONOURS])
def test_every_step_has_a_row_of_permission_and_every_row_a_step(kind: Kind) -> None:
    assert {step.name for step in kind.lifecycle} == set(kind.may)


@pytest.mark.parametrize("kind", [DISPLAYS, HONOURS])
def test_every_step_and_state_has_its_word(kind: Kind) -> None:
    assert [step.name for step in kind.lifecycle if f"{kind.name}.{step.name}" not in STEPS] == []
    assert [state for state in kind.lifecycle.states if f"{kind.name}.{state}" not in STATES] == []


@pytest.mark.parametrize("kind", [DISPLAYS, HONOURS])
def test_the_glossary_explains_every_state_and_step(kind: Kind) -> None:
    named = set(re.findall(r"`([^`]+)`", (ROOT / "docs" / "language.md").read_text(encoding="utf-8")))
    words = {*map(str, kind.lifecycle.states), *(step.name for step in kind.lifecycle)}
    assert sorted(words - named) == []


def test_the_engine_names_neither() -> None:
    texts = [
        path.read_text(encoding="utf-8").lower() for path in ENGINE.rglob("*.py") if "migrations" not in path.parts
    ]
    # The docstring of kinds.py says what the engine does not know of.
    code = [re.sub(r'""".*?"""', "", text, flags=re.DOTALL) for text in texts]

    assert len(code) > 8
    assert [text[:80] for text in code if re.search(r"\b(display|honour|publicity)", text)] == []


@pytest.mark.parametrize("kind", [DISPLAYS, HONOURS])
def test_a_kind_overrides_hooks_that_every_kind_has(kind: Kind) -> None:
    own = {
        name
        for one in type(kind).__mro__
        if issubclass(one, Kind) and one is not Kind
        for name, value in vars(one).items()
        if callable(value)
    }
    own -= {"loops", "steps", "evidence", "alarms"}  # tables

    assert own <= HOOKS
    assert all(hasattr(Kind, name) for name in own)
