"""Adding and changing people, their appointments, passwords and tokens: the security administrator's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation import actions, policy
from civicloop.organisation.models import Appointment, Area, DutyGrid, Grid, Person, Point
from civicloop.organisation.models.people import ROLE_LABELS
from civicloop.web.desk import entrance
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

TOKEN_DAYS = 365
PLACES: dict[str, Any] = {"grid": Grid, "duty_grid": DutyGrid, "area": Area, "point": Point}


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new. Without a password nobody can log in under the name until one is set."""
    asking = asker(request)
    policy.require(asking.person, "person.add", at=asking.at)
    fields = [
        Asked("username", _("User name"), required=True, most=60),
        *_fields()[:3],
        Asked(
            "password",
            _("First password"),
            "password",
            most=128,
            hint=_("At least ten characters; empty: to be set later."),
        ),
    ]

    def act(given: dict[str, Any]) -> Person:
        given["password"] = given["password"] or None
        return actions.add_person(**given, by=asking.person, at=asking.at)

    return run(request, Form(
        _("Add a person"), fields, act, reverse("desk:people"), _("Add"),
        _("The person is added. Appoint next: without a post nobody may do anything."),
        only_changes=False, then=lambda made: reverse("desk:edit_appoint", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name, phone, mail, and whether the person is active. The history names fields, not their values."""
    asking, found = asker(request), _find(uid)
    if found.pk != asking.person.pk:
        policy.require(asking.person, "person.change", at=asking.at)
    own = found.pk == asking.person.pk and not policy.may(asking.person, "person.change", at=asking.at)
    fields = [one for one in _fields() if not own or one.key in ("phone", "email")]

    def act(given: dict[str, Any]) -> Person:
        return actions.change_person(person=found, changes=given, by=asking.person, at=asking.at)

    now = {name: getattr(found, name) for name in ("name", "phone", "email", "is_active")}
    return run(request, Form(
        _("Change %(person)s") % {"person": found.name}, fields, act, reverse("desk:person", args=[uid]), _("Save"),
        _("The person is changed."), now=now, about=("person", found.uid),
        lead=_("User name %(name)s.") % {"name": found.username},
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new password: one's own, for which the present one must be known, or somebody's who has lost it."""
    asking, found = asker(request), _find(uid)
    own = found.pk == asking.person.pk
    if not own:
        policy.require(asking.person, "person.set_password", at=asking.at)
    fields = [
        *([Asked("present", _("Present password"), "present", required=True, most=128)] if own else []),
        Asked("password", _("New password"), "password", required=True, most=128, hint=_("At least ten characters.")),
        Asked("again", _("The same again"), "password", required=True, most=128),
    ]

    def act(given: dict[str, Any]) -> None:
        if given["password"] != given["again"]:
            raise Invalid("again", "passwords_differ")
        if own:
            entrance.require_present_password(request, given["present"])
        actions.set_password(person=found, password=given["password"], by=asking.person, at=asking.at)
        if own:
            update_session_auth_hash(request, found)  # this session goes on, every other one ends

    return run(request, Form(
        _("Password of %(person)s") % {"person": found.name}, fields, act, reverse("desk:person", args=[uid]),
        _("Set the password"),
        _("The password is set."), only_changes=False,
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A post for somebody: role, unit, perhaps a grid, area or point, and from when."""
    asking, found = asker(request), _find(uid)
    policy.require(asking.person, "appointment.make", at=asking.at)

    def act(given: dict[str, Any]) -> Appointment:
        unit = choosing.unit_of(given["unit"])
        assert unit is not None
        place = _place(given["place_kind"], given["place"])
        return actions.appoint(
            person=found, role=given["role"], unit=unit, starts_on=given["starts_on"], ends_on=given["ends_on"],
            note=given["note"], **place, by=asking.person, at=asking.at,
        )  # fmt: skip

    return run(request, Form(
        _("Appoint %(person)s") % {"person": found.name}, _appointment_fields(asking), act, reverse("desk:person", args=[uid]),
        _("Appoint"), _("The appointment is made."), now={"starts_on": timezone.localdate(asking.at)}, only_changes=False,
        about=("person", found.uid),
        lead=_("Roles that must stay apart are refused together: the three administrators, and auditing beside handling."),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The last day of an appointment; it stays in the history."""
    asking = asker(request)
    policy.require(asking.person, "appointment.end", at=asking.at)
    found = Appointment.objects.select_related("person", "unit").filter(uid=uid).first()
    if found is None:
        raise NotFound("appointment", uid)

    def act(given: dict[str, Any]) -> Appointment:
        return actions.end_appointment(appointment=found, last_day=given["last_day"], by=asking.person, at=asking.at)

    return run(request, Form(
        _("End an appointment"), [Asked("last_day", _("Last day"), "date", required=True)], act,
        reverse("desk:person", args=[found.person.uid]), _("End it"), _("The appointment has a last day now."),
        now={"last_day": timezone.localdate(asking.at)}, only_changes=False,
        lead=f"{found.person.name} · {found.get_role_display()} · {found.unit.name}",
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def token(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A bearer token for a program. It is shown once, on this page, and never again."""
    asking, found = asker(request), _find(uid)
    if found.pk != asking.person.pk:
        policy.require(asking.person, "token.make", at=asking.at)
    shown: dict[str, Any] = {"person": found, "tokens": found.tokens.order_by("-created_at"), "at": asking.at}
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:60]
        if name:
            until = asking.at + timedelta(days=TOKEN_DAYS)
            shown["made"] = actions.make_token(
                person=found, name=name, by=asking.person, at=asking.at, expires_at=until
            )[1]
        else:
            shown["fault"] = _("Say which program it is for.")
    return render(request, "edit/tokens.html", shown, status=422 if "fault" in shown else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """Make a token useless."""
    asking, found = asker(request), _find(uid)
    row = found.tokens.filter(pk=number).select_related("person").first()
    if row is None:
        raise NotFound("token", number)
    actions.revoke_token(token=row, by=asking.person, at=asking.at)
    messages.success(request, _("The token is revoked."))
    return redirect("desk:edit_token", uid)


def _fields() -> list[Asked]:
    return [
        Asked("name", _("Name"), required=True, most=60),
        Asked("phone", _("Phone"), most=30),
        Asked("email", _("Mail"), most=254),
        Asked("is_active", _("May log in"), "yes"),
    ]


def _appointment_fields(asking: Asker) -> list[Asked]:
    kinds = [
        Choice("grid", _("unit grid")), Choice("duty_grid", _("duty grid")), Choice("area", _("area")), Choice("point", _("point")),
    ]  # fmt: skip
    return [
        Asked("role", _("Role"), "choice", required=True, choices=choosing.of_labels(ROLE_LABELS)),
        Asked("unit", _("Unit"), "choice", required=True, choices=choosing.units(asking)),
        Asked("place_kind", _("For a place: which kind"), "choice", choices=kinds),
        Asked(
            "place", _("For a place: its code"), most=30, hint=_("Only where the post is for one grid, area or point.")
        ),
        Asked("starts_on", _("First day"), "date", required=True),
        Asked("ends_on", _("Last day"), "date"),
        Asked("note", _("Note")),
    ]


def _place(kind: str, code: str) -> dict[str, Any]:
    if not kind and not code:
        return {}
    if not kind:
        raise Invalid("place_kind", "required", field="place_kind")
    found = PLACES[kind].objects.filter(code=code).first()
    if found is None:
        raise Invalid("place", "unknown_place", code=code[:40])
    return {kind: found}


def _find(uid: UUID) -> Person:
    found = Person.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("person", uid)
    return found
