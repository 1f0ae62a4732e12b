"""Appointments follow a grid that is split or merged: see rules/heirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Appointment, Grid, Person
from civicloop.organisation.queries import held_of
from civicloop.organisation.rules.heirs import Held, heirs, last_day


def appointments_follow(old: Sequence[Grid], made: Sequence[Grid], *, by: Person | None, at: datetime) -> int:
    """Let whoever answered for the old grids answer for each new one. Returns how many appointments were made.

    What had begun ends the day before and stays as history; what had not is taken back. One ledger line for each person and role.
    """
    day = day_of(at)
    rows = list(Appointment.objects.select_for_update().filter(grid__in=old).order_by("pk"))
    lasting = [row for row in rows if row.ends_on is None or row.ends_on >= day]
    found = heirs([held_of(row) for row in lasting], day)  # before the rows are ended
    people = Person.objects.select_for_update().filter(pk__in={row.person_id for row in lasting}).order_by("pk")
    uids = dict(people.values_list("pk", "uid"))
    for row in lasting:
        ended = last_day(held_of(row), day)
        if ended is None:
            row.delete()
        else:
            row.ends_on = ended
            row.save(update_fields=["ends_on"])
    Appointment.objects.bulk_create([_to(one, grid) for one in found for grid in made])
    told = {"from": [grid.code for grid in old], "to": [grid.code for grid in made]}
    record_many([
        Entry("person", uids[person], "appointment.follow", by.uid if by else None, at, {"role": role, **told})
        for person, role in sorted({(one.person, one.role) for one in found})
    ])  # fmt: skip
    return len(found) * len(made)


def _to(held: Held, grid: Grid) -> Appointment:
    duty_grid, area, point = held.beside
    return Appointment(
        person_id=held.person, role=held.role, unit_id=held.unit, grid=grid, starts_on=held.starts_on, ends_on=held.ends_on,
        duty_grid_id=duty_grid, area_id=area, point_id=point, note=held.note,
    )  # fmt: skip
