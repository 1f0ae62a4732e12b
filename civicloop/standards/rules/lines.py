"""The line at which a part of a pack's file stands. Files are looked at a second time only when they have faults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from civicloop.standards.rules.problem import Problem

TOLD = re.compile(r"^line (\d+)\b")
QUOTED = re.compile(r"'([^']+)'")


def with_lines(folder: Path, problems: Sequence[Problem]) -> list[Problem]:
    """The problems of the pack in `folder`, each with the line of its file; 0 where a file cannot be read at all."""
    trees: dict[str, yaml.Node | None] = {}
    return [replace(problem, line=_line(folder, problem, trees)) for problem in problems]


def _line(folder: Path, problem: Problem, trees: dict[str, yaml.Node | None]) -> int:
    told = TOLD.match(problem.reason)
    if told and problem.code == "unreadable":
        return int(told[1])
    if problem.file.endswith(".tsv"):
        row = problem.pointer.split("/")[1] if problem.pointer else ""
        return int(row) + 2 if row.isdigit() else 0
    if problem.file not in trees:
        trees[problem.file] = _tree(folder / problem.file)
    tree = trees[problem.file]
    if tree is None:
        return 0
    key = QUOTED.search(problem.reason) if problem.code == "unknown_key" else None
    return line_of(tree, problem.pointer, key[1] if key else None)


def _tree(path: Path) -> yaml.Node | None:
    try:
        tree: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    return tree


def line_of(tree: yaml.Node, pointer: str, key: str | None = None) -> int:
    """The line, from 1, of the part that a JSON pointer names; of its key `key`, or as deep as the pointer leads."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    node, line = tree, tree.start_mark.line
    for part in [*parts, key] if key is not None else parts:
        found = _below(node, part)
        if found is None:
            break
        node, line = found
    return line + 1


def _below(node: yaml.Node, part: str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        return node.value[int(part)], node.value[int(part)].start_mark.line
    return None
