"""From rows to the material of a score: what stood at a moment, in at most nine statements whatever the size.

Only rows made by then are read: visits judged, adjustments granted, negative events recorded and not yet revoked, steps of
cases taken. Places and strata come from the frames that the rounds' draws have frozen, never from today's list of points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from civicloop.cases.models import Case, CaseStep
from civicloop.inspection.models import Draw, DrawnPoint, Observation, Round, Visit
from civicloop.inspection.rules import frame
from civicloop.organisation.days import day_of
from civicloop.scoring.models import Adjustment, NegativeEvent
from civicloop.scoring.rules.events import CaseLife, Deed, events_of
from civicloop.scoring.rules.judging import NOT_MET
from civicloop.scoring.rules.material import (
    CaseEvent,
    Fault,
    Judgement,
    Material,
    NegativeFact,
    Place,
    UnitCard,
    UnitPoints,
)
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.reference import Reference

LOOK_BACK = "look_back"
DRAWN = ("drawn", "published")
STEPS = (
    "dispatch", "reopen", "rectify", "send_back", "supervise", "grant_extension", "suspend", "resume", "recall", "void",
    "merge", "decide_appeal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as scoring reads it."""

    id: int
    edition_id: int
    starts_on: date
    ends_on: date


def load(
    scope: Scope, *, as_of: datetime, ref: Reference, edition_id: int | None = None,
    units: Mapping[int, UnitCard] | None = None,
) -> Material:  # fmt: skip
    """The material of a scope as of a moment. `edition_id` judges everything by one edition instead of each round's own;
    `units` are the units as they stood at another time. Raises NotFound when no edition is known at all.
    """
    rounds = rounds_of(scope, as_of)
    units = units_of(ref) if units is None else units
    books = _books(rounds, edition_id)
    ruling = _ruling(rounds, books, edition_id, as_of)
    by_code = {unit.code: unit.id for unit in units.values()}
    places = _places(rounds, as_of, by_code)
    visits = _visits(scope, rounds, as_of)
    answers, given_back = _adjustments(visits, rounds, as_of)
    judgements, left_out = _judgements(visits, rounds, answers, edition_id)
    return Material(
        places=places,
        judgements=judgements,
        books=books,
        ruling=ruling,
        units=units,
        day=day_of(as_of),
        area_names={code: units[by_code[code]].name for code in {one.area for one in places.values()} & set(by_code)},
        earlier=_earlier(visits, judgements, books.values(), answers, as_of),
        events=_events(scope, rounds, as_of, by_code) if ruling.scoring.deductions else (),
        negative=_negative(as_of),
        given_back=given_back,
        left_out=left_out,
    )


def units_of(ref: Reference) -> dict[int, UnitCard]:
    """The units as they stand now."""
    return {
        one.id: UnitCard(one.id, one.code, one.name, one.kind, one.parent_id, one.lines)
        for one in ref.org.units.values()
    }


def rounds_of(scope: Scope, as_of: datetime) -> list[RoundRow]:
    """The rounds of a scope, oldest first: one statement. Of rounds that are not named those that were planned by then."""
    rows = Round.objects.order_by("starts_on", "id")
    rows = rows.filter(planned_at__lte=as_of) if scope.rounds is None else rows.filter(pk__in=scope.rounds)
    if scope.start is not None:
        rows = rows.filter(ends_on__gte=scope.start)
    if scope.end is not None:
        rows = rows.filter(starts_on__lte=scope.end)
    return [RoundRow(*row) for row in rows.values_list("pk", "edition_id", "starts_on", "ends_on")]


def _books(rounds: Iterable[RoundRow], edition_id: int | None) -> dict[int, StandardBook]:
    wanted = {edition_id} if edition_id is not None else {one.edition_id for one in rounds}
    return {one: editions.book(one) for one in sorted(wanted) if one is not None}


def _ruling(
    rounds: list[RoundRow], books: Mapping[int, StandardBook], edition_id: int | None, as_of: datetime
) -> StandardBook:
    """The edition that sums up: the one asked for, else the newest round's, else the newest one there was by then."""
    if edition_id is not None:
        return books[edition_id]
    if rounds:
        return books[rounds[-1].edition_id]
    now = editions.current()
    by_then = next((one for one in editions.editions(now.pack.code) if one.loaded_at <= as_of), now)
    return editions.book(by_then.pk)


def _places(rounds: Iterable[RoundRow], as_of: datetime, units: Mapping[str, int]) -> dict[str, Place]:
    """The places of all frames of these rounds; where two name the same place the later frame holds. One statement.

    A draw counts from the day it opens: until then it may be cancelled, and what it would have counted would be gone.
    """
    rows = Draw.objects.filter(
        round__in=[one.id for one in rounds], kind="points", state__in=DRAWN, drawn_at__lte=as_of,
        opens_on__lte=day_of(as_of),
    )  # fmt: skip
    kept: dict[str, bytes] = {}
    for digest, content in rows.order_by("committed_at", "id").values_list("frame_digest", "frame"):
        kept.pop(digest, None)
        kept[digest] = bytes(content)  # the same frame again: it is read once, at its last place
    found: dict[str, Place] = {}
    for content in kept.values():
        for row in frame.decode(frame.unpack(content)):
            found[row.code] = Place(row.code, row.type, row.area, units.get(row.unit), units.get(row.area))
    return dict(sorted(found.items()))


def _visits(scope: Scope, rounds: Iterable[RoundRow], as_of: datetime) -> QuerySet[Visit]:
    rows = Visit.objects.filter(
        round__in=[one.id for one in rounds], state="judged", judged_at__lte=as_of, point__isnull=False
    )
    if scope.start is not None:
        rows = rows.filter(day__gte=scope.start)
    if scope.end is not None:
        rows = rows.filter(day__lte=scope.end)
    return rows.order_by()


def _judgements(
    visits: QuerySet[Visit], rounds: Iterable[RoundRow], answers: Mapping[int, tuple[str, str]], edition_id: int | None
) -> tuple[tuple[Judgement, ...], tuple[tuple[str, int], ...]]:
    """The observations that enter, and how many visits do not since they look back. Two statements."""
    edition_of = {one.id: edition_id or one.edition_id for one in rounds}
    stands_for = _stands_for(edition_of)
    found, looked_back = [], set()
    rows = Observation.objects.filter(visit__in=visits).exclude(item="").order_by("visit__judged_at", "visit", "seq")
    fields = (
        "pk", "uid", "item", "answer", "visit__uid", "visit__judged_at", "visit__round_id", "visit__point__code",
        "visit__drawn_id", "visit__drawn__role", "visit__drawn__draw__kind", "case__uid",
    )  # fmt: skip
    for pk, uid, item, answer, visit, at, round_id, point, drawn, role, kind, case in rows.values_list(*fields):
        if LOOK_BACK in (role, kind):
            looked_back.add(visit)
            continue
        changed = answers.get(pk)
        found.append(Judgement(
            str(uid), str(visit), point, stands_for.get(drawn, point), item, changed[1] if changed else answer, at,
            edition_of[round_id], round_id, str(case) if case else "", answer if changed else None,
        ))  # fmt: skip
    return tuple(found), ((("look_back_visits", len(looked_back)),) if looked_back else ())


def _stands_for(rounds: Iterable[int]) -> dict[int, str]:
    """The code of the place that each reserve stands for, along the whole chain of replacements. One statement."""
    rows = DrawnPoint.objects.filter(draw__round__in=list(rounds)).filter(
        Q(replaces__isnull=False) | Q(replaced_by__isnull=False)
    )
    drawn = {pk: (before, code) for pk, before, code in rows.values_list("pk", "replaces_id", "point__code")}
    found = {}
    for pk in drawn:
        first = pk
        while (before := drawn[first][0]) in drawn:
            first = before
        if first != pk and drawn[first][1]:
            found[pk] = drawn[first][1]
    return found


def _adjustments(
    visits: QuerySet[Visit], rounds: Iterable[RoundRow], as_of: datetime
) -> tuple[dict[int, tuple[str, str]], tuple[UnitPoints, ...]]:
    """Answers before and after by observation, at the points of these visits, and points given back. One statement."""
    ids = [one.id for one in rounds]
    about = Q(observation__visit__point__in=visits.values("point")) | Q(observation=None, round__in=ids)
    answers: dict[int, tuple[str, str]] = {}
    points = []
    fields = ("observation_id", "answer_before", "answer", "unit_id", "points", "appeal__uid", "appeal__deduction")
    rows = Adjustment.objects.filter(about, at__lte=as_of).order_by("at", "id")
    for observation, before, after, unit, back, appeal, deduction in rows.values_list(*fields):
        if observation is None:
            points.append(UnitPoints(unit, back, str(appeal), deduction))
        else:
            answers[observation] = (answers.get(observation, (before, ""))[0], after)
    return answers, tuple(points)


def _earlier(
    visits: QuerySet[Visit], judgements: Iterable[Judgement], books: Iterable[StandardBook],
    answers: Mapping[int, tuple[str, str]], as_of: datetime,
) -> tuple[Fault, ...]:  # fmt: skip
    """Faults at the same points that do not enter themselves: before the scope, or seen when looking back. One statement."""
    window = max((book.scoring.repeat.within_days for book in books if book.scoring.repeat), default=0)
    entered = {row.uid for row in judgements}
    first = min((row.judged_at for row in judgements), default=None)
    if not window or first is None:
        return ()
    rows = Observation.objects.filter(
        visit__point__in=visits.values("point"), visit__state="judged", visit__judged_at__lte=as_of,
        visit__judged_at__gte=first - timedelta(days=window), visit__twin=None,
    ).exclude(item="").filter(Q(answer=NOT_MET) | Q(pk__in=list(answers)))  # fmt: skip
    fields = ("pk", "uid", "item", "answer", "visit__point__code", "visit__judged_at")
    found = []
    for pk, uid, item, answer, point, at in rows.order_by("visit__judged_at", "pk").values_list(*fields):
        if answers.get(pk, ("", answer))[1] == NOT_MET and str(uid) not in entered:
            found.append(Fault(point, item, at))
    return tuple(found)


def _negative(as_of: datetime) -> tuple[NegativeFact, ...]:
    standing = Q(revoked_at=None) | Q(revoked_at__gt=as_of)
    rows = NegativeEvent.objects.filter(standing, recorded_at__lte=as_of).order_by("happened_on", "id")
    fields = ("uid", "clause", "unit_id", "happened_on")
    return tuple(NegativeFact(str(uid), clause, unit, day) for uid, clause, unit, day in rows.values_list(*fields))


def _events(scope: Scope, rounds: list[RoundRow], as_of: datetime, units: Mapping[str, int]) -> tuple[CaseEvent, ...]:
    """What happened with cases between the first and the last day. Two statements."""
    first = scope.start or min((one.starts_on for one in rounds), default=None)
    last = scope.end or max((one.ends_on for one in rounds), default=None)
    if first is None or last is None:
        return ()
    start, end = moment(first), min(moment(last + timedelta(days=1)), as_of + timedelta(microseconds=1))
    # A case that had ended before, and was not opened again since, has nothing to tell.
    cases = Case.objects.filter(Q(ended_at=None) | Q(ended_at__gte=start), received_at__lt=end).order_by()
    deeds: dict[int, list[Deed]] = {}
    steps = CaseStep.objects.filter(case__in=cases.values("pk"), at__lte=as_of, name__in=STEPS).order_by("case", "seq")
    for case, name, at, state, data in steps.values_list("case_id", "name", "at", "state_after", "data"):
        deeds.setdefault(case, []).append(Deed(name, at, state, data))
    fields = ("pk", "uid", "source", "received_at", "recurrence_of_id", "unit_id")
    found: list[CaseEvent] = []
    for pk, uid, source, received_at, again, unit in cases.order_by("pk").values_list(*fields):
        life = CaseLife(str(uid), source, received_at, again is not None, unit, deeds.get(pk, ()))
        found += events_of(life, start, end, as_of, units)
    return tuple(found)


def moment(day: date) -> datetime:
    """The first moment of a day in the city."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def last_judged(scope: Scope, as_of: datetime) -> datetime | None:
    """When the newest visit of a scope was judged; None when none was."""
    found: dict[str, Any] = _visits(scope, rounds_of(scope, as_of), as_of).aggregate(last=Max("judged_at"))
    last: datetime | None = found["last"]
    return last
