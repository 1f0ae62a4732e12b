"""`/p/survey/<token>`: a questionnaire for whoever holds an invitation. Nobody is named; without scripts it works the same."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.organisation.days import day_of
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.surveys import queries
from civicloop.surveys.actions import answer
from civicloop.surveys.models import Invitation
from civicloop.surveys.rules.questionnaire import Paper, Question, read
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.limits import limited, public, window
from civicloop.web.portal.proof import LONGEST, check, content_policy

MARK = "civicloop_answered"
MARK_AGE = 90 * 24 * 3600
# A telephone may forget its mark: of one network address a survey takes so many answers by posters in an hour. An estate
# behind one address stays below it; somebody who answers again and again does not.
MOST_BY_ADDRESS = 20
POSTERS = window("survey_poster", MOST_BY_ADDRESS, seconds=3600.0)
# Fewer where the device has not done its work (`portal.proof`); and one work is good for one answer.
MOST_UNPROVED = 5
UNPROVED = window("survey_unproved", MOST_UNPROVED, seconds=3600.0)
WORKS = window("survey_work", 1, seconds=LONGEST)


@public
@limited("survey", per_minute=30)
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, and the answers sent."""
    found = queries.invitation_by_token(token)
    if found is None:
        raise NotFound("invitation", "")
    at = timezone.now()
    try:
        _require_first_time(request, found)
        queries.require_answerable(found, found.survey, used=found.used, on=day_of(at))  # type: ignore[attr-defined]
        if request.method == "GET":
            return _form(request, found)
        _require_not_too_often(request, found)
        given = {name.removeprefix("q."): value for name, value in request.POST.items() if name.startswith("q.")}
        answer(token=token, answers=given, at=at)
    except Invalid as refused:
        return _form(request, found, refused)
    except Conflict as refused:
        return render(request, "portal/survey_done.html", {"sentence": sentence(refused), "done": False}, status=409)
    return _thanked(request, found)


def questions_of(paper: Paper, typed: Any, fault: Invalid | None = None) -> list[dict[str, Any]]:
    """The questions as a template draws them, in the reader's language, with what was ticked before."""
    chinese = (get_language() or "").startswith("zh")

    def told(one: Any) -> str:
        return str(one.text if chinese or not one.text_en else one.text_en)

    def row(number: int, one: Question) -> dict[str, Any]:
        name = f"q.{one.code}"
        ticked = typed.get(name, "")
        choices = [{"code": c.code, "text": told(c), "ticked": c.code == ticked} for c in one.choices]
        fault_words = sentence(fault) if fault is not None and fault.field == one.code else ""
        return {
            "number": number,
            "name": name,
            "text": told(one),
            "choices": choices,
            "required": one.required,
            "fault": fault_words,
        }

    return [row(number, one) for number, one in enumerate(paper.every, 1)]


def _form(request: HttpRequest, found: Invitation, refused: Invalid | None = None) -> HttpResponse:
    paper = read(found.survey.questionnaire.content)
    chinese = (get_language() or "").startswith("zh")
    rows = questions_of(paper, request.POST, refused)
    told: dict[str, Any] = {
        "title": paper.title if chinese or not paper.title_en else paper.title_en,
        "lead": paper.lead if chinese or not paper.lead_en else paper.lead_en,
        "questions": rows, "place": found.stratum.name,
        "fault": sentence(refused) if refused else "",
        "at": next((row for row in rows if row["fault"]), None),
    }  # fmt: skip
    if found.channel == "qr":
        key, checking = secrets.token_urlsafe(18), check()  # a new one each time: one work is good for one answer
        told |= {"key": key, "proof": checking.fields(key, _bits()), "proof_template": checking.template}
    return content_policy(render(request, "portal/survey.html", told, status=refused.status if refused else 200))


def _thanked(request: HttpRequest, found: Invitation) -> HttpResponse:
    response = render(request, "portal/survey_done.html", {"sentence": "", "done": True})
    if found.channel == "qr":
        # A poster is answered once by each telephone; a kiosk is one machine for many people.
        response.set_cookie(
            MARK, _mark(request, found), max_age=MARK_AGE, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def _require_first_time(request: HttpRequest, found: Invitation) -> None:
    if found.channel == "qr" and _of(found) in request.COOKIES.get(MARK, "").split("."):
        raise Conflict("invitation_used")


def _require_not_too_often(request: HttpRequest, found: Invitation) -> None:
    """Raises TooOften. Of the address a keyed digest is counted by for an hour; the address itself is kept nowhere."""
    if found.channel != "qr":
        return
    asker = f"{address_of(request)} {found.survey_id}"
    POSTERS.count(asker)
    key = request.POST.get("key", "")
    if check().passed(request.POST.dict(), key, _bits()):
        WORKS.count(key)
    else:
        UNPROVED.count(asker)


def _bits() -> int:
    return int(reference.now().parameters["residents.proof_bits"])


def _mark(request: HttpRequest, found: Invitation) -> str:
    known = [one for one in request.COOKIES.get(MARK, "").split(".") if len(one) == 12][-9:]
    return ".".join([*known, _of(found)])


def _of(found: Invitation) -> str:
    """What a telephone remembers of a survey: nothing that leads back to the answer."""
    return hashlib.sha256(f"survey:{found.survey.uid}".encode()).hexdigest()[:12]


urlpatterns = [path("<str:token>", survey, name="survey")]
