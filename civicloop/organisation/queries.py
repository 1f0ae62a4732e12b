"""Questions about the organisation: who answers for what, and whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.organisation.models import Appointment, Area, DutyGrid, Grid, Person, Point, Unit
from civicloop.organisation.rules.gridding import free_codes
from civicloop.organisation.rules.heirs import Held, heirs
from civicloop.organisation.rules.roles import Role


@dataclass(frozen=True)
class Gap:
    """Something that nobody answers for: what it is, and what is missing (unit, person)."""

    kind: str
    code: str
    name: str
    missing: str


def in_force(on: date) -> Q:
    """Appointments that hold on a day."""
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def owner_gaps(on: date) -> list[Gap]:
    """Grids, areas and points without a responsible unit, or without any person who answers for them on a day.

    A grid has a person when somebody is appointed to it or to a duty grid it belongs to; an area or point when somebody is
    appointed to it, or its unit has a leader.
    """
    return [
        *_grid_gaps(on),
        *_place_gaps("area", Area.objects.all(), on),
        *_place_gaps("point", Point.objects.all(), on),
    ]


def _grid_gaps(on: date) -> Iterable[Gap]:
    held = Appointment.objects.filter(in_force(on), person__is_active=True)
    duty = DutyGrid.objects.filter(grids=OuterRef("pk"), active=True).filter(
        Exists(held.filter(duty_grid=OuterRef("pk")))
    )
    rows = Grid.objects.filter(active=True).annotate(
        own=Exists(held.filter(grid=OuterRef("pk"))), duty=Exists(duty)
    )  # fmt: skip
    for code, name, unit, own, by_duty in rows.values_list("code", "name", "unit", "own", "duty").order_by("code"):
        yield from _gaps("grid", code, name, unit, own or by_duty)


def _place_gaps(kind: str, rows: QuerySet[Any], on: date) -> Iterable[Gap]:
    held = Appointment.objects.filter(in_force(on), person__is_active=True)
    leader = held.filter(unit=OuterRef("unit"), role=Role.UNIT_LEADER)
    rows = rows.filter(active=True).annotate(own=Exists(held.filter(**{kind: OuterRef("pk")})), led=Exists(leader))
    for code, name, unit, own, led in rows.values_list("code", "name", "unit", "own", "led").order_by("code"):
        yield from _gaps(kind, code, name, unit, own or led)


def _gaps(kind: str, code: str, name: str, unit: int | None, person: bool) -> Iterable[Gap]:
    if unit is None:
        yield Gap(kind, code, name, "unit")
    if not person:
        yield Gap(kind, code, name, "person")


def codes_after(code: str, many: int) -> tuple[str, ...]:
    """The next free codes in the community of a grid (or with this 12-character code). Raises Invalid where it has no more.

    Codes that were ever given out count: one that is not in use any more still names what it named.
    """
    community = code[:12]
    known = Grid.objects.filter(code__startswith=community).values_list("code", flat=True) if community else ()
    return free_codes(community, known, many)


def held_of(row: Appointment) -> Held:
    """An appointment as the rules see it."""
    beside = (row.duty_grid_id, row.area_id, row.point_id)
    return Held(row.person_id, row.role, row.unit_id, row.starts_on, row.ends_on, beside, row.note)


def answer_for_new(codes: Iterable[str], on: date) -> list[tuple[Person, str, date | None]]:
    """Who would answer for grids that took the place of these: person, role, last day (None: without an end)."""
    rows = Appointment.objects.filter(grid__code__in=list(codes), grid__active=True).select_related("person")
    people = {row.person_id: row.person for row in rows}
    return [(people[one.person], one.role, one.ends_on) for one in heirs((held_of(row) for row in rows), on)]


def contact_book(on: date, text: str = "") -> QuerySet[Appointment]:
    """The contact book (通讯录): who holds which post in which unit on a day; found by name or pinyin initials."""
    rows = Appointment.objects.filter(in_force(on), person__is_active=True).select_related("person", "unit")
    if text:
        rows = rows.filter(
            Q(person__name__icontains=text) | Q(person__initials__startswith=text.lower())
            | Q(unit__name__icontains=text) | Q(unit__initials__startswith=text.lower())
        )  # fmt: skip
    return rows.order_by("unit__code", "role", "person__username")


def appointments_of(person: Person) -> QuerySet[Appointment]:
    """Everything a person was ever appointed to, newest first."""
    return person.appointments.select_related("unit", "grid", "duty_grid", "area", "point").order_by(
        "-starts_on", "-id"
    )


def units() -> QuerySet[Unit]:
    """All units in order of code, with their parents."""
    return Unit.objects.select_related("parent").order_by("code")
