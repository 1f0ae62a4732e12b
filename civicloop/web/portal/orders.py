"""Residents order by the menu (照单上菜), follow the order by its code, rate it, or say that nobody came. No account is needed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.codes import code_of, digest, read_code, shown
from civicloop.kernel.refusal import Invalid, NotFound, Refused, StepRefused
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.volunteers import actions, queries
from civicloop.volunteers.models import Order, OrderStep, ServiceKind
from civicloop.web.outside.limits import address_of
from civicloop.web.portal import again, orderwords
from civicloop.web.portal.codes import typed_code
from civicloop.web.portal.communities import communities, middle_of
from civicloop.web.portal.limits import limited, public, window

PARTS = {
    "": (time(0), time(23, 59), gettext_lazy("any time of the day")),
    "morning": (time(8), time(12), gettext_lazy("in the morning (8 to 12)")),
    "afternoon": (time(14), time(18), gettext_lazy("in the afternoon (14 to 18)")),
    "evening": (time(18), time(21), gettext_lazy("in the evening (18 to 21)")),
}
FIELDS = (
    "description",
    "address",
    "community",
    "lon",
    "lat",
    "datum",
    "day",
    "part",
    "name",
    "phone",
    "consent",
    "key",
)
FARTHEST_DAYS = 60
KEY_LETTERS = 64
ORDERS_PER_MINUTE = 6
SENT_TWICE = timedelta(minutes=5)
# What a resident may do with his order by its code, and what each takes from the form.
STEPS = {
    "rate": ("score", "as_asked", "note"),
    "not_served": ("reason",),
    "cancel": ("reason",),
    "submit": ("description",),
}


@public
@limited("look", per_minute=120)
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The menu, by group; and the way back to an order by its code."""
    typed = typed_code(request)
    if typed.code is not None:
        return redirect("portal:order", typed.code)
    told = {
        "rows": list(queries.menu(timezone.now())),
        "typed": typed.text,
        "fault": typed.fault,
    }
    return render(request, "portal/order_menu.html", told, status=typed.status)


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form of one service; sent twice, by two clicks or after Back, it is one order with one code."""
    at = timezone.now()
    found = queries.menu(at).filter(uid=uid).first()
    if found is None:
        raise NotFound("service", uid)
    if request.method == "GET":
        return _form(request, found, QueryDict())
    window("order", ORDERS_PER_MINUTE).count(address_of(request))
    try:
        before = again.known_key(request)
        key = before or _key(request.POST)
        code = _order(found, request.POST, key, at)
    except Refused as refused:
        return _form(request, found, request.POST, refused)
    answer = redirect("portal:order", code)
    answer["Location"] += "?again=1" if before not in (None, request.POST.get("key")) else "?new=1"
    again.remember(request, answer, key)
    return answer


@public
@limited("code", per_minute=30)
@require_GET
def order(request: HttpRequest, code: str) -> HttpResponse:
    """Where the order stands, and what its requester can do now."""
    return _page(request, actions.order_of_code(code), code)


@public
@limited("code", per_minute=30)
@require_POST
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Rate, say that nobody came, cancel, or hand in again what was sent back. Sent twice, as by two clicks, it is one step."""
    if step not in STEPS:
        raise NotFound("step", step)
    found = actions.order_of_code(code)
    given = {name: request.POST[name].strip() for name in STEPS[step] if request.POST.get(name, "").strip()}
    try:
        if step == "submit" and found.state == "returned":
            _add(code, given, request.POST)
        actions.take_by_code(code, step, at=timezone.now(), given={} if step == "submit" else given)
    except Refused as refused:
        now = actions.order_of_code(code)
        if not (isinstance(refused, StepRefused) and _taken_just_now(now, step, given, timezone.now())):
            return _page(request, now, code, refused)
    return redirect("portal:order", read_code(code) or code)


urlpatterns = [
    path("new/<uuid:uid>", new, name="order_new"),
    path("follow/<str:code>", order, name="order"),
    path("follow/<str:code>/<slug:step>", step, name="order_step"),
]


def _taken_just_now(found: Order, step: str, given: dict[str, str], at: datetime) -> bool:
    """Whether the last step of the order is this one with the same words: what is refused is only its second sending."""
    last = OrderStep.objects.filter(order=found).order_by("-seq").first()
    if last is None or last.name != step or last.by_id is not None or at - last.at > SENT_TWICE:
        return False
    if step == "submit":
        return given.get("description", "").split() == found.description.split()
    note = given.get("note") or given.get("reason") or ""
    as_asked = {"1": True, "0": False}.get(given.get("as_asked", ""))
    told = (last.note.split(), str(last.data.get("score", "")), last.data.get("as_asked"))
    return told == (note.split(), given.get("score", ""), as_asked)


def _add(code: str, given: dict[str, str], typed: QueryDict) -> None:
    """What the centre asked for, and another day where one is chosen: the first may be over by now. Raises Refused."""
    at = timezone.now()
    first, last = _wanted(typed, at)
    more: dict[str, Any] = {"wanted_from": first, "wanted_to": last} if last is not None else {}
    if given or more:
        actions.take_by_code(code, "amend", at=at, given=given | more)


def _key(typed: QueryDict) -> str:
    """The key of the form, from which its code is made. Raises Invalid."""
    key = typed.get("key", "")
    if len(key) != KEY_LETTERS or not all(letter in "0123456789abcdef" for letter in key):
        raise Invalid("key", "order_form_is_old")
    return key


def _order(service: ServiceKind, typed: QueryDict, key: str, at: datetime) -> str:
    """Place the order; returns its code. Raises Refused."""
    if not typed.get("consent"):
        raise Invalid("consent", "order_consent_needed")
    for name in ("name", "phone"):
        if not typed.get(name, "").strip():
            raise Invalid(name, "required", field=name)
    code = code_of(bytes.fromhex(key))
    wanted_from, wanted_to = _wanted(typed, at)
    lon, lat = _number(typed, "lon"), _number(typed, "lat")
    if not typed.get("address", "").strip():
        raise Invalid("address", "place_missing")
    if lon is None and lat is None and typed.get("community"):
        # Without a place no team is found; the team reads the address in any case.
        lon, lat = middle_of(str(typed["community"]), reference.now()) or (None, None)
    actions.create(
        service=service, by=None, at=at, description=typed.get("description", ""), source="portal",
        requester={"name": str(typed["name"]), "phone": str(typed["phone"])}, code_digest=digest(code),
        address=typed.get("address", ""), lon=lon, lat=lat, datum=typed.get("datum") or "wgs84", wanted_from=wanted_from,
        wanted_to=wanted_to, uid=UUID(bytes=hashlib.sha256(key.encode()).digest()[:16]),
    )  # fmt: skip
    return code


def _wanted(typed: QueryDict, at: datetime) -> tuple[datetime | None, datetime | None]:
    """The day and the part of the day as two moments of the city. Raises Invalid."""
    text = typed.get("day", "").strip()
    if not text:
        return None, None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("day", "not_a_date", value=text[:40]) from None
    today = timezone.localdate(at)
    if not today <= day <= today + timedelta(days=FARTHEST_DAYS):
        raise Invalid("day", "order_day_out_of_range", least=today.isoformat(), days=FARTHEST_DAYS)
    first, last, _word = PARTS.get(typed.get("part", ""), PARTS[""])
    return tuple(timezone.make_aware(datetime.combine(day, one)) for one in (first, last))  # type: ignore[return-value]


def _number(typed: QueryDict, name: str) -> float | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise Invalid(name, "not_a_number", value=text[:40]) from None


def _form(request: HttpRequest, service: ServiceKind, typed: QueryDict, refused: Refused | None = None) -> HttpResponse:
    today = timezone.localdate()
    field = refused.field if isinstance(refused, Invalid) else ""
    field = {"lon": "address", "lat": "address", "place": "address", "wanted_to": "day"}.get(field, field)
    told: dict[str, Any] = {
        "service": service,
        "typed": {name: typed.get(name, "") for name in FIELDS} | {"key": typed.get("key") or secrets.token_hex(32)},
        "communities": communities(reference.now()),
        "parts": [(key, word) for key, (_first, _last, word) in PARTS.items()],
        "field": field,
        "fault": sentence(refused) if refused else "",
        "today": today,
        "last_day": today + timedelta(days=FARTHEST_DAYS),
    }
    return render(request, "portal/order_form.html", told, status=refused.status if refused else 200)


def _page(request: HttpRequest, found: Order, code: str, refused: Refused | None = None) -> HttpResponse:
    told = {
        "order": found,
        "code": read_code(code) or "",
        "code_shown": shown(read_code(code) or ""),
        "is_new": request.GET.get("new") == "1",
        "is_again": request.GET.get("again") == "1",
        "stands": orderwords.STANDS[found.state],
        "then": orderwords.THEN.get(found.state, ""),
        "story": orderwords.told(found),
        "asks": orderwords.asked_why(found),
        "may_cancel": found.state in orderwords.CANCELLABLE,
        "fault": sentence(refused) if refused else "",
        "typed": {
            name: request.POST.get(name, "")
            for name in ("note", "reason", "score", "as_asked", "description", "day", "part")
        },
        "over": found.wanted_to is not None and found.wanted_to <= timezone.now(),
        "parts": [(key, word) for key, (_first, _last, word) in PARTS.items()],
        "today": timezone.localdate(),
        "last_day": timezone.localdate() + timedelta(days=FARTHEST_DAYS),
        "scores": orderwords.SCORES,
    }
    return render(request, "portal/order_page.html", told, status=refused.status if refused else 200)
