"""All my reports: by a link that is sent to a phone or mail, opened once. A signed cookie then lasts half an hour."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.notify import residents
from civicloop.residents import actions
from civicloop.residents.queries import following
from civicloop.residents.queries.following import Opened
from civicloop.sentences import sentence
from civicloop.web.portal.follow import shown_page
from civicloop.web.portal.limits import limited, public
from civicloop.web.portal.words import OUTSIDE_STATES

COOKIE = "civicloop_mine"
LASTS = 30 * 60


@public
@limited("link", per_minute=5)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where to send the link. The answer is the same whether anybody is known under it or not."""
    told = {
        "typed": request.POST.get("contact", "")[:254], "fault": "", "done": False,
        "mail": residents.is_open("mail"), "sms": residents.is_open("sms"),
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        try:
            actions.ask_link(request.POST.get("contact", ""), at=timezone.now())
            told |= {"done": True, "typed": ""}
        except Invalid as refused:
            told["fault"], status = sentence(refused), refused.status
    return render(request, "portal/mine_ask.html", told, status=status)


@public
@limited("code", per_minute=30)
@require_http_methods(["GET", "POST"])
def opened(request: HttpRequest, secret: str) -> HttpResponse:
    """The link. Programs that look at mails open links as well, so only the button on the page uses it up."""
    if request.method == "GET":
        actions.find_link(secret, at=timezone.now())
        return render(request, "portal/mine_open.html")
    key = actions.open_link(secret, at=timezone.now())
    answered = redirect("portal:mine")
    answered.set_signed_cookie(
        COOKIE,
        key,
        salt=COOKIE,
        max_age=LASTS,
        path=reverse("portal:home"),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return answered


@public
@limited("look", per_minute=120)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """All reports of the contact whose link was opened, and what is followed under it."""
    key = _key(request)
    rows = [
        (report, OUTSIDE_STATES[following.main_case(report.case).state] if report.case else "")
        for report in following.reports_of(key)
    ]
    followed = [(one, OUTSIDE_STATES[following.main_case(one.case).state]) for one in following.followings_of(key)]
    return render(request, "portal/mine.html", {"rows": rows, "followed": followed})


@public
@limited("code", per_minute=30)
@require_GET
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them, to be read."""
    key = _key(request)
    found = next((report for report in following.reports_of(key) if report.uid == uid), None)
    if found is not None:
        return shown_page(request, Opened(report=found), code="")
    followed = next((one for one in following.followings_of(key) if one.uid == uid), None)
    if followed is None:
        raise NotFound("report", uid)
    return shown_page(request, Opened(following=followed), code="")


def _key(request: HttpRequest) -> str:
    key = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=LASTS)
    if not key:
        raise Conflict("link_ended")
    return key
