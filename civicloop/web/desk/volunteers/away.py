"""The days away of a team: entered, ended, and the orders that lie in them. Works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.days import day_of
from civicloop.sentences import sentence
from civicloop.volunteers import queries
from civicloop.volunteers.actions import days_away as actions
from civicloop.volunteers.models import DaysAway, Team
from civicloop.volunteers.queries.days_away import Touched, coming, orders_within
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.pressing import answered, filled, press
from civicloop.web.desk.volunteers.teamforms import find
from civicloop.web.ui import editing
from civicloop.web.ui.editing import Asked

MOST_ROWS, MOST_ORDERS = 60, 30


@dataclass(frozen=True)
class Row:
    """Days away with the orders that lie in them: those the reader may see, and how many more there are."""

    days: DaysAway
    running: bool
    orders: Sequence[Touched]
    more: int


@login_required
@require_http_methods(["GET", "POST"])
def away(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is entered, and a form for more. Entered, the orders in those days stand below them: somebody must move them."""
    asking = asker(request)
    found = find(uid, asking)

    def act() -> actions.Added:
        given = editing.read(_asked(), request.POST)
        return actions.add_days_away(
            team=found, first=given["first"], last=given["last"] or given["first"], reason=given["reason"], by=asking.person,
            at=asking.at,
        )  # fmt: skip

    return filled(
        request, partial(_page, request, found, asking), act, done=_said,
        then=lambda _made: reverse("desk:volunteer_away", args=[uid]),
    )  # fmt: skip


@login_required
@require_POST
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The team serves again from today, or after all."""
    asking = asker(request)
    row = DaysAway.objects.select_related("team__unit").filter(uid=uid).first()
    if row is None:
        raise NotFound("days_away", uid)
    team = row.team
    return press(
        request, lambda: actions.end_days_away(days_away=row, by=asking.person, at=asking.at),
        done=lambda _made: _("The days away are ended: the team serves again."),
        then=lambda _made: reverse("desk:volunteer_away", args=[team.unit.uid]),
        again=lambda refused: _page(request, team, asking, refused),
    )  # fmt: skip


def _said(made: actions.Added) -> str:
    told = _("The days away are entered.")
    if not made.orders:
        return told
    many = len(made.orders)
    touched = ngettext(
        "%(n)s order of the team lies in them; it stays with the team until somebody moves it.",
        "%(n)s orders of the team lie in them; they stay with the team until somebody moves them.",
        many,
    )
    return f"{told} {touched % {'n': many}}"


def _asked() -> tuple[Asked, ...]:
    return (
        Asked("first", _("First day"), "date", required=True),
        Asked("last", _("Last day"), "date", hint=_("Empty: the same day.")),
        Asked(
            "reason", _("Reason"), most=actions.MOST_REASON,
            hint=_("May be left empty. Everybody reads it: no names, no illness of anybody, no numbers."),
        ),
    )  # fmt: skip


def _page(request: HttpRequest, found: Team, asking: Asker, refused: Refused | None = None) -> HttpResponse:
    typed = request.POST if refused and "first" in request.POST else None
    faults = {refused.field: sentence(refused)} if typed is not None and isinstance(refused, Invalid) else {}
    told: dict[str, Any] = {
        "team": found,
        "rows": _rows(found, asking),
        "fields": editing.shown(_asked(), {}, typed, faults),
        "faulty": bool(faults),
        "today": day_of(asking.at),
    }
    return answered(request, "desk/volunteers_away.html", told, refused)


def _rows(found: Team, asking: Asker) -> list[Row]:
    days = list(coming(found, at=asking.at)[:MOST_ROWS])
    lying = orders_within(found, days, at=asking.at)
    keys = {one.order.pk for some in lying.values() for one in some}
    seen = set(queries.visible_to(asking.actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    rows = []
    for one in days:
        own = [touched for touched in lying[one.pk] if touched.order.pk in seen][:MOST_ORDERS]
        rows.append(Row(one, one.first_day <= day_of(asking.at), own, len(lying[one.pk]) - len(own)))
    return rows
