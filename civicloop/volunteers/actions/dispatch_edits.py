"""Changes of a dispatch by hand: kept, taken back, carried out; and those that could not stand."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.orders_teams import check_team
from civicloop.volunteers.edits import DONE, Held
from civicloop.volunteers.models import DispatchEdit, Order, Proposal, Team
from civicloop.volunteers.policy import require_do
from civicloop.volunteers.rules.lifecycle import WITH_TEAM, OrderState


@transaction.atomic
def keep_edit(
    *, order_uid: UUID, team: Team | None, instead_of: str = "", by: Person | None, at: datetime, ref: Reference | None = None
) -> DispatchEdit:  # fmt: skip
    """Decide by hand: this team for the order, or (None) that it stays in the pool. It holds until it is carried out, taken back
    or becomes impossible; a later decision about the same order takes its place.

    Raises NotFound, NotAllowed, Invalid `order_not_waiting`, `team_not_active`; Conflict `team_refused_already`, `team_full` (what
    others have decided for it counts), `team_lacks_skill`, `team_away`.
    """
    require_do(by, "proposal.edit", at=at, ref=ref)
    order = Order.objects.select_for_update(of=("self",)).filter(uid=order_uid).first()
    if order is None:
        raise NotFound("order", order_uid)
    if order.state != OrderState.POOLED:
        raise Invalid("order", "order_not_waiting", order=order.number)
    if team is not None:
        team = Team.objects.select_for_update(of=("self",)).select_related("unit").get(pk=team.pk)
        check_team(order, team, at=at, ref=ref or reference.now())
        _check_room(order, team)
    DispatchEdit.objects.filter(order=order, state="kept").update(state="replaced", ended_at=at)
    made = DispatchEdit.objects.create(order=order, team=team, instead_of=instead_of[:30], kept_at=at, kept_by=by)
    data = {"team": team.unit.code if team else None, "instead_of": made.instead_of}
    record("order", order.uid, "dispatch.keep", by=by.uid if by else None, at=at, data=data)
    return made


def _check_room(order: Order, team: Team) -> None:
    """The places others have been decided for are taken, though nothing is offered yet."""
    busy = Order.objects.filter(team=team, state__in=sorted(WITH_TEAM)).count()
    meant = DispatchEdit.objects.filter(team=team, state="kept", order__state=OrderState.POOLED).exclude(order=order)
    if busy + meant.count() >= team.capacity:
        raise Conflict("team_full", team=team.unit.name, busy=busy + meant.count(), capacity=team.capacity)


@transaction.atomic
def take_back_edit(*, order_uid: UUID, by: Person | None, at: datetime, ref: Reference | None = None) -> None:
    """The solver decides again. Raises NotFound where nothing was decided by hand, NotAllowed."""
    require_do(by, "proposal.edit", at=at, ref=ref)
    rows = DispatchEdit.objects.select_for_update(of=("self",)).select_related("order")
    row = rows.filter(order__uid=order_uid, state="kept").first()
    if row is None:
        raise NotFound("edit", order_uid)
    row.state, row.ended_at = "taken_back", at
    row.save(update_fields=["state", "ended_at"])
    record("order", row.order.uid, "dispatch.take_back", by=by.uid if by else None, at=at)


def note_fallen(*, by: Person | None, at: datetime, ref: Reference | None = None) -> int:
    """Somebody of the centre has read which changes fell; they are not shown any more. Returns how many."""
    require_do(by, "proposal.edit", at=at, ref=ref)
    return DispatchEdit.objects.filter(state="fell", noted_at=None).update(noted_at=at)


def settle_edits(held: Held, *, at: datetime) -> bool:
    """End what holds no more. False where others have been decided, replaced or taken back since these were looked at; then nothing
    ends that is not kept any longer. Called within the transaction that writes the proposal.
    """
    kept = DispatchEdit.objects.select_for_update(of=("self",)).filter(state="kept").select_related("order")
    now = {one.pk: one for one in kept.order_by("pk")}
    for one, why in held.over:
        row = now.get(one.pk)
        if row is None:
            continue
        done = why == DONE or (row.team_id is not None and row.order.team_id == row.team_id)
        row.state, row.why, row.ended_at = ("done", "", at) if done else ("fell", why, at)
        row.save(update_fields=["state", "why", "ended_at"])
        if not done:
            record("order", row.order.uid, "dispatch.fall", by=None, at=at, data={"reason": why})
    return held.ids == frozenset(now)


def decided_otherwise(proposal: Proposal, *, but: Container[str]) -> frozenset[str]:
    """The orders of a proposal, by public id, of which somebody has decided something else since it was made; without those in
    `but`.
    """
    uids = [one["order"] for one in proposal.content]
    rows = DispatchEdit.objects.filter(state="kept", order__state=OrderState.POOLED).values_list("order__uid", "uid")
    kept = {str(order): str(edit) for order, edit in rows}
    was = {one["order"]: one["hand"]["edit"] for one in proposal.content if one.get("hand")}
    return frozenset(one for one in uids if one not in but and kept.get(one) != was.get(one))


def edits_done(orders: Iterable[UUID], *, at: datetime) -> None:
    """These orders were offered as it was decided."""
    rows = DispatchEdit.objects.filter(order__uid__in=list(orders), state="kept")
    rows.update(state="done", ended_at=at)
