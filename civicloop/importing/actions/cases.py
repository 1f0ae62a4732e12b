"""Rows that are cases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from civicloop.cases.actions.historic import Historic, HistoricStep, bring_in, check
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.cases.place import Located, locate
from civicloop.importing.actions.judged import Judged
from civicloop.importing.rules.mapping import REPORTED, MappingFile, StepRule
from civicloop.importing.rules.values import Cells, moment, number, short, take, yes
from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.kernel.tilekey import tile_key
from civicloop.organisation.models import Person, Point
from civicloop.standards import reference
from civicloop.standards.categories import CategoryInfo

MOST_DESCRIPTION = 4000
MOST_ADDRESS = 200
MOST_KEY = 100
# A place with one of these is left out or kept without a grid; the row is taken all the same, with a warning.
FORGIVEN = frozenset({"half_a_place", "null_island", "outside_grids", "wrong_datum"})
KEPT_WITHOUT_GRID = frozenset({"outside_grids", "wrong_datum"})


class CaseBringer:
    """Reads rows as historic cases and writes them in batches."""

    batch = 500
    whole = False

    def __init__(self, mapping: MappingFile) -> None:
        self.mapping = mapping
        self.ref = reference.now()
        self._points: dict[str, int | None] = {}
        self._people: dict[str, int | None] = {}

    def read(self, cells: Cells) -> tuple[Historic, str, tuple[Refused, ...]]:
        """The case a row tells of."""
        text = self._texts(cells)
        key = short(text["key"], MOST_KEY, field="key")
        if not key:
            raise Invalid("key", "required", field="key")
        reported = self._moment(cells, "reported_at")
        if reported is None:
            raise Invalid("reported_at", "required", field="reported_at")
        answers = {name: take(value, cells, field=f"answers.{name}") for name, value in self.mapping.answers.items()}
        category = self._category(text["category"])
        place, warnings = self._place(text.get("lon", ""), text.get("lat", ""))
        steps = self._steps(cells, reported)
        record = Historic(
            external_key=key, category_id=category.id, reported_at=reported, steps=steps,
            received_at=self._moment(cells, "received_at"),
            condition_id=self._condition(category, text.get("condition", "")),
            description=short(text.get("description", ""), MOST_DESCRIPTION, field="description"),
            address=short(text.get("address", ""), MOST_ADDRESS, field="address"),
            **self._ground(text, place), point_id=self._point(text.get("point", "")),
            unit_id=self._unit(text.get("unit", ""), category, place),
            reporter_id=self._person(text.get("reporter", "")),
            source=_choice(text.get("source") or "import", SOURCE_LABELS, "source"),
            urgent=yes(text.get("urgent", ""), field="urgent"),
            answers={name: told for name, told in answers.items() if told},
            recurrence_of_key=text.get("recurrence_of") or None, merged_into_key=text.get("merged_into") or None,
            fingerprint=_fingerprint(text, answers, reported, steps),
        )  # fmt: skip
        return record, key, warnings

    def write(
        self, records: Sequence[Historic], *, by: Person | None, at: datetime
    ) -> list[tuple[str, Refused | None]]:
        """Keep the cases; the books of reference are looked at afresh for each batch."""
        self.ref = reference.now()
        return [(one.verdict, one.refused) for one in bring_in(records, by=by, at=at, ref=self.ref)]

    def judge(
        self, records: Sequence[Historic], judged: Judged, *, by: Person | None, at: datetime
    ) -> list[tuple[str, Refused | None]]:
        """The rules judge all records; the database those that can be written without the rows before them."""
        self.ref = reference.now()
        keys = {key for one in records for key in (one.external_key, one.recurrence_of_key, one.merged_into_key) if key}
        told = check(records, at=at, ref=self.ref, earlier=judged.marks(keys))
        alone = [
            replace(one, recurrence_of_key=None)
            for one, outcome in zip(records, told, strict=True)
            if outcome.verdict == "new" and not one.merged_into_key
        ]
        bring_in(alone, by=by, at=at, ref=self.ref)
        return [(one.verdict, one.refused) for one in told]

    def mark(self, record: Historic) -> tuple[str, str]:
        """The key in the source, and the row's fingerprint."""
        return record.external_key or "", record.fingerprint

    def _texts(self, cells: Cells) -> dict[str, str]:
        return {
            name: take(value, cells, field=name, multiline=name == "description")
            for name, value in self.mapping.fields.items()
            if name not in ("reported_at", "received_at")
        }

    def _moment(self, cells: Cells, name: str) -> datetime | None:
        value = self.mapping.fields.get(name)
        if value is None:
            return None
        # A lone column keeps the date that a workbook gives; everything else is text.
        cell = (
            cells.get(value.columns[0])
            if len(value.columns) == 1 and value.values is None
            else take(value, cells, field=name)
        )
        return moment(
            cell if cell not in (None, "") else value.default, self.mapping.dates, self.mapping.timezone, field=name
        )

    def _category(self, code: str) -> CategoryInfo:
        found = self.ref.categories.by_code(code, self.mapping.pack) if code else None
        if found is None:
            raise Invalid(
                "category", "unknown_category" if code else "required", value=code, category=code, field="category"
            )
        return found

    def _condition(self, category: CategoryInfo, code: str) -> int | None:
        if not code:
            return None
        found = next((one.id for one in category.conditions if one.code == code), None)
        if found is None:
            raise Invalid("condition", "condition_of_another_category", value=code, category=category.code)
        return found

    def _place(self, lon_text: str, lat_text: str) -> tuple[Located, tuple[Refused, ...]]:
        """Where it was. Swapped or impossible coordinates are refused; a place outside the city is kept, without grid."""
        lon, lat = number(lon_text, field="lon"), number(lat_text, field="lat")
        if lon is None and lat is None:
            return Located(), (Invalid("place", "no_place"),)
        try:
            return locate(lon, lat, self.mapping.datum.value, self.ref), ()
        except Invalid as refused:
            if refused.code not in FORGIVEN:
                raise
            if refused.code not in KEPT_WITHOUT_GRID or lon is None or lat is None:
                return Located(), (refused,)
            here = geo.to_wgs84(lon, lat, self.mapping.datum)
            key = tile_key(here.lon, here.lat)
            return Located(here.lon, here.lat, lon, lat, self.mapping.datum.value, key), (refused,)

    def _ground(self, text: Mapping[str, str], place: Located) -> dict[str, Any]:
        """The columns of the place; a grid that the row names itself goes before the one its place lies in."""
        grid = place.grid
        if text.get("grid"):
            grid = self.ref.grids.by_code(text["grid"])
            if grid is None:
                raise Invalid("grid", "unknown_grid", value=text["grid"], grid=text["grid"])
        area_class = text.get("area_class") or (grid.area_class if grid else "B")
        return {
            "lon": place.lon, "lat": place.lat, "given_lon": place.given_lon, "given_lat": place.given_lat,
            "datum": place.datum, "grid_id": grid.id if grid else None,
            "area_class": _choice(area_class, "ABC", "area_class"),
        }  # fmt: skip

    def _unit(self, code: str, category: CategoryInfo, place: Located) -> int | None:
        """The unit a row names; else the first that carries the category's line; else the block the place lies in."""
        if code:
            found = self.ref.org.by_code(code)
            if found is None:
                raise Invalid("unit", "unknown_unit", value=code, code=code)
            return found.id
        carriers = self.ref.org.for_line(category.line) if category.line else ()
        return carriers[0].id if carriers else (place.grid.unit_id if place.grid else None)

    def _point(self, code: str) -> int | None:
        if code and code not in self._points:
            self._points[code] = Point.objects.filter(code=code).values_list("pk", flat=True).first()
        if code and self._points[code] is None:
            raise Invalid("point", "unknown_point", value=code)
        return self._points.get(code)

    def _person(self, username: str) -> int | None:
        if username and username not in self._people:
            self._people[username] = Person.objects.filter(username=username).values_list("pk", flat=True).first()
        if username and self._people[username] is None:
            raise Invalid("reporter", "unknown_person", value=username, person=username)
        return self._people.get(username)

    def _steps(self, cells: Cells, reported: datetime) -> tuple[HistoricStep, ...]:
        if self.mapping.status is None:
            return ()
        status = take(self.mapping.status, cells, field="status")
        rules = self.mapping.steps.get(status, self.mapping.steps_otherwise)
        if rules is None:
            raise Invalid("status", "unknown_status", value=status)
        steps, last = list[HistoricStep](), reported
        for rule in rules:
            at = self._step_moment(rule, cells, reported)
            if at is None and rule.optional:
                continue
            if at is None:
                raise Invalid("steps", "step_without_date", step=rule.step, column=", ".join(rule.at))
            last = _same_day(at, last, self.mapping.timezone)
            steps.append(HistoricStep(rule.step, last, note=take(rule.note, cells, field="note", multiline=True)))
        return tuple(steps)

    def _step_moment(self, rule: StepRule, cells: Cells, reported: datetime) -> datetime | None:
        for name in rule.at:
            if name == REPORTED:
                return reported
            found = moment(cells.get(name), self.mapping.dates, self.mapping.timezone, field=name)
            if found is not None:
                return found
        return None


def _same_day(at: datetime, last: datetime, zone: ZoneInfo) -> datetime:
    """A bare date on the day of the step before means that day, not its midnight."""
    wall, before = at.astimezone(zone), last.astimezone(zone)
    bare = (wall.hour, wall.minute, wall.second, wall.microsecond) == (0, 0, 0, 0)
    return last if bare and at < last and wall.date() == before.date() else at


def _choice(value: str, known: Any, field: str) -> str:
    if value not in known:
        raise Invalid(field, "unknown_choice", value=value)
    return value


def _fingerprint(
    text: Mapping[str, str], answers: Mapping[str, str], reported: datetime, steps: Sequence[HistoricStep]
) -> str:
    """What tells the same row from a changed one: everything the mapping takes from it."""
    told = [text, answers, reported.isoformat(), [[one.name, one.at.isoformat(), one.note] for one in steps]]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
