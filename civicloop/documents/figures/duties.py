"""Who answers for what: units, grids, areas, points and the people appointed to them; and the contact book of a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.places import COUNTED_ONLY
from civicloop.documents.rules.figures import Contact, Duties
from civicloop.documents.rules.sentences.words import ROLES, word
from civicloop.kernel.refusal import Invalid, NotAllowed
from civicloop.kernel.text import mask_phone
from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation import policy
from civicloop.organisation.models import Appointment, Area, DutyGrid, Person, Point
from civicloop.organisation.queries import contact_book
from civicloop.organisation.rules.roles import Role, UnitKind

ANSWERING = (Role.SPONSOR, Role.UNIT_LEADER, Role.UNIT_HANDLER, Role.GRID_WORKER)


def duties(frame: Frame) -> Duties:
    """Counted on the last day of the period. Four statements."""
    units = [
        unit for unit in frame.ref.org.units.values() if unit.active and (frame.units is None or unit.id in frame.units)
    ]
    kinds = Counter(unit.kind for unit in units)
    posts = _posts(frame)
    mine = {unit.id for unit in units}
    grids = [grid for grid in frame.ref.grids.grids.values() if frame.units is None or grid.unit_id in mine]
    duty: dict[int, set[int]] = {
        pk: set() for pk in DutyGrid.objects.filter(active=True, **_of(frame)).values_list("pk", flat=True)
    }
    for pk, grid in DutyGrid.grids.through.objects.filter(dutygrid__in=duty).values_list("dutygrid_id", "grid_id"):
        duty[pk].add(grid)
    held = {post.grid_id for _, post in posts if post.grid_id}
    held |= {grid for _, post in posts for grid in duty.get(post.duty_grid_id or 0, ())}
    leading = {post.unit_id for _, post in posts if post.role == Role.UNIT_LEADER}
    areas = list(Area.objects.filter(active=True, **_of(frame)).values_list("pk", "unit_id"))
    inspected = Point.objects.filter(active=True, **_of(frame)).exclude(point_type__in=COUNTED_ONLY)
    points = list(inspected.values_list("pk", "unit_id"))
    return Duties(
        departments=kinds[UnitKind.DEPARTMENT], towns=kinds[UnitKind.TOWN], communities=kinds[UnitKind.COMMUNITY],
        companies=kinds[UnitKind.COMPANY], teams=kinds[UnitKind.TEAM], task_forces=kinds[UnitKind.TASK_FORCE],
        grids=len(grids), grids_manned=sum(grid.id in held for grid in grids), duty_grids=len(duty),
        areas=len(areas), areas_manned=_manned(areas, {post.area_id for _, post in posts}, leading),
        points=len(points), points_manned=_manned(points, {post.point_id for _, post in posts}, leading),
        sponsors=len({person for person, post in posts if post.role == Role.SPONSOR}),
        grid_workers=len({person for person, post in posts if post.role == Role.GRID_WORKER}),
        people=len({person for person, _ in posts}),
    )  # fmt: skip


def contacts(frame: Frame) -> tuple[Contact, ...]:
    """Who answers for the units asked about and their grids, areas and points. Phones are masked.

    With the option `purpose` (what the full numbers are needed for) they are shown, if the person who asks may read personal data;
    each reading is written to the ledger. Raises NotAllowed, or Invalid without a person. One statement, and two for the ledger.
    """
    rows = contact_book(frame.asked.end).filter(role__in=ANSWERING)
    rows = rows.select_related("grid", "duty_grid", "area", "point")
    if frame.units is not None:
        rows = rows.filter(unit_id__in=sorted(frame.units))
    found = list(rows)
    shown = bool(str(frame.option("purpose", "")).strip())
    if shown:
        _write_down(found, frame)
    order = {role: number for number, role in enumerate(ANSWERING)}
    found.sort(key=lambda row: (row.unit.code, order[Role(row.role)], row.pk))
    return tuple(
        Contact(
            row.unit.name, word(ROLES, row.role), row.person.name,
            row.person.phone if shown else mask_phone(row.person.phone) if row.person.phone else "", _scope(row),
        )
        for row in found
    )  # fmt: skip


def _write_down(rows: Sequence[Appointment], frame: Frame) -> None:
    asker = Person.objects.filter(pk=frame.asked.by_id).first() if frame.asked.by_id else None
    if asker is None:
        raise Invalid("by", "required", field="by")
    if not policy.may(asker, "personal_data.read", at=frame.asked.as_of):
        raise NotAllowed("personal_data.read", "role", who=policy.MAY["personal_data.read"], by=asker)
    told = {"fields": ["phone"], "purpose": str(frame.option("purpose")).strip()[:200]}
    people = dict.fromkeys(row.person.uid for row in rows)
    record_many([Entry("person", uid, "personal_data.read", asker.uid, frame.asked.as_of, told) for uid in people])


def _posts(frame: Frame) -> list[tuple[int, Any]]:
    return [
        (person, post)
        for person, posts in frame.ref.org.posts.items()
        for post in posts
        if post.holds_on(frame.asked.end) and (frame.units is None or post.unit_id in frame.units)
    ]


def _of(frame: Frame) -> dict[str, Any]:
    return {} if frame.units is None else {"unit_id__in": sorted(frame.units)}


def _manned(rows: Sequence[tuple[int, int | None]], own: set[int | None], leading: set[int]) -> int:
    return sum(pk in own or unit in leading for pk, unit in rows)


def _scope(row: Appointment) -> str:
    place = row.grid or row.duty_grid or row.area or row.point
    return place.name if place is not None else ""
