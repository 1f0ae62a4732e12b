"""Points, areas and duty grids: lists to find them in, and forms to change them. Unit grids are edited on the map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.cases.place import locate
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.organisation import actions, policy
from civicloop.organisation.models import Area, DutyGrid, Grid, Point
from civicloop.organisation.models.places import CLASS_LABELS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
LISTS: dict[str, tuple[Any, str]] = {
    "points": (Point, "point"),
    "areas": (Area, "area"),
    "duty-grids": (DutyGrid, "duty_grid"),
}


@login_required
@require_GET
def listed(request: HttpRequest, which: str) -> HttpResponse:
    """Places of one kind, found by name or code."""
    asking = asker(request)
    model, kind = _of(which)
    words = clean_text(request.GET.get("q", ""), limit=100, field="q")
    rows: QuerySet[Any] = model.objects.select_related("unit").order_by("code")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words))
    if request.GET.get("idle") != "1":
        rows = rows.filter(active=True)
    found = list(rows[: MOST + 1])
    types = {one.value: one.words for one in choosing.point_types()} if kind == "point" else {}
    shown = {
        "rows": [(one, types.get(getattr(one, "point_type", ""), "")) for one in found[:MOST]], "kind": kind, "which": which,
        "more": len(found) > MOST, "most": MOST, "words": words, "idle": request.GET.get("idle") == "1",
        "may": policy.may(asking.person, f"{kind}.change", at=asking.at),
    }  # fmt: skip
    return render(request, "edit/places.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def add_point(request: HttpRequest) -> HttpResponse:
    """A new point for the sample frame."""
    asking = asker(request)
    policy.require(asking.person, "point.bring_in", at=asking.at)

    def act(given: dict[str, Any]) -> Point:
        given.pop("active", None)
        return actions.add_point(**_ready(given, asking), by=asking.person, at=asking.at)

    code = Asked("code", _("Code"), required=True, most=30)
    return run(request, Form(
        _("Add a point"), [code, *_point_fields(asking)[:-1]], act, reverse("desk:edit_places", args=["points"]), _("Add"),
        _("The point is added."), now={"datum": "wgs84"}, only_changes=False,
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, which: str, uid: UUID) -> HttpResponse:
    """One point, area or duty grid."""
    asking = asker(request)
    model, kind = _of(which)
    policy.require(asking.person, f"{kind}.change", at=asking.at)
    found = model.objects.select_related("unit").filter(uid=uid).first()
    if found is None:
        raise NotFound(kind, uid)
    fields = {"point": _point_fields, "area": _area_fields, "duty_grid": _duty_grid_fields}[kind](asking)
    do: Any = {"point": actions.change_point, "area": actions.change_area, "duty_grid": actions.change_duty_grid}[kind]

    def act(given: dict[str, Any]) -> Any:
        if kind == "point" and {"lon", "lat", "datum"} & set(given):
            # A place is changed as a whole: what was not typed anew is what stands there.
            given = {**{key: now[key] for key in ("lon", "lat", "datum")}, **given}
        return do(**{kind: found}, changes=_ready(given, asking), by=asking.person, at=asking.at)

    now = _now(kind, found)
    return run(request, Form(
        _("Change %(what)s") % {"what": found.name}, fields, act, reverse("desk:edit_places", args=[which]), _("Save"),
        _("It is changed."), now=now, about=(kind, found.uid), lead=_("Code %(code)s.") % {"code": found.code},
    ))  # fmt: skip


def _of(which: str) -> tuple[Any, str]:
    if which not in LISTS:
        raise NotFound("page", which)
    return LISTS[which]


def _common(asking: Asker) -> list[Asked]:
    return [
        Asked("name", _("Name"), required=True, most=120),
        Asked("unit", _("Responsible unit"), "choice", choices=choosing.units(asking)),
    ]


def _point_fields(asking: Asker) -> list[Asked]:
    datums = [
        Choice("wgs84", _("GPS, BeiDou (WGS-84, CGCS2000)")), Choice("gcj02", _("Amap, Tencent (GCJ-02)")),
        Choice("bd09", _("Baidu (BD-09)")),
    ]  # fmt: skip
    return [
        *_common(asking),
        Asked("point_type", _("Point type"), "choice", required=True, choices=choosing.point_types()),
        Asked("address", _("Address")),
        Asked("lon", _("Longitude"), "decimal"),
        Asked("lat", _("Latitude"), "decimal"),
        Asked("datum", _("Read from"), "choice", required=True, choices=datums,
              hint=_("The grid is found from the place.")),
        Asked("active", _("In use"), "yes", hint=_("Points not in use are never drawn again.")),
    ]  # fmt: skip


def _area_fields(asking: Asker) -> list[Asked]:
    return [
        *_common(asking),
        Asked("kind", _("Kind"), most=30),
        Asked("area_class", _("Area class"), "choice", choices=choosing.of_labels(CLASS_LABELS)),
        Asked("active", _("In use"), "yes"),
    ]


def _duty_grid_fields(asking: Asker) -> list[Asked]:
    return [
        *_common(asking),
        Asked("grids", _("Unit grids, by their codes"), "text", hint=_("Codes with spaces or line ends between them.")),
        Asked("active", _("In use"), "yes"),
    ]


def _now(kind: str, found: Any) -> dict[str, Any]:
    now = {"name": found.name, "unit": found.unit.code if found.unit else "", "active": found.active}
    if kind == "point":
        # What is kept is WGS-84, whatever it was given in.
        return now | {
            "point_type": found.point_type, "address": found.address, "lon": found.lon, "lat": found.lat, "datum": "wgs84",
        }  # fmt: skip
    if kind == "area":
        return now | {"kind": found.kind, "area_class": found.area_class}
    return now | {"grids": " ".join(found.grids.order_by("code").values_list("code", flat=True))}


def _ready(given: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """Codes turned into what they name; a place brought to WGS-84 with the grid it lies in."""
    ready = dict(given)
    if "unit" in given:
        ready["unit"] = choosing.unit_of(given["unit"])
    if "grids" in given:
        ready["grids"] = _grids(given["grids"])
    if {"lon", "lat"} & set(given):
        lon, lat = (None if given.get(key) in (None, "") else float(given[key]) for key in ("lon", "lat"))
        here = locate(lon, lat, given.get("datum") or "wgs84", asking.ref)
        ready |= {"lon": here.lon, "lat": here.lat, "datum": here.datum}
        ready["grid"] = Grid.objects.filter(pk=here.grid.id).first() if here.grid else None
    return ready


def _grids(text: str) -> list[Grid]:
    codes = sorted(set(text.replace(",", " ").replace("，", " ").split()))
    found = list(Grid.objects.filter(code__in=codes))
    if missing := sorted(set(codes) - {one.code for one in found}):
        raise Invalid("grids", "unknown_place", code=", ".join(missing[:5]))
    return found
