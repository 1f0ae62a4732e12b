"""The escalation sweep over a million open cases of which a thousand are due."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks import city, filling
from benchmarks.verdicts import Line, main, median, say

OPEN, DUE, MOST_SECONDS = 1_000_000, 1_000, 2.0
ROUNDS = 3


def run(quick: bool) -> list[Line]:
    """Another thousand becomes due before each round; the figure is the median."""
    city.settle()
    from civicloop.cases.models import Case  # noqa: PLC0415  (Django is ready now)
    from civicloop.cases.sweep import sweep  # noqa: PLC0415

    many = OPEN // 20 if quick else OPEN
    filling.fill(many, Random(city.SEED), all_open=True)
    say(f"{many} open cases filled")
    now = datetime.now(UTC)
    times = []
    for number in range(ROUNDS):
        first = 1 + number * DUE * 3
        due = Case.objects.filter(pk__gte=first, pk__lt=first + DUE * 3, pk__in=range(first, first + DUE * 3, 3))
        due.update(alarm_at=now - timedelta(minutes=5), alarm_rung=1, act_by=now - timedelta(minutes=5))
        begun = time.perf_counter()
        sums = sweep(at=now)
        times.append(time.perf_counter() - begun)
        if sums.looked_at != DUE or not sums.notices:
            raise RuntimeError(f"{sums} instead of {DUE} due")
    seconds = median(times)
    name = f"sweep, {DUE} due of {many // 1000} k open cases ({sums.taken} rungs, {sums.notices} notices)"
    return [Line(name, f"{seconds:.2f} s", f"≤ {MOST_SECONDS} s", seconds <= MOST_SECONDS)]


if __name__ == "__main__":
    main(run)
