"""Rounds of inspection in a demo city, held through the same actions as everybody's: drawn, assigned, visited, put right."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from civicloop.demo.pictures import picture
from civicloop.demo.walking import Desk, walk
from civicloop.inspection import actions as inspection
from civicloop.inspection.models import Draw, Observation, Round, Visit
from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.models import Person
from civicloop.photos.actions import store
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.rules.shapes import ChecklistItem

Faults = Callable[[Sequence[Visit], StandardBook, Random], Mapping[int, set[str]]]
"""Which items fail in which visit (by its number)."""
METRES_WALKED = 500
# The share of faults that a second inspector sees too.
SEEN_AGAIN = 0.9


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A round to be held: visited on the working days from `starts_on` on, at most `days` of them."""

    code: str
    title: str
    kind: str
    starts_on: date
    days: int
    design: Mapping[str, Any]
    faults: Faults
    close_share: float = 1.0
    # A day that is visited though nobody works: whoever tries the demonstration on a Sunday finds something to do.
    always: date | None = None


@dataclass
class House:
    """Who holds rounds, and until when anything may have happened."""

    organiser_id: int
    lead: Person
    inspectors: Sequence[Person]
    desk: Desk
    until: datetime
    calendar: WorkCalendar
    seed: int
    photos: dict[str, str] = field(default_factory=dict)


def hold(plan: RoundPlan, house: House) -> Round:
    """Plan, draw, assign and visit; what was found is put right. Visits of days that have not come stay planned."""
    rng = Random(f"{house.seed}:{plan.code}")
    edition = editions.current()
    book = editions.book(edition.pk)
    days = _working_days(plan, house.calendar)
    planned_at = _at(days[0] - timedelta(days=4), time(10))
    kept = inspection.plan_round(
        code=plan.code, title=plan.title, kind=plan.kind, edition_id=edition.pk, organiser_id=house.organiser_id,
        starts_on=days[0], ends_on=days[-1], by=house.lead, at=planned_at,
    )  # fmt: skip
    secret = hashlib.sha256(f"{house.seed}:{plan.code}".encode()).hexdigest()
    draw = inspection.commit_draw(
        round=kept, design=dict(plan.design), opens_on=days[0], secret=secret, by=house.lead, at=planned_at
    )
    draw = inspection.perform_draw(draw=draw, by=house.lead, at=planned_at + timedelta(hours=1))
    inspection.assign_visits(
        draw=draw, inspectors=house.inspectors, days=days, by=house.lead, at=planned_at + timedelta(hours=2)
    )
    _visit_all(kept, plan, book, house, rng)
    _end(kept, draw, days[-1], house)
    return kept


def _working_days(plan: RoundPlan, calendar: WorkCalendar) -> list[date]:
    found: list[date] = []
    day = plan.starts_on
    while len(found) < plan.days:
        found += [day] if calendar.is_working_day(day) or day == plan.always else []
        day += timedelta(days=1)
    return found


def _visit_all(kept: Round, plan: RoundPlan, book: StandardBook, house: House, rng: Random) -> None:
    rows = Visit.objects.filter(round=kept, state="planned", inspector__isnull=False, point__isnull=False)
    visits = list(rows.select_related("point", "inspector", "drawn").order_by("day", "inspector", "order", "pk"))
    faults = plan.faults(visits, book, rng)
    for visit in visits:
        seen_at = _at(visit.day, time.fromisoformat(visit.plan.get("arrive") or "09:30")) + timedelta(minutes=12)
        if seen_at < house.until:
            content = _sheet(visit, book, faults.get(visit.pk, set()), seen_at, house, rng)
            assert visit.inspector is not None
            inspection.submit(
                visit=visit, uid=UUID(int=rng.getrandbits(128), version=4), content=content, by=visit.inspector,
                at=seen_at + timedelta(seconds=40), door="api",
            )  # fmt: skip
    opened = Observation.objects.filter(visit__round=kept, case__isnull=False, case_known=False)
    cases = {one.case_id: one.case for one in opened.select_related("case__category").order_by("pk")}
    for case in cases.values():
        assert case is not None
        walk(case, house.desk, until=house.until, rng=rng, close=rng.random() < plan.close_share)


def _sheet(
    visit: Visit, book: StandardBook, failed: set[str], seen_at: datetime, house: House, rng: Random
) -> dict[str, Any]:
    point = visit.point
    assert point is not None
    answers = [
        _answer(item, item.code in failed, visit, seen_at, house, rng) for item in book.items_for(point.point_type)
    ]
    return {
        "started_at": (seen_at - timedelta(minutes=rng.randint(6, 11))).isoformat(), "noted_at": seen_at.isoformat(),
        "lon": point.lon, "lat": point.lat, "accuracy_m": rng.randint(4, 20), "note": "", "answers": answers, "extra": [],
    }  # fmt: skip


def _answer(
    item: ChecklistItem, failed: bool, visit: Visit, seen_at: datetime, house: House, rng: Random
) -> dict[str, Any]:
    answer: dict[str, Any] = {"item": item.code, "answer": "not_met" if failed else "met"}
    if not failed and rng.random() < 0.02 and not item.counts:
        answer["answer"] = rng.choice(["not_applicable", "cannot_tell"])
    elif not failed and rng.random() < 0.015:
        answer["commended"] = True
    if item.counts is not None and answer["answer"] in ("met", "not_met"):
        answer |= _counted(item, failed)
    if failed:
        answer["note"] = "现场查看，未达到要求"
    if item.photo == "always" or (failed and item.photo == "when_failed"):
        sha256 = _photo(visit, item, failed, seen_at, house)
        answer["photos"] = [{"sha256": sha256, "kind": "near", "noted_at": seen_at.isoformat()}]
    return answer


def _counted(item: ChecklistItem, failed: bool) -> dict[str, Any]:
    """A number that agrees with the answer."""
    count = item.counts
    assert count is not None
    told: dict[str, Any] = {}
    value = float(count.value)
    if count.per_m is not None:
        metres = max(METRES_WALKED, count.per_m)
        told["length_m"], value = metres, value * metres / count.per_m
    if count.compare == "at_least":
        told["count"] = 0 if failed else int(value) + 1
    else:
        told["count"] = int(value) + 2 if failed else 0
    return told


def _photo(visit: Visit, item: ChecklistItem, failed: bool, seen_at: datetime, house: House) -> str:
    """A drawn picture of the point, kept once."""
    key = f"{visit.point_id}:{item.becomes}:{failed}:{visit.pk}"
    if key not in house.photos:
        data = picture(f"{visit.point_id}:{visit.pk}", item.becomes or "06", after=not failed)
        house.photos[key] = store(io.BytesIO(data), sha256=None, by=visit.inspector, at=seen_at).sha256
    return house.photos[key]


def _end(kept: Round, draw: Draw, last: date, house: House) -> None:
    """The draw is published and the round closed the evening after its last day."""
    evening = _at(last, time(18))
    if evening < house.until:
        inspection.publish_draw(draw=draw, by=house.lead, at=evening)
        inspection.close_round(round=kept, by=house.lead, at=evening + timedelta(minutes=10))


def _at(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))


def so_many(wanted: int) -> Faults:
    """Exactly so many problems: every one at another place or of another kind."""

    def choose(visits: Sequence[Visit], book: StandardBook, rng: Random) -> Mapping[int, set[str]]:
        pairs = [
            (visit.pk, item) for visit in visits if visit.point is not None and visit.twin_id is None
            for item in {one.becomes: one for one in book.items_for(visit.point.point_type) if one.becomes}.values()
        ]  # fmt: skip
        if len(pairs) < wanted:
            raise ValueError(f"{wanted} faults wanted, {len(pairs)} possible")
        found: dict[int, set[str]] = {}
        for number, item in rng.sample(pairs, wanted):
            found.setdefault(number, set()).add(item.code)
        return found | _seen_again(visits, found, rng)

    return choose


def _seen_again(visits: Sequence[Visit], found: Mapping[int, set[str]], rng: Random) -> dict[int, set[str]]:
    """What the second inspector of a double visit finds: the same faults, of which he overlooks some."""
    return {
        visit.pk: {item for item in sorted(found.get(visit.twin_id, set())) if rng.random() < SEEN_AGAIN}
        for visit in visits if visit.twin_id is not None
    }  # fmt: skip


def by_share(shares: Mapping[str, float], usual: float, weak_units: Mapping[int, float]) -> Faults:
    """Each item fails with the share of its type, more often where a weak unit answers for the point."""

    def choose(visits: Sequence[Visit], book: StandardBook, rng: Random) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = {}
        for visit in (one for one in visits if one.twin_id is None):
            point = visit.point
            assert point is not None
            place = Random(f"{point.pk}")  # a place is as it is, whoever comes
            share = (
                shares.get(point.point_type, usual) * weak_units.get(point.unit_id or 0, 1.0) * place.uniform(0.4, 1.8)
            )
            failed = {item.code for item in book.items_for(point.point_type) if rng.random() < min(0.9, share)}
            found[visit.pk] = failed
        return found | _seen_again(visits, found, rng)

    return choose
