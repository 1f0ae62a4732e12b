"""Inspectors are drawn to visits, then each gets a route (双随机): who goes where is decided by the seed, not by the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from civicloop.inspection import tours
from civicloop.inspection.actions.drawing import seed_of
from civicloop.inspection.actions.rounds import running
from civicloop.inspection.models import Draw, DrawnPoint, Visit
from civicloop.inspection.policy import is_open, require
from civicloop.inspection.roster import Roster, draw_names, make_routes
from civicloop.inspection.rules.routes import Limits
from civicloop.kernel import sampling
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Left:
    """A place nobody could be given: why (nobody_eligible, no_second_inspector, day_full, too_far, window).

    `code` is empty as long as the draw is sealed.
    """

    drawn_id: int
    code: str
    why: str


@dataclass(frozen=True)
class Assigned:
    """What came of an assignment. `routes` counts inspectors' days."""

    visits: int
    routes: int
    km: float
    left: tuple[Left, ...]


def assign_visits(
    *, draw: Draw, inspectors: Sequence[Person], days: Sequence[date], by: Person | None, at: datetime, seed_part: str = "",
    limits: Limits | None = None, ref: Reference | None = None,
) -> Assigned:  # fmt: skip
    """Give every drawn place that has no visit yet to an inspector without a conflict, and route the days.

    May be called again with other inspectors or days: it goes on with what is left, under a `seed_part` of its own. The
    routes are solved before the transaction, so that nobody waits for the solver; whoever was quicker wins, and the other
    is told so (Conflict `assigned_meanwhile`).
    """
    require(by, "draw.assign", at=at)
    row = Draw.objects.select_related("round").get(pk=draw.pk)
    ref = ref or reference.now()
    _check(row, inspectors, days, ref, at)
    places = row.drawn.filter(in_use=True).select_related("point", "case__point", "draw").prefetch_related("visits")
    drawn = list(places.order_by("order"))
    people = {person.pk: person for person in inspectors}
    roster = Roster(row, sorted(days), people, limits or Limits(), tours.bars(people, drawn, days, ref))
    draw_names(roster, drawn, seed_of(row), seed_part)
    make_routes(roster)
    made = _write(roster, by=by, at=at)
    sealed = not is_open(row, day_of(at))
    left = [
        Left(roster.wanted[key].pk, "" if sealed else code_of(roster.wanted[key]), why)
        for key, why in sorted(roster.left.items())
    ]
    return Assigned(made, len(roster.plans), round(sum(plan.km for plan in roster.plans.values()), 1), tuple(left))


def _check(row: Draw, inspectors: Sequence[Person], days: Sequence[date], ref: Reference, at: datetime) -> None:
    _check_state(row)
    if not inspectors:
        raise Conflict("no_inspectors", draw=row.code)
    first, last = row.round.starts_on, row.round.ends_on
    if not days or len(set(days)) != len(days) or not all(first <= day <= last for day in days):
        raise Invalid("days", "day_outside_round", round=row.round.code, first=first.isoformat(), last=last.isoformat())
    if min(days) < day_of(at):
        raise Invalid("days", "lies_in_the_past")
    for person in inspectors:
        if not all(tours.is_inspector(person, day, ref) for day in days):
            raise Invalid("inspectors", "not_an_inspector", person=person.username)


def _check_state(row: Draw) -> None:
    if row.state not in ("drawn", "published"):
        raise Conflict("draw_not_in_state", draw=row.code, state=row.state)


@transaction.atomic
def _write(roster: Roster, *, by: Person | None, at: datetime) -> int:
    """Write the visits and the routes, unless somebody else has assigned the same places in the meantime."""
    running(roster.draw.round_id)
    _check_state(Draw.objects.select_for_update().get(pk=roster.draw.pk))
    pks = {drawn.pk for drawn in roster.wanted.values()}
    if Visit.objects.filter(drawn__in=pks, state__in=tours.LIVE).count() != len(roster.partners):
        raise Conflict("assigned_meanwhile", draw=roster.draw.code)
    made = {
        key: Visit(
            round_id=roster.draw.round_id, drawn=drawn, point_id=drawn.point_id, case_id=drawn.case_id,
            inspector_id=roster.slots[key].inspector, day=roster.days[roster.slots[key].day],
        )
        for key, drawn in roster.wanted.items() if key in roster.slots
    }  # fmt: skip
    _order(roster, made)
    Visit.objects.bulk_create([visit for key, visit in made.items() if key not in roster.twins], batch_size=200)
    for key, visit in made.items():
        visit.twin = roster.partners.get(key) or made.get(roster.twins.get(key, ""))
    Visit.objects.bulk_create([visit for key, visit in made.items() if key in roster.twins], batch_size=200)
    Visit.objects.bulk_update([made[key] for key in roster.partners if key in made], ["twin"])
    data = {
        "code": roster.draw.code, "visits": len(made), "inspectors": len({visit.inspector_id for visit in made.values()}),
        "left": len(roster.left), "digest": _digest(made, seed_of(roster.draw)),
    }  # fmt: skip
    record("draw", roster.draw.uid, "draw.assign", by=by.uid if by else None, at=at, data=data)
    return len(made)


def _order(roster: Roster, made: Mapping[str, Visit]) -> None:
    """Write the routes into the new visits and into those that the days held before."""
    for slot, plan in roster.plans.items():
        old = {tours.key_of(visit): visit for visit in roster.held.get(slot, ())}
        new = {key: made[key] for key, own in roster.slots.items() if own == slot}
        tours.write_route({**old, **new}, plan.routes[0] if plan.routes else None, roster.limits)
        Visit.objects.bulk_update(old.values(), ["order", "plan"], batch_size=200)


def _digest(made: Mapping[str, Visit], seed: bytes) -> str:
    """What binds the assignment without telling it: who goes where when, in order, sealed with the seed."""
    rows = sorted(f"{visit.drawn.order},{visit.inspector_id},{visit.day.isoformat()}\n" for visit in made.values())
    return sampling.sealed(seed, "".join(rows).encode())


def code_of(drawn: DrawnPoint) -> str:
    """How the place is called in lists: the point's code or the case's number."""
    return drawn.point.code if drawn.point else drawn.case.number if drawn.case else ""
