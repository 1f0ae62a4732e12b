"""Asking people: invitations made and printed once, and the form of an interviewer on a desk or telephone."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civicloop.kernel.codes import shown
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.kernel.text import safe_cell
from civicloop.sentences import sentence
from civicloop.surveys import actions, policy, queries
from civicloop.surveys.actions import Invited
from civicloop.surveys.actions.answering import BY_INTERVIEW
from civicloop.surveys.models.surveys import CHANNEL_LABELS, SHARED
from civicloop.surveys.rules.questionnaire import read
from civicloop.web.desk.asker import asker
from civicloop.web.portal.survey import questions_of
from civicloop.web.refusals import keep

MOST_ON_A_PAGE = 24
BOM = "\ufeff"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make invitations; their codes are shown now and never again."""
    asking = asker(request)
    policy.require(asking.actor, "survey.invite", by=asking.person)
    found = queries.get(uid)
    fault, status = "", 200
    if request.method == "POST":
        try:
            made = actions.invite(
                survey_uid=uid, stratum_id=_number(request, "stratum"), channel=request.POST.get("channel", ""),
                many=_number(request, "many"), most=_number(request, "most") if request.POST.get("most") else None,
                clusters=_number(request, "clusters") if request.POST.get("clusters") else 0, by=asking.person, at=asking.at,
                ref=asking.ref,
            )  # fmt: skip
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            if len(made) > MOST_ON_A_PAGE:
                return _as_file(request, made)
            drawn = [(one, shown(one.token), _link(request, one), _drawn(_link(request, one))) for one in made]
            return render(request, "desk/survey_invited.html", {"survey": found, "made": drawn})
    told = {
        "survey": found, "strata": found.strata.all(), "channels": CHANNEL_LABELS.items(), "shared": SHARED, "fault": fault,
        "typed": request.POST if request.method == "POST" else request.GET,
        "most": asking.ref.parameters["surveys.most_by_code"], "on_a_page": MOST_ON_A_PAGE,
    }  # fmt: skip
    return render(request, "desk/survey_invite.html", told, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take down what somebody answers: by the number of an invitation, or in a street or town."""
    asking = asker(request)
    policy.require(asking.actor, "survey.interview", by=asking.person)
    found = queries.get(uid)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            serial = request.POST.get("serial", "").strip()
            actions.interview(
                survey_uid=uid, channel=request.POST.get("channel", ""), answers=_answers(request),
                stratum_id=_number(request, "stratum") if not serial and request.POST.get("stratum") else None,
                serial=_number(request, "serial") if serial else None,
                cluster=_number(request, "cluster") if not serial and request.POST.get("cluster") else None,
                sent=sent_by(request.POST), by=asking.person, at=asking.at,
            )  # fmt: skip
        except Refused as refused:
            keep(request, refused)
            fault = refused
        else:
            messages.success(request, _("The answers are in. The next person can be asked."))
            stay = {name: request.POST.get(name, "") for name in ("channel", "stratum", "cluster")}
            return redirect(f"{reverse('desk:survey_enter', args=[uid])}?{urlencode(stay)}")
    typed = request.POST if request.method == "POST" else request.GET
    paper = read(found.questionnaire.content)
    told = {
        "survey": found, "strata": found.strata.all(), "channels": [(name, CHANNEL_LABELS[name]) for name in BY_INTERVIEW],
        "questions": questions_of(paper, typed, fault if isinstance(fault, Invalid) else None),
        "word": CHANNEL_LABELS[typed.get("channel", "")] if typed.get("channel") in BY_INTERVIEW else "",
        "typed": {name: typed.get(name, "") for name in ("channel", "stratum", "serial", "cluster")},
        "fault": sentence(fault) if fault else "", "lead": paper.lead, "sent": sent_by(request.POST) or uuid4(),
    }  # fmt: skip
    return render(request, "desk/survey_enter.html", told, status=fault.status if fault else 200)


def sent_by(typed: QueryDict) -> UUID | None:
    """What the form made up to be known by when it comes twice; None where it says nothing that could be one."""
    try:
        return UUID(typed.get("sent", ""))
    except ValueError:
        return None


def _answers(request: HttpRequest) -> dict[str, Any]:
    return {name.removeprefix("q."): value for name, value in request.POST.items() if name.startswith("q.")}


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(name, "not_a_whole_number", value=text[:40])
    return int(text)


def _link(request: HttpRequest, one: Invited) -> str:
    address = reverse("portal:survey", args=[one.token])
    return (
        f"{settings.CIVICLOOP_PUBLIC_URL}{address}"
        if settings.CIVICLOOP_PUBLIC_URL
        else request.build_absolute_uri(address)
    )


def _drawn(link: str) -> str:
    """The link as a QR code: plain SVG, made here."""
    return mark_safe(segno.make(link, error="m").svg_inline(scale=3, border=3, svgclass=None, lineclass=None))


def _as_file(request: HttpRequest, made: list[Invited]) -> HttpResponse:
    """Many invitations as CSV, to be printed as letters."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([_("number"), _("street or town"), _("building or group"), _("channel"), _("code"), _("link")])
    for one in made:
        row = [
            one.serial,
            one.stratum,
            one.cluster or "",
            str(CHANNEL_LABELS[one.channel]),
            shown(one.token),
            _link(request, one),
        ]
        writer.writerow([safe_cell(value) for value in row])
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="invitations-{made[0].serial}.csv"'
    return response


urlpatterns = [
    path("surveys/<uuid:uid>/invite", invite, name="survey_invite"),
    path("surveys/<uuid:uid>/enter", enter, name="survey_enter"),
]
