"""How a line is bound to the one before it.

hash = SHA-256 over the canonical JSON of every field of the line, the previous hash among them. The first line of an object is
bound to the object's own name, so that a chain cannot be moved to another object. Keys are sorted, text is UTF-8, moments are UTC
with microseconds: the same line gives the same bytes on every database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is hashed. `by` is the public id of the person who acted, or "" for the system itself."""

    kind: str
    uid: str
    seq: int
    verb: str
    by: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    kind: str
    uid: str
    seq: int
    reason: str


def first_hash(kind: str, uid: str) -> str:
    """What stands in place of a previous hash in an object's first line."""
    return hashlib.sha256(f"civicloop:{kind}:{uid}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value. NaN is refused: it has no JSON."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def line_hash(line: Line, previous: str) -> str:
    """The hash that binds `line` to the hash before it (64 hexadecimal digits)."""
    body = [
        previous, line.kind, line.uid, line.seq, line.verb, line.by,
        line.at.astimezone(UTC).isoformat(timespec="microseconds"), line.data,
    ]  # fmt: skip
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def first_break(rows: Iterable[tuple[Line, str, str]]) -> Break | None:
    """The first broken line of one object's chain; rows are (line, previous hash, own hash) in order of `seq`."""
    expected_seq, expected_previous = 1, None
    for line, previous, own in rows:
        if expected_previous is None:
            expected_previous = first_hash(line.kind, line.uid)
        if line.seq != expected_seq:
            return Break(line.kind, line.uid, expected_seq, "missing")
        if previous != expected_previous:
            return Break(line.kind, line.uid, line.seq, "unbound")
        if own != line_hash(line, previous):
            return Break(line.kind, line.uid, line.seq, "changed")
        expected_seq, expected_previous = line.seq + 1, own
    return None
