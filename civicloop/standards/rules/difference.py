"""Telling packs apart: a digest of what a pack says, and what changed between two editions of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from civicloop.kernel.worktime import Limit
from civicloop.standards.rules.shapes import Category, Pack

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One part of a category before and after, as plain data."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """A category that both packs have and say different things of."""

    kind: str
    code: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PackDiff:
    """What taking `new` in place of `old` would do to the categories."""

    added: tuple[Category, ...]
    removed: tuple[Category, ...]
    changed: tuple[CategoryChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def plain(value: Any) -> Any:
    """A value of a pack as JSON data: the same for the same meaning, whatever the files looked like."""
    if isinstance(value, Limit):
        return {"amount": format(value.amount.normalize(), "f"), "unit": str(value.unit)}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value) if not item.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def pack_digest(pack: Pack) -> str:
    """SHA-256, in hex, of the canonical JSON of the pack's content; comments and layout do not count."""
    canonical = json.dumps(plain(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def diff(old: Pack, new: Pack) -> PackDiff:
    """Which categories `new` adds, lacks, or says other things of."""
    before = {category.key: category for category in old.categories}
    after = {category.key: category for category in new.categories}
    added = tuple(after[key] for key in sorted(after.keys() - before.keys()))
    removed = tuple(before[key] for key in sorted(before.keys() - after.keys()))
    both = sorted(before.keys() & after.keys())
    changed = tuple(_change(before[key], after[key]) for key in both if before[key] != after[key])
    return PackDiff(added, removed, changed)


def _change(old: Category, new: Category) -> CategoryChange:
    was, now = plain(old), plain(new)
    parts = tuple(FieldChange(name, was[name], now[name]) for name in was if was[name] != now[name])
    return CategoryChange(new.kind, new.code, parts)
