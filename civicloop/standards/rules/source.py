"""Reading a pack folder: YAML and tables into plain data, each piece with the place it came from.

YAML is read without surprises: a key may stand once, dates stay text, aliases are refused (an alias can blow a small
file up to gigabytes), and an unquoted code such as 06010, which YAML 1.1 takes for an octal number, is refused by the
schema.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from civicloop.standards.rules.problem import PackError, Problem

LARGEST_FILE = 4 * 1024 * 1024
LONGEST_REASON = 300
DEEPEST = 30
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SINGLE = ("pack", "sampling", "policy", "sample", "scoring")
SCHEMA_FILE = Path(__file__).resolve().parent.parent / "schema" / "pack.schema.json"


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a pack with its place."""

    value: Any
    file: str
    pointer: str

    def problem(self, code: str, reason: str, below: str = "") -> Problem:
        """A fault in this piece, or in the part of it that the pointer `below` names."""
        return Problem(self.file, self.pointer + below, code, reason)


@dataclass(slots=True)
class Source:
    """A pack as written: sections of located pieces, and the tables that its `codes_from` name."""

    name: str
    header: dict[str, Any]
    lists: dict[str, list[Node]] = field(default_factory=dict)
    singles: dict[str, Node] = field(default_factory=dict)
    tables: dict[str, list[Node]] = field(default_factory=dict)

    def section(self, name: str) -> list[Node]:
        """The pieces of a list section, in the order of the files' names."""
        return self.lists.get(name, [])


class _Loader(yaml.CSafeLoader):
    """CSafeLoader that refuses a key given twice and leaves dates as text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key.value}' stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        number: float = super().construct_yaml_float(node)
        if not isfinite(number):
            raise yaml.constructor.ConstructorError(
                None, None, f"'{node.value}' is no number to reckon with", node.start_mark
            )
        return number


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)
_PLAIN = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in _PLAIN]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one file of a pack."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(), format_checker=FormatChecker(["regex"]))


def read_source(folder: Path) -> Source:
    """Read every *.yaml of a pack folder and its tables. Raises PackError with all faults of form."""
    problems: list[Problem] = []
    documents: dict[str, dict[str, Any]] = {}
    if not (folder / "pack.yaml").is_file():
        raise PackError(folder.name, [Problem("pack.yaml", "", "missing", "the pack has no such file")])
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = _read_yaml(path)
        except _Unreadable as unreadable:
            problems.append(Problem(path.name, "", "unreadable", str(unreadable)))
            continue
        problems.extend(_faults_of_form(path.name, document))
        documents[path.name] = document
    if not problems:
        problems.extend(_misplaced(documents, folder.name))
    if problems:
        raise PackError(folder.name, problems)
    source = _join(folder.name, documents)
    _read_tables(folder, source)
    return source


class _Unreadable(Exception):
    """The bytes are no YAML we take; the message says why."""


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _Unreadable(f"larger than {LARGEST_FILE // 1024 // 1024} MB")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _Unreadable(f"not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise _Unreadable(f"no file that can be read: {type(error).__name__}") from error
    try:
        if "&" in text and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)
        ):
            raise _Unreadable("aliases (*name) are not taken; write the value out")
        document = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _Unreadable(f"{place}{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _Unreadable(f"no YAML: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise _Unreadable("the file must be a mapping of sections")
    return document


def _faults_of_form(file: str, document: dict[str, Any]) -> Iterator[Problem]:
    faults = list(_faults_of_text(file, document))
    if faults:
        yield from faults
        return
    found = _validator().iter_errors(document)
    for error in sorted(found, key=lambda error: [str(part) for part in error.absolute_path]):
        code, reason = _told(error)
        yield Problem(file, pointer_of(error.absolute_path), code, reason[:LONGEST_REASON])


def _faults_of_text(file: str, document: dict[str, Any]) -> Iterator[Problem]:
    """Nesting without end, which no rule survives, and control characters, which no form or paper can carry."""
    left: list[tuple[tuple[Any, ...], Any]] = [((), document)]
    while left:
        place, value = left.pop()
        if len(place) > DEEPEST:
            yield Problem(file, pointer_of(place[:3]), "deep", f"nested deeper than {DEEPEST}")
            return
        if isinstance(value, dict):
            left += [((*place, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [((*place, number), inner) for number, inner in enumerate(value)]
        elif isinstance(value, str) and (found := CONTROL.search(value)):
            yield Problem(file, pointer_of(place), "control_character", f"the character {found[0]!r} cannot be written")


def pointer_of(parts: Any) -> str:
    """A JSON pointer (RFC 6901) of a path of keys and indexes."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _told(error: ValidationError) -> tuple[str, str]:
    rule, value, asked = error.validator, cast(Any, error.instance), cast(Any, error.validator_value)
    if rule is None:
        return "match", f"{value!r} does not go with what else is said here"
    if rule == "required":
        missing = [key for key in asked if key not in value]
        return "missing", f"'{missing[0]}' is missing"
    if rule in ("additionalProperties", "unevaluatedProperties"):
        told = re.search(r"\((.*) (?:was|were) unexpected\)", error.message)
        return "unknown_key", f"{told[1] if told else value!r}: no such key here"
    if rule == "type" and asked == "string" and isinstance(value, int | float):
        return "type", f"{value!r} must be text: put it in quotes, so that leading zeros stay"
    if rule == "enum":
        return "choice", f"{value!r} is none of {', '.join(map(str, asked))}"
    if rule == "pattern" and "\u3400" in str(asked):
        return "language", f"{value!r} has no Chinese"
    return str(rule), error.message


def _misplaced(documents: dict[str, dict[str, Any]], folder: str) -> Iterator[Problem]:
    if "pack" not in documents["pack.yaml"]:
        yield Problem("pack.yaml", "", "missing", "'pack' is missing")
        return
    header = documents["pack.yaml"]["pack"]
    name, _, edition = folder.partition("@")
    if header["name"] != name:
        reason = f"'{header['name']}' is not the name of the folder, '{folder}'"
        yield Problem("pack.yaml", "/pack/name", "name", reason)
    if edition and header["edition"] != edition:
        reason = f"'{header['edition']}' is not the edition the folder '{folder}' names"
        yield Problem("pack.yaml", "/pack/edition", "name", reason)
    for section in SINGLE:
        homes = [file for file, document in documents.items() if section in document]
        for second in homes[1:] if section != "pack" else [file for file in homes if file != "pack.yaml"]:
            yield Problem(second, f"/{section}", "duplicate", f"'{section}' already stands in {homes[0]}")


def _join(name: str, documents: dict[str, dict[str, Any]]) -> Source:
    source = Source(name, documents["pack.yaml"]["pack"])
    for file, document in documents.items():
        for section, content in document.items():
            if section in SINGLE:
                source.singles[section] = Node(content, file, f"/{section}")
            else:
                pieces = source.lists.setdefault(section, [])
                pieces.extend(Node(item, file, f"/{section}/{i}") for i, item in enumerate(content))
    return source


def _read_tables(folder: Path, source: Source) -> None:
    for node in source.section("codes_from"):
        for key, columns in (("file", ("code", "major_name", "minor_name")), ("english", ("kind", "code", "name"))):
            file = node.value.get(key)
            if file and file not in source.tables:
                source.tables[file] = _read_table(folder, source.name, node, key, columns)


def _read_table(folder: Path, pack: str, named_by: Node, key: str, columns: tuple[str, ...]) -> list[Node]:
    file = named_by.value[key]
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fault = named_by.problem("unreadable", f"{file} cannot be read: {type(error).__name__}", f"/{key}")
        raise PackError(pack, [fault]) from error
    nodes = [Node(row, file, f"/{i}") for i, row in enumerate(rows)]
    short = [node for node in nodes if not all(node.value.get(column) for column in columns)]
    if short or not rows:
        faults = [node.problem("missing", f"a row needs {', '.join(columns)}") for node in short]
        raise PackError(pack, faults or [Problem(file, "", "missing", "the table has no rows")])
    return nodes
