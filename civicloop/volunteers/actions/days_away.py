"""Days on which a team serves nobody: entered, ended early or taken out again; each a line of the ledger under the team."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.volunteers.models import DaysAway, Team
from civicloop.volunteers.policy import require_do
from civicloop.volunteers.queries.days_away import Touched, orders_within
from civicloop.volunteers.rules.days_away import Period

MOST_REASON, MOST_DAYS, MOST_AHEAD = 100, 366, 731
# A telephone or identity number, however it is spaced.
NUMBER = re.compile(r"\d(?:[\s()+-]*\d){6,}")


@dataclass(frozen=True)
class Added:
    """The days away, and the orders of the team whose time lies in them. Those stay with it: somebody must move them."""

    days: DaysAway
    orders: Sequence[Touched]


@transaction.atomic
def add_days_away(
    *, team: Team, first: date, last: date, reason: str = "", by: Person | None, at: datetime
) -> Added:  # fmt: skip
    """The team serves nobody from `first` to `last`, both included, days of the city. Nothing is taken from it: the orders that lie
    in these days are told.

    Raises NotAllowed as for the weekly times; Invalid `days_away_wrong_way_round`, `days_away_over`, `days_away_too_long`,
    `days_away_too_far`, `reason_has_number`; Conflict `days_away_overlap`.
    """
    require_do(by, "team.change", team, at=at)
    _check(Period(first, last), day_of(at))
    reason = clean_text(reason, limit=MOST_REASON, field="reason")
    if NUMBER.search(reason):
        raise Invalid("reason", "reason_has_number")
    # The team is locked, so that two cannot enter the same days, and nobody offers it an order meanwhile.
    team = Team.objects.select_for_update(of=("self",)).select_related("unit").get(pk=team.pk)
    other = team.days_away.filter(first_day__lte=last, last_day__gte=first).first()
    if other is not None:
        raise Conflict("days_away_overlap", first=f"{other.first_day}", last=f"{other.last_day}")
    row = DaysAway.objects.create(
        team=team, first_day=first, last_day=last, reason=reason, entered_at=at, entered_by=by
    )  # fmt: skip
    data = {"first_day": first.isoformat(), "last_day": last.isoformat(), "reason": reason}
    record("team", team.unit.uid, "team.add_days_away", by=by.uid if by else None, at=at, data=data)
    return Added(row, orders_within(team, [row], at=at)[row.pk])


@transaction.atomic
def end_days_away(*, days_away: DaysAway, by: Person | None, at: datetime) -> None:
    """The team serves again from today: what has begun ends with yesterday, what lies ahead is taken out; the ledger keeps both.

    Raises NotFound, NotAllowed; Conflict `days_away_over` for what is past.
    """
    require_do(by, "team.change", days_away.team, at=at)
    team = Team.objects.select_for_update(of=("self",)).select_related("unit").get(pk=days_away.team_id)
    row = DaysAway.objects.select_for_update(of=("self",)).filter(pk=days_away.pk).first()
    if row is None:
        raise NotFound("days_away", days_away.uid)
    today = day_of(at)
    if row.last_day < today:
        raise Conflict("days_away_over")
    data = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    if row.first_day < today:
        row.last_day = today - timedelta(days=1)
        row.save(update_fields=["last_day"])
        data |= {"until": row.last_day.isoformat()}
    else:
        row.delete()
    record("team", team.unit.uid, "team.end_days_away", by=by.uid if by else None, at=at, data=data)


def _check(days: Period, today: date) -> None:
    if days.last < days.first:
        raise Invalid("last", "days_away_wrong_way_round")
    if days.last < today:
        raise Invalid("last", "days_away_over")
    if (days.last - days.first).days >= MOST_DAYS:
        raise Invalid("last", "days_away_too_long", most=MOST_DAYS)
    if (days.last - today).days > MOST_AHEAD:
        raise Invalid("last", "days_away_too_far", most=MOST_AHEAD)
