"""Telling packs apart: a digest of what a pack says, and what changed between two editions of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from civicloop.standards.rules.plain import plain as plain
from civicloop.standards.rules.sections import FieldChange, SectionDiff, changes, section_diffs
from civicloop.standards.rules.shapes import Category, Pack

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """A category that both packs have and say different things of."""

    kind: str
    code: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PackDiff:
    """What taking `new` in place of `old` would do: to the categories, and to every other section part by part."""

    added: tuple[Category, ...]
    removed: tuple[Category, ...]
    changed: tuple[CategoryChange, ...]
    sections: tuple[SectionDiff, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.sections)


def pack_digest(pack: Pack) -> str:
    """SHA-256, in hex, of the canonical JSON of the pack's content; comments and layout do not count."""
    canonical = json.dumps(plain(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def diff(old: Pack, new: Pack) -> PackDiff:
    """Which categories and other parts `new` adds, lacks, or says other things of."""
    before = {category.key: category for category in old.categories}
    after = {category.key: category for category in new.categories}
    added = tuple(after[key] for key in sorted(after.keys() - before.keys()))
    removed = tuple(before[key] for key in sorted(before.keys() - after.keys()))
    both = sorted(before.keys() & after.keys())
    changed = tuple(_change(before[key], after[key]) for key in both if before[key] != after[key])
    return PackDiff(added, removed, changed, section_diffs(old, new))


def _change(old: Category, new: Category) -> CategoryChange:
    return CategoryChange(new.kind, new.code, changes(plain(old), plain(new)))
