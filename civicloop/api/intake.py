"""Reporting a problem."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from civicloop.api import shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, takes
from civicloop.api.filters import uid_of
from civicloop.api.once import Answer, once
from civicloop.api.reading import check_names, dumps
from civicloop.api.render import ROOT, case_brief, case_near
from civicloop.api.tags import tag_of_version
from civicloop.cases import actions
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Point
from civicloop.standards.reference import Reference
from civicloop.textintake import actions as texts

router = Router(tags=["cases"])


@router.post(
    "/cases",
    response={201: shapes.ReportedOut, **PROBLEMS},
    operation_id="report_case",
    openapi_extra=takes("Idempotency-Key"),
)
def report_case(request: HttpRequest, given: shapes.ReportIn) -> HttpResponse:
    """Report a problem. The answer has the new case, open cases that may be the same, and the one it repeats."""
    check_names(request, [])
    who = asked(request)
    category_id = _category(who.ref, given.category, given.pack)
    point_id = None if given.point is None else _point(given.point)
    return once(request, lambda: _report(who, given, category_id, point_id), by=who.person, at=who.at, whole=True)


def _report(who: Asked, given: shapes.ReportIn, category_id: int, point_id: int | None) -> Answer:
    told: dict[str, Any] = {
        "category_id": category_id, "description": given.description, "answers": given.answers, "lon": given.lon,
        "lat": given.lat, "datum": given.datum, "address": given.address, "source": given.source,
        "photos": [photo.model_dump() for photo in given.photos], "external_key": given.external_key,
        "urgent": given.urgent, "point_id": point_id, "noted_at": given.noted_at,
    }  # fmt: skip
    if given.suggestion is None:
        reported = actions.report(**told, by=who.person, at=who.at, ref=who.ref)
    else:
        reported = texts.report_part(uid=given.suggestion, given=told, by=who.person, at=who.at, ref=who.ref)
    case = reported.case
    body: dict[str, Any] = {
        "case": case_brief(case, who.ref, who.at),
        "duplicates": [case_near(near, who.ref) for near in reported.duplicates],
        "duplicates_hidden": reported.hidden,
        "recurrence_of": reported.recurrence.uid if reported.recurrence else None,
    }
    headers = {"Location": f"{ROOT}/cases/{case.uid}", "ETag": tag_of_version(case.version)}
    return Answer(201, dumps(body), headers)


def _category(ref: Reference, word: str, pack: str | None) -> int:
    uid = uid_of(word)
    found = (ref.categories.by_uid(uid) if uid else None) or ref.categories.by_code(word, pack)
    if found is None:
        raise Invalid("category", "no_such_value", value=word)
    return found.id


def _point(word: str) -> int:
    uid = uid_of(word)
    found = Point.objects.filter(**({"uid": uid} if uid else {"code": word})).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("point", "no_such_value", value=word)
    return int(found)
