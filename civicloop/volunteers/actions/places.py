"""Teams and practice sites: made and changed, each change a line of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction

from civicloop.kernel import geo
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text, mask_name, mask_phone
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import clean, insert
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers.models import PracticeSite, ServiceKind, Skill, Team
from civicloop.volunteers.policy import require_do

TEAM_FIELDS = frozenset({
    "site", "skills", "areas", "lon", "lat", "radius_m", "capacity", "slots", "contact", "contact_phone", "active",
    "on_holidays",
})  # fmt: skip
MANY = frozenset({"skills", "areas", "services"})
SITE_FIELDS = frozenset({"name", "parent", "unit", "address", "lon", "lat", "opening", "services", "active"})
TEXTS = {"name": 100, "address": 200, "opening": 200, "contact": 60, "contact_phone": 30}
# How the ledger calls what other things call otherwise, and what it keeps unreadable.
CALLED = {"radius_m": "reach_m"}
MASKED = {"contact": mask_name, "contact_phone": mask_phone}
# Which level stands under which (中心、所、站、岗).
ABOVE = {
    "centre": (), "institute": ("centre",), "station": ("institute", "centre"),
    "position_post": ("station", "institute", "centre"), "practice_post": ("station", "institute", "centre"),
}  # fmt: skip
MOST_CAPACITY, MOST_RADIUS = 500, 100_000


@transaction.atomic
def make_team(
    *, unit: Unit, site: PracticeSite | None = None, skills: Iterable[Skill] = (), areas: Iterable[Unit] = (),
    lon: float | None = None, lat: float | None = None, radius_m: int = 5000, capacity: int = 3,
    slots: Sequence[Mapping[str, Any]] = (), contact: str = "", contact_phone: str = "", by: Person | None, at: datetime,
) -> Team:  # fmt: skip
    """What a unit of the kind "team" can do. Without a place of its own it starts from its site.

    Raises Invalid (`unit_is_no_team`, `bad_slots`, …), Conflict `team_known`.
    """
    require_do(by, "team.make", at=at)
    if unit.kind != UnitKind.TEAM:
        raise Invalid("unit", "unit_is_no_team", unit=unit.name)
    if Team.objects.filter(unit=unit).exists():
        raise Conflict("team_known", team=unit.name)
    if lon is None and lat is None and site is not None:
        lon, lat = site.lon, site.lat
    row = Team(
        unit=unit, site=site, lon=lon, lat=lat, radius_m=radius_m, capacity=capacity, slots=[dict(one) for one in slots],
        contact=_text("contact", contact), contact_phone=_text("contact_phone", contact_phone),
    )  # fmt: skip
    _check_team(row)
    row.save()
    row.skills.set(skills)
    row.areas.set(areas)
    data = {"unit": unit.code, "capacity": capacity, "skills": sorted(row.skills.values_list("code", flat=True))}
    record("team", unit.uid, "team.make", by=by.uid if by else None, at=at, data=data, new=True)
    return row


@transaction.atomic
def change_team(*, team: Team, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Team:
    """Change a team. Orders it has stay with it; a capacity of zero means that it is offered none."""
    require_do(by, "team.change", team, at=at)
    row = Team.objects.select_for_update(of=("self",)).select_related("unit", "site").get(pk=team.pk)
    before, after = _put_in(row, changes, TEAM_FIELDS)
    _check_team(row)
    row.save()
    data = {"before": before, "after": after}
    record("team", row.unit.uid, "team.change", by=by.uid if by else None, at=at, data=data)
    return row


@transaction.atomic
def make_site(
    *, code: str, name: str, level: str, unit: Unit, parent: PracticeSite | None = None, address: str = "",
    lon: float | None = None, lat: float | None = None, opening: str = "", services: Iterable[ServiceKind] = (),
    by: Person | None, at: datetime,
) -> PracticeSite:  # fmt: skip
    """A place of voluntary service on one of the five levels. Raises Invalid `site_level_wrong`, Conflict `code_taken`,
    `site_above_closed`.
    """
    require_do(by, "site.make", at=at)
    row = PracticeSite(
        code=code, name=_text("name", name), level=level, unit=unit, parent=parent, address=_text("address", address), lon=lon,
        lat=lat, opening=_text("opening", opening),
    )  # fmt: skip
    _check_site(row)
    insert(row)
    row.services.set(services)
    data = {"code": code, "name": row.name, "level": level, "unit": unit.code}
    record("site", row.uid, "site.make", by=by.uid if by else None, at=at, data=data, new=True)
    return row


@transaction.atomic
def change_site(*, site: PracticeSite, changes: Mapping[str, Any], by: Person | None, at: datetime) -> PracticeSite:
    """Change a site: name, place, opening hours, services, who keeps it, what it stands under, whether it is in use. One is closed
    only when nothing below it is in use (Conflict `site_in_use`), and in use only below one that is (`site_above_closed`).
    """
    require_do(by, "site.change", site, at=at)
    row = PracticeSite.objects.select_for_update(of=("self",)).get(pk=site.pk)
    before, after = _put_in(row, changes, SITE_FIELDS)
    _check_site(row)
    if not row.active and (many := row.below.filter(active=True).count()):
        raise Conflict("site_in_use", many=many)
    row.save()
    data = {"before": before, "after": after}
    record("site", row.uid, "site.change", by=by.uid if by else None, at=at, data=data)
    return row


def _put_in(row: Any, changes: Mapping[str, Any], editable: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {}, {}
    for name, value in changes.items():
        if name not in editable:
            raise Invalid(name, "not_editable", field=name)
        told = CALLED.get(name, name)
        if name in MANY:
            before[name] = sorted(getattr(row, name).values_list("code", flat=True))
            value = list(value)
            getattr(row, name).set(value)
            after[name] = sorted(one.code for one in value)
        else:
            value = _text(name, value) if name in TEXTS else value
            before[told], after[told] = _plain(name, getattr(row, name)), _plain(name, value)
            setattr(row, name, value)
    return before, after


def _text(field: str, value: str) -> str:
    return clean_text(value, limit=TEXTS[field], field=field)


def _plain(name: str, value: Any) -> Any:
    return MASKED[name](value) if value and name in MASKED else getattr(value, "code", value)


def _check_team(row: Team) -> None:
    _check_place(row)
    for name, least, most in (("capacity", 0, MOST_CAPACITY), ("radius_m", 0, MOST_RADIUS)):
        value = getattr(row, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Invalid(name, "number_out_of_bounds", value=value, least=least, most=most)
    check_slots(row.slots)


def check_slots(slots: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid `bad_slots` unless each slot is a weekday (1 is Monday), a beginning before its end, and a number of orders."""
    if not isinstance(slots, (list, tuple)) or len(slots) > 7 * 24:
        raise Invalid("slots", "bad_slots", value=str(slots)[:60])
    for slot in slots:
        try:
            begins, ends = time.fromisoformat(slot["from"]), time.fromisoformat(slot["to"])
            # Written in one way only, as the dispatcher compares them: 0900 is nobody's nine o'clock.
            written = (slot["from"], slot["to"]) == (f"{begins:%H:%M}", f"{ends:%H:%M}")
            right = (
                int(slot["weekday"]) in range(1, 8)
                and written
                and begins < ends
                and 0 <= int(slot["orders"]) <= MOST_CAPACITY
            )
        except (KeyError, TypeError, ValueError):
            right = False
        if not right:
            raise Invalid("slots", "bad_slots", value=str(slot)[:60])


def _check_site(row: PracticeSite) -> None:
    _check_place(row)
    if row.level not in ABOVE:
        raise Invalid("level", "unknown_choice", value=row.level, choices=list(ABOVE))
    if row.parent is None and row.level != "centre":
        raise Invalid("parent", "site_level_wrong", level=row.level)
    if row.parent is not None and (row.parent.level not in ABOVE[row.level] or row.parent.pk == row.pk):
        raise Invalid("parent", "site_level_wrong", level=row.level)
    if row.active and row.parent is not None and not row.parent.active:
        raise Conflict("site_above_closed", site=row.parent.name)
    clean(row)


def _check_place(row: Team | PracticeSite) -> None:
    if (row.lon is None) != (row.lat is None):
        raise Invalid("place", "half_a_place")
    if row.lon is not None and row.lat is not None:
        geo.validate(row.lon, row.lat)
