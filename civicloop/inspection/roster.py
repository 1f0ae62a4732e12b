"""Who goes where on which day: visits are shared out by lot, then every day gets its route. Reads and reckons; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from civicloop.inspection import routing, tours
from civicloop.inspection.models import Draw, DrawnPoint, Visit
from civicloop.inspection.rules import assigning
from civicloop.inspection.rules.assigning import Slot
from civicloop.inspection.rules.routes import Limits, Plan, Stop
from civicloop.organisation.models import Person

# A route of one inspector is found in well under a second; this many fruitless rounds of the search end it.
PATIENCE = 300
OTHER_TOURS = 3


@dataclass
class Roster:
    """Everything about one assignment. Visits to be made have keys `drawn.1` and, for the second of a double, `drawn.2`."""

    draw: Draw
    days: Sequence[date]
    people: Mapping[int, Person]
    limits: Limits
    bars: tours.Bars
    wanted: dict[str, DrawnPoint] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    # Where one of two visits is made already: who makes it.
    partners: dict[str, Visit] = field(default_factory=dict)
    held: dict[Slot, list[Visit]] = field(default_factory=dict)
    stops: dict[str, Stop] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    plans: dict[Slot, Plan] = field(default_factory=dict)


def draw_names(roster: Roster, places: Sequence[DrawnPoint], seed: bytes, part: str) -> None:
    """Share out what has no visit yet: who and when, by lot."""
    _collect(roster, places)
    _hold(roster)
    limits = roster.limits
    busy = {
        slot: sum(tours.minutes_of(visit.drawn, limits) + limits.way_minutes for visit in visits)
        for slot, visits in roster.held.items()
    }
    shared = assigning.share(
        _tasks(roster),
        sorted(roster.people),
        len(roster.days),
        seed,
        most_minutes=limits.most_minutes,
        part=part,
        busy=busy,
    )
    roster.slots, roster.left = dict(shared.slots), dict(shared.left)


def make_routes(roster: Roster) -> None:
    """A route for every inspector's day; what does not fit is tried on the emptiest other days, then left out with its reason."""
    mine = {slot: [tours.key_of(visit) for visit in visits] for slot, visits in roster.held.items()}
    for key, slot in roster.slots.items():
        mine.setdefault(slot, []).append(key)
    used = set(roster.slots.values())
    roster.plans = {slot: _solve(roster, slot, keys) for slot, keys in sorted(mine.items()) if slot in used}
    over = [(one, slot) for slot, plan in roster.plans.items() for one in plan.left if one.key in roster.slots]
    for one, slot in over:
        mine[slot].remove(one.key)
        del roster.slots[one.key]
        if not _elsewhere(roster, one.key, slot, mine):
            roster.left[one.key] = one.why


def _collect(roster: Roster, places: Sequence[DrawnPoint]) -> None:
    """Which visits are still to be given: one per place, two where it is visited twice; along the tiles."""
    for drawn in sorted(places, key=lambda one: (tours.place_of(one)[1] < 0, tours.place_of(one)[1], one.order)):
        there = [visit for visit in drawn.visits.all() if visit.state in tours.LIVE]
        names = [f"{drawn.pk}.{number}" for number in range(1 + len(there), 2 + drawn.double)]
        for name in names:
            roster.wanted[name] = drawn
        if len(names) == 2:
            roster.twins[names[1]] = names[0]
        elif names and there:
            roster.partners[names[0]] = there[0]


def _hold(roster: Roster) -> None:
    """What the inspectors' days hold already, from this draw or another."""
    rows = Visit.objects.filter(inspector__in=list(roster.people), day__in=list(roster.days), state="planned")
    for visit in rows.select_related("drawn__draw", "drawn__point", "drawn__case", "point", "case"):
        roster.held.setdefault(Slot(visit.inspector_id or 0, roster.days.index(visit.day)), []).append(visit)
        stop = tours.stop_of(tours.key_of(visit), visit.drawn, roster.limits, {visit.inspector_id or 0})
        if stop is not None:
            roster.stops[stop.key] = stop


def _tasks(roster: Roster) -> list[assigning.Task]:
    tasks = []
    for key, drawn in roster.wanted.items():
        mate = roster.partners.get(key)
        allowed = roster.bars.allowed(drawn) - {mate.inspector_id if mate else None}
        minutes = tours.minutes_of(drawn, roster.limits) + roster.limits.way_minutes
        tasks.append(assigning.Task(key, minutes, frozenset(allowed), roster.twins.get(key, "")))
        stop = tours.stop_of(key, drawn, roster.limits, allowed)
        if stop is not None:
            roster.stops[key] = stop
    return tasks


def _solve(roster: Roster, slot: Slot, keys: Sequence[str]) -> Plan:
    limits = roster.limits
    stops = [roster.stops[key] for key in keys if key in roster.stops]
    crew = tours.crew_of(roster.people[slot.inspector], limits)
    return routing.solve(stops, [crew], speed_kmh=limits.speed_kmh, seconds=limits.seconds, patience=PATIENCE)


def _elsewhere(roster: Roster, key: str, tried: Slot, mine: dict[Slot, list[str]]) -> bool:
    """Whether another inspector's day takes a visit that did not fit, without losing any of its own."""
    mate = roster.twins.get(key) or next((name for name, first in roster.twins.items() if first == key), "")
    other = roster.slots[mate].inspector if mate in roster.slots else 0
    spare = [
        (sum(route.minutes for route in plan.routes), slot)
        for slot, plan in roster.plans.items()
        if slot != tried and slot.inspector != other and roster.stops[key].may(slot.inspector)
    ]
    for _, slot in sorted(spare)[:OTHER_TOURS]:
        plan = _solve(roster, slot, [*mine[slot], key])
        if len(plan.left) <= len(roster.plans[slot].left) and key not in {one.key for one in plan.left}:
            roster.plans[slot], roster.slots[key] = plan, slot
            mine[slot].append(key)
            return True
    return False
