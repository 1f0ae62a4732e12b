"""The daily seal: a digest over the heads of all chains, bound to the seal before it.

The exported file lists every head, one JSON line each, after a first line with the seal itself. A copy kept outside the house
proves the past: whoever cuts a chain at its end, or removes a whole object, leaves heads in the file that the ledger no longer has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civicloop.ledger.rules.chain import canonical


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The last line of one object's chain when the seal was made."""

    kind: str
    uid: str
    seq: int
    hash: str

    def line(self) -> str:
        """The head as one line of the exported file."""
        return canonical([self.kind, self.uid, self.seq, self.hash])


class Digest:
    """Adds heads one by one, in order of kind and uid, so that a million heads need no memory."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self.heads = 0

    def add(self, head: Head) -> None:
        """Take one more head into the digest."""
        self._sha.update(head.line().encode() + b"\n")
        self.heads += 1

    def hexdigest(self) -> str:
        """The digest of all heads added so far."""
        return self._sha.hexdigest()


def digest_of(heads: Iterable[Head]) -> Digest:
    """The digest over all heads given."""
    digest = Digest()
    for head in heads:
        digest.add(head)
    return digest


def seal_of(day: date, heads: int, digest: str, previous: str) -> str:
    """The seal of a day: the hash that binds the digest to the day, the count and the seal before."""
    return hashlib.sha256(canonical(["seal", day.isoformat(), heads, digest, previous]).encode()).hexdigest()
