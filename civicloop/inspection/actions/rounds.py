"""Rounds of inspection."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from civicloop.inspection.models import Round
from civicloop.inspection.models.rounds import KIND_LABELS
from civicloop.inspection.policy import require
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import insert
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference


@transaction.atomic
def plan_round(
    *, code: str, title: str, kind: str, edition_id: int, organiser_id: int, starts_on: date, ends_on: date,
    by: Person | None, at: datetime, ref: Reference | None = None,
) -> Round:  # fmt: skip
    """A new round, judged by one edition of the standard whatever is loaded later. A code that is taken is refused."""
    require(by, "round.plan", at=at)
    if kind not in KIND_LABELS:
        raise Invalid("kind", "round_kind_unknown", value=kind)
    check_text("code", code, 30)
    check_text("title", title, 120)
    if ends_on < starts_on:
        raise Invalid("ends_on", "ends_before_start")
    made = Round(
        code=code, title=title, kind=kind, edition_id=edition_id, organiser_id=organiser_id, starts_on=starts_on,
        ends_on=ends_on, planned_by=by, planned_at=at,
    )  # fmt: skip
    insert(made)
    data = {
        "code": code, "kind": kind, "edition": edition_id, "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
    }  # fmt: skip
    record("round", made.uid, "round.plan", by=by.uid if by else None, at=at, data=data, new=True)
    return made


@transaction.atomic
def close_round(*, round: Round, by: Person | None, at: datetime, ref: Reference | None = None) -> Round:
    """End a round. Nothing is drawn, assigned or routed in it afterwards. A draw that is not yet public hinders it."""
    require(by, "round.close", at=at)
    row = Round.objects.select_for_update().get(pk=round.pk)
    if row.closed_at is not None:
        raise Conflict("round_closed", round=row.code)
    secret = list(row.draws.filter(state__in=["committed", "drawn"]).values_list("code", flat=True))
    if secret:
        raise Conflict("draws_not_published", draws=secret)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    waiting = row.visits.filter(state__in=["planned", "waiting"]).count()
    data = {"code": row.code, "visits_open": waiting}
    record("round", row.uid, "round.close", by=by.uid if by else None, at=at, data=data)
    return row


def check_text(name: str, value: str, most: int) -> None:
    """A text that must be there and must not be longer than its column."""
    if not value.strip():
        raise Invalid(name, "required", field=name)
    if len(value) > most:
        raise Invalid(name, "too_long", limit=most)


def running(round_id: int) -> Round:
    """The round, locked; Conflict `round_closed` when it has ended."""
    row = Round.objects.select_for_update().get(pk=round_id)
    if row.closed_at is not None:
        raise Conflict("round_closed", round=row.code)
    return row
