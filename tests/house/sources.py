"""Reading the house's own sources, for the rules about them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.environment import ROOT

PACKAGE = ROOT / "civicloop"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules(*, migrations: bool = False) -> list[Path]:
    """Every Python file of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return [path for path in paths if migrations or "migrations" not in path.parts]


def shelf(path: Path) -> str:
    """Which shelf of its app a module belongs to: civicloop/cases/actions/moves.py -> actions. Empty above the apps."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[1] if len(parts) > 1 else ""


def app(path: Path) -> str:
    """The first name under the package: civicloop/cases/actions/moves.py -> cases."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text, without calls and subscripts on the way: `Case.objects.filter(x).update` has no `(x)`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def floors() -> dict[str, int]:
    """Height of every module directly under the package, from the layers contract: a larger number is higher up."""
    contract = next(it for it in project()["tool"]["importlinter"]["contracts"] if it["id"] == "layers")
    heights: dict[str, int] = {}
    for height, layer in enumerate(reversed(contract["layers"])):
        for name in layer.replace(":", "|").split("|"):
            heights[name.strip(" ()")] = height
    return heights
