"""Mapping files: which column of a foreign file means what. YAML, checked against schema/mapping.schema.json.

Every scalar is read as text, so that a code such as 06035 or a status such as Yes stays what was written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import yaml

from civicloop.kernel.geo import Datum
from civicloop.kernel.refusal import Invalid

KINDS = ("grids", "units", "points", "cases")
NEEDED = {
    "grids": ("code", "name"),
    "units": ("code", "name", "kind"),
    "points": ("code", "name", "point_type"),
    "cases": ("key", "category", "reported_at"),
}
FIELDS = {
    "grids": {"code", "name", "unit", "area_class", "outline"},
    "units": {"code", "name", "kind", "parent", "short_name", "lines", "division_code", "phone", "address"},
    "points": {"code", "name", "point_type", "unit", "area", "grid", "address", "lon", "lat"},
    "cases": {
        "key", "category", "condition", "unit", "description", "address", "lon", "lat", "reported_at", "received_at",
        "reporter", "source", "urgent", "area_class", "grid", "point", "recurrence_of", "merged_into",
    },
}  # fmt: skip
REPORTED = "$reported_at"


@dataclass(frozen=True, slots=True)
class Value:
    """How one field is made of a row: from columns or a template, through a table of values, with a default."""

    columns: tuple[str, ...] = ()
    join: str = " "
    template: str | None = None
    constant: str | None = None
    values: Mapping[str, str] | None = None
    otherwise: str | None = None
    default: str | None = None
    required: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it looks at."""
        if self.template is None:
            return self.columns
        return tuple(name for _, name, _, _ in Formatter().parse(self.template) if name)

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Value:
        """A value as the mapping writes it: a bare text is the name of a column."""
        if isinstance(given, str):
            return cls(columns=(given,))
        columns = given.get("columns") or ([given["column"]] if "column" in given else [])
        return cls(
            tuple(columns), given.get("join", " "), given.get("template"), given.get("value"), given.get("values"),
            given.get("otherwise"), given.get("default"), given.get("required") == "true",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step that a status implies; its date is in the first of these columns that has one."""

    step: str
    at: tuple[str, ...]
    note: Value
    optional: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the mapping says of the file itself; None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1


@dataclass(frozen=True)
class MappingFile:
    """A mapping, read and checked."""

    kind: str
    layout: Layout
    timezone: ZoneInfo
    dates: tuple[str, ...]
    datum: Datum
    fields: Mapping[str, Value]
    answers: Mapping[str, Value]
    status: Value | None
    steps: Mapping[str, tuple[StepRule, ...]]
    steps_otherwise: tuple[StepRule, ...] | None
    pack: str | None
    digest: str = field(compare=False)

    def columns(self) -> set[str]:
        """Every column the mapping names."""
        values = [*self.fields.values(), *self.answers.values(), *([self.status] if self.status else [])]
        rules = [rule for rules in (*self.steps.values(), self.steps_otherwise or ()) for rule in rules]
        named = {name for value in [*values, *(rule.note for rule in rules)] for name in value.reads}
        return named | {name for rule in rules for name in rule.at if name != REPORTED}


# A template that fills up to a thousand million places is a whole machine's memory for one cell.
_TOO_WIDE = re.compile(r"\d{3}|[{}]")


def read_mapping(path: Path, kind: str) -> MappingFile:
    """The mapping in a file, for importing `kind`. Raises Invalid("mapping", ...) that says where it is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = yaml.load(text, Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise Invalid("mapping", "mapping_unreadable", file=path.name, why=str(fault)[:300]) from fault
    return parse_mapping(raw, kind, file=path.name)


def parse_mapping(raw: Any, kind: str, *, file: str = "mapping") -> MappingFile:
    """The mapping that plain data says. Raises Invalid as `read_mapping` does."""
    for fault in _faults(raw, kind):
        raise Invalid("mapping", "mapping_wrong", file=file, at=fault[0] or "/", why=fault[1])
    steps = raw.get("steps", {})
    try:
        zone = ZoneInfo(raw.get("timezone", "Asia/Shanghai"))
    except (KeyError, ValueError, OSError):
        raise Invalid(
            "mapping", "mapping_wrong", file=file, at="/timezone", why=f"no time zone {raw['timezone']!r}"
        ) from None
    layout = raw.get("layout", {})
    return MappingFile(
        kind=kind,
        layout=Layout(
            layout.get("encoding"), layout.get("delimiter"), layout.get("sheet"), int(layout.get("header_row", "1"))
        ),
        timezone=zone,
        dates=tuple(raw.get("dates", ())),
        datum=Datum(raw.get("datum", "wgs84")),
        fields={name: Value.of(given) for name, given in raw["fields"].items()},
        answers={name: Value.of(given) for name, given in raw.get("answers", {}).items()},
        status=Value.of(steps["status"]) if "status" in steps else None,
        steps={status: tuple(map(_step, rules)) for status, rules in steps.get("of", {}).items()},
        steps_otherwise=tuple(map(_step, steps["otherwise"])) if "otherwise" in steps else None,
        pack=raw.get("pack"),
        digest=hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest(),
    )


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of mapping files."""
    path = Path(__file__).resolve().parent.parent / "schema" / "mapping.schema.json"
    loaded: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _faults(raw: Any, kind: str) -> Iterator[tuple[str, str]]:
    for error in jsonschema.Draft202012Validator(schema()).iter_errors(raw):
        yield "/" + "/".join(map(str, error.absolute_path)), error.message[:300]
    if not isinstance(raw, dict) or not isinstance(raw.get("fields"), dict):
        return
    if raw.get("kind") != kind:
        yield "/kind", f"this mapping is for {raw.get('kind')}, not for {kind}"
    for name in raw["fields"].keys() - FIELDS[kind]:
        yield f"/fields/{name}", f"{kind} have no field '{name}'; they have {', '.join(sorted(FIELDS[kind]))}"
    for name in NEEDED[kind]:
        if name not in raw["fields"]:
            yield "/fields", f"'{name}' is missing"
    if kind != "cases" and ("steps" in raw or "answers" in raw):
        yield "/", "only cases have steps and answers"
    yield from _template_faults(raw)


def _template_faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for at, template in _templates(raw, ""):
        try:
            parsed = [(part, spec or "") for _, part, spec, _ in Formatter().parse(template) if part is not None]
        except ValueError as fault:
            yield at, str(fault)
            continue
        if any(not part or "." in part or "[" in part for part, _ in parsed):
            yield at, "write {column}; no numbers, points or brackets"
        if any(_TOO_WIDE.search(spec) for _, spec in parsed):
            yield at, "at most 99 places, and no {column} within another"


def _templates(given: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every template of the mapping, wherever it stands, with its place."""
    if isinstance(given, Mapping):
        if isinstance(given.get("template"), str):
            yield f"{at}/template", given["template"]
        for name, inner in given.items():
            yield from _templates(inner, f"{at}/{name}")
    elif isinstance(given, list):
        for number, inner in enumerate(given):
            yield from _templates(inner, f"{at}/{number}")


def _step(given: Mapping[str, Any]) -> StepRule:
    at = given["at"]
    return StepRule(
        given["step"],
        (at,) if isinstance(at, str) else tuple(at),
        Value.of(given["note"]) if "note" in given else Value(constant=""),
        given.get("optional") == "true",
    )
