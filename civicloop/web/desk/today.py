"""Today (今日): what a person finds in the morning, each number beside the list it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.insight import counted
from civicloop.insight import today as numbers
from civicloop.inspection.models import Round
from civicloop.inspection.queries.openly import visible_rounds
from civicloop.organisation.rules.roles import Role, UnitKind
from civicloop.residents.queries.desk import waiting_for
from civicloop.scoring.models import DailyFigure
from civicloop.scoring.queries import daily_figures, publications
from civicloop.volunteers import queries as order_queries
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.paging import MOST_COUNTED, Many, many_of
from civicloop.web.ui.lenswords import HOW, LENSES, LEVELS, list_of
from civicloop.web.ui.trendline import trend_of

# What is always told, and what only when there is any: a row of noughts hides the one number that matters.
ALWAYS = ("overdue", "due_today", "due_soon")
WHEN_ANY = ("whistled", "returned", "sent_back", "to_review")
INBOX_ROLES = (
    Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.SUPERVISOR, Role.UNIT_HANDLER, Role.UNIT_LEADER,
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number with its word, how it is counted, and the list behind it."""

    key: str
    word: str
    how: str
    many: int
    address: str

    @property
    def level(self) -> str:
        """How pressing it is; nothing is pressing about nought."""
        return LEVELS.get(self.key, "") if self.many else ""


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What is due, overdue, whistled and waiting, and how the city stands."""
    asking = asker(request)
    day = numbers.day_at(asking.at, asking.ref)
    units = numbers.scope_of(asking.actor, asking.ref)
    looks = units is None or bool(units)
    has_inbox = asking.actor.has(*INBOX_ROLES)
    counts = counted.standing_of(day, units) if looks else counted.Counted({}, day.at)
    told = _numbers(counts, numbers.whistled(units)) if looks else []
    serves = serves_orders(asking)
    shown = {
        "day": day,
        "as_of": counts.as_of,
        "has_inbox": has_inbox,
        "waiting": many_of(queries.inbox(asking.actor, asking.ref)) if has_inbox else Many(0),
        "serves": serves,
        "orders": many_of(order_queries.inbox(asking.actor, asking.ref)) if serves else Many(0),
        "residents": Many(waiting_for(asking.actor, most=MOST_COUNTED + 1)),
        "main": [one for one in told if one.key in ALWAYS],
        "others": [one for one in told if one.key in WHEN_ANY and one.many],
        "open": next((one for one in told if one.key == "open"), None),
        "whole": units is None,
        "looks": looks,
        **(standing_of_city(asking) if asking.actor.sees_all else {}),
    }
    return render(request, "desk/today.html", shown)


def serves_orders(asking: Asker) -> bool:
    """Whether orders of volunteers wait for a person: the desk of the centre, and people of the teams."""
    units = asking.ref.org.units
    return asking.actor.has(Role.ORDER_DESK) or any(
        post.role in (Role.UNIT_HANDLER, Role.UNIT_LEADER) and units[post.unit_id].kind == UnitKind.TEAM
        for post in asking.actor.posts
    )


def _numbers(counts: counted.Counted, whistled: int) -> list[Number]:
    sums = {name: sum(row.get(name, 0) for row in counts.by_unit.values()) for name in numbers.STANDING}
    sums["whistled"] = whistled
    order = (*ALWAYS, *WHEN_ANY, "open")
    return [Number(key, str(LENSES[key]), str(HOW[key]), sums[key], list_of(key)) for key in order]


def standing_of_city(asking: Asker) -> dict[str, Any]:
    """The score, the forecast and their trend, as they were kept, and the last score that was published: three statements.

    A round is secret until a draw of it is published: whoever may not know of it sees the score of the round before.
    """
    figures = daily_figures()
    latest = figures[-1] if figures else None
    codes = {code for one in figures for code in one.rounds}
    told = visible_rounds(asking.actor).order_by().values("pk")
    secret = set(Round.objects.filter(code__in=codes).exclude(pk__in=told).values_list("code", flat=True))
    judged = [one for one in figures if one.score is not None and secret.isdisjoint(one.rounds)]
    return {
        "figure": judged[-1] if judged else None,
        "outlook": latest,
        "published": publications().first(),
        "score_trend": trend_of([_dot(one) for one in judged], latest.target if latest else None),
        "change": _change(judged),
    }


def _dot(one: DailyFigure) -> tuple[Any, float, float | None, float | None]:
    assert one.score is not None
    return (one.day, one.score, one.score_low, one.score_high)


def _change(judged: list[DailyFigure]) -> tuple[float, Any] | None:
    """By how much the score changed since the oldest kept day; None where there is nothing to compare."""
    if len(judged) < 2 or judged[0].score is None or judged[-1].score is None:
        return None
    return judged[-1].score - judged[0].score, judged[0].day
