"""Giving sight after a unit has moved: what it and the units below it have seen, the units above it see too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from civicloop.cases.models import CaseReach
from civicloop.standards import reference

BATCH = 500
Place = tuple[datetime, int]


def reach_upwards(unit_id: int) -> int:
    """Let all units above this one see every case that reaches it or a unit below it. Returns how many rows were missing.

    Works in batches along each unit's index, newest cases first, so it may be killed and run again. Rows are only added: the
    units above its old place have seen the cases, and may see how they go on.
    """
    below = reference.now().org.subtree(unit_id) - {unit_id}
    return sum(_walk(unit, unit_id) for unit in (unit_id, *sorted(below)))


def _walk(unit: int, moved: int) -> int:
    added, last = 0, None
    while (done := _batch(unit, moved, last)) is not None:
        last, fresh = done
        added += fresh
    return added


@transaction.atomic
def _batch(unit: int, moved: int, last: Place | None) -> tuple[Place, int] | None:
    rows = CaseReach.objects.filter(unit=unit).order_by("-reported_at", "-case")
    if last is not None:
        at, case = last
        rows = rows.filter(Q(reported_at__lt=at) | Q(case__lt=case), reported_at__lte=at)
    reached = list(rows.values_list("case", "reported_at")[:BATCH])
    above = reference.now().org.above(moved)
    if not reached or not above:
        return None
    cases = dict(reached)
    known = set(CaseReach.objects.filter(case__in=cases, unit__in=above).values_list("case", "unit"))
    missing = [(case, over) for case in sorted(cases) for over in sorted(above) if (case, over) not in known]
    CaseReach.objects.bulk_create(
        (CaseReach(case_id=case, unit_id=over, reported_at=cases[case]) for case, over in missing),
        ignore_conflicts=True,
    )
    case, at = reached[-1]
    return (at, case), len(missing)
