"""All my reports: by a link that is sent to a phone or mail, opened once. A signed cookie then lasts half an hour."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.notify import residents
from civicloop.residents import actions
from civicloop.residents.queries import following
from civicloop.residents.queries.following import Opened
from civicloop.sentences import sentence
from civicloop.web.portal.follow import blurred, said, shown_page
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
    """All reports of the contact whose link was opened, and what is followed under it. Without a link: where to send one."""
    key = _key(request)
    if not key:
        return redirect("portal:mine_ask")
    rows = [
        (report, OUTSIDE_STATES[following.main_case(report.case).state] if report.case else "")
        for report in following.reports_of(key)
    ]
    followed = [(one, OUTSIDE_STATES[following.main_case(one.case).state]) for one in following.followings_of(key)]
    return render(request, "portal/mine.html", {"rows": rows, "followed": followed})


@public
@limited("code", per_minute=30)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them, and what its owner says to it: the same as on the page of its code."""
    key = _key(request)
    if not key:
        return redirect("portal:mine_ask")
    opened = _opened(key, uid)
    return shown_page(request, opened) if request.method == "GET" else said(request, opened)


@public
@limited("picture", per_minute=60)
@require_GET
def picture(request: HttpRequest, uid: UUID, number: int) -> HttpResponseBase:
    """One of the photos of its result."""
    key = _key(request)
    if not key:
        raise NotFound("photo", number)
    return blurred(_opened(key, uid).case, number)


def _opened(key: str, uid: UUID) -> Opened:
    """What of this contact has this id. Raises NotFound."""
    report = next(iter(following.reports_of(key, uid=uid)), None)
    if report is not None:
        return Opened(report=report)
    followed = next(iter(following.followings_of(key, uid=uid)), None)
    if followed is None:
        raise NotFound("report", uid)
    return Opened(following=followed)


def _key(request: HttpRequest) -> str:
    """The key of the contact whose link was opened in this browser within the half hour; "" where none was."""
    return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=LASTS))
