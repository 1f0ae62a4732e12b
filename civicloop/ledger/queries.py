"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet

from civicloop.ledger.models import LedgerLine
from civicloop.ledger.rules.chain import Break, Line, first_break


def history(kind: str, uid: UUID) -> QuerySet[LedgerLine]:
    """All lines about one object, oldest first."""
    return LedgerLine.objects.filter(kind=kind, uid=uid).order_by("seq")


def breaks() -> Iterator[Break]:
    """The first broken line of every chain that does not hold, in order of kind and object. Memory stays flat."""
    rows = LedgerLine.objects.order_by("kind", "uid", "seq").iterator(chunk_size=5000)
    for _, chain in groupby(rows, key=lambda row: (row.kind, row.uid)):
        lines = list(chain)
        found = first_break((_as_line(row), row.previous, row.hash) for row in lines)
        if found is not None:
            yield found


def _as_line(row: LedgerLine) -> Line:
    return Line(row.kind, str(row.uid), row.seq, row.verb, str(row.by) if row.by else "", row.at, row.data)
