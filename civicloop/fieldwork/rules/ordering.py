"""In which order entries are applied, and what waits for what.

Entries of one loop that one device has noted go one after the other; `after` may name others, and a case first seen on a phone
goes before all that was noted about it, on whichever device. An entry that cannot be applied stops those behind it in its own loop
and nobody else: a poisoned record never blocks the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

OPEN = frozenset({"waiting", "held"})
"""Not applied yet, and nothing is wrong with it."""
STOPPED = frozenset({"refused", "needs_you"})
"""Somebody must decide."""
DONE = frozenset({"applied", "withdrawn"})
"""Never changes again."""
STATES = OPEN | STOPPED | DONE
OF_CASES = frozenset({"step", "comment"})
"""What is noted about a case, which must be there first."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What the order asks of an entry. `alone`: the person has said that it waits for nobody."""

    uid: UUID
    kind: str
    loop: UUID
    device: UUID
    seq: int
    after: tuple[UUID, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`name` is ready, held or stopped; `behind` are the entries it waits for, `unknown` those that have never arrived."""

    name: str
    behind: tuple[UUID, ...] = ()
    unknown: tuple[UUID, ...] = ()


READY = Verdict("ready")


def in_order(entries: Iterable[Queued]) -> list[Queued]:
    """As they were noted: by the number on the device, and by id where two devices have used the same number."""
    return sorted(entries, key=lambda one: (one.seq, one.uid))


def predecessors(entries: Iterable[Queued]) -> dict[UUID, tuple[UUID, ...]]:
    """Who must be settled before each: those it names, the case it is about, and what its device has noted earlier about it."""
    rows = in_order(entries)
    cases = {one.loop: one.uid for one in rows if one.kind == "case"}
    noted: dict[tuple[UUID, UUID], list[UUID]] = {}
    found: dict[UUID, tuple[UUID, ...]] = {}
    for one in rows:
        opening = [cases[one.loop]] if one.kind in OF_CASES and one.loop in cases else []
        # A case waits for nothing that was noted about it: the numbers of a phone may be wrong, and both would wait for ever.
        earlier = noted.setdefault((one.loop, one.device), []) if one.kind != "case" else []
        found[one.uid] = () if one.alone else tuple(dict.fromkeys([*one.after, *opening, *earlier]))
        earlier.append(one.uid)
    return _without_circles(rows, found)


def _without_circles(rows: Sequence[Queued], found: dict[UUID, tuple[UUID, ...]]) -> dict[UUID, tuple[UUID, ...]]:
    """Names that close a circle are passed over: what was noted later waits for what was noted first, not both for each other."""
    place = {one.uid: number for number, one in enumerate(rows)}
    for one in rows:
        later = {uid for uid in found[one.uid] if place.get(uid, -1) > place[one.uid]}
        if later:
            found[one.uid] = tuple(uid for uid in found[one.uid] if uid not in later or not _leads(uid, one.uid, found))
    return found


def _leads(start: UUID, end: UUID, found: Mapping[UUID, Sequence[UUID]]) -> bool:
    """Whether who waits at `start` waits, by way of others, for `end`."""
    seen, todo = {start}, [start]
    while todo:
        for uid in found.get(todo.pop(), ()):
            if uid == end:
                return True
            if uid not in seen:
                seen.add(uid)
                todo.append(uid)
    return False


def judge(first: Sequence[UUID], states: Mapping[UUID, str]) -> Verdict:
    """Whether an entry's turn has come, given who must be settled before it.

    `states` has the state of every entry that is here; who is not in it has never arrived. What was withdrawn is as good as
    never noted; a caller who knows that it should have made the loop says "refused" instead.
    """
    stopping = tuple(uid for uid in first if states.get(uid) in STOPPED)
    if stopping:
        return Verdict("stopped", stopping)
    behind = tuple(uid for uid in first if states.get(uid) in OPEN)
    unknown = tuple(uid for uid in first if uid not in states)
    return Verdict("held", behind, unknown) if behind or unknown else READY
