"""Vector tiles for the pages; map programs ask at the API's door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from civicloop.insight import mapanswers
from civicloop.web.desk.asker import asker
from civicloop.web.desk.mapserver.answering import answered, for_scripts, same
from civicloop.web.desk.mapserver.knowing import key_of, remember


def _cases(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The cases the asker may see in one tile."""
    asking = asker(request)
    tile = mapanswers.cases_tile(
        z, x, y, request.GET.get("which", ""), actor=asking.actor, at=asking.at, ref=asking.ref
    )  # fmt: skip
    remember(request, asking)
    return answered(request, tile.tag, tile.make, mapanswers.MEDIA_TYPE)


def _cases_known(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse | None:
    key = key_of(request)
    if key is None or "If-None-Match" not in request.headers:
        return None
    tag = mapanswers.known_tag_of_cases(key, z, x, y, request.GET.get("which", ""), at=timezone.now())
    return same(request, tag)


def _points(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The inspected points in one tile."""
    asking = asker(request)
    tile = mapanswers.points_tile(z, x, y, ref=asking.ref)
    remember(request, asking)
    return answered(request, tile.tag, tile.make, mapanswers.MEDIA_TYPE)


def _points_known(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse | None:
    key = key_of(request)
    if key is None or "If-None-Match" not in request.headers:
        return None
    return same(request, mapanswers.known_tag_of_points(key, z, x, y, at=timezone.now()))


cases = for_scripts(_cases, first=_cases_known)
points = for_scripts(_points, first=_points_known)
