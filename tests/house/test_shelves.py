"""Who knows one app knows them all: the same shelves, the same promises."""

from __future__ import annotations

import ast

import pytest

from tests.house.sources import PACKAGE, app, calls, functions, modules, shelf, tree, where

APPS = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "now",
    "time.time",
    "localdate",
}
WITHOUT_A_CLOCK = {"actions", "rules", "policy", "models", "facts"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update", "delete"}
READERS = {"queries", "policy", "rules"}
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}


@pytest.mark.parametrize("name", APPS)
def test_app_says_what_it_owns_asks_and_tells(name: str) -> None:
    text = ast.get_docstring(tree(PACKAGE / name / "__init__.py")) or ""

    assert [word for word in ("Owns:", "Asks:", "Tells:") if word not in text] == []
    assert len(text.splitlines()) <= 8


def test_actions_rules_and_kernel_never_read_the_clock() -> None:
    readers = [
        f"{where(path, line)} {name}"
        for path in modules()
        if shelf(path) in WITHOUT_A_CLOCK or app(path) == "kernel"
        for line, name in calls(path)
        if name in CLOCKS or any(name.endswith(f".{clock}") for clock in CLOCKS if "." in clock)
    ]

    assert readers == []


def test_who_and_when_are_told_by_name_and_never_guessed() -> None:
    guessed = [
        f"{where(path, function.lineno)} {function.name}({argument.arg})"
        for path in modules()
        if shelf(path) == "actions"
        for function in functions(path)
        if not function.name.startswith("_")
        for argument in [*function.args.posonlyargs, *function.args.args]
        if argument.arg in ("by", "at")
    ]

    assert guessed == []


def test_questions_change_nothing() -> None:
    writers = [
        f"{where(path, line)} {name}"
        for path in modules()
        if shelf(path) in READERS or app(path) == "insight"
        for line, name in calls(path)
        if ".objects." in name and name.rsplit(".", 1)[-1] in WRITES
    ]

    assert writers == []


def test_doors_write_through_actions_only() -> None:
    writers = [
        f"{where(path, line)} {name}"
        for path in modules()
        if app(path) in ("web", "api")
        for line, name in calls(path)
        if ".objects." in name and name.rsplit(".", 1)[-1] in WRITES
    ]

    assert writers == []


def test_nothing_happens_behind_a_save() -> None:
    listening = [
        where(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and SIGNALS & {alias.name for alias in node.names}
    ]

    assert listening == []
