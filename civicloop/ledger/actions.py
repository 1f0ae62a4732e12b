"""Writing to the ledger. Lines are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from civicloop.kernel.refusal import NotAllowed, as_record
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.rules.chain import Line, first_hash, line_hash
from civicloop.rows import insert_one

# The object that lines are chained to when they are about nothing else: log-ins that failed, refused creations.
HOUSE = UUID(int=0)
TRIES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to be written. `new` promises that the object has no line yet, which saves looking for its chain's head."""

    kind: str
    uid: UUID
    verb: str
    by: UUID | None
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    new: bool = False


def record(
    kind: str, uid: UUID, verb: str, *, by: UUID | None, at: datetime, data: Mapping[str, Any] | None = None,
    new: bool = False,
) -> LedgerLine:  # fmt: skip
    """Add one line to the chain of (kind, uid), inside the caller's transaction when there is one.

    The caller usually holds the object's row lock, so nobody else adds to this chain. Where nobody does (reads, refusals), the
    unique place in the chain decides who was first, and the other tries the next place.
    """
    entry = Entry(kind, uid, verb, by, at, data or {}, new)
    if new:
        return _insert(entry, 1, first_hash(kind, str(uid)))
    for attempt in range(TRIES):
        head = LedgerLine.objects.filter(kind=kind, uid=uid).order_by("-seq").values_list("seq", "hash").first()
        seq, previous = (head[0] + 1, head[1]) if head else (1, first_hash(kind, str(uid)))
        try:
            if attempt == 0 and connection.vendor == "sqlite":
                return _insert(entry, seq, previous)  # SQLite has one writer: within a transaction nobody can be first
            with transaction.atomic():
                return _insert(entry, seq, previous)
        except IntegrityError:
            if attempt == TRIES - 1 or connection.needs_rollback:
                raise
    raise AssertionError("unreachable")


def first_line(
    kind: str, uid: UUID, verb: str, *, by: UUID | None, at: datetime, data: Mapping[str, Any] | None = None
) -> LedgerLine:  # fmt: skip
    """The first line of an object that has none yet, not stored: for who writes it in one statement with the object."""
    return _row(Entry(kind, uid, verb, by, at, data or {}, True), 1, first_hash(kind, str(uid)))


def record_many(entries: Sequence[Entry]) -> None:
    """Add many lines at once; several lines about one object are chained in the order given. The caller holds the rows' locks."""
    heads = _heads([entry for entry in entries if not entry.new])
    rows = []
    for entry in entries:
        key = (entry.kind, entry.uid)
        seq, previous = heads.get(key, (0, first_hash(entry.kind, str(entry.uid))))
        row = _row(entry, seq + 1, previous)
        heads[key] = (row.seq, row.hash)
        rows.append(row)
    LedgerLine.objects.bulk_create(rows, batch_size=2000)


def record_refusal(refusal: NotAllowed, *, at: datetime) -> None:
    """Keep a refusal of permission, once. Call it after the refused transaction was rolled back."""
    if refusal.recorded:
        return
    kind, uid = refusal.about or ("house", str(HOUSE))
    by = getattr(refusal.by, "uid", None)
    record(kind, UUID(str(uid)), "refused", by=by, at=at, data=as_record(refusal))
    refusal.recorded = True


def record_reading(*, by: UUID, at: datetime, kind: str, uid: UUID, fields: Iterable[str], purpose: str) -> None:
    """Somebody looked at personal data that is masked by default: who, when, of whom, which fields, what for."""
    record(kind, uid, "personal_data.read", by=by, at=at, data={"fields": sorted(fields), "purpose": purpose})


def _heads(entries: Iterable[Entry]) -> dict[tuple[str, UUID], tuple[int, str]]:
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        wanted.setdefault(entry.kind, set()).add(entry.uid)
    heads: dict[tuple[str, UUID], tuple[int, str]] = {}
    for kind, uids in wanted.items():
        todo = sorted(uids)
        for start in range(0, len(todo), 500):
            rows = LedgerLine.objects.filter(kind=kind, uid__in=todo[start : start + 500]).order_by("uid", "seq")
            for uid, seq, own in rows.values_list("uid", "seq", "hash"):
                heads[(kind, uid)] = (seq, own)
    return heads


def _insert(entry: Entry, seq: int, previous: str) -> LedgerLine:
    row = _row(entry, seq, previous)
    insert_one(row)
    return row


def _row(entry: Entry, seq: int, previous: str) -> LedgerLine:
    line = Line(
        entry.kind, str(entry.uid), seq, entry.verb, str(entry.by) if entry.by else "", entry.at, dict(entry.data)
    )
    return LedgerLine(
        kind=entry.kind, uid=entry.uid, seq=seq, verb=entry.verb, by=entry.by, at=entry.at, data=line.data,
        previous=previous, hash=line_hash(line, previous),
    )  # fmt: skip
