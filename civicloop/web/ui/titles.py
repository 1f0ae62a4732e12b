"""Names of functions (lines) and major classes, as the loaded packs give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from civicloop.organisation.revisions import Kept
from civicloop.standards.models import Pack
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Titles:
    """Chinese and English names by key."""

    lines: Mapping[str, tuple[str, str]]
    majors: Mapping[tuple[str, str, str], tuple[str, str]]

    def line(self, key: str) -> str:
        """A function in words; its key where no pack names it."""
        return _chosen(self.lines.get(key)) or key

    def major(self, pack: str, kind: str, code: str) -> str:
        """A major class in words; its code where the pack does not name it."""
        return _chosen(self.majors.get((pack, kind, code))) or code


def titles(ref: Reference) -> Titles:
    """The names in force; read again only when a pack was loaded since."""
    return _titles.at(ref.stamps)


def _load() -> Titles:
    lines: dict[str, tuple[str, str]] = {}
    majors: dict[tuple[str, str, str], tuple[str, str]] = {}
    for pack, content in Pack.objects.order_by("loaded_at").values_list("code", "content"):
        lines |= {one["key"]: _pair(one["name"]) for one in content.get("lines", ())}
        majors |= {(pack, one["kind"], one["code"]): _pair(one["name"]) for one in content.get("majors", ())}
    return Titles(lines, majors)


def _pair(name: Any) -> tuple[str, str]:
    if isinstance(name, Mapping):
        return str(name.get("zh_Hans", "")), str(name.get("en") or "")
    return str(name), ""


def _chosen(pair: tuple[str, str] | None) -> str:
    if pair is None:
        return ""
    return pair[1] if pair[1] and (get_language() or "").startswith("en") else pair[0]


_titles: Kept[Titles] = Kept("standards", _load)
