"""Adding and changing units."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation import actions, policy
from civicloop.organisation.models import Unit, WorkCalendar
from civicloop.organisation.models.units import KIND_LABELS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new unit in the tree."""
    asking = asker(request)
    policy.require(asking.person, "unit.add", at=asking.at)

    def act(given: dict[str, Any]) -> Unit:
        given.pop("active", None)
        return actions.add_unit(**_ready(given), by=asking.person, at=asking.at)

    code = Asked(
        "code", _("Code"), required=True, most=30, hint=_("Short and for good: lists and files name the unit by it.")
    )
    return run(request, Form(
        _("Add a unit"), [code, *_fields(asking)[:-1]], act, reverse("desk:units"), _("Add"), _("The unit is added."),
        only_changes=False, then=lambda made: reverse("desk:unit", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What a unit is called, where it stands, what it does, when it works."""
    asking = asker(request)
    policy.require(asking.person, "unit.change", at=asking.at)
    found = Unit.objects.select_related("parent", "calendar").filter(uid=uid).first()
    if found is None:
        raise NotFound("unit", uid)

    def act(given: dict[str, Any]) -> Unit:
        return actions.change_unit(unit=found, changes=_ready(given), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Change %(unit)s") % {"unit": found.name}, _fields(asking, found), act, reverse("desk:unit", args=[uid]), _("Save"),
        _("The unit is changed."), now=_now(found), about=("unit", found.uid),
        lead=_("Code %(code)s. Cases keep the unit they were dispatched to; hours count from now on.") % {"code": found.code},
    ))  # fmt: skip


def _fields(asking: Asker, found: Unit | None = None) -> list[Asked]:
    below = asking.ref.org.subtree(found.pk) if found else ()
    calendars = [Choice(one.code, one.name) for one in WorkCalendar.objects.order_by("code")]
    return [
        Asked("name", _("Name"), required=True, most=100),
        Asked("short_name", _("Short name"), most=30),
        Asked("kind", _("Kind"), "choice", required=True, choices=choosing.of_labels(KIND_LABELS)),
        Asked("parent", _("Belongs to"), "choice", choices=choosing.units(asking, but=below)),
        Asked("lines", _("Functions"), "many", choices=choosing.lines(asking.ref),
              hint=_("Cases of a category go to the department that has its function.")),
        Asked("phone", _("Duty phone"), most=30),
        Asked("address", _("Address")),
        Asked("calendar", _("Working calendar"), "choice", choices=calendars, hint=_("Empty: that of the unit above.")),
        Asked("hours", _("Own working hours"), "hours",
              hint=_("For example 08:30-12:00 14:30-18:00; empty: those of the calendar.")),
        Asked("active", _("In use"), "yes"),
    ]  # fmt: skip


def _now(found: Unit) -> dict[str, Any]:
    plain = {
        name: getattr(found, name)
        for name in ("name", "short_name", "kind", "phone", "address", "lines", "hours", "active")
    }
    return {
        **plain,
        "parent": found.parent.code if found.parent else "",
        "calendar": found.calendar.code if found.calendar else "",
    }


def _ready(given: dict[str, Any]) -> dict[str, Any]:
    """Codes turned into what they name."""
    ready = dict(given)
    if "parent" in given:
        ready["parent"] = choosing.unit_of(given["parent"], "parent")
    if "calendar" in given:
        code = given["calendar"]
        ready["calendar"] = WorkCalendar.objects.filter(code=code).first() if code else None
        if code and ready["calendar"] is None:
            raise Invalid("calendar", "unknown_choice", value=code)
    return ready
