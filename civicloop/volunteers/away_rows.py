"""What a row of a proposal says of teams that are away: the nearest of them and until when, and when the team proposed is back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from civicloop.organisation.days import day_of
from civicloop.volunteers.pooling import Gathered
from civicloop.volunteers.queries.days_away import never_there
from civicloop.volunteers.rules.days_away import PLANNED, Period, away_until, days_of, is_away
from civicloop.volunteers.rules.matching import Why, WhyNot
from civicloop.volunteers.rules.matching_reasons import BEST

# What is said of an order that no team passes the sieves for; where one passes them all but for its days away, that is the reason.
AFTER_TIME = (WhyNot.NO_TIME, WhyNot.ALL_REFUSED, WhyNot.NO_CAPACITY)


def add_absent(
    found: Gathered, row: dict[str, Any], order: int, missed: Sequence[tuple[int, int]], load: Sequence[int]
) -> None:  # fmt: skip
    """Put the teams that are missed for being away (row of the team, metres) among the nearest of a row of a proposal, and say of
    those that would come later because they are away today until when.
    """
    today = day_of(found.at)
    code = {found.teams[team].code: team for team in found.absence.periods}
    for one in row["best"]:
        team = code.get(one["team"])
        if one["why"] == Why.LATER and team is not None and is_away(found.absence.periods[team], today):
            one |= {"why": Why.AWAY, "until": _until(found, order, team)}
    away = [
        {
            "team": found.teams[team].code, "name": found.teams[team].name, "metres": metres, "load": load[team],
            "capacity": found.teams[team].capacity, "why": Why.AWAY, "until": _until(found, order, team),
        }
        for team, metres in missed
    ]  # fmt: skip
    if not away:
        return
    nearest = sorted([*row["best"], *away], key=lambda one: int(one["metres"]))
    chosen = [one for one in nearest[BEST:] if one["team"] == row["team"]]
    row["best"] = [*nearest[: BEST - len(chosen)], *chosen]
    if row["why_not"] in AFTER_TIME and not row["counts"]["room"]:
        first = away[0]
        row |= {"why_not": WhyNot.AWAY, "missing": {"away_team": first["name"], "away_until": first["until"]}}


def back_on(found: Gathered, slot: int) -> str | None:
    """The day from which a team without weekly times is back, for a stretch of time that has not begun."""
    begins = found.times[slot].begins
    return day_of(begins).isoformat() if begins > found.at else None


def is_never_there(found: Gathered, order: int, team: int) -> date | None:
    """Until when the team is away, if it could do the order on none of its days; None where it could."""
    periods = found.absence.periods.get(team)
    return never_there(found.wanted[order], periods, at=found.at) if periods else None


def _until(found: Gathered, order: int, team: int) -> str:
    zone = timezone.get_default_timezone()
    within: Period = days_of(found.wanted[order], at=found.at, zone=zone, within=PLANNED)
    until = away_until(found.absence.periods[team], within)
    return until.isoformat() if until else ""
