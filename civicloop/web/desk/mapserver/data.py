"""Outlines and rates of the grids as JSON."""

from __future__ import annotations

from functools import partial

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from civicloop.insight import lately
from civicloop.insight.mapgrids import grids_as_geojson, tag_of_grids
from civicloop.insight.mapstamps import tag
from civicloop.web.desk.asker import asker
from civicloop.web.desk.mapserver.answering import answered, for_scripts

GEOJSON = "application/geo+json"


@for_scripts
def grids(request: HttpRequest) -> HttpResponse:
    """The outlines of all grids; asked again only after one has changed."""
    ref = asker(request).ref
    return answered(request, tag_of_grids(ref), partial(grids_as_geojson, ref), GEOJSON)


@for_scripts
def rates(request: HttpRequest) -> HttpResponse:
    """One rate of every grid in a month. The tag is made of the numbers; the moment they are told for does not count."""
    asking, asked = asker(request), request.GET
    found = lately.grid_rates(
        asked.get("rate", "on_time"), asked.get("month", ""), actor=asking.actor, at=asking.at, ref=asking.ref
    )
    same = orjson.dumps({**found, "as_of": ""})
    return answered(
        request, tag(["rates", get_language(), same]), partial(orjson.dumps, found), "application/json"
    )  # fmt: skip
