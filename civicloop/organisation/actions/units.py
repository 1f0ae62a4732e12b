"""Units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from pypinyin import Style, lazy_pinyin

from civicloop.bus import announce
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import Entry, record, record_many
from civicloop.organisation.facts import CalendarChanged, UnitMoved
from civicloop.organisation.models import Person, Unit, WorkCalendar
from civicloop.organisation.policy import require
from civicloop.organisation.revisions import bump
from civicloop.organisation.rules.roles import UnitKind


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as an importer gives it; `parent` is the parent's code."""

    code: str
    name: str
    kind: str
    parent: str = ""
    short_name: str = ""
    lines: Sequence[str] = ()
    division_code: str = ""
    phone: str = ""
    address: str = ""
    hours: Sequence[Sequence[str]] = field(default=())


def initials(text: str) -> str:
    """The first letters of the pinyin, by which people type names: 昭通市文明办 → ztswmb."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()[:60]


@transaction.atomic
def add_unit(
    *, code: str, name: str, kind: str, parent: Unit | None = None, short_name: str = "", lines: Iterable[str] = (),
    division_code: str = "", phone: str = "", address: str = "", hours: Sequence[Sequence[str]] = (),
    calendar: WorkCalendar | None = None, by: Person | None, at: datetime,
) -> Unit:  # fmt: skip
    """Add a unit to the tree."""
    require(by, "unit.add", at=at)
    check_hours(hours)
    unit = Unit(
        code=code, name=name, kind=kind, parent=parent, short_name=short_name, initials=initials(name),
        lines=list(lines), division_code=division_code, phone=phone, address=address, calendar=calendar,
        hours=[list(window) for window in hours],
    )  # fmt: skip
    clean(unit)
    insert(unit)
    data = {"code": code, "name": name, "kind": str(kind), "parent": parent.code if parent else None}
    record("unit", unit.uid, "unit.add", by=by.uid if by else None, at=at, data=data, new=True)
    bump("organisation")
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Unit:
    """Change a unit. It cannot be put below itself. Units above its new place come to see what its cases are (UnitMoved)."""
    require(by, "unit.change", at=at)
    editable = {"name", "short_name", "kind", "parent", "lines", "phone", "address", "hours", "calendar", "active"}
    for name in changes:
        if name not in editable:
            raise Invalid(name, "not_editable", field=name)
    parents = _parents() if "parent" in changes else {}
    row = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    before, moved_from = {name: _plain(getattr(row, name)) for name in changes}, row.parent_id
    for name, value in changes.items():
        setattr(row, name, value)
    above = row.parent_id if parents else None
    while above is not None:
        if above == row.pk:
            raise Invalid("parent", "unit_below_itself", unit=row.code)
        above = parents.get(above)
    check_hours(row.hours)
    row.initials = initials(row.name)
    clean(row)
    row.save()
    after = {name: _plain(value) for name, value in changes.items()}
    data = {"before": before, "after": after}
    record("unit", row.uid, "unit.change", by=by.uid if by else None, at=at, data=data)
    bump("organisation", "calendars")
    if {"hours", "calendar", "parent"} & set(changes):  # the unit, and those below it, may count with other hours now
        announce(CalendarChanged(row.calendar_id or 0))
    if row.parent_id != moved_from:
        announce(UnitMoved(row.pk, at))
    return row


def _parents() -> dict[int, int | None]:
    """Who stands below whom, held fast: of two moves at once, which together would tie a knot, the second sees the first."""
    return dict(Unit.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", "parent"))


@transaction.atomic
def bring_in_units(*, rows: Sequence[UnitRow], by: Person | None, at: datetime) -> dict[str, int]:
    """Add many units, parents before children or after; those whose code is known stay as they are."""
    require(by, "unit.add", at=at)
    known = dict(Unit.objects.values_list("code", "id"))
    fresh: dict[str, Unit] = {}
    for row in rows:
        if row.code in known or row.code in fresh:
            continue
        check_hours(row.hours)
        unit = Unit(
            code=row.code, name=row.name, kind=row.kind, short_name=row.short_name, initials=initials(row.name),
            lines=list(row.lines), division_code=row.division_code, phone=row.phone, address=row.address,
            hours=[list(window) for window in row.hours],
        )  # fmt: skip
        clean(unit)
        fresh[row.code] = unit
    Unit.objects.bulk_create(fresh.values(), batch_size=500)
    known |= {code: unit.pk for code, unit in fresh.items()}
    for row in rows:
        if row.code in fresh and row.parent:
            if row.parent not in known:
                raise Invalid("parent", "unknown_unit", code=row.parent)
            fresh[row.code].parent_id = known[row.parent]
    Unit.objects.bulk_update(fresh.values(), ["parent"], batch_size=500)
    uid = by.uid if by else None
    record_many(
        [Entry("unit", u.uid, "unit.add", uid, at, {"code": u.code, "name": u.name}, new=True) for u in fresh.values()]
    )
    bump("organisation")
    return {"added": len(fresh), "known": len(rows) - len(fresh)}


def clean(row: Any) -> None:
    """Let the model's own checks speak, as a refusal that names the field."""
    from django.core.exceptions import ValidationError  # noqa: PLC0415  (leaf: only needed when a row is written)

    try:
        # What the model itself puts in need not be checked: an empty list of announced years is no mistake.
        ours = [f.name for f in row._meta.fields if f.has_default() and getattr(row, f.name) == f.get_default()]
        row.clean_fields(exclude=[*ours, *(f.name for f in row._meta.fields if f.is_relation)])
    except ValidationError as fault:
        name, errors = next(iter(fault.error_dict.items()))
        raise Invalid(name, "bad_value", field=name, why=str(errors[0].message % (errors[0].params or {}))) from fault


def insert(row: Any) -> None:
    """Save a new row; refuse a code that is taken."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict("code_taken", code=row.code) from fault


def check_hours(hours: Sequence[Sequence[str]]) -> None:
    """Refuse working hours that are not in order."""
    last = time.min
    for window in hours:
        try:
            start = time.fromisoformat(window[0])
            end = time.max if window[1] == "24:00" else time.fromisoformat(window[1])
        except (ValueError, IndexError) as fault:
            raise Invalid("hours", "bad_hours", value=str(window)) from fault
        if start.tzinfo or end.tzinfo or not last <= start < end:  # hours are those of the city's own clock
            raise Invalid("hours", "bad_hours", value=f"{window[0]}–{window[1]}")
        last = end


def kinds() -> tuple[str, ...]:
    """All kinds of unit."""
    return tuple(UnitKind)


def _plain(value: Any) -> Any:
    return getattr(value, "code", value)
