"""Events of voluntary service: what is planned, who comes, the code on site, who was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers import people_policy, queries
from civicloop.volunteers.actions import attending, events, hours
from civicloop.volunteers.actions.signing import concerned
from civicloop.volunteers.models import (
    Attendance,
    Event,
    PracticeSite,
    Project,
    ServiceKind,
    Shift,
    SignUp,
    Team,
    Volunteer,
)
from civicloop.volunteers.people_policy import about_unit
from civicloop.volunteers.queries.events import board, onsite_code, to_be_called, to_be_called_off
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.volunteers.queries.projects import listing
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.ui import editing
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
MOST_SITES = 400
KEEPERS = (Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER)
STEPS = ("publish", "cancel", "finish")


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Events, the latest first; drafts are seen by those who keep them."""
    asking = asker(request)
    rows = Event.objects.select_related("unit", "service", "site").order_by("-starts_at", "-id")
    if not asking.actor.has(Role.ORDER_DESK):
        units = [below for own in asking.own_units for below in asking.ref.org.subtree(own)]
        rows = rows.exclude(state="draft") | rows.filter(unit__in=units)
    shown = {"rows": list(rows[:MOST]), "may_keep": asking.actor.has(*KEEPERS), "at": asking.at}
    return render(request, "desk/volunteers_events.html", shown)


@login_required
@require_GET
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One event: its shifts, who has signed up (masked), what can be done now."""
    asking = asker(request)
    found = _find(uid, asking)
    may_keep = _may(asking, "event.keep", found)
    signups = SignUp.objects.filter(shift__event=found).exclude(state="cancelled").select_related("volunteer")
    there = {(one.shift_id, one.volunteer_id): one for one in Attendance.objects.filter(shift__event=found)}
    lines = board(found, cancelled=True)
    shown = {
        "event": found,
        "lines": [(line, _rows_of(line.shift, signups, there)) for line in lines],
        "many_shifts": sum(not line.cancelled for line in lines) > 1,
        "at": asking.at,
        "may_keep": may_keep,
        "history": history_of("event", found.uid) if may_keep else [],
        "may_enter": _may(asking, "event.enter", found),
        "begun": found.starts_at <= asking.at,
        "over": found.ends_at <= asking.at,
        "to_call": to_be_called(found) if may_keep and found.state == "cancelled" else [],
        "to_call_for": to_be_called_off(found) if may_keep and found.state == "published" else [],
    }
    return render(request, "desk/volunteers_event.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """A new event with its first shift; further ones are added on its page."""
    asking = asker(request)
    unit = Unit.objects.filter(pk=asking.unit_id or 0).first()
    if unit is None:
        raise NotFound("unit", "")
    people_policy.require(asking.person, "event.keep", about_unit(unit.pk), at=asking.at, ref=asking.ref)

    def act(given: dict[str, Any]) -> Event:
        return _draft(given, unit, asking)

    wished = request.GET.get("project", "")[:30]
    return run(request, Form(
        _("Plan an event"), [*_fields(asking), *_first_shift()], act, reverse("desk:volunteer_events"), _("Save as a draft"),
        _("The event is a draft: add shifts if there are more, and publish it when it is settled."),
        now={"needed": 10, "minimum": 3, "project": wished}, only_changes=False,
        lead=_("%(unit)s organises it, and you are in charge.") % {"unit": unit.name},
        then=lambda made: reverse("desk:volunteer_event", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is done, where, for which project; whoever has signed up is told."""
    asking = asker(request)
    found = _find(uid, asking)
    people_policy.require(
        asking.person, "event.keep", about_unit(found.unit_id, thing=("event", str(uid))), at=asking.at, ref=asking.ref
    )
    now = {name: getattr(found, name) for name in ("title", "content", "place")}
    now |= {name: row.code if (row := getattr(found, name)) else "" for name in ("site", "project", "service")}
    now["team"] = found.team.unit.code if found.team else ""

    def act(given: dict[str, Any]) -> Event:
        return events.change_event(event=found, changes={**given, **_named(given)}, by=asking.person, at=asking.at)

    told = concerned(found) if found.state == "published" else []
    lead = ngettext("%(n)s person has signed up and is told.", "%(n)s people have signed up and are told.", len(told))
    return run(request, Form(
        _("Change %(name)s") % {"name": found.title}, _fields(asking), act, reverse("desk:volunteer_event", args=[uid]),
        _("Save"), _("The event is changed."), now=now, about=("event", found.uid),
        lead=lead % {"n": len(told)} if told else _("Times and room stand with the shifts."),
    ))  # fmt: skip


@login_required
@require_POST
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Publish, call off with a reason, or finish."""
    asking = asker(request)
    found = _find(uid, asking)
    doing: dict[str, Callable[[], Any]] = {
        "publish": lambda: events.publish_event(event=found, by=asking.person, at=asking.at),
        "cancel": lambda: events.cancel_event(
            event=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at
        ),
        "finish": lambda: events.finish_event(event=found, by=asking.person, at=asking.at),
    }
    if step not in STEPS:
        raise NotFound("step", step)
    doing[step]()
    told = {"publish": _("Published: people can sign up."), "cancel": _("Called off."), "finish": _("Finished.")}
    messages.success(request, told[step])
    return redirect("desk:volunteer_event", uid)


@login_required
@require_GET
def code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code to be shown on site, large; it changes every few minutes and the page with it."""
    asking = asker(request)
    shift = _shift(uid)
    shown = {"shift": shift, "code": onsite_code(shift=shift, by=asking.person, at=asking.at), "at": asking.at}
    answer = render(request, "desk/volunteers_code.html", shown)
    seconds = max(5, int((shown["code"].valid_until - asking.at).total_seconds()) + 1)  # type: ignore[attr-defined]
    answer["Refresh"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The leader notes who was there, from when until when."""
    asking = asker(request)
    shift = _shift(uid)
    volunteer = _volunteer(request.POST.get("volunteer", ""), asking, shift)
    asked = (Asked("arrived_at", "", "moment", required=True), Asked("left_at", "", "moment"))
    read = editing.read(asked, request.POST)
    attending.enter_attendance(
        shift=shift, volunteer=volunteer, arrived_at=read["arrived_at"], left_at=read["left_at"], by=asking.person, at=asking.at,
    )  # fmt: skip
    messages.success(request, _("Noted."))
    return redirect("desk:volunteer_event", shift.event.uid)


@login_required
@require_POST
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Turn who was there into hours; safe to press again."""
    asking = asker(request)
    shift = _shift(uid)
    done = hours.record_shift(shift=shift, by=asking.person, at=asking.at)
    many, left = len(done.made), len(done.left_out)
    messages.success(request, ngettext("%(n)s record was made.", "%(n)s records were made.", many) % {"n": many})
    if capped := len(done.capped):
        said = ngettext(
            "Of %(n)s person only as much was recorded as counts in a day.",
            "Of %(n)s people only as much was recorded as counts in a day.", capped,
        )  # fmt: skip
        messages.warning(request, said % {"n": capped})
    if left:
        messages.warning(
            request, ngettext("%(n)s person was left out.", "%(n)s people were left out.", left) % {"n": left}
        )
    return redirect("desk:volunteer_event", shift.event.uid)


def _find(uid: UUID, asking: Asker) -> Event:
    found = (
        Event.objects.select_related("unit", "service", "site", "project", "in_charge", "team__unit")
        .filter(uid=uid)
        .first()
    )
    if found is None or (found.state == "draft" and not _may(asking, "event.keep", found)):
        raise NotFound("event", uid)
    return found


def _shift(uid: UUID) -> Shift:
    found = Shift.objects.select_related("event__unit").filter(uid=uid).first()
    if found is None:
        raise NotFound("shift", uid)
    return found


def _may(asking: Asker, verb: str, found: Event) -> bool:
    return people_policy.may(asking.actor, verb, about_unit(found.unit_id, thing=("event", str(found.uid))))


def _rows_of(shift: Shift, signups: Any, there: dict[tuple[int, int], Attendance]) -> list[tuple[SignUp, Any]]:
    return [(one, there.get((shift.pk, one.volunteer_id))) for one in signups if one.shift_id == shift.pk]


def _volunteer(text: str, asking: Asker, shift: Shift) -> Volunteer:
    """Somebody who has signed up, or whom the asker may find."""
    try:
        uid = UUID(text)
    except ValueError:
        raise NotFound("volunteer", text[:40]) from None
    signed = Volunteer.objects.filter(uid=uid, signups__shift=shift).first()
    found = signed or volunteers_for(asking.actor, asking.at).filter(uid=uid).first()
    if found is None:
        raise NotFound("volunteer", text[:40])
    return found


def _fields(asking: Asker) -> list[Asked]:
    services = [Choice(one.code, one.name) for one in ServiceKind.objects.order_by("group", "code")]
    teams = [Choice(one.unit.code, one.unit.name) for one in Team.objects.filter(active=True).select_related("unit")]
    projects = [Choice(one.code, one.name) for one in listing(asking.actor, at=asking.at).filter(ended_at=None)]
    sites = [Choice(one.code, one.name) for one in queries.sites()[:MOST_SITES]]
    return [
        Asked("title", _("Title"), required=True, most=100),
        Asked("content", _("What is done"), "text", required=True),
        Asked("place", _("Place"), required=True),
        Asked("site", _("Practice site"), "choice", choices=sites),
        Asked("project", _("Project"), "choice", choices=projects),
        Asked("service", _("Service"), "choice", choices=services),
        Asked("team", _("Team"), "choice", choices=teams),
    ]


def _first_shift() -> list[Asked]:
    return [
        Asked("starts_at", _("Begins"), "moment", required=True),
        Asked("ends_at", _("Ends"), "moment", required=True),
        Asked("needed", _("Most people"), "integer", required=True, most=500),
        Asked("minimum", _("Fewest people"), "integer", required=True, most=500,
              hint=_("Below this the shift is short of people, though it is not full.")),
    ]  # fmt: skip


def _draft(given: dict[str, Any], unit: Unit, asking: Asker) -> Event:
    if given["needed"] is None or given["minimum"] is None:
        raise Invalid("needed", "required", field="needed")
    shift = events.ShiftGiven(given["starts_at"], given["ends_at"], given["needed"], given["minimum"])
    told = {name: given[name] for name in ("title", "content", "place")}
    return events.draft_event(
        **told, **_named(given), unit=unit, in_charge=asking.person, shifts=[shift], by=asking.person, at=asking.at
    )


def _named(given: dict[str, Any]) -> dict[str, Any]:
    """The rows that codes name, of those given."""
    rows: dict[str, Any] = {
        "service": (ServiceKind, "code"), "team": (Team, "unit__code"), "project": (Project, "code"),
        "site": (PracticeSite, "code"),
    }  # fmt: skip
    return {
        name: model.objects.filter(**{key: given[name]}).first() if given[name] else None
        for name, (model, key) in rows.items()
        if name in given
    }
