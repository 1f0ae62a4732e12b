"""The ground of the map on which a place is picked: the city's own outlines and base map, for everybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Grid
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
    """The outlines of the city's grids, without names: what lies inside can be reported."""
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": coordinates}}
        for coordinates in _polygons()
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _polygons() -> list[list[list[list[list[float]]]]]:
    found = []
    for shape in Grid.objects.filter(active=True).values_list("outline", flat=True):
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else list(shape["coordinates"])
        found.append([[[[round(x, 5), round(y, 5)] for x, y in ring] for ring in part] for part in parts])
    return found
