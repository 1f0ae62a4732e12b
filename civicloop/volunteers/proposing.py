"""What the solver says of the pool, as the rows of a proposal: a team for each order and why, or what is missing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from civicloop.kernel.refusal import Invalid
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.absence import missed
from civicloop.volunteers.away_rows import add_absent, back_on, is_never_there
from civicloop.volunteers.edits import Held, held, kept_edits
from civicloop.volunteers.models import DispatchEdit, Proposal
from civicloop.volunteers.pooling import Gathered, Ready, gather
from civicloop.volunteers.rules.matching import NOBODY, SIEVES, Figures, Plan, Why, WhyNot
from civicloop.volunteers.rules.matching_edges import feasible, placed
from civicloop.volunteers.rules.matching_edit import barred_by, plan_with
from civicloop.volunteers.rules.matching_edit import cost_of_edit as edit_of
from civicloop.volunteers.rules.matching_flow import solve_on
from civicloop.volunteers.rules.matching_reasons import (
    Reasons,
    missing_skills,
    nearest_able,
    reasons,
)
from civicloop.volunteers.rules.matching_simple import nearest_first, priority_first
from civicloop.volunteers.rules.matching_small import of_several_teams

# What two teams may do where one cannot; and for how many orders that is looked for.
TOGETHER = (WhyNot.MISSING_SKILL, WhyNot.TOO_FEW_PEOPLE)
MOST_TOGETHER = 40
# What does not bind a person who decides; days away do.
SOFTER = (
    WhyNot.NO_PLACE, WhyNot.OUT_OF_REACH, WhyNot.OTHER_AREA, WhyNot.TOO_FEW_PEOPLE, WhyNot.NO_TIME
)  # fmt: skip
# Why an order has no team when a person has decided so.
BY_HAND = "by_hand"
# Why a nearer team was not chosen, where the plan has weighed it against the others.
WEIGHED = (Why.FARTHER, Why.BUSIER, Why.LATER)


@dataclass(frozen=True)
class Reckoned:
    """A plan of the pool as it stands, around what people have decided by hand; its rows and its figures."""

    found: Gathered
    held: Held
    plan: Plan
    rows: list[dict[str, Any]]
    figures: dict[str, Any]


def newest() -> Proposal | None:
    """The newest proposal that is open."""
    return Proposal.objects.filter(state="open").order_by("-made_at", "-pk").first()


def reckon(*, at: datetime, ref: Reference | None = None) -> Reckoned:
    """Read the pool, solve it, say why. Changes nothing."""
    begun = time.perf_counter()
    ref = ref or reference.now()
    found, hand, plan = _planned(at, ref)
    why = reasons(plan)
    load, sieve, together = plan.load.tolist(), plan.edges.sieve.tolist(), _together(plan, why, hand)
    rows = [_row(found, plan, why, load, sieve[order], order) for order in range(len(found.orders))]
    absent = missed(found.pool, found.absence, plan.edges)
    if found.absence.periods:
        for order, row in enumerate(rows):
            add_absent(found, row, order, absent.get(order, ()), load)
    for order, teams in together.items():
        rows[order]["joint"] = [found.teams[team].code for team in teams]
        rows[order]["joint_names"] = [found.teams[team].name for team in teams]
    for order, one in hand.edits.items():
        rows[order] |= _decided(found, one, order, hand.hands[order], rows[order]["best"])
    rows.sort(key=lambda row: (row["team"] is None, -row["counts_as"], row["pooled_at"] or "", row["number"]))
    figures = _figures(found, plan, round((time.perf_counter() - begun) * 1000))
    return Reckoned(found, hand, plan, rows, figures | {"by_hand": len(hand.hands)})


def _planned(at: datetime, ref: Reference) -> tuple[Gathered, Held, Plan]:
    """The pool, the changes that still hold, and the best plan around them."""
    edits = kept_edits()
    found = gather(at=at, ref=ref)
    hand = held(edits, found)
    edges = feasible(found.pool)
    if hand.hands:
        return found, hand, plan_with(found.pool, edges, hand.hands, fairness=_fairness(ref))
    return found, hand, solve_on(found.pool, edges, fairness=_fairness(ref))


def _decided(
    found: Gathered, one: DispatchEdit, order: int, team: int | None, best: list[dict[str, Any]]
) -> dict[str, Any]:  # fmt: skip
    """What a row says of the change that was made by hand; `forced` is the rule that spoke against the pair."""
    forced = _forced(found, order, team, barred_by(found.pool, order, team)) if team is not None else None
    told: dict[str, Any] = {"hand": {"edit": str(one.uid), "instead_of": one.instead_of, "forced": forced}}
    # Whoever is nearer was not weighed against the rest: a person has decided.
    told["best"] = [{**row, "why": BY_HAND} if row["why"] in WEIGHED else row for row in best]
    if team is None:
        return told | {"why_not": BY_HAND, "missing": {}, "joint": None}
    if not (placed(found.pool.orders.xy[[order]])[0] and placed(found.pool.teams.xy[[team]])[0]):
        told["metres"] = None
    return told


def _fairness(ref: Reference) -> int:
    return max(0, int(ref.parameters["orders.fairness_m"]))


def _together(plan: Plan, why: Reasons, hand: Held) -> dict[int, tuple[int, ...]]:
    """Two teams for what no single one can do: the heaviest orders only, since these are no flow and take their time."""
    left = [order for order in range(len(plan.team)) if why.why_not(order) in TOGETHER and order not in hand.hands]
    left = [order for order in left if placed(plan.pool.orders.xy[[order]])[0]]
    left.sort(key=lambda order: -int(plan.pool.orders.weight[order]))
    found = of_several_teams(plan, left[:MOST_TOGETHER]) if left else {}
    return {order: teams for order, teams in found.items() if len(teams) > 1}


def _row(
    found: Gathered, plan: Plan, why: Reasons, load: list[int], sieve: list[int], order: int
) -> dict[str, Any]:  # fmt: skip
    one, team = found.orders[order], int(plan.team[order])
    barred = why.why_not(order)
    row: dict[str, Any] = {
        "order": str(one.uid), "number": one.number, "version": one.version, "service": one.service,
        "weight": one.weight, "counts_as": one.counts_as, "urgent": one.urgent,
        "pooled_at": one.since.isoformat() if one.since else None, "team": None, "team_name": "", "metres": None,
        "load": None, "capacity": None, "when": None, "back": None, "why_not": barred, "missing": {},
        "counts": dict(zip(SIEVES, sieve, strict=True)),
        "best": [
            {"team": found.teams[other].code, "name": found.teams[other].name, "metres": metres, "load": load[other],
             "capacity": found.teams[other].capacity, "why": said}
            for other, metres, said in why.whys(order)
        ],
        "joint": None, "hand": None,
    }  # fmt: skip
    if team != NOBODY:
        ready, slot = found.teams[team], int(plan.slot[order])
        row |= {"team": ready.code, "team_name": ready.name, "metres": int(plan.metres[order])}
        row |= {"load": load[team], "capacity": ready.capacity}
        if slot >= found.weekly:
            row["back"] = back_on(found, slot)
        elif slot != NOBODY:
            row["when"] = [moment.isoformat() for moment in found.times[slot]]
    elif barred is not None:
        row |= _lacking(found, order, barred)
    return row


def _lacking(found: Gathered, order: int, barred: WhyNot) -> dict[str, Any]:
    """What keeps an order without a team."""
    missing: dict[str, Any] = {}
    if barred == WhyNot.MISSING_SKILL:
        missing["skills"] = [found.skills[bit] for bit in missing_skills(found.pool, order)]
    if barred == WhyNot.OUT_OF_REACH:
        nearest = nearest_able(found.pool, order)
        if nearest is not None:
            missing |= {"nearest_team": found.teams[nearest[0]].code, "nearest_metres": nearest[1]}
    if barred == WhyNot.TOO_FEW_PEOPLE:
        missing["people"] = int(found.pool.orders.people[order])
    return {"missing": missing}


def _figures(found: Gathered, plan: Plan, ms: int) -> dict[str, Any]:
    return {
        "orders": len(found.orders), "teams": len(found.teams), "edges": len(plan.edges), "ms": ms, **_plain(plan.figures),
        "nearest_first": _plain(nearest_first(plan.pool, plan.edges)),
        "priority_first": _plain(priority_first(plan.pool, plan.edges)),
        "teams_without_place": int(np.count_nonzero(~placed(found.pool.teams.xy))),
    }  # fmt: skip


def _plain(figures: Figures) -> dict[str, Any]:
    return {**asdict(figures), "km": round(figures.km, 3), "spread": round(figures.spread, 4)}


@dataclass(frozen=True)
class Priced:
    """What an edit costs, with what was read to reckon it: the teams that can be chosen, by code, and the change that is kept for
    the order already.

    `cost` are differences against the best plan around all changes kept so far, less than 0 is a loss: `weight`, `served` and
    `metres`; `forced` is the rule that speaks against the pair, `moved` names the orders whose team changes for it.
    """

    cost: dict[str, Any]
    teams: Sequence[Ready]
    kept: DispatchEdit | None


def price_of_edit(
    proposal: Proposal, order_uid: str, team_code: str | None, *, at: datetime, ref: Reference | None = None
) -> Priced:
    """What it costs, by the pool as it stands now, to give one order to a team of one's choice, or to leave it (None).

    Raises Invalid `order_not_in_proposal`, `order_not_waiting`, `unknown_team`.
    """
    if not any(row["order"] == str(order_uid) for row in proposal.content):
        raise Invalid("order", "order_not_in_proposal", order=str(order_uid)[:60])
    ref = ref or reference.now()
    found, hand, plan = _planned(at, ref)
    order = next((row for row, one in enumerate(found.orders) if str(one.uid) == str(order_uid)), None)
    if order is None:
        raise Invalid("order", "order_not_waiting", order=_number(proposal, str(order_uid)))
    team = next((row for row, one in enumerate(found.teams) if one.code == team_code), None)
    if team_code is not None and team is None:
        raise Invalid("team", "unknown_team", team=team_code[:60])
    edit = edit_of(plan, order, team, hands=hand.hands, fairness=_fairness(ref))
    moved = [
        {"order": str(found.orders[one].uid), "number": found.orders[one].number, **_teams_of(found, before, after)}
        for one, before, after in edit.moved
    ]
    cost = {
        "weight": edit.weight, "served": edit.served, "metres": edit.metres, "moved": moved,
        "forced": _forced(found, order, team, edit.forced),
    }  # fmt: skip
    return Priced(cost, sorted(found.teams, key=lambda one: one.code), hand.edits.get(order))


def _forced(found: Gathered, order: int, team: int | None, sieve: WhyNot | None) -> WhyNot | None:
    """The rule that speaks against a pair: that the team is away all the time weighs more than that it has no time, and binds."""
    free = sieve in (None, *SOFTER)
    return WhyNot.AWAY if free and team is not None and is_never_there(found, order, team) else sieve


def _number(proposal: Proposal, order_uid: str) -> str:
    return next((str(row["number"]) for row in proposal.content if row["order"] == order_uid), "")


def _teams_of(found: Gathered, before: int, after: int) -> Mapping[str, Any]:
    return {
        **{word: found.teams[team].code if team != NOBODY else None for word, team in (("before", before), ("after", after))},
        **{
            f"{word}_name": found.teams[team].name if team != NOBODY else ""
            for word, team in (("before", before), ("after", after))
        },
    }  # fmt: skip
