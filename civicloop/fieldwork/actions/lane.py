"""One person's entries that are not settled, in order: what is read once, and kept up to date while they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.refusing import BEHIND, NEVER_CAME, OF_OTHERS
from civicloop.fieldwork.rules.ordering import DONE, OPEN, Queued, Verdict, in_order, judge, predecessors
from civicloop.organisation.models import Person
from civicloop.photos.models import Photo

COLUMNS = ("uid", "kind", "loop_uid", "device", "seq", "after", "alone", "state", "refusal")
Refusals = dict[UUID, Mapping[str, Any] | None]
Group = tuple[list[UUID], Mapping[str, Any] | None]


@dataclass
class Lane:
    """`rows` in order; `states` of them and of all they name; `missing` photos by entry; `changed` those that were tried."""

    rows: list[Queued]
    states: dict[UUID, str]
    refusals: Refusals
    first: dict[UUID, tuple[UUID, ...]]
    missing: dict[UUID, set[str]] = field(default_factory=dict)
    changed: list[UUID] = field(default_factory=list)
    # A case that was withdrawn does not exist: whatever belongs to it stops.
    gone: dict[UUID, UUID] = field(default_factory=dict)
    tried: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, person: Person, *, at: datetime) -> Lane:
        """Read the lane: at most six statements. Photos that have come are marked."""
        found = list(Entry.objects.filter(by=person).exclude(state__in=sorted(DONE)).values(*COLUMNS))
        rows = in_order(_queued(row) for row in found)
        states = {row["uid"]: row["state"] for row in found}
        lane = cls(rows, states, {row["uid"]: row["refusal"] for row in found}, predecessors(rows))
        if rows:
            lane._read_settled(person)
            lane._read_photos(at)
        return lane

    def _read_settled(self, person: Person) -> None:
        own = Entry.objects.filter(by=person)
        named = {uid for row in self.rows for uid in row.after} - self.states.keys()
        if named:
            self.states |= dict(own.filter(pk__in=named).values_list("uid", "state"))
        loops = {row.loop for row in self.rows if row.kind in ("step", "comment")}
        if loops:
            withdrawn = own.filter(loop_uid__in=loops, kind="case", state="withdrawn")
            self.gone = dict(withdrawn.values_list("loop_uid", "uid"))

    def _read_photos(self, at: datetime) -> None:
        open_ = [row.uid for row in self.rows if self._may_move(row.uid)]
        awaited = EntryPhoto.objects.filter(entry__in=open_, arrived_at=None).values_list("entry", "sha256")
        wanted = list(awaited) if open_ else []
        if not wanted:
            return
        here = set(Photo.objects.filter(pk__in={sha256 for _, sha256 in wanted}).values_list("pk", flat=True))
        if here:
            EntryPhoto.objects.filter(entry__in=open_, sha256__in=here, arrived_at=None).update(arrived_at=at)
        for uid, sha256 in wanted:
            if sha256 not in here:
                self.missing.setdefault(uid, set()).add(sha256)

    def _code(self, uid: UUID) -> str:
        return str((self.refusals[uid] or {}).get("code", ""))

    def _may_move(self, uid: UUID) -> bool:
        """Open, or stopped only because of others."""
        state = self.states[uid]
        return state in OPEN or (state == "needs_you" and self._code(uid) in OF_OTHERS)

    def _verdict(self, row: Queued) -> Verdict:
        gone = self.gone.get(row.loop)
        if gone is not None:
            return Verdict("stopped", (gone,))
        return judge(self.first[row.uid], self.states)

    def ready(self) -> Iterator[UUID]:
        """Whose turn has come, one after the other, each judged when those before it were `note`d. A visit is handed over
        before its photos are here, so that what is wrong with it is told before they are sent; it waits there."""
        for row in self.rows:
            if row.uid in self.tried or not self._may_move(row.uid) or self._verdict(row).name != "ready":
                continue
            if row.uid not in self.missing or (row.kind == "visit" and self.states[row.uid] != "waiting"):
                yield row.uid

    def note(self, uid: UUID, state: str) -> None:
        """Keep in mind how an entry stands after it was tried."""
        self.tried.add(uid)
        self.states[uid] = state
        self.changed.append(uid)

    def left(self, why: Callable[[str, UUID], Mapping[str, Any]]) -> dict[tuple[str, str], Group]:
        """Those not tried whose state is to be written anew, together by state and by whom they stand behind."""
        found: dict[tuple[str, str], Group] = {}
        for row in self.rows:
            if row.uid in self.tried or not self._may_move(row.uid):
                continue
            verdict = self._verdict(row)
            if verdict.unknown and self._code(row.uid) == NEVER_CAME:
                continue
            state, behind = _standing(verdict, waits=row.uid in self.missing)
            if state == self.states[row.uid] and behind == (self.refusals[row.uid] or {}).get("of", ""):
                continue
            key = (state, behind)
            if key not in found:
                found[key] = ([], why(BEHIND, verdict.behind[0]) if behind else None)
            found[key][0].append(row.uid)
            self.states[row.uid] = state  # those behind it stop as well
        return found


def _standing(verdict: Verdict, *, waits: bool) -> tuple[str, str]:
    if verdict.name == "stopped":
        return "needs_you", str(verdict.behind[0])
    return ("waiting" if waits and verdict.name == "ready" else "held"), ""


def _queued(row: Mapping[str, Any]) -> Queued:
    after = tuple(UUID(one) for one in row["after"])
    return Queued(row["uid"], row["kind"], row["loop_uid"], row["device"], row["seq"], after, row["alone"])
