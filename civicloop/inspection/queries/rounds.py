"""Rounds: the list, and one round with its draws and its days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from civicloop.inspection.models import Draw, Round, Visit
from civicloop.kernel.refusal import NotFound


@dataclass(frozen=True)
class RoundRow:
    """A round as a list shows it: how many draws, visits, and visits judged."""

    round: Round
    draws: int
    visits: int
    judged: int


@dataclass(frozen=True)
class DayRow:
    """One day of a round: visits by state, and how many inspectors go out."""

    day: date
    states: Mapping[str, int]
    inspectors: int


@dataclass(frozen=True)
class RoundPage:
    """A round with its draws (newest first) and its days."""

    round: Round
    draws: tuple[Draw, ...]
    days: tuple[DayRow, ...]


def get_round(code: str) -> Round:
    """The round with this code."""
    found = (
        Round.objects.select_related("organiser", "edition__pack").defer("edition__content").filter(code=code).first()
    )
    if found is None:
        raise NotFound("round", code)
    return found


def rounds() -> list[RoundRow]:
    """All rounds, newest first; one statement."""
    rows = Round.objects.select_related("organiser", "edition").defer("edition__content")
    rows = rows.annotate(
        draw_count=_count(Draw.objects.exclude(state="cancelled")), visit_count=_count(Visit.objects.exclude(state="replaced")),
        judged_count=_count(Visit.objects.filter(state="judged")),
    )  # fmt: skip
    return [RoundRow(row, row.draw_count, row.visit_count, row.judged_count) for row in rows]


def round_page(round: Round) -> RoundPage:
    """One round with its draws and days; three statements. Says how many visits there are, never where they lead."""
    draws = Draw.objects.filter(round=round).defer("frame", "secret").order_by("-id")
    visits = Visit.objects.filter(round=round).exclude(state="replaced").order_by()
    states: dict[date, dict[str, int]] = {}
    for day, state, many in visits.values_list("day", "state").annotate(many=Count("pk")):
        states.setdefault(day, {})[state] = many
    people = dict(visits.values_list("day").annotate(many=Count("inspector", distinct=True)))
    return RoundPage(round, tuple(draws), tuple(DayRow(day, states[day], people[day]) for day in sorted(states)))


def _count(rows: QuerySet[Draw] | QuerySet[Visit]) -> Coalesce:
    """How many of these a round has; counted apart, as joins would multiply one another."""
    own = rows.filter(round=OuterRef("pk")).order_by().values("round").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(own, output_field=IntegerField()), Value(0))
