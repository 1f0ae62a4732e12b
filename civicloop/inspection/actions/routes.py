"""Routes of a day, made anew: after a substitution, with other limits, or with visits exchanged between inspectors."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from civicloop.inspection import routing, tours
from civicloop.inspection.actions.rounds import running
from civicloop.inspection.models import Round, Visit
from civicloop.inspection.policy import require
from civicloop.inspection.rules.routes import Limits, Plan, Stop
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference


def make_routes(
    *, round: Round, day: date, by: Person | None, at: datetime, balance: bool = False, exchange: bool = False,
    seconds: float = 2.0, limits: Limits | None = None, ref: Reference | None = None,
) -> Plan:  # fmt: skip
    """Order the planned visits of a day. Keys of the plan are the visits' uids, its crews the inspectors' numbers.

    Everybody keeps the visits that the lot gave him; with `exchange` the solver may give them to other inspectors of that
    day who have no conflict, and the ledger says so. With `balance` the days are made about equally long. A visit that
    does not fit stays where it is, last and without times, and stands in `left` with the reason.
    """
    require(by, "route.order", at=at)
    limits = limits or Limits()
    rows = {tours.key_of(visit): visit for visit in _planned(round, day)}
    if not rows:
        raise Conflict("no_visits_on_day", day=day.isoformat())
    people = {visit.inspector.pk: visit.inspector for visit in rows.values() if visit.inspector}
    stops = _stops(rows, people, day, exchange, limits, ref or reference.now())
    crews = [tours.crew_of(person, limits) for _, person in sorted(people.items())]
    plan = routing.solve(stops, crews, speed_kmh=limits.speed_kmh, seconds=seconds, balance=balance)
    _write(round, day, rows, plan, limits, exchange, by=by, at=at)
    return plan


def _planned(round: Round, day: date) -> list[Visit]:
    rows = Visit.objects.filter(round=round, day=day, state="planned", inspector__isnull=False)
    rows = rows.select_related("inspector", "drawn__draw", "drawn__point", "drawn__case")
    return list(rows.order_by("inspector", "order", "pk"))


def _stops(
    rows: dict[str, Visit], people: dict[int, Person], day: date, exchange: bool, limits: Limits, ref: Reference
) -> list[Stop]:
    """Whom each visit may go to. The two visits of one place stay with their inspectors: they must never become one's."""
    places = [visit.drawn for visit in rows.values()]
    bars = tours.bars(people, places, [day], ref)
    several = [visit.drawn_id for visit in rows.values() if visit.drawn.double]
    stops = []
    for key, visit in rows.items():
        own = frozenset({visit.inspector_id or 0})
        free = exchange and visit.drawn_id not in several
        stop = tours.stop_of(key, visit.drawn, limits, bars.allowed(visit.drawn) if free else own)
        if stop is not None:
            stops.append(stop)
    return stops


@transaction.atomic
def _write(
    round: Round, day: date, rows: dict[str, Visit], plan: Plan, limits: Limits, exchange: bool, *, by: Person | None,
    at: datetime,
) -> None:  # fmt: skip
    running(round.pk)
    now = {tours.key_of(visit): visit.inspector_id for visit in _planned(round, day)}
    if now != {key: visit.inspector_id for key, visit in rows.items()}:
        raise Conflict("assigned_meanwhile", draw=round.code)
    goes = {call.key: route.crew for route in plan.routes for call in route.calls}
    moved = sum(rows[key].inspector_id != crew for key, crew in goes.items())
    for key, crew in goes.items():
        rows[key].inspector_id = crew
    routes = {route.crew: route for route in plan.routes}
    for person in {visit.inspector_id for visit in rows.values()}:
        mine = {key: visit for key, visit in rows.items() if visit.inspector_id == person}
        tours.write_route(mine, routes.get(person or 0), limits)
    Visit.objects.bulk_update(rows.values(), ["inspector", "order", "plan"], batch_size=200)
    data = {
        "round": round.code, "day": day.isoformat(), "visits": len(goes), "left": len(plan.left), "exchanged": moved,
        "km": round_km(plan),
    }  # fmt: skip
    record("round", round.uid, "route.order", by=by.uid if by else None, at=at, data=data)


def round_km(plan: Plan) -> float:
    """All ways of a plan, to 100 m."""
    return float(f"{plan.km:.1f}")
