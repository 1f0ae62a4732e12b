"""Orders and teams (派单、接单): offer, accept, refuse, take back, serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.kernel import geo
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.loops.engine import Taking, taking
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.hours import record_order
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order, OrderRefusal, Team
from civicloop.volunteers.queries.days_away import barred_until
from civicloop.volunteers.rules.lifecycle import WITH_TEAM, OrderState
from civicloop.volunteers.served import Served

Photos = Sequence[Mapping[str, Any]]


def assign(order_uid: UUID, *, team: Team, note: str = "", by: Person | None, at: datetime, **how: Any) -> Order:
    """Offer the order to a team (派单); it must answer by the accept-by time.

    Raises Invalid `team_not_active`; Conflict `team_refused_already`, `team_full`, `team_lacks_skill`, `team_away`.
    """
    with taking(ORDERS, order_uid, "assign", by=by, at=at, given={"team"}, note=note, **how) as step:
        _offer(step, team)
    order: Order = step.loop
    return order


def _offer(step: Taking, team: Team) -> None:
    """The team's row is locked, so that two orders cannot both take its last free place. Orders are locked before teams."""
    order: Order = step.loop
    team = Team.objects.select_for_update(of=("self",)).select_related("unit", "site").get(pk=team.pk)
    check_team(order, team, at=step.at, ref=step.ref)
    order.team, order.assigned_at = team, step.at
    step.data["team"] = team.unit.code
    metres = metres_between(order, team)
    if metres is not None:
        step.data["metres"] = round(metres)


def check_team(order: Order, team: Team, *, at: datetime, ref: Reference) -> None:
    """Raise unless the team may be offered this order now. Distance, area and weekly times are the dispatcher's to weigh; a team
    that is away on all days on which the order could be done serves it not.
    """
    if not team.active or not team.unit.active:
        raise Invalid("team", "team_not_active", team=team.unit.name)
    if OrderRefusal.objects.filter(order=order, team=team).exists():
        raise Conflict("team_refused_already", team=team.unit.name)
    busy = Order.objects.filter(team=team, state__in=sorted(WITH_TEAM)).exclude(pk=order.pk).count()
    if busy >= team.capacity:
        raise Conflict("team_full", team=team.unit.name, busy=busy, capacity=team.capacity)
    missing = missing_skills(order, team)
    if missing:
        raise Conflict("team_lacks_skill", team=team.unit.name, skills=missing)
    until = barred_until(order, team, at=at, ref=ref)
    if until is not None:
        raise Conflict("team_away", team=team.unit.name, until=until.isoformat())


def missing_skills(order: Order, team: Team) -> list[str]:
    """The names of skills that the order needs, by its service or its own words, and the team has not."""
    needs = {*order.service.skills.values_list("pk", "name"), *order.skills.values_list("pk", "name")}
    has = set(team.skills.values_list("pk", flat=True))
    return [name for pk, name in sorted(needs) if pk not in has]


def metres_between(order: Order, team: Team) -> float | None:
    """How far the team has to go; None where one of the places is not known."""
    if order.lon is None or order.lat is None or team.start is None:
        return None
    return geo.distance_m(order.lon, order.lat, *team.start)


def accept(order_uid: UUID, *, note: str = "", by: Person | None, at: datetime, **how: Any) -> Order:
    """The team takes the order on (接单): its promise to the requester begins."""
    with taking(ORDERS, order_uid, "accept", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
        order.accepted_at = at
        step.data["team"] = _code(order)
    return order


def decline(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """The team cannot (拒接): the order goes back to the pool and this team is not asked again."""
    with taking(ORDERS, order_uid, "decline", by=by, at=at, note=reason, **how) as step:
        _back_to_pool(step, "declined")
    order: Order = step.loop
    return order


def lapse(order_uid: UUID, *, at: datetime, ref: Reference | None = None) -> Order:
    """Nobody has answered in time: the system takes the offer back. Raises StepRefused `not_lapsed_yet` before its time."""
    with taking(ORDERS, order_uid, "lapse", by=None, at=at, ref=ref) as step:
        order: Order = step.loop
        if order.act_by is None or order.act_by > at:
            raise StepRefused("lapse", order.state, code="not_lapsed_yet")
        _back_to_pool(step, "lapsed")
    return order


def recall(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """The desk takes the order back (撤回派单), from an offer, or from a team that had accepted it or begun."""
    with taking(ORDERS, order_uid, "recall", by=by, at=at, note=reason, **how) as step:
        _back_to_pool(step, "recalled")
    order: Order = step.loop
    return order


@transaction.atomic
def reassign(
    order_uid: UUID, *, team: Team, reason: str, by: Person | None, at: datetime, expected_version: int | None = None,
    ref: Reference | None = None,
) -> Order:  # fmt: skip
    """Offer an unanswered order to another team instead (改派). What a team has accepted stays with it: StepRefused
    `team_has_accepted`; whoever is first of the team and the desk has it.
    """
    ref = ref or reference.now()
    with taking(
        ORDERS, order_uid, "recall", by=by, at=at, note=reason, expected_version=expected_version, ref=ref
    ) as step:
        order: Order = step.loop
        if order.state != OrderState.ASSIGNED:
            raise StepRefused("reassign", order.state, code="team_has_accepted", team=_name(order))
        _back_to_pool(step, "recalled")
    return assign(order_uid, team=team, by=by, at=at, ref=ref)


def begin(order_uid: UUID, *, note: str = "", by: Person | None, at: datetime, **how: Any) -> Order:
    """The team is there and begins (开始服务)."""
    with taking(ORDERS, order_uid, "begin", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
        order.begun_at = at
    return order


@transaction.atomic
def finish(
    order_uid: UUID, *, note: str, photos: Photos = (), served: Sequence[Served] = (), by: Person | None, at: datetime,
    **how: Any,
) -> Order:  # fmt: skip
    """The team has served (服务完成) and says what it did, and who of it served from when to when; the requester confirms.

    The hours are recorded by the ordinary action. Where one of them cannot be, the step is not taken: raises as `record_order`.
    """
    given = {"served"} if served else set()
    with taking(ORDERS, order_uid, "finish", by=by, at=at, given=given, note=note, photos=photos, **how) as step:
        order: Order = step.loop
        order.served_at = at
        if order.begun_at is not None:
            step.data["minutes"] = round((at - order.begun_at).total_seconds() / 60)
        step.data["on_time"] = order.due_at is None or at <= order.due_at
        step.data |= {"people": len({one.volunteer.pk for one in served})} if served else {}
    if served:
        record_order(order=order, served=served, by=by, at=at, ref=how.get("ref"))
    return order


def _back_to_pool(step: Taking, why: str) -> None:
    order: Order = step.loop
    if order.team is not None:
        OrderRefusal.objects.create(order=order, team=order.team, why=why, reason=step.note, at=step.at)
        step.data["team"] = _code(order)
    order.team = order.assigned_at = order.accepted_at = order.begun_at = None


def _code(order: Order) -> str:
    return order.team.unit.code if order.team is not None else ""


def _name(order: Order) -> str:
    return order.team.unit.name if order.team is not None else ""
