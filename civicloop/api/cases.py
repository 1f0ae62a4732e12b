"""Cases: lists, one case with its story, and steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Body, Query

from civicloop.api import shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, reply, takes
from civicloop.api.filters import CaseListing, CaseQuestions, filters_of
from civicloop.api.intake import router
from civicloop.api.once import Answer, once
from civicloop.api.paging import page_of, place_of
from civicloop.api.reading import check_names, dumps
from civicloop.api.render import BRIEF, FURTHER, ROOT, case_brief, case_row, unit_named
from civicloop.api.stepping import StepIn
from civicloop.api.tags import expected_version, tag_of, tagged
from civicloop.cases import actions, queries
from civicloop.cases.models import Case, CaseStep
from civicloop.cases.policy import seen_of
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.insight import export
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Person
from civicloop.photos import voices
from civicloop.photos.models import VoiceEvidence
from civicloop.volunteers.models import OrderStep

CSV = {"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}}


@router.get("/cases", response={200: shapes.CasePage, **PROBLEMS}, operation_id="list_cases")
def list_cases(request: HttpRequest, given: Query[CaseListing]) -> HttpResponse:
    """The cases the asker may see, newest first."""
    check_names(request, CaseListing.model_fields)
    who = asked(request)
    place = place_of(given.cursor, given.page == "last")
    page = page_of(queries.listing(who.actor, filters_of(who, given), who.ref), BRIEF, place=place, limit=given.limit)
    return reply(page.body(request, lambda row: case_row(row, who.ref, who.at)))


@router.get("/cases.csv", response={200: None, **PROBLEMS}, operation_id="export_cases", openapi_extra=CSV)
def export_cases(request: HttpRequest, given: Query[CaseQuestions]) -> StreamingHttpResponse:
    """The same cases as a file, streamed: UTF-8 with BOM, local times, formulas made harmless."""
    check_names(request, CaseQuestions.model_fields)
    who = asked(request)
    cases = queries.listing(who.actor, filters_of(who, given), who.ref)
    response = StreamingHttpResponse(
        export.lines(cases, ref=who.ref, at=who.at), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="cases-{who.at:%Y%m%d}.csv"'
    return response


@router.get(
    "/cases/{uid}",
    response={200: shapes.CaseDetail, 304: None, **PROBLEMS},
    operation_id="get_case",
    openapi_extra=takes("If-None-Match"),
)
def get_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One case, with the steps the asker may take now and what each of them needs."""
    check_names(request, [])
    who = asked(request)
    case = queries.get(uid, who.actor)
    body = dumps(detail(case, who))
    return tagged(request, case.version, body)


@router.get("/cases/{uid}/steps", response={200: shapes.Story, **PROBLEMS}, operation_id="get_story")
def get_story(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What happened, in order: every step with who took it, when, its photos, and that something was spoken."""
    check_names(request, [])
    who = asked(request)
    case = queries.get(uid, who.actor)
    spoken = voices.of_loop("case", case.uid)
    return reply({"items": [story_step(step, who, spoken.get(step.seq, ())) for step in queries.story(case)]})


@router.post(
    "/cases/{uid}/steps/{step}",
    response={200: shapes.CaseDetail, **PROBLEMS},
    operation_id="take_step",
    openapi_extra=takes("Idempotency-Key", "If-Match"),
)
def take_step(request: HttpRequest, uid: UUID, step: str, given: StepIn = Body(None)) -> HttpResponse:  # noqa: B008
    """Take a step. 409: the case is not where the step begins, or something is missing. 412: If-Match is stale."""
    check_names(request, [])
    if step not in LIFECYCLE:
        raise NotFound("step", step)
    told = given.model_dump(exclude_none=True, exclude={"noted_at"}) if given else {}
    who = asked(request)
    version = expected_version(request)

    def work() -> Answer:
        case = actions.take(
            uid, step, by=who.person, at=who.at, given=told, expected_version=version, ref=who.ref,
            noted_at=given.noted_at if given else None,
        )  # fmt: skip
        body = dumps(detail(case, who))
        return Answer(200, body, {"ETag": tag_of(case.version, body)})

    return once(request, work, by=who.person, at=who.at)


def detail(case: Case, who: Asked) -> dict[str, Any]:
    """A case with everything the asker may know of it and do with it."""
    condition = who.ref.categories.by_id(case.category_id).condition(case.condition_id) if case.condition_id else None
    linked = [one for one in (case.recurrence_of, case.merged_into, case.parent) if one is not None]
    seen = seen_of(who.actor, [one.pk for one in linked])
    return {
        **case_brief(case, who.ref, who.at),
        **{name: getattr(case, name) for name in FURTHER},
        "condition": {"code": condition.code, "name": condition.text} if condition else None,
        "reporter": _person(case.reporter),
        **{name: _linked(getattr(case, name), seen) for name in ("recurrence_of", "merged_into", "parent")},
        "steps": [
            {
                "name": step.name,
                "to": step.to,
                "needs": sorted(step.needs),
                "asks": sorted(step.asks),
                "url": f"{ROOT}/cases/{case.uid}/steps/{step.name}",
            }
            for step in queries.steps_open_to(who.actor, case, at=who.at, ref=who.ref)
        ],
    }


def story_step(step: CaseStep | OrderStep, who: Asked, spoken: Sequence[VoiceEvidence] = ()) -> dict[str, Any]:
    """One step of the story of any kind of loop; `spoken` are its voice notes, which only a page plays."""
    return {
        "seq": step.seq,
        "name": step.name,
        "at": step.at,
        "noted_at": step.noted_at,
        "by": _person(step.by),
        "unit": unit_named(who.ref, step.unit_id),
        "state_before": step.state_before,
        "state_after": step.state_after,
        "note": step.note,
        "data": step.data,
        "photos": [
            {
                "sha256": one.photo_id,
                "kind": one.kind,
                "noted_at": one.noted_at,
                "url": f"{ROOT}/photos/{one.photo_id}",
            }
            for one in step.evidence.all()
        ],
        "voices": [
            {
                "sha256": one.voice.sha256,
                "media_type": one.voice.media_type,
                "seconds": one.voice.seconds,
                "noted_at": one.noted_at,
                "removed_at": one.voice.removed_at,
            }
            for one in spoken
        ],
    }


def _linked(case: Case | None, seen: frozenset[int]) -> UUID | None:
    """Another case by its public id, if the asker may see it."""
    return case.uid if case is not None and case.pk in seen else None


def _person(person: Person | None) -> dict[str, Any] | None:
    return None if person is None else {"uid": person.uid, "name": person.name}
