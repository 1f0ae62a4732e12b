"""The big screen (大屏): one page, one JSON, and a door for screens that nobody logs in at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from civicloop.insight import screen as figures
from civicloop.insight.tasks import keep_screen
from civicloop.kernel.refusal import NotAllowed, NotFound
from civicloop.organisation.rules.roles import Role
from civicloop.web.desk.maproom.looking import Looker, by_word, looker, remember
from civicloop.web.desk.maproom.towns import outlines
from civicloop.web.ui import screenwords

# Kept figures older than this are asked for anew; at most one asking in a minute.
STALE = timedelta(minutes=20)
ASKING = "screen.asking"


@require_GET
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The screen. Everything on it comes with its JSON, again and again."""
    looking = looker(request)
    if looking is None:
        return redirect_to_login(request.get_full_path())
    _require_city(looking)
    return render(
        request, "desk/screen.html", {"words": screenwords.words(), "settings": {"box": looking.ref.grids.box}}
    )


@require_GET
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    """All figures of the moment; 401 when the log-in or the token has ended, which the screen then says."""
    looking = looker(request)
    if looking is None or not looking.actor.sees_all:
        return JsonResponse({"code": "login_needed"}, status=401)
    kept = figures.kept()
    if kept is None or looking.at - kept.as_of > STALE:
        _ask_anew()
    told: dict[str, Any] = {
        "at": _local(looking.at), "live": figures.live(at=looking.at, ref=looking.ref),
        "kept": None if kept is None else {"as_of": _local(kept.as_of), **kept.content},
    }  # fmt: skip
    return JsonResponse(told)


@require_GET
def towns(request: HttpRequest) -> HttpResponse:
    """Outlines of the towns for the screen's map, with a tag that moves when grids or units do."""
    looking = looker(request)
    if looking is None or not looking.actor.sees_all:
        return JsonResponse({"code": "login_needed"}, status=401)
    tag, body = outlines(looking.ref)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Type": "application/geo+json"}
    return HttpResponse(body, headers=headers)


@require_GET
@never_cache
def open_with(request: HttpRequest, token: str) -> HttpResponse:
    """Turn a screen token into a cookie and go to the screen: the token stands in the address once and then no more."""
    row = by_word(token, timezone.now())
    if row is None:
        raise NotFound("token", "…")
    answer = redirect("desk:screen")
    remember(answer, row)
    return answer


def _require_city(looking: Looker) -> None:
    if not looking.actor.sees_all:
        who = sorted({Role.SUPERVISOR, Role.AUDITOR, Role.DISPATCHER, Role.FILER, Role.VERIFIER})
        raise NotAllowed("screen.read", "sees_all", who=who)


def _ask_anew() -> None:
    if cache.add(ASKING, 1, timeout=60):
        keep_screen.enqueue()


def _local(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
