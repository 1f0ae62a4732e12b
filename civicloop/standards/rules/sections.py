"""Every section of a pack as parts with keys, so that two editions can be laid side by side, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from civicloop.standards.rules.plain import plain
from civicloop.standards.rules.shapes import Pack

Parts = dict[str, dict[str, Any]]
HEADER = ("edition", "title", "source", "standard", "in_force", "replaces", "uses")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as plain data."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part that both editions have and say different things of."""

    key: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class SectionDiff:
    """What taking the new edition in place of the old would do to one section; parts are named by their keys."""

    section: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[PartChange, ...]


def parts(pack: Pack) -> Mapping[str, Parts]:
    """The parts of every section but the categories. Items stand apart from their checklists, criteria from projects."""
    found: dict[str, Parts] = {
        "header": {"pack": {name: plain(getattr(pack, name)) for name in HEADER}},
        "lines": _keyed(pack.lines, "key"),
        "majors": _keyed(pack.majors, "kind", "code"),
        "crosswalk": _keyed(pack.crosswalk, "kind", "name"),
        "point_types": _keyed(pack.point_types, "code"),
        "checklists": _keyed(pack.checklists, "code", without=("items",)),
        "items": {
            item.code: plain(item) | {"checklist": checklist.code}
            for checklist in pack.checklists
            for item in checklist.items
        },
        "indicators": _keyed(pack.indicators, "code"),
        "questions": _keyed(pack.questions, "key"),
        "disorders": _keyed(pack.disorders, "key"),
        "sample": _keyed(pack.sample.rows if pack.sample else (), "point_type"),
        "negative_list": _keyed(pack.negative_list, "code"),
        "texts": _keyed(pack.texts, "code"),
        "deductions": _keyed(pack.scoring.deductions if pack.scoring else (), "key"),
    }
    for name, value in (("sampling", pack.sampling), ("scoring", pack.scoring), ("parameters", pack.parameters)):
        told = {key: one for key, one in plain(value).items() if key != "deductions"} if value is not None else None
        found[name] = {} if told is None else {name: told}
    return found | _tree(pack)


def _tree(pack: Pack) -> dict[str, Parts]:
    contents = [(project.code, content) for project in pack.projects for content in project.contents]
    return {
        "projects": _keyed(pack.projects, "code", without=("contents",)),
        "contents": {one.code: {"project": project, "name": plain(one.name)} for project, one in contents},
        "criteria": {
            criterion.code: plain(criterion) | {"content": content.code}
            for _, content in contents
            for criterion in content.criteria
        },
    }


def _keyed(values: Iterable[Any], *names: str, without: tuple[str, ...] = ()) -> Parts:
    keyed: Parts = {}
    for value in values:
        told = {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.name not in without}
        keyed[" ".join(str(told[name]) for name in names)] = told
    return keyed


def section_diffs(old: Pack, new: Pack) -> tuple[SectionDiff, ...]:
    """The sections, categories apart, in which two packs differ."""
    before, after = parts(old), parts(new)
    found = (_section(name, before[name], after[name]) for name in before)
    return tuple(one for one in found if one.added or one.removed or one.changed)


def _section(name: str, before: Parts, after: Parts) -> SectionDiff:
    added = tuple(key for key in after if key not in before)
    removed = tuple(key for key in before if key not in after)
    both = [key for key in after if key in before and before[key] != after[key]]
    return SectionDiff(name, added, removed, tuple(PartChange(key, changes(before[key], after[key])) for key in both))


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields that differ."""
    return tuple(FieldChange(name, was[name], now[name]) for name in was if was[name] != now[name])
