"""Events of voluntary service: what is planned, who comes, the code on site, who was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers import people_policy, queries
from civicloop.volunteers.actions import events
from civicloop.volunteers.actions.signing import concerned
from civicloop.volunteers.models import Event, PracticeSite, Project, ServiceKind, Team
from civicloop.volunteers.people_policy import About, about_unit
from civicloop.volunteers.queries.events import board, to_be_called, to_be_called_off
from civicloop.volunteers.queries.projects import HELD, listing, units_kept
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.desk.volunteers.hours import day_of_filter, start_of_day
from civicloop.web.desk.volunteers.present import others, rows_of
from civicloop.web.desk.volunteers.pressing import answered, press
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
MOST_SITES = 400
KEEPERS = (Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER)
STEPS = ("publish", "cancel", "finish")


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Events, the latest first; drafts are seen by those who keep them. With the days and the unit of the page of measures it is
    the events counted there.
    """
    asking, typed = asker(request), request.GET
    rows = Event.objects.select_related("unit", "service", "site").order_by("-starts_at", "-id")
    if not people_policy.volunteer_desk(asking.actor, About()):
        rows = rows.exclude(state="draft") | rows.filter(unit__in=units_kept(asking.actor))
    first, last = day_of_filter(typed, "from"), day_of_filter(typed, "to")
    unit = asking.ref.org.by_code(typed.get("unit", "")[:30]) if typed.get("unit") else None
    told = [unit.name] if unit else []
    if first is not None and last is not None:
        told = [f"{first} – {last}", _("published or finished"), *told]
        rows = rows.filter(
            state__in=HELD, starts_at__gte=start_of_day(first), starts_at__lt=start_of_day(last, after=1)
        )
    if unit is not None:
        rows = rows.filter(unit__in=sorted(asking.ref.org.subtree(unit.id)))
    found = list(rows[: MOST + 1])
    shown = {
        "rows": found[:MOST],
        "more": len(found) > MOST,
        "most": MOST,
        "told": told,
        "may_keep": asking.actor.has(*KEEPERS),
        "at": asking.at,
    }
    return render(request, "desk/volunteers_events.html", shown)


@login_required
@require_GET
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One event: its shifts, who has signed up (masked), what can be done now."""
    asking = asker(request)
    return page_of(request, find(uid, asking), asking)


def page_of(request: HttpRequest, found: Event, asking: Asker, refused: Refused | None = None) -> HttpResponse:
    """The page of an event, with the sentence of what was refused on it."""
    may_keep = _may(asking, "event.keep", found)
    may_enter, held = _may(asking, "event.enter", found), found.state in HELD
    lines = board(found, cancelled=True)
    rows = rows_of(found) if may_enter else {}
    shown = {
        "event": found,
        "lines": [(line, rows.get(line.shift.pk, [])) for line in lines],
        "many_shifts": sum(not line.cancelled for line in lines) > 1,
        "at": asking.at,
        "may_keep": may_keep,
        "history": history_of("event", found.uid) if may_keep else [],
        "may_enter": may_enter,
        "others": others(found, asking) if may_enter and held and found.starts_at <= asking.at else [],
        "held": held,
        "over": found.ends_at <= asking.at,
        "reason": request.POST.get("reason", ""),
        "to_call": to_be_called(found) if may_keep and found.state == "cancelled" else [],
        "to_call_for": to_be_called_off(found, at=asking.at) if may_keep and found.state == "published" else [],
    }
    return answered(request, "desk/volunteers_event.html", shown, refused)


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
    found = find(uid, asking)
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
    found = find(uid, asking)
    doing: dict[str, Callable[[], Any]] = {
        "publish": lambda: events.publish_event(event=found, by=asking.person, at=asking.at),
        "cancel": lambda: events.cancel_event(
            event=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at
        ),
        "finish": lambda: events.finish_event(event=found, by=asking.person, at=asking.at),
    }
    if step not in STEPS:
        raise NotFound("step", step)
    told = {"publish": _("Published: people can sign up."), "cancel": _("Called off."), "finish": _("Finished.")}
    return press(
        request, doing[step], done=lambda _made: told[step],
        then=lambda _made: reverse("desk:volunteer_event", args=[uid]),
        again=lambda refused: page_of(request, found, asking, refused),
    )  # fmt: skip


def find(uid: UUID, asking: Asker) -> Event:
    """An event; a draft for those alone who keep it. Raises NotFound."""
    found = (
        Event.objects.select_related("unit", "service", "site", "project", "in_charge", "team__unit")
        .filter(uid=uid)
        .first()
    )
    if found is None or (found.state == "draft" and not _may(asking, "event.keep", found)):
        raise NotFound("event", uid)
    return found


def _may(asking: Asker, verb: str, found: Event) -> bool:
    return people_policy.may(asking.actor, verb, about_unit(found.unit_id, thing=("event", str(found.uid))))


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
