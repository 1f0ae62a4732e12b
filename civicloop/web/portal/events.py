"""Events for volunteers: what is planned, signing up and taking it back, the code on site; and whether a certificate is real."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.codes import read_code, shown
from civicloop.kernel.refusal import NotFound, Refused
from civicloop.residents.keys import code_for, key_of
from civicloop.sentences import sentence
from civicloop.volunteers.actions.attending import EARLY, LATE, check_in, check_out
from civicloop.volunteers.actions.signups import cancel_signup, sign_up
from civicloop.volunteers.models import Attendance, Event, Shift, SignUp, Volunteer
from civicloop.volunteers.queries.applying import volunteer_by_code
from civicloop.volunteers.queries.events import board, open_events, place_in_line, signup_by_code
from civicloop.volunteers.queries.hours import Checked, check_certificate
from civicloop.volunteers.queries.people import find
from civicloop.volunteers.queries.projects import on_offer
from civicloop.volunteers.rules.persons import bare_phone
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.codes import typed_code
from civicloop.web.portal.forms import sent_key
from civicloop.web.portal.limits import limited, public, window

MOST = 60
# Phone and last four are a weak secret: who tries them is slowed down.
TRIES_PER_MINUTE = 5
TRIES_PER_PHONE = 10  # in an hour
STEPS = ("cancel", "arrive", "leave")


@public
@limited("look", per_minute=120)
@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Published events that are not over, the brand projects, and the way back to a sign-up by its code."""
    typed = typed_code(request)
    if typed.code is not None:
        return redirect("portal:signup", typed.code)
    told = {
        "rows": list(open_events(timezone.now())[:MOST]),
        "brands": list(on_offer(at=timezone.now(), brand=True)[:MOST]),
        "typed": typed.text,
        "fault": typed.fault,
    }
    return render(request, "portal/event_list.html", told, status=typed.status)


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One event, and signing up for a shift of it by a volunteer's code, or phone and last four of the identity number. The form
    sent twice, as by two clicks, is one sign-up with one code.
    """
    found = open_events(timezone.now()).filter(uid=uid).first()
    if found is None:
        raise NotFound("event", uid)
    if request.method == "GET":
        return _event(request, found)
    window("volunteer", TRIES_PER_MINUTE).count(address_of(request))
    volunteer = _volunteer(request)
    if volunteer is None:
        told = _("No volunteer is known by this. Look again, or become a volunteer first.")
        return _event(request, found, told, 422)
    try:
        shift = _shift(request.POST.get("shift", ""), found)
        code = code_for(f"signup:{sent_key(request.POST)}:{volunteer.uid}:{shift.uid}")
        made = sign_up(shift=shift, volunteer=volunteer, by=None, at=timezone.now(), code=code)
    except Refused as refused:
        return _event(request, found, sentence(refused), refused.status)
    answer = redirect("portal:signup", made.code)
    answer["Location"] += "?new=1"
    return answer


@public
@limited("code", per_minute=30)
@require_GET
def signup(request: HttpRequest, code: str) -> HttpResponse:
    """How a sign-up stands, and what can be done with it."""
    return _signup(request, _of_code(code), code)


@public
@limited("code", per_minute=30)
@require_POST
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Take a sign-up back (twice is once), or note coming and going by the code shown on site."""
    found, at = _of_code(code), timezone.now()
    if step not in STEPS:
        raise NotFound("step", step)
    try:
        if step == "cancel":
            cancel_signup(signup=found, by=None, at=at)
        elif step == "arrive":
            check_in(signup=found, code=request.POST.get("site_code", ""), by=None, at=at)
        else:
            check_out(signup=found, code=request.POST.get("site_code", ""), by=None, at=at)
    except Refused as refused:
        if refused.code != "signup_cancelled":
            return _signup(request, _of_code(code), code, refused)
    return redirect("portal:signup", read_code(code) or code)


@public
@limited("code", per_minute=30)
@require_GET
def certificate(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a certificate is real and holds: by its code, or by number and code. The name is masked."""
    typed = {
        "number": request.GET.get("number", "").strip()[:40],
        "code": (code or request.GET.get("code", "")).strip()[:60],
    }
    asked = bool(typed["code"] or typed["number"])
    found: Checked | None = check_certificate(number=typed["number"], code=typed["code"]) if asked else None
    told = {"typed": typed, "asked": asked, "found": found}
    return render(request, "portal/certificate.html", told, status=404 if asked and found is None else 200)


urlpatterns = [
    path("events", events, name="events"),
    path("events/<uuid:uid>", event, name="event"),
    path("signup/<str:code>", signup, name="signup"),
    path("signup/<str:code>/<slug:step>", step, name="signup_step"),
    path("certificate", certificate, name="certificate"),
    path("certificate/<str:code>", certificate, name="certificate_of"),
]


def _volunteer(request: HttpRequest) -> Volunteer | None:
    """Who signs up: by the code he was taken on with, else by phone and last four of the identity number."""
    code = request.POST.get("code", "").strip()
    if code:
        return volunteer_by_code(code)
    phone = request.POST.get("phone", "")
    # From many addresses the last four could be tried in an afternoon: so the tries for one telephone are counted as well.
    window("volunteer_phone", TRIES_PER_PHONE, seconds=3600.0).count(key_of("phone", bare_phone(phone)))
    return find(phone=phone, id_last4=request.POST.get("last4", ""))


def _shift(text: str, found: Event) -> Shift:
    try:
        shift = Shift.objects.filter(uid=UUID(text), event=found).first()
    except ValueError:
        shift = None
    if shift is None:
        raise NotFound("shift", text[:40])
    return shift


def _of_code(code: str) -> SignUp:
    found = signup_by_code(code)
    if found is None:
        raise NotFound("signup", "")
    return found


def _event(request: HttpRequest, found: Event, fault: str = "", status: int = 200) -> HttpResponse:
    lines = board(found)
    told: dict[str, Any] = {
        "event": found,
        "lines": lines,
        "coming": [line for line in lines if line.shift.starts_at > timezone.now()],
        "fault": fault,
        "key": sent_key(request.POST),
        "typed": {name: request.POST.get(name, "") for name in ("phone", "shift", "code")},
    }
    return render(request, "portal/event_page.html", told, status=status)


def _signup(request: HttpRequest, found: SignUp, code: str, refused: Refused | None = None) -> HttpResponse:
    known, at = read_code(code) or "", timezone.now()
    told = {
        "signup": found,
        "shift": found.shift,
        "event": found.shift.event,
        "code": known,
        "code_shown": shown(known),
        "is_new": request.GET.get("new") == "1",
        "in_line": place_in_line(found),
        "there": Attendance.objects.filter(shift=found.shift_id, volunteer=found.volunteer_id).first(),
        "begun": found.shift.starts_at <= at,
        "over": found.shift.ends_at <= at,
        "on_site": found.shift.starts_at - EARLY <= at <= found.shift.ends_at + LATE,
        "fault": sentence(refused) if refused else "",
    }
    return render(request, "portal/signup.html", told, status=refused.status if refused else 200)
