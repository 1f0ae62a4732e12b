"""Sealing a day, and holding a seal file against the ledger."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.models import LedgerLine, LedgerSeal
from civicloop.ledger.rules.seal import Digest, Head, seal_of

FORMAT = "civicloop-ledger-seal/1"


@dataclass(frozen=True, slots=True)
class SealFault:
    """Something a seal proves to be missing or changed."""

    day: str
    reason: str
    kind: str = ""
    uid: str = ""
    seq: int = 0


def heads() -> Iterator[Head]:
    """The last line of every chain, in order of kind and uid."""
    later = LedgerLine.objects.filter(kind=OuterRef("kind"), uid=OuterRef("uid"), seq=OuterRef("seq") + 1)
    rows = LedgerLine.objects.filter(~Exists(later)).order_by("kind", "uid")
    for kind, uid, seq, own in rows.values_list("kind", "uid", "seq", "hash").iterator(chunk_size=5000):
        yield Head(kind, str(uid), seq, own)


def seal(*, day: date, at: datetime, folder: Path) -> tuple[LedgerSeal, Path]:
    """Seal all chains as they stand and export the heads to `<folder>/ledger-seal-<day>.jsonl.gz`.

    Raises Conflict when this day or a later one is sealed already: a seal is never made twice, nor between two others.
    The file is written first under another name; whoever is killed leaves no half file under the real one, and when the seal
    itself was kept by then, the next run puts its file in place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    finish_drafts(folder)
    draft = folder / f".{file_name(day)}.{new_uid()}.part"
    try:
        with transaction.atomic():
            row = _seal(day, at, draft)
        return row, _put_in_place(draft, day)
    except IntegrityError as fault:
        raise Conflict("already_sealed", day=day.isoformat()) from fault
    finally:
        draft.unlink(missing_ok=True)


def finish_drafts(folder: Path) -> None:
    """Put the files in place whose seal was kept by a run that was killed before it came to that."""
    for draft in sorted(folder.glob(".ledger-seal-*.part")):
        try:
            head = _read_head(draft)
        except Invalid:
            continue  # half a file: of a run that was killed, or of one that writes it now
        if LedgerSeal.objects.filter(day=head["day"], seal=head["seal"]).exists():
            _put_in_place(draft, date.fromisoformat(head["day"]))


def _seal(day: date, at: datetime, draft: Path) -> LedgerSeal:
    if LedgerSeal.objects.filter(day__gte=day).exists():
        raise Conflict("already_sealed", day=day.isoformat())
    body, digest = draft.with_suffix(".heads"), Digest()
    try:
        with body.open("w", encoding="utf-8") as out:
            for head in heads():
                digest.add(head)
                out.write(head.line() + "\n")
        last = LedgerSeal.objects.order_by("-day").first()
        previous = last.seal if last else ""
        own = seal_of(day, digest.heads, digest.hexdigest(), previous)
        row = LedgerSeal(
            day=day, sealed_at=at, heads=digest.heads, digest=digest.hexdigest(), previous=previous, seal=own
        )
        _write(draft, row, body)
    finally:
        body.unlink(missing_ok=True)
    row.save(force_insert=True)
    return row


def days() -> list[date]:
    """The days that are sealed."""
    return list(LedgerSeal.objects.order_by("day").values_list("day", flat=True))


def file_name(day: date) -> str:
    """What the exported file of a day's seal is called."""
    return f"ledger-seal-{day.isoformat()}.jsonl.gz"


def _put_in_place(draft: Path, day: date) -> Path:
    return draft.replace(draft.parent / file_name(day))


def _write(draft: Path, row: LedgerSeal, body: Path) -> None:
    head = {
        "format": FORMAT, "day": row.day.isoformat(), "sealed_at": row.sealed_at.isoformat(), "heads": row.heads,
        "digest": row.digest, "previous": row.previous, "seal": row.seal,
    }  # fmt: skip
    with gzip.open(draft, "wt", encoding="utf-8") as out, body.open(encoding="utf-8") as lines:
        out.write(json.dumps(head, sort_keys=True) + "\n")
        for line in lines:
            out.write(line)


def check_seals() -> SealFault | None:
    """The first day whose seal is not bound to the one before, judged from the database alone."""
    previous = ""
    for row in LedgerSeal.objects.order_by("day"):
        if row.previous != previous or row.seal != seal_of(row.day, row.heads, row.digest, row.previous):
            return SealFault(row.day.isoformat(), "seal_changed")
        previous = row.seal
    return None


def check_file(path: Path) -> SealFault | None:
    """Hold an exported seal against the ledger. Returns the first fault, or None when every head is still there."""
    head, found = _read_head(path), Digest()
    row = LedgerSeal.objects.filter(day=date.fromisoformat(head["day"])).first()
    if row is None or row.seal != head["seal"]:
        return SealFault(head["day"], "seal_missing" if row is None else "seal_changed")
    batch: list[Head] = []
    for one in _read_heads(path):
        found.add(one)
        batch.append(one)
        if len(batch) == 500:
            if fault := _missing(batch, head["day"]):
                return fault
            batch.clear()
    if fault := _missing(batch, head["day"]):
        return fault
    if found.hexdigest() != head["digest"] or found.heads != head["heads"]:
        return SealFault(head["day"], "file_changed")
    return None


def _missing(batch: list[Head], day: str) -> SealFault | None:
    kept = {
        (kind, str(uid), seq): own
        for kind, uid, seq, own in LedgerLine.objects.filter(uid__in={one.uid for one in batch})
        .filter(seq__in={one.seq for one in batch})
        .values_list("kind", "uid", "seq", F("hash"))
    }
    for one in batch:
        own = kept.get((one.kind, one.uid, one.seq))
        if own != one.hash:
            return SealFault(day, "cut" if own is None else "changed", one.kind, one.uid, one.seq)
    return None


def _read_head(path: Path) -> dict[str, str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            head = json.loads(lines.readline())
        if head["format"] != FORMAT or head["seal"] != seal_of(
            date.fromisoformat(head["day"]), head["heads"], head["digest"], head["previous"]
        ):
            raise ValueError
    except (OSError, EOFError, ValueError, KeyError, TypeError) as fault:
        raise Invalid("seal", "not_a_seal_file", path=path.name) from fault
    return head  # type: ignore[no-any-return]


def _read_heads(path: Path) -> Iterator[Head]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            lines.readline()
            for line in lines:
                kind, uid, seq, own = json.loads(line)
                yield Head(kind, uid, seq, own)
    except (OSError, EOFError, ValueError) as fault:
        raise Invalid("seal", "not_a_seal_file", path=path.name) from fault
