"""Which editions there are and which is in force: kept in memory until a pack is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.revisions import Kept
from civicloop.standards import editions
from civicloop.standards.models import Edition
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Editions:
    """Public ids by number, and the number of the one in force (None: no standard was ever loaded)."""

    uids: Mapping[int, UUID]
    current: int | None


def known_editions(ref: Reference) -> Editions:
    """The editions as they stand now."""
    return _kept.at(ref.stamps)


def _load() -> Editions:
    try:
        current: int | None = editions.current().pk
    except NotFound:
        current = None
    return Editions(dict(Edition.objects.values_list("pk", "uid")), current)


_kept: Kept[Editions] = Kept("standards", _load)
