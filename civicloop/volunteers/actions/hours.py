"""Hours of service: recorded by who organised it, corrected by a new record, voided with a reason; never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record as write_line
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Unit
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.people import locked
from civicloop.volunteers.models import Attendance, Membership, Order, ServiceRecord, Shift, Volunteer
from civicloop.volunteers.people_policy import about_unit, require
from civicloop.volunteers.rules import hours as rules
from civicloop.volunteers.rules.lifecycle import OrderState
from civicloop.volunteers.served import Served

# The reason of records that fell with an order: the requester's own words stay with the step, and out of the ledger.
NOT_SERVED = "order_not_served"
SERVED = frozenset({OrderState.SERVED, OrderState.RATED, OrderState.ARCHIVED})


@dataclass
class RecordedShift:
    """What came of a shift: the records made, of whom less than he served because his day was full, and who was left out with the
    code of the reason.
    """

    made: list[ServiceRecord] = field(default_factory=list)
    capped: list[Volunteer] = field(default_factory=list)
    left_out: list[tuple[Volunteer, str]] = field(default_factory=list)


@transaction.atomic
def record(
    *, volunteer: Volunteer, starts_at: datetime, ends_at: datetime, by: Person | None, at: datetime,
    hours: Decimal | None = None, shift: Shift | None = None, order: Order | None = None, title: str = "",
    content: str = "", place: str = "", unit: Unit | None = None, ref: Reference | None = None,
) -> ServiceRecord:  # fmt: skip
    """Record a time somebody served. Of a shift or an order what is said of it is taken from there; else title, place and unit
    are needed. `hours` is what was served between the two moments, in steps of a half; None counts all full half hours.

    Raises Invalid and Conflict as `rules.hours`, Invalid (hours_in_future, hours_outside_shift), Conflict (order_not_served,
    not_of_the_team, volunteer_left), NotAllowed: nobody records himself.
    """
    ref = ref or reference.now()
    told = _told(shift, order, title, content, place, unit, by, ref)
    about = about_unit(told["unit_id"], thing=("volunteer", str(volunteer.uid)), account_id=volunteer.account_id)
    require(by, "hours.record", about, at=at, ref=ref)
    _hold_order(order.pk if order is not None else None)
    person = locked(volunteer)
    if person.left_at is not None and person.left_at < ends_at:
        raise Conflict("volunteer_left")
    _check_shift(shift, starts_at, ends_at)
    if order is not None:
        _check_order(order, person, starts_at)
    served = _checked(person, starts_at, ends_at, hours, at, ref, without=None)
    made = ServiceRecord(volunteer=person, shift=shift, order=order, recorded_at=at, recorded_by=by, **told)
    return _store(made, served, "hours.record", by, at)


@transaction.atomic
def record_order(
    *, order: Order, served: Sequence[Served], by: Person | None, at: datetime, ref: Reference | None = None
) -> list[ServiceRecord]:  # fmt: skip
    """The team leader records who served in an order, and how long: all of them or, when one cannot be, none.

    Raises as `record`; the refusal's `volunteer` says of whom. Conflict `hours_recorded` when it was done for one of them.
    """
    ref = ref or reference.now()
    made = []
    for one in sorted(served, key=lambda row: (row.volunteer.pk, row.starts_at)):
        recorded = ServiceRecord.objects.filter(order=order, volunteer=one.volunteer, state="valid")
        try:
            if recorded.filter(starts_at=one.starts_at).exists():
                raise Conflict("hours_recorded")
            row = record(
                volunteer=one.volunteer, starts_at=one.starts_at, ends_at=one.ends_at, hours=one.hours, order=order, by=by,
                at=at, ref=ref,
            )  # fmt: skip
        except Refused as refused:
            refused.params["volunteer"] = str(one.volunteer.uid)
            raise
        made.append(row)
    return made


@transaction.atomic
def record_shift(*, shift: Shift, by: Person | None, at: datetime, ref: Reference | None = None) -> RecordedShift:
    """Record the hours of all who came and left: what lies within the shift, cut at midnight. Of a day that is longer than counts,
    as much as counts is recorded, and said (`capped`). Safe to run twice.

    Who cannot be recorded is named with the reason, and the others are recorded. Raises Conflict (event_not_open, shift_cancelled,
    shift_not_over), NotAllowed.
    """
    ref = ref or reference.now()
    shift = Shift.objects.select_related("event__in_charge").get(pk=shift.pk)
    event = shift.event
    require(by, "event.keep", about_unit(event.unit_id, thing=("event", str(event.uid))), at=at, ref=ref)
    if event.state not in ("published", "finished"):
        raise Conflict("event_not_open")
    if shift.cancelled_at is not None:
        raise Conflict("shift_cancelled")
    if shift.ends_at > at:
        raise Conflict("shift_not_over")
    done = set(ServiceRecord.objects.filter(shift=shift).values_list("volunteer", flat=True))
    came = Attendance.objects.filter(shift=shift).exclude(volunteer__in=done).select_related("volunteer")
    result = RecordedShift()
    for one in came.order_by("volunteer"):
        try:
            with transaction.atomic():
                made, capped = _of_attendance(one, shift, by, at, ref)
            result.made += made
            result.capped += [one.volunteer] if capped else []
        except Refused as refused:
            result.left_out.append((one.volunteer, refused.code))
    return result


@transaction.atomic
def correct(
    *, record: ServiceRecord, starts_at: datetime, ends_at: datetime, reason: str, by: Person | None, at: datetime,
    hours: Decimal | None = None, ref: Reference | None = None,
) -> ServiceRecord:  # fmt: skip
    """Put a record right by a new one that replaces it; the old one stays to be seen. Volunteers may ask for it (order 67).

    Raises as `record`, Conflict `record_ended`, Invalid `required` without a reason.
    """
    ref = ref or reference.now()
    old, told = _ending(record, reason, by, at, ref)
    _check_shift(old.shift, starts_at, ends_at)
    if old.order is not None:
        _check_order(old.order, old.volunteer, starts_at)
    served = _checked(old.volunteer, starts_at, ends_at, hours, at, ref, without=old.pk)
    _end(old, "replaced", at)
    made = ServiceRecord(
        volunteer=old.volunteer, shift=old.shift, order=old.order, title=old.title, content=old.content, place=old.place,
        unit_id=old.unit_id, in_charge=old.in_charge, replaces=old, reason=told, recorded_at=at, recorded_by=by,
    )  # fmt: skip
    return _store(made, served, "hours.correct", by, at)


@transaction.atomic
def void(
    *, record: ServiceRecord, reason: str, by: Person | None, at: datetime, ref: Reference | None = None
) -> ServiceRecord:  # fmt: skip
    """Strike a record off, with the reason; it stays to be seen. Raises Conflict `record_ended`, Invalid, NotAllowed."""
    row, told = _ending(record, reason, by, at, ref or reference.now())
    return _strike(row, told, by, at)


def void_order(*, order: Order, by: Person | None, at: datetime) -> int:
    """Strike off what was recorded of an order that, as its requester says, was not served; gives how many records.

    A part of that step, which has asked policy: whoever may say so may be no one who may correct hours. Callers hold the
    order's row. Its volunteers are held before their records, as everywhere: who corrects one at this moment is waited for.
    """
    whose = ServiceRecord.objects.filter(order=order, state="valid").order_by().values("volunteer")
    list(Volunteer.objects.select_for_update(of=("self",)).filter(pk__in=whose).order_by("pk").values_list("pk"))
    rows = ServiceRecord.objects.select_for_update(of=("self",)).filter(order=order, state="valid")
    found = list(rows.select_related("volunteer").order_by("volunteer", "id"))
    for row in found:
        _strike(row, NOT_SERVED, by, at)
    return len(found)


def _of_attendance(
    one: Attendance, shift: Shift, by: Person | None, at: datetime, ref: Reference
) -> tuple[list[ServiceRecord], bool]:  # fmt: skip
    """The records of one who came, and whether the cap of a day has cut them."""
    if one.left_at is None:
        raise Conflict("not_checked_out")
    span = rules.within(one.arrived_at, one.left_at, first=shift.starts_at, last=shift.ends_at)
    if span is None:
        raise Invalid("left_at", "hours_too_few")
    zone = timezone.get_default_timezone()
    parts = [part for part in rules.by_days(*span, zone=zone) if rules.whole_halves(*part) > 0]
    if not parts:
        raise Invalid("left_at", "hours_too_few")
    made: list[ServiceRecord] = []
    full: Conflict | None = None
    for start, end in parts:
        told: dict[str, Any] = {"volunteer": one.volunteer, "shift": shift, "by": by, "at": at, "ref": ref}
        try:
            made.append(record(starts_at=start, ends_at=end, **told))
        except Conflict as refused:
            if refused.code != "hours_over_daily_cap":
                raise
            full, left = refused, Decimal(str(refused.params["left"]))
            if left > 0:
                made.append(record(starts_at=start, ends_at=end, hours=left, **told))
    if full is not None and not made:
        raise full
    return made, full is not None


def _checked(
    person: Volunteer, starts_at: datetime, ends_at: datetime, hours: Decimal | None, at: datetime, ref: Reference,
    *, without: int | None,
) -> rules.Service:  # fmt: skip
    """The service, held against all others of the person near it. The caller holds the person's row."""
    zone = timezone.get_default_timezone()
    served = rules.service(starts_at, ends_at, hours, zone=zone)
    if ends_at > at:
        raise Invalid("ends_at", "hours_in_future")
    first, last = rules.day_span(starts_at, zone=zone)
    near = ServiceRecord.objects.filter(volunteer=person, state="valid", starts_at__lt=last, ends_at__gt=first)
    others = [rules.Service(one.starts_at, one.ends_at, one.halves) for one in near if one.pk != without]
    rules.check(served, others, cap_hours=float(ref.parameters["volunteers.daily_cap_hours"]), zone=zone)
    return served


def _store(
    made: ServiceRecord, served: rules.Service, verb: str, by: Person | None, at: datetime
) -> ServiceRecord:  # fmt: skip
    made.starts_at, made.ends_at, made.halves = served.starts_at, served.ends_at, served.halves
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict("hours_recorded") from fault
    data: dict[str, Any] = {
        "record": str(made.uid), "halves": made.halves, "from": made.starts_at.isoformat(), "to": made.ends_at.isoformat(),
    }  # fmt: skip
    for name, one in (("shift", made.shift), ("order", made.order), ("replaces", made.replaces)):
        data |= {name: str(one.uid)} if one is not None else {}
    data |= {"reason": made.reason} if made.reason else {}
    write_line("volunteer", made.volunteer.uid, verb, by=_uid(by), at=at, data=data)
    return made


def _ending(
    record: ServiceRecord, reason: str, by: Person | None, at: datetime, ref: Reference
) -> tuple[ServiceRecord, str]:  # fmt: skip
    """The record, held with its person, when it may still be ended; and the reason."""
    _hold_order(record.order_id)
    person = locked(record.volunteer)
    row = ServiceRecord.objects.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if row is None:
        raise NotFound("service_record", record.uid)
    row.volunteer = person
    about = about_unit(row.unit_id, thing=("volunteer", str(person.uid)), account_id=person.account_id)
    require(by, "hours.correct", about, at=at, ref=ref)
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    if row.state != "valid":
        raise Conflict("record_ended")
    return row, told


def _strike(row: ServiceRecord, reason: str, by: Person | None, at: datetime) -> ServiceRecord:
    """Make a record void and write the line of it; the caller holds the row."""
    row.reason = reason
    _end(row, "void", at)
    data = {"record": str(row.uid), "reason": reason, "halves": row.halves}
    write_line("volunteer", row.volunteer.uid, "hours.void", by=_uid(by), at=at, data=data)
    return row


def _end(row: ServiceRecord, state: str, at: datetime) -> None:
    row.state, row.ended_at = state, at
    row.save(update_fields=["state", "ended_at", "reason"])


def _hold_order(order_pk: int | None) -> None:
    """Hold the order before its people: a step of it holds them in this turn, and nobody waits in a circle."""
    if order_pk is not None:
        Order.objects.select_for_update(of=("self",)).get(pk=order_pk)


def _check_shift(shift: Shift | None, starts_at: datetime, ends_at: datetime) -> None:
    """All of the time lies within the shift, and its event took place."""
    if shift is None:
        return
    if shift.event.state not in ("published", "finished") or shift.cancelled_at is not None:
        raise Conflict("event_not_open")
    if rules.within(starts_at, ends_at, first=shift.starts_at, last=shift.ends_at) != (starts_at, ends_at):
        raise Invalid("starts_at", "hours_outside_shift")


def _check_order(order: Order, person: Volunteer, starts_at: datetime) -> None:
    """The order was served, not before it was made and accepted nor on a day after the report, by a team the person belonged to on
    that day.
    """
    row = Order.objects.get(pk=order.pk)
    if row.state not in SERVED or row.accepted_at is None or row.served_at is None:
        raise Conflict("order_not_served")
    day = day_of(starts_at)
    first = rules.earliest(row.created_at, row.accepted_at, zone=timezone.get_default_timezone())
    if starts_at < first or day > day_of(row.served_at):
        raise Invalid("starts_at", "hours_outside_order")
    if not Membership.objects.filter(
        Q(until=None) | Q(until__gte=day), volunteer=person, team=order.team_id, since__lte=day
    ).exists():
        raise Conflict("not_of_the_team")


def _told(
    shift: Shift | None, order: Order | None, title: str, content: str, place: str, unit: Unit | None,
    by: Person | None, ref: Reference,
) -> dict[str, Any]:  # fmt: skip
    """What the national platform asks for of an activity. Of an order neither the address nor the words of who asked."""
    if shift is not None and order is not None:
        raise Invalid("order", "hours_of_two_things")
    if shift is not None:
        event = shift.event
        return {
            "title": event.title, "content": event.content[:400], "place": event.place, "unit_id": event.unit_id,
            "in_charge": event.in_charge.name,
        }  # fmt: skip
    in_charge = by.name if by else ""
    if order is not None:
        team = order.team
        if team is None:
            raise Conflict("order_not_served")
        community = order.grid.unit_id if order.grid else None
        where = ref.org.unit(community or team.unit_id).name
        return {
            "title": f"{order.service.name} {order.number}", "content": order.service.description[:400], "place": where,
            "unit_id": team.unit_id, "in_charge": in_charge,
        }  # fmt: skip
    if unit is None:
        raise Invalid("unit", "required", field="unit")
    told = {"title": clean_text(title, limit=100, field="title"), "place": clean_text(place, limit=200, field="place")}
    for name, text in told.items():
        if not text:
            raise Invalid(name, "required", field=name)
    return told | {
        "content": clean_text(content, limit=400, field="content"), "unit_id": unit.pk, "in_charge": in_charge,
    }  # fmt: skip


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
