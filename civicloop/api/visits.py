"""Visits: one's own of a day, what each asks, and the answers, which may be sent again and again."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Path, Query, Router

from civicloop.api import inspection_shapes as shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, reply, takes
from civicloop.api.photos import BYTES
from civicloop.api.problems import Refusal
from civicloop.api.reading import check_names, dumps, length_of
from civicloop.api.render import ROOT
from civicloop.api.shapes import Problem
from civicloop.api.tags import tagged
from civicloop.cases.policy import seen_of
from civicloop.inspection import actions, queries
from civicloop.inspection.actions.submitting import claimed_photo
from civicloop.inspection.models import Submission, Visit
from civicloop.inspection.models.visits import SUBMISSION_LABELS, VISIT_LABELS
from civicloop.inspection.policy import knows_inspector
from civicloop.inspection.queries.sheets import Asked as AskedItem
from civicloop.inspection.queries.visits import Seen
from civicloop.kernel.refusal import NotFound, TooLarge
from civicloop.organisation.days import day_of
from civicloop.photos import actions as photo_actions
from civicloop.photos.rules.picture import MAX_MEGABYTES, MEGABYTE

router = Router(tags=["visits"])


@router.get("/visits", response={200: shapes.VisitList, **PROBLEMS}, operation_id="list_visits")
def list_visits(request: HttpRequest, given: Query[shapes.VisitDay]) -> HttpResponse:
    """The asker's own visits of a day, in the order of the route. 409 `draw_sealed` for a day that has not begun."""
    check_names(request, shapes.VisitDay.model_fields)
    who = asked(request)
    day = given.day or day_of(who.at)
    return reply({"day": day, "items": [visit_brief(one) for one in queries.visits_of(who.person, day, who.at)]})


@router.get(
    "/visits/{uid}",
    response={200: shapes.VisitDetail, 304: None, **PROBLEMS},
    operation_id="get_visit",
    openapi_extra=takes("If-None-Match"),
)
def get_visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One visit: the items to answer and, once it is judged, what was seen."""
    check_names(request, [])
    who = asked(request)
    body = dumps(visit_detail(queries.get_visit(uid, who.actor, who.at), who))
    return tagged(request, 0, body)


@router.post(
    "/visits/{uid}/submission",
    response={200: shapes.SubmissionOut, 201: shapes.SubmissionOut, **PROBLEMS},
    operation_id="submit_visit",
)
def submit_visit(request: HttpRequest, uid: UUID, given: shapes.SubmissionIn) -> HttpResponse:
    """Send the answers. The same `uid` with the same content gets the first answer again (200), with other content 409.

    A sheet that names photos which are not here yet is kept, and waits for them.
    """
    check_names(request, [])
    who = asked(request)
    visit = Visit.objects.filter(uid=uid).first()
    if visit is None:
        raise NotFound("visit", uid)
    content = json.loads(given.model_dump_json(exclude={"uid"}))
    row = actions.submit(visit=visit, uid=given.uid, content=content, by=who.person, at=who.at, door="api", ref=who.ref)
    new = row.received_at == who.at
    return reply(submission_out(row, who), 201 if new else 200, {"Location": f"{ROOT}/submissions/{row.pk}"})


@router.get("/submissions/{uid}", response={200: shapes.SubmissionOut, **PROBLEMS}, operation_id="get_submission")
def get_submission(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How a submission stands: which photos are missing, which cases it opened, why it was refused."""
    check_names(request, [])
    who = asked(request)
    return reply(submission_out(queries.get_submission(uid, who.actor, who.at), who))


@router.put(
    "/submissions/{uid}/photos/{name}",
    response={200: shapes.SubmissionOut, 411: Problem, **PROBLEMS},
    operation_id="put_submission_photo",
    openapi_extra={"requestBody": BYTES},
)
def put_submission_photo(request: HttpRequest, uid: UUID, name: Path[shapes.FileName]) -> HttpResponse:
    """Send a photo under the name the sheet gave it. The last one missing applies the sheet; `state` says so."""
    check_names(request, [])
    length = length_of(request)
    if not length:
        raise Refusal(411, "length_missing")
    if length > MAX_MEGABYTES * MEGABYTE:
        raise TooLarge("photo", "photo_too_large", megabytes=MAX_MEGABYTES)
    who = asked(request)
    row = queries.get_submission(uid, who.actor, who.at)
    claimed = claimed_photo(row, name)
    photo = photo_actions.store(cast(BinaryIO, request), sha256=claimed or None, by=who.person, at=who.at)
    row = actions.add_photo(submission=row, name=name, photo=photo, by=who.person, at=who.at, ref=who.ref)
    return reply(submission_out(row, who))


def visit_brief(visit: Visit) -> dict[str, Any]:
    """A visit in the list of a day."""
    place = visit.point or visit.case
    assert place is not None
    return {
        "uid": visit.uid,
        "round": {"code": visit.round.code, "name": visit.round.title},
        "day": visit.day,
        "order": visit.order,
        "plan": visit.plan,
        "state": visit.state,
        "state_label": str(VISIT_LABELS[visit.state]),
        "place": {
            "code": visit.point.code if visit.point else "",
            "name": visit.point.name if visit.point else place.address,
            "point_type": visit.point.point_type if visit.point else "",
            "address": place.address,
            "lon": place.lon,
            "lat": place.lat,
        },
        "case": visit.case.number if visit.case else None,
        "url": f"{ROOT}/visits/{visit.uid}",
    }


def visit_detail(visit: Visit, who: Asked) -> dict[str, Any]:
    """A visit with everything it asks and everything seen."""
    sheet = queries.sheet(visit)
    page = queries.visit_page(visit, who.actor, who.at, who.ref)
    person = visit.inspector if knows_inspector(who.actor, visit) else None
    visible = seen_of(who.actor, (one.observation.case_id for one in page.seen if one.observation.case_id is not None))
    return visit_brief(visit) | {
        "edition": {"code": sheet.book.pack, "name": sheet.book.name},
        "inspector": {"uid": person.uid, "name": person.name} if person else None,
        "items": [item_out(one) for one in sheet.asked],
        **{name: getattr(visit, name) for name in ("judged_at", "noted_at", "distance_m", "note")},
        "far": page.far,
        "observations": [observation_out(one, visible) for one in page.seen],
        "submissions": [one.pk for one in page.submissions],
    }


def item_out(one: AskedItem) -> dict[str, Any]:
    """One item to answer, in the asker's language."""
    item, language = one.item, get_language() or ""
    count = item.counts
    plain = ("code", "how", "photo", "aspect", "becomes", "disorder")
    return {name: getattr(item, name) for name in plain} | {
        "text": item.text.in_language(language),
        "observe": item.observe.in_language(language) if item.observe else None,
        "exceptions": [text.in_language(language) for text in item.exceptions],
        "count": None if count is None else {
            "what": count.what.in_language(language), "compare": count.compare, "value": count.value, "unit": count.unit,
            "per_m": count.per_m,
        },
        "question": {"code": one.question.key, "name": one.question.name.in_language(language)} if one.question else None,
        "checklist": {"code": one.checklist.code, "name": one.checklist.name.in_language(language)}
        if one.checklist else None,
    }  # fmt: skip


def observation_out(seen: Seen, visible: Container[int | None]) -> dict[str, Any]:
    """One item as it was judged; of its case nothing where that is not among the `visible` ones, by number."""
    row = seen.observation
    case = row.case if row.case_id in visible else None
    plain = ("uid", "seq", "item", "answer", "note", "commended", "case_known")
    return {name: getattr(row, name) for name in plain} | {
        "count": None if row.count is None else float(row.count),
        "length_m": None if row.length_m is None else float(row.length_m),
        "case": case.number if case else None,
        "case_url": f"{ROOT}/cases/{case.uid}" if case else None,
        "case_hidden": row.case_id is not None and case is None,
        "photos": [
            {"sha256": one.photo_id, "kind": one.kind, "url": f"{ROOT}/photos/{one.photo_id}"} for one in seen.photos
        ],
    }


def submission_out(row: Submission, who: Asked) -> dict[str, Any]:
    """How a submission stands."""
    told = queries.standing(row, who.ref)
    applied = row.state == "applied"
    cases: dict[int, dict[str, Any]] = {}
    found = {seen.case.pk for seen in told.observations if seen.case is not None}
    visible = seen_of(who.actor, found)
    for seen in told.observations:
        if seen.case is None or seen.case.pk not in visible:
            continue
        category = seen.case.category
        shown = cases.setdefault(
            seen.case.pk,
            {
                "uid": seen.case.uid, "number": seen.case.number, "known": seen.case_known, "items": [],
                "category": {"code": category.code, "name": category.label}, "url": f"{ROOT}/cases/{seen.case.uid}",
            },
        )  # fmt: skip
        shown["items"] += [seen.item] if seen.item else []
    return {
        "uid": row.pk,
        "visit": told.visit.uid,
        "state": row.state,
        "state_label": str(SUBMISSION_LABELS[row.state]),
        "missing": row.missing,
        "refusal": row.refusal,
        "received_at": row.received_at,
        "applied_at": row.applied_at,
        "distance_m": told.visit.distance_m if applied else None,
        "far": told.far if applied else False,
        "cases": list(cases.values()),
        "cases_hidden": len(found) - len(cases),
        "url": f"{ROOT}/submissions/{row.pk}",
    }
