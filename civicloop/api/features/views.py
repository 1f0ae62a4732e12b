"""The addresses of OGC API – Features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from civicloop.api.asking import Asked
from civicloop.api.features.collections import COLLECTIONS, Collection
from civicloop.api.features.openapi import described
from civicloop.api.features.questions import CRS84, check_form, read
from civicloop.api.knocking import for_map_programs, not_modified
from civicloop.api.paging import Place
from civicloop.api.reading import check_names
from civicloop.insight.mapanswers import is_known
from civicloop.insight.mapstamps import tag
from civicloop.kernel.refusal import NotFound

ROOT = "/api/features"
JSON, GEOJSON, OPENAPI = "application/json", "application/geo+json", "application/vnd.oai.openapi+json;version=3.0"
CONFORMS = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")
]  # fmt: skip
TITLE = "CivicLoop"
ABOUT = "Unit grids, inspected points and the cases you may see. Nothing here names a person."


@for_map_programs
def landing(request: HttpRequest, who: Asked) -> HttpResponse:
    """What there is, as links."""
    _check(request)
    links = [
        _link(request, "self", "", JSON, "This document"),
        _link(request, "service-desc", "/api", OPENAPI, "Description of the API"),
        _link(request, "conformance", "/conformance", JSON, "What it conforms to"),
        _link(request, "data", "/collections", JSON, "The collections"),
    ]
    return _answer(request, {"title": TITLE, "description": ABOUT, "links": links})


@for_map_programs
def conformance(request: HttpRequest, who: Asked) -> HttpResponse:
    """The parts of the standard that are kept."""
    _check(request)
    return _answer(request, {"conformsTo": CONFORMS})


@for_map_programs
def api(request: HttpRequest, who: Asked) -> HttpResponse:
    """The description, as OpenAPI 3.0."""
    _check(request)
    return _answer(request, described(_address(request, ""), TITLE, ABOUT), OPENAPI)


@for_map_programs
def collections(request: HttpRequest, who: Asked) -> HttpResponse:
    """All collections."""
    _check(request)
    told = [_collection(request, one, who) for one in COLLECTIONS.values()]
    return _answer(
        request, {"links": [_link(request, "self", "/collections", JSON, "This document")], "collections": told}
    )


@for_map_programs
def collection(request: HttpRequest, who: Asked, name: str) -> HttpResponse:
    """One collection."""
    _check(request)
    return _answer(request, _collection(request, _named(name), who))


@for_map_programs
def items(request: HttpRequest, who: Asked, name: str) -> HttpResponse:
    """Features of a collection, a page at a time; `next` leads on."""
    one = _named(name)
    features, following = one.page(who, read(request, one.filters), request.GET)
    path = f"/collections/{name}/items"
    links = [
        {"rel": "self", "type": GEOJSON, "href": request.build_absolute_uri(), "title": "This page"},
        _link(request, "collection", f"/collections/{name}", JSON, one.title),
    ]
    if following:
        links.append(_next(request, path, following))
    body = {"type": "FeatureCollection", "features": features, "links": links, "timeStamp": f"{who.at:%Y-%m-%dT%H:%M:%SZ}",
            "numberReturned": len(features)}  # fmt: skip
    return _answer(request, body, GEOJSON, crs=True)


@for_map_programs
def item(request: HttpRequest, who: Asked, name: str, key: str) -> HttpResponse:
    """One feature."""
    _check(request)
    one = _named(name)
    links = [
        _link(request, "self", f"/collections/{name}/items/{key}", GEOJSON, "This feature"),
        _link(request, "collection", f"/collections/{name}", JSON, one.title),
    ]
    return _answer(request, {**one.item(who, key), "links": links}, GEOJSON, crs=True)


def _check(request: HttpRequest) -> None:
    check_names(request, ["f"])
    check_form(request)


def _named(name: str) -> Collection:
    if name not in COLLECTIONS:
        raise NotFound("collection", name[:60])
    return COLLECTIONS[name]


def _collection(request: HttpRequest, one: Collection, who: Asked) -> dict[str, Any]:
    path, extent = f"/collections/{one.name}", {}
    if who.ref.grids.box:
        extent["spatial"] = {"bbox": [list(who.ref.grids.box)], "crs": CRS84}
    if one.timed:
        extent["temporal"] = {"interval": [[None, None]]}
    return {
        "id": one.name, "title": one.title, "description": one.about, "itemType": "feature", "crs": [CRS84], "extent": extent,
        "links": [
            _link(request, "self", path, JSON, one.title),
            _link(request, "items", f"{path}/items", GEOJSON, one.title),
        ],
    }  # fmt: skip


def _address(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(f"{ROOT}{path}")


def _link(request: HttpRequest, rel: str, path: str, kind: str, title: str) -> dict[str, str]:
    return {"rel": rel, "type": kind, "href": _address(request, path), "title": title}


def _next(request: HttpRequest, path: str, following: Place) -> dict[str, str]:
    asked = request.GET.copy()
    asked["cursor"] = following.written()
    return _link(request, "next", f"{path}?{asked.urlencode()}", GEOJSON, "The next page")


def _answer(request: HttpRequest, body: Mapping[str, Any], kind: str = JSON, *, crs: bool = False) -> HttpResponse:
    """The body, or 304 to whoever has it already. The moment it is told for does not count."""
    mark = tag(["features", orjson.dumps({**body, "timeStamp": ""})])
    if is_known(request.headers.get("If-None-Match", ""), mark):
        return not_modified(mark)
    response = HttpResponse(orjson.dumps(body), content_type=kind, headers={"ETag": mark})
    if crs:
        response.headers["Content-Crs"] = f"<{CRS84}>"
    return response
