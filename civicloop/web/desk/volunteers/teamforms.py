"""Teams set up and changed: skills, place, reach, areas, capacity, contact; and their weekly times, a row each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers import policy
from civicloop.volunteers.actions import places as actions
from civicloop.volunteers.models import PracticeSite, Skill, Team
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.placing import (
    TEMPLATE,
    area_choices,
    place_fields,
    place_now,
    placed,
    site_choices,
)
from civicloop.web.desk.volunteers.pressing import answered, filled
from civicloop.web.ui import timewords
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

PLAIN = ("radius_m", "capacity", "contact", "contact_phone")
EVERY_LEVEL = ("centre", "institute", "station", "position_post", "practice_post")
FREE_ROWS, MOST_SLOTS = 3, 60
KEYS = ("weekday", "from", "to", "orders")


@login_required
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A unit of the kind “team” becomes a volunteer team."""
    asking = asker(request)
    policy.require_do(asking.person, "team.make", at=asking.at, ref=asking.ref)
    idle = Unit.objects.filter(kind=UnitKind.TEAM, active=True, volunteer_team=None).order_by("code")
    units = [Choice(one.code, f"{one.name} ({one.code})") for one in idle[:MOST_SLOTS]]
    unit = Asked(
        "unit", _("Unit"), "choice", required=True, choices=units,
        hint="" if units else _("Every unit of the kind “team” is one already. A new unit is added under Settings, Units."),
    )  # fmt: skip

    def act(given: dict[str, Any]) -> Team:
        row = Unit.objects.filter(code=given.pop("unit")).first()
        if row is None:
            raise Invalid("unit", "required", field="unit")
        return actions.make_team(unit=row, **_ready(given, {}, asking), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Set up a team"), [unit, *_fields(asking, asking.unit_id, set())], act, reverse("desk:volunteer_teams"), _("Set up"),
        _("The team is set up."), now={"radius_m": 5000, "capacity": 3, "datum": "wgs84"}, only_changes=False,
        template=TEMPLATE, then=lambda made: reverse("desk:volunteer_team", args=[made.unit.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the team can do, from where, how far, how much at a time, whom to call, whether it is in use."""
    asking = asker(request)
    found = find(uid, asking)
    areas = {one.code for one in found.areas.all()}
    now = {name: getattr(found, name) for name in PLAIN} | place_now(found)
    now |= {"active": found.active, "on_holidays": found.on_holidays, "site": found.site.code if found.site else ""}
    now |= {"skills": [one.code for one in found.skills.all()], "areas": sorted(areas)}
    fields = [
        *_fields(asking, found.unit_id, areas),
        Asked(
            "on_holidays",
            _("Serves on public holidays"),
            "yes",
            hint=_("If not, the holidays of the calendar and the weekends beside them are as days away."),
        ),
        Asked(
            "active", _("In use"), "yes", hint=_("A team not in use is offered nothing; orders it has stay with it.")
        ),
    ]

    def act(given: dict[str, Any]) -> Team:
        return actions.change_team(
            team=found, changes=_ready(given, now, asking), by=asking.person, at=asking.at
        )  # fmt: skip

    return run(request, Form(
        _("Change %(name)s") % {"name": found.unit.name}, fields, act, reverse("desk:volunteer_team", args=[uid]), _("Save"),
        _("The team is changed."), now=now, about=("team", found.unit.uid), template=TEMPLATE,
    ))  # fmt: skip


@dataclass
class Row:
    """A weekly time in the form: its number, what is in it."""

    number: int
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.typed.get("from") or self.typed.get("to"))


@login_required
@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The weekly times of a team and how many orders each takes; a row emptied is a time taken out, none at all is any time."""
    asking = asker(request)
    found = find(uid, asking)
    rows = _typed(request.POST) if request.method == "POST" else _kept(found)

    def act() -> None:
        slots = [_slot(row) for row in rows if not row.empty]
        if slots != found.slots:
            actions.change_team(team=found, changes={"slots": slots}, by=asking.person, at=asking.at)

    return filled(
        request, partial(_page, request, found, rows), act, done=lambda _made: _("The weekly times are saved."),
        then=lambda _made: reverse("desk:volunteer_team", args=[uid]),
    )  # fmt: skip


def _page(request: HttpRequest, found: Team, rows: list[Row], refused: Refused | None) -> HttpResponse:
    told = {
        "team": found,
        "rows": rows,
        "weekdays": [(str(number), word) for number, word in enumerate(timewords.WEEKDAYS, 1)],
    }
    return answered(request, "desk/volunteers_times.html", told, refused)


def _kept(found: Team) -> list[Row]:
    """The rows as they are kept, and some free ones."""
    slots = [Row(n, {key: str(one.get(key, "")) for key in KEYS}) for n, one in enumerate(found.slots)]
    return [*slots, *_free(len(slots))]


def _typed(typed: QueryDict) -> list[Row]:
    """The rows as they were typed, as many as came."""
    columns = {key: typed.getlist(key)[:MOST_SLOTS] for key in KEYS}
    many = max((len(column) for column in columns.values()), default=0)
    rows = [
        Row(n, {key: (column[n] if n < len(column) else "").strip()[:20] for key, column in columns.items()})
        for n in range(many)
    ]
    return rows or _free(0)


def _free(first: int) -> list[Row]:
    return [Row(first + more, {"weekday": "1", "orders": "3"}) for more in range(FREE_ROWS)]


def _slot(row: Row) -> dict[str, Any]:
    """A weekly time as it is kept. Raises Invalid."""
    weekday, orders = row.typed["weekday"], row.typed["orders"]
    if not (weekday.isascii() and weekday.isdigit() and orders.isascii() and orders.isdigit() and len(orders) < 6):
        raise Invalid("slots", "bad_slots", value=str(row.typed)[:60])
    return {"weekday": int(weekday), "from": row.typed["from"][:5], "to": row.typed["to"][:5], "orders": int(orders)}


def find(uid: UUID, asking: Asker) -> Team:
    """The team, for whoever may change it. Raises NotFound, NotAllowed."""
    rows = Team.objects.select_related("unit", "site").prefetch_related("skills", "areas")
    found = rows.filter(unit__uid=uid).first()
    if found is None:
        raise NotFound("team", uid)
    policy.require_do(asking.person, "team.change", found, at=asking.at, ref=asking.ref)
    return found


def _fields(asking: Asker, near: int | None, chosen: set[str]) -> list[Asked]:
    skills = [Choice(one.code, one.name) for one in Skill.objects.all()]
    return [
        Asked("skills", _("Skills"), "many", choices=skills),
        Asked("capacity", _("Orders at a time"), "integer", required=True, most=actions.MOST_CAPACITY,
              hint=_("Nought means that it is offered none for the time being.")),
        Asked("site", _("Starts from"), "choice", choices=site_choices(levels=EVERY_LEVEL)),
        *place_fields(_("Only where it starts from somewhere else than its site.")),
        Asked("radius_m", _("Goes as far as (m)"), "integer", required=True, most=actions.MOST_RADIUS),
        Asked("areas", _("Serves in"), "many", choices=area_choices(asking, near, chosen),
              hint=_("None ticked: everywhere within its reach.")),
        Asked("contact", _("Contact"), most=60, hint=_("Whom the centre calls; masked for everybody else.")),
        Asked("contact_phone", _("Phone of the contact"), most=30),
    ]  # fmt: skip


def _ready(given: dict[str, Any], now: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """Codes turned into what they name; the place in WGS-84."""
    ready = placed(given, now, asking)
    if "skills" in ready:
        ready["skills"] = list(Skill.objects.filter(code__in=ready["skills"]))
    if "areas" in ready:
        ready["areas"] = list(Unit.objects.filter(code__in=ready["areas"]))
    if "site" in ready:
        ready["site"] = PracticeSite.objects.filter(code=ready["site"]).first() if ready["site"] else None
    return ready
