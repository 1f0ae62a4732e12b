"""Which problems a paper shows: typical ones with photos, well rectified ones, those that are exposed. Always the same choice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from civicloop.cases.models import Case, CaseEvidence
from civicloop.documents.figures.frame import DROPPED, Frame, within
from civicloop.documents.figures.problems import problems
from civicloop.documents.rules.figures import Problem

LOOK_AT = 8
"""So many candidates are read for each one shown, so that units take turns."""
WITH_UNIT = ("dispatched", "accepted")
# Said, since the two databases put empty values at different ends.
OPEN_FIRST = F("closed_at").asc(nulls_first=True)


def typical(frame: Frame, most: int, source: str = "") -> tuple[Problem, ...]:
    """Problems found in the period (by one source, where it is named) with a photo: supervised, repeated and sent back ones first;
    units take turns."""
    rows = frame.found().filter(_pictured("report"), unit__isnull=False)
    if source:
        rows = rows.filter(source=source)
    rows = rows.order_by("-supervised", "-reopened_count", "-sent_back_count", OPEN_FIRST, "reported_at", "id")
    return in_turn(problems(rows[: most * LOOK_AT], frame, photos=True, plans=False), most)


def well_done(frame: Frame, most: int) -> tuple[Problem, ...]:
    """Problems struck off in the period in time, never sent back, with photos of before and after; units take turns."""
    rows = frame.cases().filter(within("closed_at", frame.period), _pictured("report"), _pictured("rectify"))
    rows = rows.filter(state="closed", sent_back_count=0, rectified_at__lte=F("due_at")).order_by("closed_at", "id")
    return in_turn(problems(rows[: most * LOOK_AT], frame, photos=True, plans=False), most)


def exposed(frame: Frame, *, days: int, sent_back: int) -> QuerySet[Case]:
    """What is exposed (曝光), the longest overdue first: of the problems found before the end of the period and not struck off,
    those overdue by more than `days` whole days, those reported rectified and sent back `sent_back` times or more, and those that
    came back after they were struck off."""
    late = Q(state__in=WITH_UNIT, due_at__lt=frame.as_of - timedelta(days=days), excused=False)
    untrue = Q(sent_back_count__gte=sent_back)
    again = Q(recurrence_of__isnull=False) | Q(reopened_count__gt=0)
    rows = frame.cases(responsible=True).filter(late | untrue | again, ended_at=None, unit__isnull=False)
    return (
        rows.exclude(state__in=("suspended", *DROPPED))
        .filter(reported_at__lt=frame.period.end)
        .order_by("due_at", "id")
    )


def in_turn(rows: Iterable[Problem], most: int) -> tuple[Problem, ...]:
    """So many of the problems, one of each unit first, then a second of each; within a unit in the order given."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Problem]] = []
    for place, row in enumerate(rows):
        seen[row.unit] = turn = seen.get(row.unit, 0) + 1
        ranked.append((turn, place, row))
    return tuple(row for _, _, row in sorted(ranked, key=lambda one: one[:2])[:most])


def _pictured(step: str) -> Exists:
    return Exists(CaseEvidence.objects.filter(case=OuterRef("pk"), step__name=step))
