"""What steps ask for, and how what a person gives is read. Doors build their forms and schemas from this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. Kinds: text, decimal, integer, datetime, date, unit, units, person, category, condition,
    grid, case, choice, photos, place, line (one line of text), forward."""

    kind: str
    choices: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    "category": Field("category"),
    "condition": Field("condition"),
    "grid": Field("grid"),
    "area_class": Field("choice", ("A", "B", "C")),
    "unit": Field("unit"),
    "units": Field("units"),
    "note": Field("text"),
    "reason": Field("text"),
    "plan": Field("text"),
    "description": Field("text"),
    "photos": Field("photos"),
    "person": Field("person"),
    "review_on": Field("date"),
    "into": Field("case"),
    "amount": Field("decimal"),
    "unit_of_time": Field("choice", ("urgent_hour", "work_hour", "work_day", "natural_day")),
    "whistle_kind": Field("choice", ("emergency", "enforcement", "key_work", "ordinary")),
    "place": Field("place"),
    "meet_at": Field("datetime"),
    "score": Field("integer"),
    "level": Field("choice", ("supervisor", "leader", "key")),
    "answer_by": Field("datetime"),
    "ground": Field("choice", ("not_ours", "lateness", "verdict")),
    "verdict": Field("choice", ("granted", "refused")),
    "forward": Field("forward"),
    "party": Field("line"),
    "contact": Field("line"),
    "answered_by": Field("line"),
}
# A whistle's place is words, not coordinates.
STEP_FIELDS: dict[tuple[str, str], Field] = {("whistle", "place"): Field("text")}


def field_of(step: str, name: str) -> Field:
    """The field as this step asks for it."""
    return STEP_FIELDS.get((step, name), FIELDS[name])


def read(step: str, given: Mapping[str, Any], ref: Reference) -> dict[str, Any]:
    """The given values, typed. Empty values count as not given; unknown names are refused so that a typo shows."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in FIELDS:
            raise Invalid(name, "unknown_field", field=name)
        if value not in (None, "", [], ()):
            field = field_of(step, name)
            values[name] = READERS[field.kind](name, value, field, ref)
    return values


def _text(name: str, value: Any, field: Field, ref: Reference) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "not_text", field=name)
    return value


def _decimal(name: str, value: Any, field: Field, ref: Reference) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as fault:
        raise Invalid(name, "not_a_number", value=str(value)[:40]) from fault
    if not number.is_finite():
        raise Invalid(name, "not_a_number", value=str(value)[:40])
    return number


def _integer(name: str, value: Any, field: Field, ref: Reference) -> int:
    number = _decimal(name, value, field, ref)
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise Invalid(name, "not_a_whole_number", value=str(value)[:40])
    return int(number)


def _datetime(name: str, value: Any, field: Field, ref: Reference) -> datetime:
    moment = value if isinstance(value, datetime) else _parsed(parse_datetime, value)
    if moment is None:
        raise Invalid(name, "not_a_moment", value=str(value)[:40])
    if not 2000 <= moment.year < 2100:  # nobody meets or answers outside these years, and no clock counts there
        raise Invalid(name, "not_a_moment", value=str(value)[:40])
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())


def _date(name: str, value: Any, field: Field, ref: Reference) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    day = _parsed(parse_date, value)
    if day is None:
        raise Invalid(name, "not_a_date", value=str(value)[:40])
    return day


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    try:
        return parse(str(value))
    except ValueError:
        return None


def _uuid(name: str, value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


def _unit(name: str, value: Any, field: Field, ref: Reference) -> int:
    uid = _uuid(name, value)
    unit = ref.org.by_uid(uid) if uid else ref.org.by_code(str(value))
    if unit is None:
        raise Invalid(name, "unknown_unit", unit=str(value)[:60])
    return unit.id


def _units(name: str, value: Any, field: Field, ref: Reference) -> list[int]:
    values = [value] if isinstance(value, (str, UUID)) else value
    if not isinstance(values, (list, tuple)):
        raise Invalid(name, "not_a_list", field=name)
    return [_unit(name, one, field, ref) for one in values]


def _category(name: str, value: Any, field: Field, ref: Reference) -> int:
    uid = _uuid(name, value)
    category = ref.categories.by_uid(uid) if uid else ref.categories.by_code(str(value))
    if category is None:
        raise Invalid(name, "unknown_category", category=str(value)[:60])
    return category.id


def _condition(name: str, value: Any, field: Field, ref: Reference) -> int:
    return _integer(name, value, field, ref)


def _grid(name: str, value: Any, field: Field, ref: Reference) -> int:
    uid = _uuid(name, value)
    grid = ref.grids.by_uid(uid) if uid else ref.grids.by_code(str(value))
    if grid is None:
        raise Invalid(name, "unknown_grid", grid=str(value)[:60])
    return grid.id


def _person(name: str, value: Any, field: Field, ref: Reference) -> int:
    uid = _uuid(name, value)
    rows = Person.objects.filter(uid=uid) if uid else Person.objects.filter(username=str(value))
    found = rows.filter(is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(name, "unknown_person", person=str(value)[:60])
    return int(found)


def _case(name: str, value: Any, field: Field, ref: Reference) -> UUID:
    from civicloop.cases.models import Case  # noqa: PLC0415  (models import the rules this table describes)

    uid = _uuid(name, value)
    if uid is None:
        number = str(value).strip().lstrip("Aa#").strip()
        known = number.isdecimal() and len(number) <= 18
        uid = Case.objects.filter(pk=int(number)).values_list("uid", flat=True).first() if known else None
    if uid is None:
        raise Invalid(name, "unknown_case", case=str(value)[:60])
    return uid


def _forward(name: str, value: Any, field: Field, ref: Reference) -> UUID:
    uid = _uuid(name, value)
    if uid is None:
        raise Invalid(name, "unknown_choice", value=str(value)[:60])
    return uid


def _choice(name: str, value: Any, field: Field, ref: Reference) -> str:
    if str(value) not in field.choices:
        raise Invalid(name, "unknown_choice", value=str(value)[:40], choices=list(field.choices))
    return str(value)


def _photos(name: str, value: Any, field: Field, ref: Reference) -> list[Mapping[str, Any]]:
    if not isinstance(value, (list, tuple)):
        raise Invalid(name, "not_a_list", field=name)
    return [one if isinstance(one, Mapping) else {"sha256": str(one)} for one in value]


def _place(name: str, value: Any, field: Field, ref: Reference) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) - {"lon", "lat", "datum", "address"}:
        raise Invalid(name, "not_a_place", field=name)
    return value


READERS: dict[str, Callable[[str, Any, Field, Reference], Any]] = {
    "text": _text, "decimal": _decimal, "integer": _integer, "datetime": _datetime, "date": _date, "unit": _unit,
    "units": _units, "category": _category, "condition": _condition, "grid": _grid, "person": _person, "case": _case,
    "choice": _choice, "photos": _photos, "place": _place, "line": _text, "forward": _forward,
}  # fmt: skip
