"""In which order entries are applied, and what waits for what.

Entries of one loop that one device has noted go one after the other; `after` may name others. An entry that cannot be applied
stops those behind it in its own loop and nobody else: a poisoned record never blocks the day.
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
    """Who must be settled before each: those it names, and whatever its device has noted earlier about its loop."""
    noted: dict[tuple[UUID, UUID], list[UUID]] = {}
    found: dict[UUID, tuple[UUID, ...]] = {}
    for one in in_order(entries):
        earlier = noted.setdefault((one.loop, one.device), [])
        found[one.uid] = () if one.alone else tuple(dict.fromkeys([*one.after, *earlier]))
        earlier.append(one.uid)
    return found


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
