"""What happens when a place cannot be visited: the next reserve of its stratum, or a visit that was missed. Both say why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from civicloop.inspection import tours
from civicloop.inspection.actions.assigning import code_of
from civicloop.inspection.actions.rounds import running
from civicloop.inspection.models import Draw, DrawnPoint, Visit
from civicloop.inspection.policy import is_open, require
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference

MOST_REASON = 200


@transaction.atomic
def substitute(*, drawn: DrawnPoint, reason: str, by: Person | None, at: datetime) -> DrawnPoint:
    """Let the next reserve of the same stratum take the place of a drawn point. Both rows stay, with the reason.

    Its visits are marked as replaced; the reserve gets visits of the same inspectors and days, except where one has a
    conflict there: `assign_visits` gives that one away. Refused when it was visited, when no reserve is left, and before
    anybody may know the place.
    """
    require(by, "draw.substitute", at=at)
    why = _reason(reason)
    draw = Draw.objects.select_for_update().get(pk=drawn.draw_id)
    running(draw.round_id)
    row = DrawnPoint.objects.select_for_update(of=("self",)).select_related("point", "case").get(pk=drawn.pk)
    visits = list(row.visits.select_for_update(of=("self",)).order_by("pk"))
    _check(draw, row, visits, at)
    rows = DrawnPoint.objects.select_for_update(of=("self",)).select_related("point", "case", "draw")
    spare = rows.filter(draw=draw, stratum=row.stratum, role="reserve", in_use=False, replaces=None, replaced_by=None)
    taken = spare.order_by("order").first()
    if taken is None:
        raise Conflict("no_reserve_left", stratum=row.stratum)
    row.in_use = False
    row.save(update_fields=["in_use"])
    taken.in_use, taken.replaces, taken.reason, taken.double = True, row, why, row.double
    taken.save(update_fields=["in_use", "replaces", "reason", "double"])
    moved = _move_visits(visits, taken, at)
    data = {
        "code": draw.code, "out": row.order, "in": taken.order, "stratum": row.stratum, "reason": why, "visits": moved,
    }  # fmt: skip
    record("draw", draw.uid, "draw.substitute", by=by.uid if by else None, at=at, data=data)
    return taken


@transaction.atomic
def miss_visit(*, visit: Visit, reason: str, by: Person | None, at: datetime) -> Visit:
    """Say that a planned visit was not made, and why. The place may be given to somebody again with `assign_visits`."""
    require(by, "visit.miss", at=at)
    why = _reason(reason)
    row = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if row.state != "planned":
        raise Conflict("visit_not_planned", state=row.state)
    if row.day > day_of(at):
        raise Conflict("visit_not_due", day=row.day.isoformat())
    row.state, row.note = "missed", why
    row.save(update_fields=["state", "note"])
    record("visit", row.uid, "visit.miss", by=by.uid if by else None, at=at, data={"reason": why})
    return row


def _reason(given: str) -> str:
    why = given.strip()
    if not why:
        raise Invalid("reason", "required", field="reason")
    if len(why) > MOST_REASON:
        raise Invalid("reason", "too_long", limit=MOST_REASON)
    return why


def _check(draw: Draw, row: DrawnPoint, visits: list[Visit], at: datetime) -> None:
    if draw.state not in ("drawn", "published"):
        raise Conflict("draw_not_in_state", draw=draw.code, state=draw.state)
    if not is_open(draw, day_of(at)) and not any(visit.day <= day_of(at) for visit in visits):
        raise Conflict("draw_sealed", draw=draw.code, opens_on=draw.opens_on.isoformat())
    if not row.in_use:
        raise Conflict("not_in_use", point=code_of(row))
    if any(visit.state in ("waiting", "judged") for visit in visits):
        raise Conflict("visited_already", point=code_of(row))


def _move_visits(visits: list[Visit], taken: DrawnPoint, at: datetime) -> int:
    """Replace the planned visits by visits to the reserve; twins stay twins. Those already missed stay as they are."""
    planned = [visit for visit in visits if visit.state == "planned"]
    people = {visit.inspector_id for visit in planned if visit.inspector_id}
    bars = tours.bars(people, [taken], {day_of(at), *(visit.day for visit in planned)}, reference.now())
    new: dict[int, Visit] = {}
    for visit in planned:
        visit.state = "replaced"
        visit.save(update_fields=["state"])
        if visit.inspector_id is None or bars.why(visit.inspector_id, taken) is not None:
            continue
        new[visit.pk] = Visit.objects.create(
            round_id=visit.round_id, drawn=taken, point_id=taken.point_id, case_id=taken.case_id, day=visit.day,
            inspector_id=visit.inspector_id, order=visit.order, twin=new.get(visit.twin_id or 0),
        )  # fmt: skip
    return len(new)
