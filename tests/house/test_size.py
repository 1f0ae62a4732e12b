"""A file fits one reading, a function one screen. There is no list of exceptions."""

from __future__ import annotations

import pytest

from tests.environment import ROOT
from tests.house.sources import PACKAGE, functions, modules, where

FILE_LINES = 400
FUNCTION_LINES = 40
WRITTEN_BY_HAND = {".py", ".html", ".css", ".js", ".txt"}


def hand_written() -> list[object]:
    paths = [path for path in PACKAGE.rglob("*") if path.suffix in WRITTEN_BY_HAND and path.is_file()]
    foreign = {"migrations", "vendor", "__pycache__"}
    return [
        pytest.param(path, id=str(path.relative_to(ROOT))) for path in sorted(paths) if not foreign & set(path.parts)
    ]


@pytest.mark.parametrize("path", hand_written())
def test_file_is_short(path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= FILE_LINES, f"{lines} lines; split it into a folder of the same name"


def test_functions_are_short() -> None:
    long = [
        f"{where(path, function.lineno)} {function.name}: {length} lines"
        for path in modules()
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]

    assert long == []
