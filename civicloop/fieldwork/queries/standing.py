"""How entries stand, in plain values and ready to be shown: what is missing, what it waits for, why it was refused, and where the
case is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from civicloop.cases.models import Case, CaseStep
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.policy import require_own
from civicloop.fieldwork.queries.onphone import steps_on_phone
from civicloop.fieldwork.refusing import GIVEN_UP, NO_PHOTOS, OF_OTHERS
from civicloop.fieldwork.rules.ordering import OPEN, STOPPED
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Person
from civicloop.standards.reference import Actor, Reference

PAGE = 200
MOST_SINCE = 5
KEPT = timedelta(days=30)
# Commits do not come in the order of their moments: whoever asks what is new is told the last minute again.
OVERLAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Now:
    """Where the case of an entry stands: what others did since it was seen, and what the person may do."""

    case: Case
    steps: tuple[str, ...]
    since: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry with its photos (`wanted`, those `missing`), those it stands `behind`, and `now` where it could not be applied."""

    entry: Entry
    wanted: int
    missing: tuple[str, ...]
    behind: tuple[str, ...]
    unknown: bool
    now: Now | None
    may: tuple[str, ...]


def ways_on(row: Entry) -> tuple[str, ...]:
    """What its person may decide about an entry."""
    code = (row.refusal or {}).get("code")
    if row.state == "waiting" or code == NO_PHOTOS:
        # The sheet of a visit waits in the inspection already; a corrected one may overtake it.
        return ("resend",) if row.kind == "visit" else ("withdraw", "resend")
    if row.state == "held":
        return ("withdraw", "alone", "retry")
    if row.state in STOPPED:
        return ("withdraw", "retry", "resend", *(("alone",) if code in OF_OTHERS else ()))
    return ()


def entry_of(uid: UUID, by: Person) -> Entry:
    """One's own entry. Raises NotFound."""
    row = Entry.objects.filter(pk=uid).first()
    if row is None:
        raise NotFound("entry", uid)
    require_own(row, by)
    return row


def known(uids: Iterable[UUID | None]) -> dict[UUID, Entry]:
    """Entries that are here already, whoever's: one statement. For storing, which then asks whose they are."""
    return Entry.objects.in_bulk({uid for uid in uids if uid is not None})


def entries_of(
    person: Person, *, at: datetime, since: tuple[datetime, UUID | None] | None = None, uids: Sequence[UUID] = ()
) -> list[Entry]:
    """A person's entries in the order of their last change, `PAGE` and one more: those changed after a place, or by id.

    Without a place: all of the last 30 days, and older ones that are not settled.
    """
    rows = Entry.objects.filter(by=person).order_by("changed_at", "uid")
    if uids:
        return list(rows.filter(pk__in=uids)[: PAGE + 1])
    if since is not None:
        moment, uid = since
        later = (
            Q(changed_at__gt=moment) if uid is None else Q(changed_at__gt=moment) | Q(changed_at=moment, uid__gt=uid)
        )
        return list(rows.filter(later, changed_at__gte=moment)[: PAGE + 1])
    recent = Q(changed_at__gte=at - KEPT) | Q(state__in=sorted(OPEN | STOPPED))
    return list(rows.filter(recent)[: PAGE + 1])


def standings(rows: Sequence[Entry], *, actor: Actor, at: datetime, ref: Reference) -> list[Standing]:
    """How entries stand: two statements, and three for all together that were refused by a case."""
    photos = _photos(rows)
    known = _known_before(rows)
    now = _nows([row for row in rows if row.state in STOPPED], actor=actor, at=at, ref=ref)
    return [_standing(row, photos.get(row.pk, ()), known, now.get(row.pk)) for row in rows]


def _standing(row: Entry, photos: Sequence[tuple[str, bool]], known: Mapping[str, str], now: Now | None) -> Standing:
    first = [] if row.alone or row.state not in OPEN | STOPPED else row.after
    behind = tuple(uid for uid in first if known.get(uid) not in ("applied", "withdrawn"))
    of = (row.refusal or {}).get("of")
    if of and of not in behind:
        behind = (*behind, of)
    unknown = any(uid not in known for uid in behind) or (row.refusal or {}).get("code") in GIVEN_UP
    missing = tuple(sha256 for sha256, here in photos if not here) if row.state in OPEN | STOPPED else ()
    return Standing(row, len(photos), missing, behind, unknown, now, ways_on(row))


def _photos(rows: Iterable[Entry]) -> dict[UUID, list[tuple[str, bool]]]:
    found: dict[UUID, list[tuple[str, bool]]] = {}
    named = EntryPhoto.objects.filter(entry__in=[row.pk for row in rows]).order_by("place")
    for uid, sha256, arrived in named.values_list("entry", "sha256", "arrived_at"):
        found.setdefault(uid, []).append((sha256, arrived is not None))
    return found


def _known_before(rows: Iterable[Entry]) -> dict[str, str]:
    named = {UUID(uid) for row in rows if row.state in OPEN | STOPPED for uid in row.after}
    told = Entry.objects.filter(pk__in=named).values_list("uid", "state") if named else ()
    return {str(uid): state for uid, state in told}


def _nows(rows: Sequence[Entry], *, actor: Actor, at: datetime, ref: Reference) -> dict[UUID, Now]:
    """Where the cases stand that refused something, for whoever may see them."""
    loops = {row.loop_uid for row in rows if row.kind in ("step", "comment")}
    if not loops:
        return {}
    visible = Case.objects.visible_to(actor)
    cases = {case.uid: case for case in visible.filter(uid__in=loops).select_related("unit")}
    steps: dict[int, list[CaseStep]] = {}
    taken = CaseStep.objects.filter(case__in=[case.pk for case in cases.values()]).select_related("by", "unit")
    for step in taken.order_by("-seq"):
        steps.setdefault(step.case_id, []).append(step)
    may = steps_on_phone(actor, list(cases.values()), at=at, ref=ref)
    found = {}
    for row in rows:
        case = cases.get(row.loop_uid)
        if case is not None:
            found[row.pk] = Now(case, may[case.pk], _since(row, steps.get(case.pk, [])))
    return found


def _since(row: Entry, steps: Sequence[CaseStep]) -> tuple[CaseStep, ...]:
    """What others did after the version that was seen, newest first; the last step where the phone does not say what it saw."""
    told = row.content.get("expected_version") if isinstance(row.content, dict) else None
    seen = told if isinstance(told, int) and not isinstance(told, bool) else None
    others = [step for step in steps if step.by_id != row.by_id]
    if seen is None:
        return tuple(others[:1])
    return tuple(step for step in others if step.seq > seen)[:MOST_SINCE]


def for_support(person: Person | None, states: Sequence[str], most: int) -> list[Entry]:
    """Entries for whoever helps: of one person or of all, in these states, oldest first."""
    rows = Entry.objects.select_related("by").filter(state__in=list(states)).order_by("received_at", "uid")
    return list((rows.filter(by=person) if person else rows)[:most])
