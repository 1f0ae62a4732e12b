"""One person's entries that are not settled, in order: what is read once, and kept up to date while they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.cases.models import Case, CaseEvidence
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.refusing import AWAITED, BEHIND, GIVEN_UP, NO_PHOTOS
from civicloop.fieldwork.rules.ordering import DONE, OF_CASES, OPEN, Queued, Verdict, in_order, judge, predecessors
from civicloop.organisation.models import Person
from civicloop.photos import voices
from civicloop.photos.queries import sent

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
    # Cases that are not there yet, though something was noted about them: it came first, and waits.
    absent: set[UUID] = field(default_factory=set)
    tried: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, person: Person, *, at: datetime) -> Lane:
        """Read the lane: at most nine statements. Photos that have come are marked."""
        found = list(Entry.objects.filter(by=person).exclude(state__in=sorted(DONE)).values(*COLUMNS))
        rows = in_order(_queued(row) for row in found)
        states = {row["uid"]: row["state"] for row in found}
        lane = cls(rows, states, {row["uid"]: row["refusal"] for row in found}, predecessors(rows))
        if rows:
            lane._read_settled(person)
            lane._read_photos(person, at)
        return lane

    def _read_settled(self, person: Person) -> None:
        own = Entry.objects.filter(by=person)
        named = {uid for row in self.rows for uid in row.after} - self.states.keys()
        if named:
            self.states |= dict(own.filter(pk__in=named).values_list("uid", "state"))
        loops = {row.loop for row in self.rows if row.kind in OF_CASES}
        if loops:
            self.absent = loops - set(Case.objects.filter(uid__in=loops).values_list("uid", flat=True))
            withdrawn = own.filter(loop_uid__in=loops, kind="case", state="withdrawn")
            self.gone = dict(withdrawn.values_list("loop_uid", "uid"))

    def _read_photos(self, person: Person, at: datetime) -> None:
        """What this person has sent is here; what another has sent is not, unless the case shows it already."""
        open_ = [row.uid for row in self.rows if self._may_move(row.uid)]
        awaited = EntryPhoto.objects.filter(entry__in=open_, arrived_at=None).values_list("entry", "sha256")
        wanted = list(awaited) if open_ else []
        if not wanted:
            return
        here = sent({sha256 for _, sha256 in wanted}, by=person.pk)
        others = {sha256 for _, sha256 in wanted} - here
        here |= voices.sent(others, by=person.pk) if others else set()
        if here:
            EntryPhoto.objects.filter(entry__in=open_, sha256__in=here, arrived_at=None).update(arrived_at=at)
        loops = {row.uid: row.loop for row in self.rows if row.kind in ("step", "comment")}
        left = [(uid, sha256) for uid, sha256 in wanted if sha256 not in here]
        shown = _shown({(loops[uid], sha256) for uid, sha256 in left if uid in loops})
        for uid, sha256 in left:
            if (loops.get(uid), sha256) not in shown:
                self.missing.setdefault(uid, set()).add(sha256)

    def _code(self, uid: UUID) -> str:
        return str((self.refusals[uid] or {}).get("code", ""))

    def _may_move(self, uid: UUID) -> bool:
        """Open, or stopped only because of what may still come."""
        state = self.states[uid]
        return state in OPEN or (state == "needs_you" and self._code(uid) in AWAITED)

    def _lacks_photos(self, uid: UUID) -> bool:
        """Whether it was given up for photos that are still not here."""
        return uid in self.missing and self._code(uid) == NO_PHOTOS

    def _verdict(self, row: Queued) -> Verdict:
        gone = self.gone.get(row.loop)
        if gone is not None:
            return Verdict("stopped", (gone,))
        verdict = judge(self.first[row.uid], self.states)
        if verdict.name == "ready" and row.kind in OF_CASES and row.loop in self.absent and not row.alone:
            return Verdict("held", unknown=(row.loop,))
        return verdict

    def ready(self) -> Iterator[UUID]:
        """Whose turn has come, one after the other, each judged when those before it were `note`d. A visit is handed over
        before its photos are here, so that what is wrong with it is told before they are sent; it waits there."""
        for row in self.rows:
            if row.uid in self.tried or not self._may_move(row.uid) or self._verdict(row).name != "ready":
                continue
            new_visit = row.kind == "visit" and self.states[row.uid] != "waiting" and not self._lacks_photos(row.uid)
            if row.uid not in self.missing or new_visit:
                yield row.uid

    def note(self, uid: UUID, state: str) -> None:
        """Keep in mind how an entry stands after it was tried."""
        self.tried.add(uid)
        self.states[uid] = state
        self.changed.append(uid)
        if state == "applied":
            self.absent -= {row.loop for row in self.rows if row.uid == uid}

    def pass_over(self, uid: UUID) -> None:
        """Leave an entry as it stands, for another time."""
        self.tried.add(uid)

    def left(self, why: Callable[[str, UUID], Mapping[str, Any]]) -> dict[tuple[str, str], Group]:
        """Those not tried whose state is to be written anew, together by state and by whom they stand behind."""
        found: dict[tuple[str, str], Group] = {}
        for row in self.rows:
            if row.uid in self.tried or not self._may_move(row.uid):
                continue
            verdict = self._verdict(row)
            if (verdict.unknown and self._code(row.uid) in GIVEN_UP) or self._lacks_photos(row.uid):
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


def _shown(named: set[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Which cases show which of these photos already."""
    if not named:
        return set()
    rows = CaseEvidence.objects.filter(case__uid__in={uid for uid, _ in named}, photo__in={one for _, one in named})
    return set(rows.values_list("case__uid", "photo_id"))


def _standing(verdict: Verdict, *, waits: bool) -> tuple[str, str]:
    if verdict.name == "stopped":
        return "needs_you", str(verdict.behind[0])
    return ("waiting" if waits and verdict.name == "ready" else "held"), ""


def _queued(row: Mapping[str, Any]) -> Queued:
    after = tuple(UUID(one) for one in row["after"])
    return Queued(row["uid"], row["kind"], row["loop_uid"], row["device"], row["seq"], after, row["alone"])
