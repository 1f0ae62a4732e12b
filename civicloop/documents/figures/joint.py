"""Whistles (吹哨报到) and supervisions (督办) with what belongs to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from civicloop.cases.models import Case, Supervision, Whistle, WhistleCall
from civicloop.documents.figures.frame import Frame, local, within
from civicloop.documents.figures.problems import problems
from civicloop.documents.rules.figures import Called, Demand, Joint, Problem
from civicloop.documents.rules.sentences.words import WHISTLES, pressure, word


def joints(frame: Frame) -> tuple[Joint, ...]:
    """The whistles of one case, or those blown in the period; oldest first. Seven statements.

    With units, only those that they blew, that called them, or whose problem is theirs: a unit's paper tells nothing of others.
    """
    rows = Whistle.objects.select_related("blown_by").order_by("blown_at", "id")
    if frame.asked.case_id is not None:
        rows = rows.filter(case_id=frame.asked.case_id)
    else:
        rows = rows.filter(within("blown_at", frame.period))
    if frame.units is not None:
        units = sorted(frame.units)
        called = WhistleCall.objects.filter(unit_id__in=units).values("whistle")
        rows = rows.filter(Q(blown_by_id__in=units) | Q(case__unit_id__in=units) | Q(pk__in=called))
    whistles = list(rows)
    calls: dict[int, list[Called]] = defaultdict(list)
    for row in WhistleCall.objects.filter(whistle__in=whistles).select_related("unit", "arrived_person").order_by("id"):
        calls[row.whistle_id].append(_called(row))
    cases = _by_id(Case.objects.filter(pk__in=[one.case_id for one in whistles]), frame)
    return tuple(
        Joint(
            word(WHISTLES, one.kind), one.blown_by.name, one.place, local(one.blown_at), local(one.meet_at), one.plan,
            one.outcome, local(one.ended_at) if one.ended_at else None, tuple(calls[one.pk]), cases[one.case_id],
        )
        for one in whistles
    )  # fmt: skip


def demands(cases: Sequence[str], frame: Frame) -> dict[str, tuple[Demand, ...]]:
    """What was demanded of these cases (by number) until the moment asked for. One statement."""
    found: dict[str, list[Demand]] = defaultdict(list)
    ids = [int(number[1:]) for number in cases]
    for row in Supervision.objects.filter(case_id__in=ids, at__lte=frame.as_of).order_by("at", "id"):
        told = Demand(
            *pressure(row.level, row.demand), local(row.at), local(row.answer_by) if row.answer_by else None, row.answer,
            local(row.answered_at) if row.answered_at else None,
        )  # fmt: skip
        found[f"A{row.case_id:06d}"].append(told)
    return {number: tuple(rows) for number, rows in found.items()}


def _by_id(rows: QuerySet[Case], frame: Frame) -> dict[int, Problem]:
    return {int(one.number[1:]): one for one in problems(rows.order_by("id"), frame)}


def _called(row: WhistleCall) -> Called:
    return Called(
        row.unit.name, local(row.arrive_by), local(row.arrived_at) if row.arrived_at else None,
        row.arrived_person.name if row.arrived_person else "", row.score, row.score_note,
    )  # fmt: skip
