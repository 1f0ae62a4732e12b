"""What the forms of teams and sites share: a place by coordinates or by the map, and the choices offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.cases.place import locate
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers import queries
from civicloop.volunteers.models import PracticeSite
from civicloop.volunteers.models.places import LEVEL_LABELS
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

TEMPLATE = "desk/volunteers_placeform.html"
UPPER = ("centre", "institute", "station")
PLACE = ("lon", "lat", "datum")
MOST_SITES = 600


def place_fields(hint: str = "") -> list[Asked]:
    """Longitude, latitude, and from which map they were read."""
    datums = [
        Choice("wgs84", _("GPS, BeiDou (WGS-84, CGCS2000)")), Choice("gcj02", _("Amap, Tencent (GCJ-02)")),
        Choice("bd09", _("Baidu (BD-09)")),
    ]  # fmt: skip
    return [
        Asked("lon", _("Longitude"), "decimal", hint=hint),
        Asked("lat", _("Latitude"), "decimal"),
        Asked("datum", _("Read from"), "choice", required=True, choices=datums),
    ]


def place_now(row: Any) -> dict[str, Any]:
    """What is kept is WGS-84, whatever it was given in."""
    return {"lon": row.lon, "lat": row.lat, "datum": "wgs84"}


def placed(given: Mapping[str, Any], now: Mapping[str, Any], asking: Asker) -> dict[str, Any]:
    """What was given with its place brought to WGS-84; a place is changed as a whole. Raises Invalid for one that cannot be."""
    ready = {name: value for name, value in given.items() if name not in PLACE}
    if not {"lon", "lat"} & set(given):
        return ready
    whole = {**{name: now.get(name) for name in PLACE}, **{name: given[name] for name in PLACE if name in given}}
    lon, lat = (None if whole[name] in (None, "") else float(whole[name]) for name in ("lon", "lat"))
    here = locate(lon, lat, whole["datum"] or "wgs84", asking.ref)
    return ready | {"lon": here.lon, "lat": here.lat}


def site_choices(*, levels: tuple[str, ...] = UPPER, but: int | None = None) -> list[Choice]:
    """Sites in use on these levels, by level and code."""
    rows = PracticeSite.objects.filter(active=True, level__in=levels).exclude(pk=but or 0).order_by("code")
    found = sorted(rows[:MOST_SITES], key=lambda one: list(LEVEL_LABELS).index(one.level))
    return [Choice(one.code, f"{one.name} · {LEVEL_LABELS[one.level]}") for one in found]


def area_choices(asking: Asker, near: int | None, chosen: set[str]) -> list[Choice]:
    """Towns, the communities of the town a unit belongs to, and whatever is chosen already."""
    org = asking.ref.org
    above = {near, *org.above(near)} if near else set()
    town = next((one for one in above if one and org.unit(one).kind == UnitKind.TOWN), None)
    own = set(org.subtree(town)) if town else set()
    offered = [
        one
        for one in org.units.values()
        if (one.active and (one.kind == UnitKind.TOWN or (one.kind == UnitKind.COMMUNITY and one.id in own)))
        or one.code in chosen
    ]
    offered.sort(key=lambda one: (one.kind != UnitKind.TOWN, one.code))
    return [Choice(one.code, one.name) for one in offered]


def service_choices() -> list[Choice]:
    """The lines of the menu that are not withdrawn."""
    return [Choice(one.code, one.name) for one in queries.services() if one.ended_at is None]
