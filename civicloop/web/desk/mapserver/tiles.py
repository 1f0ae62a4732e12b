"""Vector tiles for the pages; map programs ask at the API's door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from civicloop.insight import mapanswers
from civicloop.web.desk.asker import asker
from civicloop.web.desk.mapserver.answering import answered, for_scripts


@for_scripts
def cases(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The cases the asker may see in one tile."""
    asking = asker(request)
    which = request.GET.get("which", "")
    tile = mapanswers.cases_tile(z, x, y, which, actor=asking.actor, at=asking.at, ref=asking.ref)
    return answered(request, tile.tag, tile.make, mapanswers.MEDIA_TYPE)


@for_scripts
def points(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The inspected points in one tile."""
    tile = mapanswers.points_tile(z, x, y, ref=asker(request).ref)
    return answered(request, tile.tag, tile.make, mapanswers.MEDIA_TYPE)
