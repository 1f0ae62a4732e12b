"""Giving sight after a unit has moved: what it and the units below it have seen, the units above it see too."""

from __future__ import annotations

from django.db import transaction

from civicloop.cases.models import CaseReach
from civicloop.standards import reference

BATCH = 500


def reach_upwards(unit_id: int) -> int:
    """Let all units above this one see every case that reaches it or a unit below it. Returns how many rows were missing.

    Works in batches by number of the case, so it may be killed and run again. Rows are only added: the units above its old
    place have seen the cases, and may see how they go on.
    """
    added, last = 0, 0
    while True:
        done = _batch(unit_id, last)
        if done is None:
            return added
        last, fresh = done
        added += fresh


@transaction.atomic
def _batch(unit_id: int, after: int) -> tuple[int, int] | None:
    book = reference.now().org
    above, below = book.above(unit_id), sorted(book.subtree(unit_id))
    reached = CaseReach.objects.filter(unit__in=below, case__gt=after).order_by("case")
    cases = dict(reached.values_list("case", "reported_at").distinct()[:BATCH])
    if not cases or not above:
        return None
    known = set(CaseReach.objects.filter(case__in=cases, unit__in=above).values_list("case", "unit"))
    missing = [(case, unit) for case in cases for unit in sorted(above) if (case, unit) not in known]
    CaseReach.objects.bulk_create(
        (CaseReach(case_id=case, unit_id=unit, reported_at=cases[case]) for case, unit in missing),
        ignore_conflicts=True,
    )
    return max(cases), len(missing)
