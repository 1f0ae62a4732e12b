"""Questions about days away: which a team has, what lies in them, and whether it could do an order beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from civicloop.organisation.days import day_of
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import DaysAway, Order, Team
from civicloop.volunteers.rules.days_away import AT_MOST, Period, away_until, days_of, fits, left_over, public_holidays
from civicloop.volunteers.rules.lifecycle import WITH_TEAM
from civicloop.volunteers.rules.matching_times import Wanted


@dataclass(frozen=True)
class Touched:
    """An order of a team whose time lies in its days away; `only` where none of it lies on another day."""

    order: Order
    only: bool


def coming(team: Team, *, at: datetime) -> QuerySet[DaysAway]:
    """The days away that are running or lie ahead, in order."""
    return DaysAway.objects.filter(team=team, last_day__gte=day_of(at)).order_by("first_day")


def wanted_of(order: Order) -> Wanted:
    """When an order may be done: as it was wanted, else until the team has promised it."""
    return Wanted(order.wanted_from, order.wanted_to or order.due_at, order.minutes)


def orders_within(team: Team, days: Sequence[DaysAway], *, at: datetime) -> dict[int, list[Touched]]:
    """By key of the days away: what the team was offered, has accepted or serves, and whose time lies in them, wholly or in part.
    What was wanted at no particular time and is not promised yet lies in none. One statement.
    """
    found: dict[int, list[Touched]] = {one.pk: [] for one in days}
    if not days:
        return found
    zone = timezone.get_default_timezone()
    periods = [Period(one.first_day, one.last_day) for one in days]
    stretches = left_over(periods, at=at, zone=zone)
    rows = Order.objects.filter(team=team, state__in=sorted(WITH_TEAM)).select_related("service", "grid")
    for order in rows.order_by("act_by", "pk"):
        wanted = wanted_of(order)
        if wanted.begins is None and wanted.ends is None:
            continue
        when = days_of(wanted, at=at, zone=zone, within=AT_MOST)
        only = not fits([wanted], stretches, at=at, within=AT_MOST).any()
        for one, period in zip(days, periods, strict=True):
            if period.meets(when):
                found[one.pk].append(Touched(order, only))
    return found


def barred_until(order: Order, team: Team, *, at: datetime, ref: Reference) -> date | None:
    """Until when the team is away or rests on public holidays, if no day is left on which it could do the order; None where one is.
    One statement.

    An order wanted at no particular time is looked at for AT_MOST.
    """
    rows = team.days_away.filter(last_day__gte=day_of(at)).values_list("first_day", "last_day")
    wanted = Wanted(order.wanted_from, order.wanted_to, order.minutes)
    periods = [Period(*one) for one in rows]
    if not team.on_holidays:
        within = days_of(wanted, at=at, zone=timezone.get_default_timezone(), within=AT_MOST)
        periods += public_holidays(ref.calendar_for(team.unit_id), within)
    return never_there(wanted, periods, at=at)


def never_there(wanted: Wanted, periods: Iterable[Period], *, at: datetime) -> date | None:
    """The same for days that were read already."""
    kept, zone = list(periods), timezone.get_default_timezone()
    # A time that is over altogether is no matter of days away.
    if not kept or (wanted.ends is not None and wanted.ends <= at):
        return None
    if fits([wanted], left_over(kept, at=at, zone=zone), at=at, within=AT_MOST).any():
        return None
    return away_until(kept, days_of(wanted, at=at, zone=zone, within=AT_MOST))
