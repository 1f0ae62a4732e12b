"""Becoming a volunteer without an account: asked for with a form, followed by a code; with the code one also leaves again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.codes import digest, read_code, shown
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.residents.keys import code_for, kept_key, key_of
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions import applying, people
from civicloop.volunteers.models import Application, Membership, Skill, Team
from civicloop.volunteers.queries.applying import application_by_code, memberships_of, teams_to_wish
from civicloop.volunteers.queries.hours import totals
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.codes import TypedCode, typed_code
from civicloop.web.portal.communities import communities
from civicloop.web.portal.forms import sent_key
from civicloop.web.portal.limits import limited, public, window
from civicloop.web.portal.proof import check, content_policy

FIELDS = ("name", "birth_on", "phone", "home", "team", "guardian_name", "guardian_phone", "guardian_consent", "consent")
GUARDIAN = ("guardian_name", "guardian_phone", "guardian_consent")
SENT_PER_MINUTE = 6
STEPS = ("withdraw", "part", "leave")
NOTHING_TYPED = TypedCode()


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The form, and what is sent with it; a code typed at its foot opens the page of the code."""
    ref = reference.now()
    if request.method == "GET":
        typed = typed_code(request)
        if typed.code is not None:
            return redirect("portal:volunteer_code", typed.code)
        return _form(request, QueryDict(), ref, typed=typed)
    window("apply", SENT_PER_MINUTE).count(address_of(request))
    try:
        code = _send(request, ref)
    except Refused as refused:
        return _form(request, request.POST, ref, refused)
    answer = redirect("portal:volunteer_code", code)
    answer["Location"] += "?new=1"
    return answer


@public
@limited("code", per_minute=30)
@require_GET
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """How it stands, and what can be done with the code."""
    return _page(request, _of_code(code), code)


@public
@limited("code", per_minute=30)
@require_POST
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Take the application back, leave a team from today on, or leave altogether."""
    found, at = _of_code(code), timezone.now()
    if step not in STEPS:
        raise NotFound("step", step)
    try:
        if step == "withdraw":
            applying.withdraw(application=found, at=at)
        elif step == "part":
            people.part(membership=_membership(found, request), until=timezone.localdate(at), by=None, at=at)
        else:
            _leave(found, request)
    except Refused as refused:
        return _page(request, _of_code(code), code, refused)
    return redirect("portal:volunteer_code", read_code(code) or code)


urlpatterns = [
    path("", join, name="volunteer"),
    path("/<str:code>", opened, name="volunteer_code"),
    path("/<str:code>/<slug:step>", step, name="volunteer_step"),
]


def _send(request: HttpRequest, ref: Reference) -> str:
    """Ask; returns the code. Raises Refused."""
    typed, key = request.POST, sent_key(request.POST)
    code, named = code_for(f"volunteer:{key}"), f"volunteer:{key}"
    bits = int(ref.parameters["residents.proof_bits"])
    applying.apply(
        name=typed.get("name", ""), birth_on=_birth(typed.get("birth_on", "")), phone=typed.get("phone", ""),
        consent=bool(typed.get("consent")), guardian_name=typed.get("guardian_name", ""),
        guardian_phone=typed.get("guardian_phone", ""), guardian_consent=bool(typed.get("guardian_consent")),
        skills=[one for one in Skill.objects.all() if one.code in typed.getlist("skills")], home=_home(typed.get("home", ""), ref),
        areas=Unit.objects.filter(uid__in=_uids(typed.getlist("areas")), kind=UnitKind.TOWN, active=True),
        team=_team(typed.get("team", "")), at=timezone.now(),
        sending=applying.Sending(
            kept_key(named), digest(code), key_of("address", address_of(request)), check().passed(typed.dict(), key, bits)
        ),
    )  # fmt: skip
    return code


def _birth(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("birth_on", "not_a_date", value=text[:40]) from None


def _home(text: str, ref: Reference) -> Unit | None:
    """The community or village that was chosen; None for what is none."""
    found = next((one for one in communities(ref) if str(one.uid) == text), None)
    return Unit.objects.filter(uid=found.uid).first() if found is not None else None


def _team(text: str) -> Team | None:
    if not text:
        return None
    found = next((one for one in teams_to_wish() if one.unit.code == text), None)
    if found is None:
        raise Invalid("team", "unknown_team", team=text[:30])
    return found


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:50]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _of_code(code: str) -> Application:
    found = application_by_code(code)
    if found is None:
        raise NotFound("application", "")
    return found


def _membership(found: Application, request: HttpRequest) -> Membership:
    wanted = request.POST.get("membership", "")
    row = next((one for one in memberships_of(found, timezone.now()) if str(one.uid) == wanted), None)
    if row is None:
        raise Conflict("membership_ended")
    return row


def _leave(found: Application, request: HttpRequest) -> None:
    """Only who has said that he means it, and only who is a volunteer."""
    if found.volunteer is None:
        raise Conflict("application_answered", state=str(found.get_state_display()))
    if not request.POST.get("sure"):
        raise Invalid("sure", "say_you_mean_it")
    people.leave(volunteer=found.volunteer, reason=request.POST.get("reason", ""), by=None, at=timezone.now())


def _form(
    request: HttpRequest, given: QueryDict, ref: Reference, refused: Refused | None = None, *, typed: TypedCode = NOTHING_TYPED
) -> HttpResponse:  # fmt: skip
    key, field = sent_key(given), refused.field if isinstance(refused, Invalid) else ""
    told: dict[str, Any] = {
        "key": key,
        "given": {name: given.get(name, "") for name in FIELDS},
        "chosen": {name: given.getlist(name) for name in ("skills", "areas")},
        "communities": communities(ref),
        "towns": [one for one in ref.org.units.values() if one.kind == UnitKind.TOWN and one.active],
        "skills": list(Skill.objects.all()),
        "teams": list(teams_to_wish()),
        "today": timezone.localdate(),
        "in_guardian": field in GUARDIAN or any(given.get(name) for name in GUARDIAN),
        "field": field,
        "fault": sentence(refused) if refused else "",
        "proof": check().fields(key, int(ref.parameters["residents.proof_bits"])),
        "proof_template": check().template,
        "typed": typed.text,
        "code_fault": typed.fault,
    }
    status = refused.status if refused else typed.status
    return content_policy(render(request, "portal/volunteer.html", told, status=status))


def _page(request: HttpRequest, found: Application, code: str, refused: Refused | None = None) -> HttpResponse:
    known, at = read_code(code) or "", timezone.now()
    serves = found.volunteer is not None and found.volunteer.left_at is None
    told = {
        "one": found,
        "code": known,
        "code_shown": shown(known),
        "is_new": request.GET.get("new") == "1",
        "serves": serves,
        "memberships": memberships_of(found, at),
        "sums": totals(found.volunteer) if found.volunteer is not None and serves else None,
        "fault": sentence(refused) if refused else "",
    }
    return render(request, "portal/volunteer_code.html", told, status=refused.status if refused else 200)
