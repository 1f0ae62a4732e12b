"""The endpoints as OpenAPI 3.0: for people who look, and for programs that try every door handle."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from civicloop import __version__
from civicloop.api.open311.asked import LONGEST, MOST
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.finding import CHANGED, CREATED

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer", "minimum": 1}
MOMENT = {"type": "string", "format": "date-time"}
FLAG = {"type": "boolean"}
SORTS = [sign + name for name in (*CREATED, *CHANGED) for sign in ("", "-")]
FORMATS = {"name": "format", "in": "path", "required": True, "schema": {"type": "string", "enum": ["xml", "json"]}}
JURISDICTION = {"jurisdiction_id": TEXT}
FILTERS: dict[str, Any] = {
    **JURISDICTION, "service_request_id": TEXT, "service_code": TEXT, "status": TEXT, "start_date": MOMENT, "end_date": MOMENT,
    "updated_after": MOMENT, "updated_before": MOMENT, "lat": NUMBER, "long": NUMBER, "radius": NUMBER, "bbox": TEXT, "q": TEXT,
    "agency_responsible": TEXT, "interface_used": TEXT, "has_photo": FLAG, "extensions": FLAG, "page": WHOLE,
    "page_size": {**WHOLE, "maximum": MOST}, "sort": {"type": "string", "enum": list(SORTS)},
}  # fmt: skip
BULK = {**FORMATS, "schema": {"type": "string", "enum": ["csv", "json", "xml"]}}
SENT: dict[str, Any] = {
    "api_key": TEXT, **JURISDICTION, "service_code": TEXT, "lat": NUMBER, "long": NUMBER, "address_string": TEXT,
    "address_id": TEXT, "email": TEXT, "device_id": TEXT, "account_id": TEXT, "first_name": TEXT, "last_name": TEXT, "phone": TEXT,
    "description": {"type": "string", "maxLength": LONGEST}, "media_url": {"type": "array", "items": TEXT},
    "media": {"type": "array", "items": {"type": "string", "format": "binary"}},
}  # fmt: skip
UPDATE: dict[str, Any] = {
    "api_key": TEXT, **JURISDICTION, "service_request_id": TEXT, "update_id": TEXT, "status": TEXT, "updated_datetime": MOMENT,
    "description": {"type": "string", "maxLength": LONGEST}, "media_url": {"type": "array", "items": TEXT},
    "media": {"type": "array", "items": {"type": "string", "format": "binary"}},
}  # fmt: skip


def described(server: str) -> dict[str, Any]:
    """The description; `server` is the address it holds for."""
    paths = {
        "/discovery.{format}": {"get": _get("discovery", "Where the endpoints are", {})},
        "/services.{format}": {"get": _get("services", "What can be reported", {**JURISDICTION, "lat": NUMBER, "long": NUMBER})},
        "/services/{service_code}.{format}": {"get": _get("service", "What is asked about it", JURISDICTION, "service_code")},
        "/requests.{format}": {
            "get": _get("requests", "What was reported", FILTERS),
            "post": _post("report", "Report something", SENT, ("api_key", "service_code")),
        },
        "/requests.rss": {"get": _get("feed", "The newest requests as a feed", FILTERS, form=None)},
        "/bulk/requests.{format}": {"get": _get("bulk", "Up to 366 days as one file", FILTERS, form=BULK)},
        "/requests/{service_request_id}.{format}": {
            "get": _get("request", "One request", {**JURISDICTION, "extensions": FLAG}, "service_request_id")
        },
        "/tokens/{token}.{format}": {"get": _get("token", "The request behind a token", JURISDICTION, "token")},
        "/servicerequestupdates.{format}": {
            "get": _get("updates", "What happened", {
                **JURISDICTION, "api_key": TEXT, "start_date": MOMENT, "end_date": MOMENT, "service_request_id": TEXT,
            }),
            "post": _post("update", "Tell of a request", UPDATE, (
                "api_key", "service_request_id", "update_id", "updated_datetime",
            )),
        },
    }  # fmt: skip
    about = "Open311 GeoReport v2 with the extensions in use. Reading needs no key."
    return {
        "openapi": "3.0.3",
        "info": {"title": "CivicLoop, Open311", "version": __version__, "description": about},
        "servers": [{"url": server}],
        "paths": paths,
    }


@opened("GET", "HEAD", several=False)
def openapi(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The description, for everybody."""
    server = request.build_absolute_uri(request.path.rpartition("/")[0])
    return HttpResponse(orjson.dumps(described(server)), content_type="application/json")


def _get(
    name: str, about: str, asks: dict[str, Any], *path: str, form: dict[str, Any] | None = FORMATS
) -> dict[str, Any]:
    asks = {**asks, "jsonp": TEXT} if form == FORMATS else asks
    query = [{"name": one, "in": "query", "schema": schema} for one, schema in asks.items()]
    inside = [{"name": one, "in": "path", "required": True, "schema": TEXT} for one in path]
    forms = [form] if form else []
    return {
        "operationId": name, "summary": about, "parameters": [*forms, *inside, *query], "responses": _answers(200),
    }  # fmt: skip


def _post(name: str, about: str, fields: dict[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    form = {"schema": {"type": "object", "properties": fields, "required": list(needed), "additionalProperties": True}}
    plain = {**form, "schema": {**form["schema"], "properties": {k: v for k, v in fields.items() if k != "media"}}}
    kinds = {"application/x-www-form-urlencoded": plain, "multipart/form-data": form}
    body = {"required": True, "content": kinds}
    return {
        "operationId": name, "summary": about, "parameters": [FORMATS], "requestBody": body, "responses": _answers(201),
    }  # fmt: skip


def _answers(good: int) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {}, "text/xml": {}}
    said = {
        400: "Cannot be taken",
        403: "The key",
        404: "There is none",
        405: "Not this way",
        413: "Too large",
        429: "Too often",
    }
    return {str(status): {"description": text, "content": content} for status, text in {good: "Done", **said}.items()}
