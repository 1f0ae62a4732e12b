"""Keeping an import small: SQLite's page cache and mapped file would grow with the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SMALL_CACHE = -16_000
"""Page cache in KiB, written as SQLite wants it."""


@contextmanager
def lean_database() -> Iterator[None]:
    """A small cache and no mapped file while this lasts; PostgreSQL keeps its memory elsewhere."""
    if connection.vendor != "sqlite":
        yield
        return
    before = [_pragma(f"PRAGMA {name}") for name in ("cache_size", "mmap_size")]
    _pragma(f"PRAGMA cache_size={SMALL_CACHE}")
    _pragma("PRAGMA mmap_size=0")
    try:
        yield
    finally:
        _pragma(f"PRAGMA cache_size={before[0]}")
        _pragma(f"PRAGMA mmap_size={before[1]}")


def _pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
