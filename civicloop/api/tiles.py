"""Vector tiles for map programs; the desk's own map asks at the desk's door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from civicloop.api.asking import STILL_LET_IN, Asked
from civicloop.api.knocking import for_map_programs, not_modified, token_of
from civicloop.api.reading import check_names
from civicloop.insight import mapanswers
from civicloop.insight.mapanswers import MEDIA_TYPE, TileAnswer
from civicloop.insight.mapknown import KNOWN, Proof
from civicloop.insight.mapsight import sight_of
from civicloop.organisation.actions.people import digest


def _cases(request: HttpRequest, who: Asked, z: int, x: int, y: int) -> HttpResponse:
    """The cases the asker may see in one tile."""
    check_names(request, ["which"])
    which = request.GET.get("which", "")
    _remember(request, who)
    return _answer(request, mapanswers.cases_tile(z, x, y, which, actor=who.actor, at=who.at, ref=who.ref))


def _cases_known(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse | None:
    if "If-None-Match" not in request.headers or not request.GET.keys() <= {"which"}:
        return None
    which = request.GET.get("which", "")
    return _same(request, mapanswers.known_tag_of_cases(_key(request), z, x, y, which, at=timezone.now()))


def _points(request: HttpRequest, who: Asked, z: int, x: int, y: int) -> HttpResponse:
    """The inspected points in one tile."""
    check_names(request, [])
    _remember(request, who)
    return _answer(request, mapanswers.points_tile(z, x, y, ref=who.ref))


def _points_known(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse | None:
    if "If-None-Match" not in request.headers or request.GET:
        return None
    return _same(request, mapanswers.known_tag_of_points(_key(request), z, x, y, at=timezone.now()))


def _answer(request: HttpRequest, tile: TileAnswer) -> HttpResponse:
    if same := _same(request, tile.tag):
        return same
    if body := tile.make():
        body, told = mapanswers.packed(body, request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(body, content_type=MEDIA_TYPE, headers={"ETag": tile.tag, **told})
    else:
        response = HttpResponse(status=204, headers={"ETag": tile.tag})
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _same(request: HttpRequest, tag: str | None) -> HttpResponse | None:
    """304 where the asker has the tile with this tag."""
    if tag is None or not mapanswers.is_known(request.headers.get("If-None-Match", ""), tag):
        return None
    response = not_modified(tag)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _key(request: HttpRequest) -> str:
    return f"token {digest(token_of(request))}"


def _remember(request: HttpRequest, who: Asked) -> None:
    proof = Proof(STILL_LET_IN, (digest(token_of(request)),), (), who.person.pk)
    KNOWN.keep(_key(request), proof, sight_of(who.actor), who.at, who.ref)


cases = for_map_programs(_cases, first=_cases_known)
points = for_map_programs(_points, first=_points_known)

urlpatterns = [
    path("cases/<int:z>/<int:x>/<int:y>.mvt", cases, name="tiles_cases"),
    path("points/<int:z>/<int:x>/<int:y>.mvt", points, name="tiles_points"),
]
