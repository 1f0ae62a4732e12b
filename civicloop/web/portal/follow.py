"""What a code opens: how far it is, what was promised and done, and what one may say to it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import OPEN
from civicloop.kernel.codes import read_code, shown
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.photos import blur
from civicloop.residents import actions
from civicloop.residents.actions import complaints
from civicloop.residents.keys import read_feedback_secret
from civicloop.residents.models import Feedback
from civicloop.residents.models.reports import GRADES
from civicloop.residents.queries import following
from civicloop.residents.queries.following import Opened
from civicloop.residents.rules.telling import for_everybody
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.web.portal.home import shown_home
from civicloop.web.portal.limits import guarded, limited, public
from civicloop.web.portal.words import COMPLAINT_SENTENCES, SENTENCES, STEP_WORDS


@public
@limited("code", per_minute=30)
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a code, and what its owner says there."""
    try:
        opened = following.opened_by(code)
    except NotFound:
        fault = _("Nothing opens with this code. Look at it once more: ten letters, no digits.")
        return shown_home(request, typed=code, fault=fault, status=404)
    if request.method == "GET":
        return shown_page(request, opened, code=read_code(code) or "")
    return said(request, opened, code=read_code(code) or "")


@public
@limited("picture", per_minute=60)
@require_GET
def picture(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """One of the photos of the result, faces and number plates made unreadable."""
    return blurred(following.opened_by(code).case, number)


@public
@limited("code", per_minute=30)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, secret: str) -> HttpResponse:
    """The question how content one is, by the link that was sent."""
    uid = read_feedback_secret(secret)
    about = (
        "report__case__merged_into",
        "following__case__merged_into",
        "report__category",
        "following__case__category",
    )
    asked = Feedback.objects.select_related(*about).filter(uid=uid).first() if uid else None
    case = asked.case if asked is not None else None
    if asked is None or case is None:
        raise NotFound("link", "…")
    fault, status = "", 200
    if request.method == "POST":
        try:
            asked = actions.rate(asked.uid, grade=_grade(request), note=request.POST.get("note", ""), at=timezone.now())
        except Refused as refused:
            fault, status = sentence(refused), refused.status
    told = {
        "asked": asked,
        "grades": GRADES,
        "fault": fault,
        "case": case,
        "category": asked.report.category if asked.report is not None else case.category,
        "note": request.POST.get("note", ""),
    }
    return render(request, "portal/rate.html", told, status=status)


def blurred(case: Case | None, number: int) -> HttpResponseBase:
    """A photo of the result by its place on the page. Raises NotFound."""
    found = following.after_photos(following.main_case(case)) if case is not None else []
    if not 1 <= number <= len(found):
        raise NotFound("photo", number)
    return FileResponse(blur.open_blurred(found[number - 1]), content_type="image/jpeg")


def said(request: HttpRequest, opened: Opened, *, code: str = "") -> HttpResponse:
    """Not fixed, how content, or about a complaint. The caller has checked whose it is: by its code, or by a contact's link."""
    what, now = request.POST.get("what", ""), timezone.now()
    try:
        if what == "not_fixed" and opened.case is not None:
            reason = request.POST.get("reason", "")
            actions.ask_reopen(following.main_case(opened.case).uid, reason=reason, reporter=opened.reporter, at=now)
        elif what == "rate" and (about := opened.report or opened.following) is not None:
            question = following.question_for(about)
            if question is None:
                raise NotFound("feedback", "…")
            actions.rate(question.uid, grade=_grade(request), note=request.POST.get("note", ""), at=now)
        elif what == "ask_again" and opened.complaint is not None:
            complaints.ask_again(opened.complaint.uid, reason=request.POST.get("reason", ""), at=now)
        elif what == "content" and opened.complaint is not None:
            complaints.close(opened.complaint.uid, at=now)
        else:
            raise Invalid("what", "unknown_choice", value=what[:20])
    except Refused as refused:
        return shown_page(request, opened, code=code, refused=refused)
    return redirect(request.path)


def _grade(request: HttpRequest) -> int:
    text = request.POST.get("grade", "")
    return int(text) if text.isdecimal() and len(text) == 1 else 0


def shown_page(
    request: HttpRequest, opened: Opened, *, code: str = "", refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    """The page, with what is wrong with what was said. Without a code it is one of "all my reports"."""
    ref = reference.now()
    told: dict[str, Any] = {
        "code": shown(code) if code else "",
        "opened": opened,
        "fault": sentence(refused) if refused else "",
        "what": request.POST.get("what", ""),
        "typed": {name: request.POST.get(name, "") for name in ("reason", "note")},
        "status": refused.status if refused else 200,
    }
    if opened.complaint is not None:
        told["sentence"] = COMPLAINT_SENTENCES[opened.complaint.state]
        return _rendered(request, "portal/complaint.html", told)
    if opened.case is None:
        return _rendered(request, "portal/waiting.html", told)
    told |= _of_case(following.main_case(opened.case), opened, ref)
    told["photos"] = [_picture(opened, code, number) for number in told["photos"]]
    return _rendered(request, "portal/follow.html", told)


def _of_case(case: Case, opened: Opened, ref: Reference) -> dict[str, Any]:
    way = [
        {"words": STEP_WORDS[one.name], "at": one.at, "said": one.words, "unit": _unit(one.name, case, ref)}
        for one in following.way_of(case)
    ]
    requests, until = following.open_requests(case), actions.reopen_until(case, ref)
    return {
        "case": case,
        "category": ref.categories.by_id(case.category_id).label,
        "place": for_everybody(case.address),
        "sentence": SENTENCES[case.state],
        "unit": _unit("dispatch", case, ref),
        "is_open": case.state in OPEN,
        "way": list(reversed(way)),
        "photos": range(1, len(following.after_photos(case)) + 1),
        "requests": requests,
        "until": until,
        "may_ask": until is not None
        and timezone.now() <= until
        and not any(one.state == "waiting" for one in requests),
        "question": following.question_for(about) if (about := opened.report or opened.following) else None,
        "grades": GRADES,
        "others": following.others(case),
    }


def _picture(opened: Opened, code: str, number: int) -> str:
    """The address of a photo of the result, under the address of the page."""
    if code:
        return reverse("portal:follow_photo", args=[code, number])
    mine = opened.report or opened.following
    return reverse("portal:mine_photo", args=[mine.uid, number]) if mine is not None else ""


def _unit(step: str, case: Case, ref: Reference) -> str:
    unit = ref.org.units.get(case.unit_id) if step == "dispatch" and case.unit_id is not None else None
    return unit.name if unit is not None else ""


def _rendered(request: HttpRequest, template: str, told: dict[str, Any]) -> HttpResponse:
    return guarded(render(request, template, told, status=told["status"]))  # type: ignore[no-any-return]
