"""Vector tiles for map programs; the desk's own map asks at the desk's door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.cache import patch_vary_headers

from civicloop.api.asking import Asked
from civicloop.api.knocking import for_map_programs, not_modified
from civicloop.api.reading import check_names
from civicloop.insight import mapanswers
from civicloop.insight.mapanswers import MEDIA_TYPE, TileAnswer


@for_map_programs
def cases(request: HttpRequest, who: Asked, z: int, x: int, y: int) -> HttpResponse:
    """The cases the asker may see in one tile."""
    check_names(request, ["which"])
    which = request.GET.get("which", "")
    return _answer(request, mapanswers.cases_tile(z, x, y, which, actor=who.actor, at=who.at, ref=who.ref))


@for_map_programs
def points(request: HttpRequest, who: Asked, z: int, x: int, y: int) -> HttpResponse:
    """The inspected points in one tile."""
    check_names(request, [])
    return _answer(request, mapanswers.points_tile(z, x, y, ref=who.ref))


def _answer(request: HttpRequest, tile: TileAnswer) -> HttpResponse:
    if mapanswers.is_known(request.headers.get("If-None-Match", ""), tile.tag):
        response = not_modified(tile.tag)
    elif body := tile.make():
        body, told = mapanswers.packed(body, request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(body, content_type=MEDIA_TYPE, headers={"ETag": tile.tag, **told})
    else:
        response = HttpResponse(status=204, headers={"ETag": tile.tag})
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


urlpatterns = [
    path("cases/<int:z>/<int:x>/<int:y>.mvt", cases, name="tiles_cases"),
    path("points/<int:z>/<int:x>/<int:y>.mvt", points, name="tiles_points"),
]
