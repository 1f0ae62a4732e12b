"""The ground of the map on which a place is picked: the city's own outlines and base map, for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from civicloop.cases.place import locate
from civicloop.kernel.refusal import NotFound, Refused
from civicloop.organisation.book import UnitInfo
from civicloop.organisation.models import Grid
from civicloop.organisation.rules.roles import BLOCKS
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.web.portal.forms import number
from civicloop.web.portal.limits import limited
from civicloop.web.ranges import ranged


@limited("map", per_minute=300)
@require_GET
@cache_control(private=True, max_age=300)
def base(request: HttpRequest) -> HttpResponse:
    """The base map as JSON: which ground, in which datum, from where."""
    return JsonResponse(settings.BASE_MAP.described(reverse("portal:base_map_file")))


@limited("map", per_minute=300)
@require_safe
def base_file(request: HttpRequest) -> HttpResponseBase:
    """The PMTiles file of this server, in ranges."""
    path = settings.BASE_MAP.file
    if path is None or not path.is_file():
        raise NotFound("file", "base.pmtiles")
    return ranged(request, path, "application/vnd.pmtiles")


@limited("map", per_minute=300)
@require_GET
@cache_control(private=True, max_age=3600)
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines of the city's grids, without names: what lies inside can be reported; and where towns and communities lie."""
    rows = list(Grid.objects.filter(active=True).values_list("outline", "unit", "west", "south", "east", "north"))
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": _rounded(row[0])}}
        for row in rows
    ]
    places = _places(rows, reference.now())
    return JsonResponse({"type": "FeatureCollection", "features": features, "places": places})


@limited("map", per_minute=300)
@require_GET
def where(request: HttpRequest) -> HttpResponse:
    """In which community a place lies, so that whoever picks one on a map reads it in words; or why it cannot be taken."""
    ref = reference.now()
    try:
        here = locate(number(request.GET, "lon"), number(request.GET, "lat"), "wgs84", ref)
    except Refused as refused:
        return JsonResponse({"name": "", "outside": sentence(refused)})
    units = _blocks(here.grid.unit_id if here.grid is not None else None, ref)
    return JsonResponse({"name": " ".join(one.name for one in reversed(units)), "outside": ""})


def _places(rows: Sequence[Any], ref: Reference) -> list[dict[str, Any]]:
    """The middle of each community's grids and of each town's, with its name."""
    boxes: dict[int, list[Any]] = defaultdict(list)
    for _outline, unit_id, *box in rows:
        for one in _blocks(unit_id, ref):
            boxes[one.id].append(box)
    told = []
    for unit_id, found in boxes.items():
        unit = ref.org.units[unit_id]
        lon = sum(west + east for west, _south, east, _north in found) / (2 * len(found))
        lat = sum(south + north for _west, south, _east, north in found) / (2 * len(found))
        told.append({"name": unit.name, "lon": round(lon, 5), "lat": round(lat, 5), "kind": str(unit.kind)})
    return sorted(told, key=lambda one: (one["kind"], one["name"]))


def _blocks(unit_id: int | None, ref: Reference) -> list[UnitInfo]:
    """The unit whose ground it is, and the one above it, as far as they are blocks."""
    unit = ref.org.units.get(unit_id) if unit_id is not None else None
    above = ref.org.units.get(unit.parent_id) if unit is not None and unit.parent_id is not None else None
    return [one for one in (unit, above) if one is not None and one.kind in BLOCKS]


def _rounded(outline: Any) -> list[list[list[list[float]]]]:
    parts = [outline["coordinates"]] if outline["type"] == "Polygon" else list(outline["coordinates"])
    return [[[[round(x, 5), round(y, 5)] for x, y in ring] for ring in part] for part in parts]
