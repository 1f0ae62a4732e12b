"""Who served in an order: the rows that the step `finish` asks for, and the page that records it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Conflict, Invalid, Refused
from civicloop.kernel.text import mask_name, mask_phone
from civicloop.sentences import sentence
from civicloop.volunteers import given, people_policy, policy, queries
from civicloop.volunteers.actions import hours as actions
from civicloop.volunteers.models import Order, ServiceRecord, Volunteer
from civicloop.volunteers.people_policy import about_unit
from civicloop.volunteers.queries.hours import records_of_order
from civicloop.volunteers.queries.people import members_of
from civicloop.volunteers.rules.hours import day_in, earliest, half_hour, whole_halves
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.pressing import answered, filled

MOST = 100
FORM = "%Y-%m-%dT%H:%M"
LEAST = timedelta(minutes=30)


@dataclass(frozen=True)
class Row:
    """A member of the team: masked, and what stands in the fields of the row. `mark` tells those apart whose names read alike."""

    uid: str
    name: str
    mark: str
    ticked: bool
    starts: str
    ends: str
    hours: str
    fault: str = ""
    # Whose row it is reads it: somebody else records his hours.
    own: bool = False
    # The team began less than half an hour ago: so far there is nothing that could be recorded.
    short: bool = False


@login_required
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record who served in an order that was reported served, or add somebody who was forgotten."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    if found.team is None or found.state not in actions.SERVED:
        raise Conflict("order_not_served")
    people_policy.require(asking.person, "hours.record", about_unit(found.team.unit_id), at=asking.at, ref=asking.ref)

    def act() -> list[ServiceRecord]:
        rows = given.read({"served": typed_rows(request.POST)}).get("served")
        if not rows:
            raise Invalid("served", "nobody_named")
        return actions.record_order(order=found, served=rows, by=asking.person, at=asking.at, ref=asking.ref)

    return filled(
        request, partial(_page, request, found, asking), act, done=lambda made: _made(len(made)),
        then=lambda _rows: reverse("desk:volunteer_order", args=[uid]),
    )  # fmt: skip


def _made(many: int) -> str:
    return ngettext("%(n)s record was made.", "%(n)s records were made.", many) % {"n": many}


def member_rows(order: Order, asking: Asker, typed: QueryDict | None, refused: Refused | None) -> list[Row]:
    """A row for each member of the team, filled with what was typed, else with the time of the order. One statement.

    All are ticked where the team is no larger than what was ordered; in a larger one somebody says who it was. Nobody is ticked
    for a time that could not be recorded.
    """
    if order.team_id is None:
        return []
    window = _window(order, asking.at)
    starts, ends = (timezone.localtime(one).strftime(FORM) for one in window)
    short = whole_halves(*window) < 1
    members = list(members_of(order.team_id, timezone.localdate(order.served_at or asking.at))[:MOST])
    ticked = set(typed.getlist("served")) if typed is not None else set()
    blamed = str(refused.params.get("volunteer", "")) if refused else ""
    found = []
    for one in members:
        key = str(one.uid)
        found.append(Row(
            key, mask_name(one.name), _mark(one),
            key in ticked if typed is not None else len(members) <= order.people and not short,
            typed.get(f"from_{key}", starts) if typed is not None else starts,
            typed.get(f"to_{key}", ends) if typed is not None else ends,
            typed.get(f"hours_{key}", "") if typed is not None else "",
            sentence(refused) if refused and key == blamed else "", one.account_id == asking.person.pk,
            short,
        ))  # fmt: skip
    return found


def _mark(one: Volunteer) -> str:
    """The phone masked, or the last four of the identity paper, as lists show them."""
    return mask_phone(one.phone) if one.phone else f"…{one.id_last4}" if one.id_last4 else f"#{one.pk}"


def typed_rows(typed: QueryDict) -> list[dict[str, str]]:
    """What was ticked, as the action's reader takes it."""
    return [
        {
            "volunteer": key, "starts_at": typed.get(f"from_{key}", ""), "ends_at": typed.get(f"to_{key}", ""),
            "hours": typed.get(f"hours_{key}", "").strip(),
        }
        for key in typed.getlist("served")
    ]  # fmt: skip


def may_record(asking: Asker, order: Order) -> bool:
    """Whether the asker may record hours of this order's team."""
    return order.team is not None and people_policy.may(asking.actor, "hours.record", about_unit(order.team.unit_id))


def recorded(asking: Asker, order: Order) -> list[ServiceRecord] | None:
    """What was recorded, for those who may record or oversee; None for others, whom the team's members do not concern."""
    if order.team is None or not (may_record(asking, order) or policy.oversees(asking.actor, order)):
        return None
    return list(records_of_order(order))


def _window(order: Order, at: datetime) -> tuple[datetime, datetime]:
    """From the half hour in which the team began until it was reported served, or until now; never from before it had the order.
    What was begun on a day before ends when the service usually does: hours of two days are no single record.
    """
    zone = timezone.get_default_timezone()
    ends = min(order.served_at or at, at)
    taken = order.accepted_at or order.created_at
    begun = order.begun_at or max(taken, ends - timedelta(minutes=order.minutes))
    starts = min(max(half_hour(begun, zone=zone), earliest(order.created_at, taken, zone=zone)), ends)
    if day_in(starts, zone) != day_in(ends, zone):
        ends = min(ends, starts + max(LEAST, timedelta(minutes=order.minutes)))
    return starts, ends


def _page(request: HttpRequest, found: Order, asking: Asker, refused: Refused | None = None) -> HttpResponse:
    rows = member_rows(found, asking, request.POST if refused else None, refused)
    told: dict[str, Any] = {
        "order": found,
        "served_rows": rows,
        "most": MOST,
        "records": recorded(asking, found),
    }
    return answered(request, "desk/volunteers_served.html", told, refused)
