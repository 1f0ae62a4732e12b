"""The forecast: 2 000 simulated samples of 300 points, from a city of 4 445 points with 310 visits and 300 items."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.verdicts import Line, main, median
from civicloop.scoring.rules.forecast import Known, Pairs, Plan, PlanRow, forecast

TYPES, AREAS, POINTS, VISITS, ITEMS = 12, 6, 4_445, 310, 25
DRAWS, SAMPLE, MOST_SECONDS = 2_000, 300, 0.5
ROUNDS = 7


def run(quick: bool) -> list[Line]:
    """The median of some runs, gains of items included; the arrays are at hand, reading them is told by the command."""
    known, plan = city(np.random.Generator(np.random.PCG64(1)))
    times = []
    for number in range(3 if quick else ROUNDS):
        begun = time.perf_counter()
        told = forecast(known, plan, draws=DRAWS, seed=number)
        times.append(time.perf_counter() - begun)
        if told.sampled != SAMPLE or len(told.scores) != DRAWS or len(told.items) != TYPES * ITEMS:
            raise RuntimeError(f"{told.sampled} points, {len(told.scores)} samples, {len(told.items)} items")
    seconds = median(times)
    name = f"forecast, {DRAWS} samples of {SAMPLE} points, {TYPES * ITEMS} items"
    return [Line(name, f"{seconds:.2f} s", f"≤ {MOST_SECONDS} s", seconds <= MOST_SECONDS)]


def city(rng: np.random.Generator) -> tuple[Known, Plan]:
    """72 strata; the share met is Beta, as good as any for the time it takes."""
    visited = rng.choice(POINTS, VISITS, replace=False)
    found = np.full(POINTS, np.nan)
    found[visited] = rng.beta(17, 3, VISITS)
    age = np.full(POINTS, np.nan)
    age[visited] = rng.integers(0, 90, VISITS)
    names = tuple(f"I{one}" for one in range(TYPES * ITEMS))
    pairs = Pairs(
        np.repeat(np.arange(TYPES), ITEMS), np.arange(len(names)), np.full(len(names), 1 / ITEMS),
        rng.integers(0, 8, len(names)).astype(float), np.full(len(names), VISITS / TYPES), np.zeros(len(names)),
    )  # fmt: skip
    known = Known(
        types=tuple(f"T{one}" for one in range(TYPES)), areas=tuple(f"A{one}" for one in range(AREAS)), items=names,
        point_type=rng.integers(0, TYPES, POINTS), point_area=rng.integers(0, AREAS, POINTS), found=found, now=found, age=age,
        open_share=np.where(rng.random(POINTS) < 0.05, 1 / ITEMS, 0.0), cap=np.ones(POINTS), pairs=pairs,
        effort=np.full(len(names), 20.0), judged_items=np.full(TYPES, float(ITEMS)),
    )  # fmt: skip
    return known, Plan(tuple(PlanRow(f"T{one}", SAMPLE // TYPES, 1.0) for one in range(TYPES)))


if __name__ == "__main__":
    main(run)
