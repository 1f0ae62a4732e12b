"""Keys of programs that speak Open311, and what is told to other systems: the security administrator's pages."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation import policy
from civicloop.residents.actions.open311keys import MOST_PER_MINUTE, change_key, make_key, revoke_key
from civicloop.residents.actions.open311push import push_again, subscribe
from civicloop.residents.models import Open311Key, Open311Push, Open311Subscription
from civicloop.residents.queries.open311services import offered
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.desk.edit.parameters import WORDS
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST, MOST_PUSHES = 200, 20
# What the city has set for all clients, as the page of parameters calls it.
SET = (
    "open311.sources",
    "open311.private",
    "open311.services",
    "open311.jurisdictions",
    "open311.contact",
    "open311.key_service",
)


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """All keys, those in use first, and what holds for every client."""
    asking = _admitted(request)
    rows = Open311Key.objects.select_related("subscription").annotate(
        sent=Count("requests"), last_at=Max("requests__received_at")
    )
    told = {
        "rows": list(rows.order_by("revoked_at", "-pk")[:MOST]),
        "root": settings.CIVICLOOP_PUBLIC_URL or request.build_absolute_uri("/").rstrip("/"),
        # The page of parameters says of each that it is about Open311; here all are.
        "city": [
            (re.sub(r"^Open311[:：] ?", "", str(WORDS[name])), _said(name, asking.ref.parameters[name])) for name in SET
        ],
    }
    return render(request, "desk/open311.html", told)


@login_required
@require_GET
def key(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One key: what it is for, what it sent, what its system is told, and what was changed."""
    asking = _admitted(request)
    found = _find(uid, Open311Key.objects.select_related("created_by", "subscription"))
    return _page(request, asking, found)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a key. It is shown once, on the page that answers, and never again."""
    asking = _admitted(request)
    made: list[tuple[Open311Key, str]] = []

    def act(given: dict[str, Any]) -> None:
        test = given.pop("kind") == "test"
        made.append(make_key(**_given(given, asking), test=test, by=asking.person, at=asking.at))

    kinds = [Choice("production", _("production")), Choice("test", _("trying out: checked and forgotten"))]
    fields = [*_fields(asking), Asked("kind", _("Used for"), "choice", required=True, choices=kinds)]
    answer = run(request, Form(
        _("Make a key"), fields, act, reverse("desk:open311_keys"), _("Make a key"), _("The key is made."),
        now={"per_minute": 120, "kind": "production"}, only_changes=False,
        lead=_("Whoever gets a key agrees to ask residents before passing their contact on."),
    ))  # fmt: skip
    return _page(request, asking, made[0][0], text=made[0][1]) if made else answer


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What a key is for, how often it may ask, whom to call. Its text stays."""
    asking = _admitted(request)
    found = _find(uid)

    def act(given: dict[str, Any]) -> Open311Key:
        return change_key(key=found, **_given(now | given, asking), by=asking.person, at=asking.at)

    now: dict[str, Any] = {name: getattr(found, name) for name in ("client", "contact", "jurisdiction", "per_minute")}
    now["services"] = " ".join(found.services)
    return run(request, Form(
        _("Change the key of %(client)s") % {"client": found.client}, _fields(asking), act,
        reverse("desk:open311_key", args=[uid]), _("Save"), _("The key is changed."), now=now, about=("open311_key", uid),
    ))  # fmt: skip


@login_required
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a key useless from now on."""
    asking = asker(request)
    revoke_key(key=_find(uid), by=asking.person, at=asking.at)
    messages.success(request, _("The key is revoked."))
    return redirect("desk:open311_key", uid)


@login_required
@require_http_methods(["GET", "POST"])
def telling(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where steps are told to, with which key of theirs, and of which requests."""
    asking = _admitted(request)
    found = _find(uid, Open311Key.objects.select_related("subscription"))
    there = getattr(found, "subscription", None)

    def act(given: dict[str, Any]) -> Open311Subscription:
        own = given.pop("which") == "own"
        return subscribe(key=found, own_only=own, **given, by=asking.person, at=asking.at)

    which = [Choice("own", _("only what it reported")), Choice("all", _("every public request"))]
    fields = [
        Asked("address", _("Address of its Open311 server"), required=True, most=300,
              hint=_("For example https://fixmystreet.example/open311/v2")),
        Asked("secret", _("Our key there"), "password", required=there is None, most=300,
              hint=_("Kept encrypted. Empty: the one there is.") if there else _("Kept encrypted, never shown again.")),
        Asked("jurisdiction", _("Jurisdiction there"), most=100),
        Asked("which", _("Which requests"), "choice", required=True, choices=which),
        Asked("active", _("Tell it"), "yes"),
    ]  # fmt: skip
    now = {
        "address": there.address, "jurisdiction": there.jurisdiction, "which": "own" if there.own_only else "all",
        "active": there.active,
    } if there else {"which": "own", "active": True}  # fmt: skip
    return run(request, Form(
        _("Tell %(client)s of steps") % {"client": found.client}, fields, act, reverse("desk:open311_key", args=[uid]),
        _("Save"), _("It is set. Steps from now on are told within a minute."), now=now, only_changes=False,
        about=("open311_subscription", there.uid) if there else None,
        lead=_("Instead of asking every few minutes, a system such as FixMyStreet can be told of each step."),
    ))  # fmt: skip


@login_required
@require_POST
def again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let what was given up wait anew."""
    asking = asker(request)
    found = _find(uid, Open311Key.objects.select_related("subscription"))
    there = getattr(found, "subscription", None)
    if there is None:
        raise NotFound("open311_subscription", uid)
    many = push_again(subscription=there, by=asking.person, at=asking.at)
    messages.success(
        request, ngettext("%(many)s step is told again.", "%(many)s steps are told again.", many) % {"many": many}
    )
    return redirect("desk:open311_key", uid)


def _page(request: HttpRequest, asking: Asker, found: Open311Key, *, text: str = "") -> HttpResponse:
    there = getattr(found, "subscription", None)
    counted = found.requests.aggregate(
        sent=Count("pk"), held=Count("pk", filter=Q(report__case=None, sample=None)), last_at=Max("received_at")
    )
    known = offered(asking.ref)
    told: dict[str, Any] = {
        "key": found,
        "text": text,
        "there": there,
        "counted": counted,
        "updates": found.updates.count(),
        "services": [known[code].label if code in known else code for code in found.services],
        "history": history_of("open311_key", found.uid),
    }
    if there is not None:
        pushes = Open311Push.objects.filter(subscription=there)
        told["pushed"] = {
            row["state"]: row["many"] for row in pushes.order_by().values("state").annotate(many=Count("pk"))
        }
        newest = pushes.select_related("step__case").order_by("-pk")[:MOST_PUSHES]
        told["pushes"] = [(one, _failed(one.failure)) for one in newest]
    return render(request, "desk/open311_key.html", told)


def _failed(failure: str) -> str:
    """Why a push was not taken, in words."""
    known = {
        "no_connection": _("no connection"),
        "secret_lost": _("our key there can be read no longer: enter it again"),
    }
    status = failure.removeprefix("http_")
    return known.get(failure) or (_("answered with %(status)s") % {"status": status} if status != failure else failure)


def _fields(asking: Asker) -> list[Asked]:
    places = [Choice(str(name).lower(), str(name)) for name in asking.ref.parameters["open311.jurisdictions"]]
    return [
        Asked("client", _("Which program is it for?"), required=True, most=100),
        Asked("contact", _("Whom to ask about it"), most=200, hint=_("An office and its telephone or mail.")),
        Asked("per_minute", _("Requests a minute"), "integer", required=True, most=MOST_PER_MINUTE),
        *([Asked("jurisdiction", _("Only for this jurisdiction"), "choice", choices=places)] if places else []),
        Asked(
            "services", _("Only these services"), most=1000,
            hint=_("Their codes, with blanks between. Empty: all that are offered."),
        ),
    ]  # fmt: skip


def _said(name: str, value: Any) -> str:
    """A parameter as the page shows it."""
    if name == "open311.sources":
        value = [SOURCE_LABELS.get(one, one) for one in value]
    return value if isinstance(value, str) else _("，").join(map(str, value))


def _given(given: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """What was typed, as the actions take it. Raises Invalid for a service that is not offered."""
    codes = given["services"].replace(",", " ").replace("，", " ").split()
    unknown = [code for code in codes if code not in offered(asking.ref)]
    if unknown:
        raise Invalid("services", "no_such_value", value=" ".join(unknown)[:60])
    return {**given, "jurisdiction": given.get("jurisdiction", ""), "services": codes}


def _admitted(request: HttpRequest) -> Asker:
    asking = asker(request)
    policy.require(asking.person, "token.make", at=asking.at)
    return asking


def _find(uid: UUID, rows: Any = Open311Key.objects) -> Open311Key:
    found: Open311Key | None = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound("open311_key", uid)
    return found


# Below settings/open311/; the list itself stands without the stroke.
urlpatterns = [
    path("new", new, name="open311_key_new"),
    path("<uuid:uid>", key, name="open311_key"),
    path("<uuid:uid>/change", change, name="open311_key_change"),
    path("<uuid:uid>/revoke", revoke, name="open311_key_revoke"),
    path("<uuid:uid>/telling", telling, name="open311_telling"),
    path("<uuid:uid>/again", again, name="open311_again"),
]
