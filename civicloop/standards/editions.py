"""Editions of packs: the one in force, those kept, and each as the book that inspection and scoring read.

An edition never changes once it is kept, so its book is held in memory for as long as the process lives.
"""

from __future__ import annotations

from functools import lru_cache

from django.db.models import F

from civicloop.kernel.refusal import NotFound
from civicloop.standards.models import Edition
from civicloop.standards.rules.book import StandardBook, book_from

__all__ = ["StandardBook", "book", "current", "editions"]


def current(pack: str = "wenming") -> Edition:
    """The edition of a pack that is in force: the one loaded last. Raises NotFound("pack", …) when none was loaded."""
    found = Edition.objects.filter(pack__code=pack, digest=F("pack__digest")).defer("content").first()
    if found is None:
        raise NotFound("pack", pack)
    return found


def editions(pack: str) -> list[Edition]:
    """Every edition of a pack that was ever loaded, the newest first."""
    return list(Edition.objects.filter(pack__code=pack).select_related("pack").defer("content"))


@lru_cache(maxsize=64)
def book(edition_id: int) -> StandardBook:
    """The book of an edition. Raises NotFound. One statement the first time, none afterwards."""
    row = Edition.objects.filter(pk=edition_id).values("digest", "content").first()
    if row is None:
        raise NotFound("edition", edition_id)
    return book_from(row["content"], edition_id=edition_id, digest=row["digest"])
