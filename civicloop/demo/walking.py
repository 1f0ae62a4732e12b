"""Walking a case of the demo city from report to close through its real steps, with the people who would take them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.demo.history.scenes import book
from civicloop.demo.pictures import picture
from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.models import Person, Unit
from civicloop.photos.actions import store
from civicloop.standards.reference import Reference


@dataclass
class Desk:
    """Who takes which step. `handlers` are the people who put things right, by unit."""

    ref: Reference
    calendar: WorkCalendar
    filers: Sequence[Person]
    dispatchers: Sequence[Person]
    verifiers: Sequence[Person]
    handlers: Mapping[int, Sequence[Person]]
    late_units: Mapping[int, float]

    def unit_for(self, case: Case) -> int:
        """The block that answers for the point, else the department of the category's line, else whoever has people."""
        point = case.point
        for unit_id in (point.unit_id if point else None, self._block(case), self._line(case)):
            if unit_id is not None and self.handlers.get(unit_id):
                return unit_id
        return next(iter(self.handlers))

    def _block(self, case: Case) -> int | None:
        grid = self.ref.grids.info(case.grid_id) if case.grid_id is not None else None
        return grid.unit_id if grid else None

    def _line(self, case: Case) -> int | None:
        units = self.ref.org.for_line(self.ref.categories.by_id(case.category_id).line)
        return units[0].id if units else None


def walk(case: Case, desk: Desk, *, until: datetime, rng: Random, close: bool = True) -> None:
    """File, dispatch, accept, rectify, verify and close in working hours; stops at `until`, or before rectification."""
    unit_id = desk.unit_for(case)
    handler, verifier = rng.choice(list(desk.handlers[unit_id])), rng.choice(list(desk.verifiers))
    filer, dispatcher = rng.choice(list(desk.filers)), rng.choice(list(desk.dispatchers))
    at = _later(case.received_at, rng.uniform(0.1, 0.6), desk)
    steps: list[tuple[str, Person, dict[str, Any], float]] = [
        ("file", filer, {"category": str(case.category.uid)}, rng.uniform(0.1, 0.6)),
        ("dispatch", dispatcher, {"unit": Unit.objects.get(pk=unit_id).code}, rng.uniform(0.05, 0.2)),
        ("accept", handler, {}, rng.uniform(0.1, 0.5)),
    ]  # fmt: skip
    if close:
        notes = book()["notes"]
        steps += [
            ("rectify", handler, {"note": rng.choice(notes["rectify"])}, rng.uniform(0.3, 3)),
            ("verify", verifier, {"note": rng.choice(notes["verify"])}, rng.uniform(0.1, 1)),
            ("close", verifier, {"note": "同意结案"}, 0),
        ]
    for name, by, given, wait in steps:
        if name == "rectify":
            at = _rectified_at(case, desk, at, rng)
        if at >= until:
            return
        if name == "rectify":
            given["photos"] = [_after(case, by, at)]
        case = actions.take(case.uid, name, by=by, at=at, given=given)
        at = _later(at, wait, desk)


def _rectified_at(case: Case, desk: Desk, at: datetime, rng: Random) -> datetime:
    """Mostly well before the due time; late in the share of cases in which the unit is wont to be."""
    due = case.due_at
    if due is None:
        return at
    if rng.random() < desk.late_units.get(case.unit_id or 0, 0.04):
        return _later(due, rng.uniform(1, 10), desk)
    seconds = desk.calendar.work_seconds(at, due) * rng.uniform(0.1, 0.7)
    return desk.calendar.add_work(at, max(60.0, seconds)).replace(microsecond=0)


def _later(since: datetime, hours: float, desk: Desk) -> datetime:
    return desk.calendar.add_work(since, max(60.0, hours * 3600)).replace(microsecond=0)


def _after(case: Case, by: Person, at: datetime) -> dict[str, str]:
    data = picture(f"{case.point_id}:{case.number}", case.category.code, after=True)
    return {"sha256": store(io.BytesIO(data), sha256=None, by=by, at=at).sha256, "kind": "after"}
