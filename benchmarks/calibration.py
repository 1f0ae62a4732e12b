"""Does the forecast keep its word? Thousands of made-up cities, each forecast and then assessed (docs/reference/calibration.md)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.stats import beta

from benchmarks.cities import SCENARIOS, STRESS, Scenario, make
from benchmarks.verdicts import Line, main, say
from civicloop.scoring.rules.forecast import Assumptions, forecast

LEVELS = (0.5, 0.8, 0.9, 0.95)
CITIES, QUICK_CITIES = 500, 60
DRAWS = 1000
SEED = 20261122
LOW, HIGH = 0.88, 0.92
REPORT = Path(__file__).parents[1] / "docs" / "reference" / "calibration.md"


@dataclass(frozen=True)
class Tried:
    """What came out in the cities of one kind. `ranks`: share of the simulated scores below the true one (PIT), one per city."""

    scenario: Scenario
    ranks: tuple[float, ...]
    widths: tuple[float, ...]
    errors: tuple[float, ...]

    def covered(self, level: float) -> int:
        """In how many cities the interval held the score."""
        return sum((1 - level) / 2 <= rank <= (1 + level) / 2 for rank in self.ranks)


def run(quick: bool) -> list[Line]:
    """Forecast and assess all cities; two processes, as each is one core's work."""
    cities = QUICK_CITIES if quick else CITIES
    tried: list[Tried] = []
    with ProcessPoolExecutor(max_workers=2) as pool:
        for one in pool.map(try_out, SCENARIOS + STRESS, [cities] * len(SCENARIOS + STRESS)):
            say(f"{one.scenario.name}: {one.covered(0.9) / len(one.ranks):.1%}")
            tried.append(one)
    plain = tried[: len(SCENARIOS)]
    if not quick:
        REPORT.write_text(report(plain, tried[len(SCENARIOS) :], cities), encoding="utf-8")
    return [_line(plain), *(_told(one) for one in tried)]


def try_out(scenario: Scenario, cities: int) -> Tried:
    """Make cities of a kind, forecast each, and see where the score the assessors gave lies."""
    ranks, widths, errors = [], [], []
    for number in range(cities):
        made = make(scenario, np.random.Generator(np.random.PCG64([SEED, number])))
        told = forecast(made.known, made.plan, draws=DRAWS, seed=number)
        ranks.append(float((told.scores < made.score).mean()))
        widths.append(told.intervals[0.9][1] - told.intervals[0.9][0])
        errors.append(made.score - (told.value or 0.0))
    return Tried(scenario, tuple(ranks), tuple(widths), tuple(errors))


def exact(hits: int, many: int) -> tuple[float, float]:
    """The 95 % interval of a share (Clopper–Pearson)."""
    low = float(beta.ppf(0.025, hits, many - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, many - hits)) if hits < many else 1.0
    return low, high


PAGE = """# Does the forecast keep its word?

Made by `python -m benchmarks calibration` on {day}; do not edit. How it works: [the forecast](../explanation/forecast.md).

{many:,} cities were made up, {cities} of each of {kinds} kinds: every item at every point met or not, visits that saw some of
it, faults put right or left open, states forgotten since. Each was forecast ({draws} simulated samples), then the assessors drew
their own sample from the truth. An interval that keeps its word holds that score as often as it says. Cities are made by other
distributions than the forecast assumes (`benchmarks/cities.py`); the forecast had its defaults (half-life {half_life:g} days,
spread {spread:g}).

## How often the score lay in the interval

In brackets the 95 % interval of the share itself (Clopper–Pearson): with so many cities it is known no better.

| kind of city | 50 % | 80 % | 90 % | 95 % | width of the 90 % interval | mean error | verdict on 90 % |
|---|---|---|---|---|---|---|---|
{rows}

{missed}

## Where the score lay among the simulated ones

Cities by tenth of the distribution (PIT); one tenth in each is right. Much at the ends: intervals too narrow; much in the
middle: too wide; more on the left: the forecast promises too much.

| kind of city | {heads} |
|---|{lines}
{tenths}

## Where it cannot keep its word

How long a state lasts is assumed, not seen. A city that forgets faster than assumed is worse than forecast, and no interval
says so:

| kind of city | 50 % | 80 % | 90 % | 95 % | width of the 90 % interval | mean error |
|---|---|---|---|---|---|---|
{stress}
"""


def report(plain: Sequence[Tried], stress: Sequence[Tried], cities: int) -> str:
    """The page of the documentation."""
    assumed = Assumptions()
    together = [rank for one in plain for rank in one.ranks]
    return PAGE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}", many=len(together), cities=cities, kinds=len(plain), draws=DRAWS,
        half_life=assumed.state_half_life, spread=assumed.spread,
        rows="\n".join([*(_row(one) for one in plain), _whole(plain)]),
        missed=_missed([one for one in plain if not _agrees(one)]),
        heads=" | ".join(f"{at}0 %" for at in range(1, 11)), lines="---|" * 10,
        tenths="\n".join([*(_tenths(one.scenario.name, one.ranks) for one in plain), _tenths("**all**", together)]),
        stress="\n".join(_row(one, verdict=False) for one in stress),
    )  # fmt: skip


def _share(hits: int, many: int) -> str:
    low, high = exact(hits, many)
    return f"{hits / many:.1%} ({low:.1%}–{high:.1%})"


def _row(one: Tried, verdict: bool = True) -> str:
    many = len(one.ranks)
    cells = [one.scenario.name, *(_share(one.covered(level), many) for level in LEVELS)]
    cells += [f"{np.mean(one.widths):.2f}", f"{np.mean(one.errors):+.2f}"]
    return "| " + " | ".join([*cells, *([_verdict(one)] if verdict else [])]) + " |"


def _whole(tried: Sequence[Tried]) -> str:
    many = sum(len(one.ranks) for one in tried)
    cells = (_share(sum(one.covered(level) for one in tried), many) for level in LEVELS)
    errors = np.concatenate([one.errors for one in tried])
    widths = np.concatenate([one.widths for one in tried])
    return f"| **all** | {' | '.join(cells)} | {widths.mean():.2f} | {errors.mean():+.2f} | |"


def _verdict(one: Tried) -> str:
    if LOW <= one.covered(0.9) / len(one.ranks) <= HIGH:
        return "inside 88–92 %"
    return "outside, within its own doubt" if _agrees(one) else "**misses**"


def _agrees(one: Tried) -> bool:
    """Whether 88–92 % cannot be ruled out."""
    low, high = exact(one.covered(0.9), len(one.ranks))
    return low <= HIGH and high >= LOW


def _missed(missed: Sequence[Tried]) -> str:
    if not missed:
        return "In no kind of city can 88–92 % be ruled out for the 90 % interval."
    return (
        f"Missed: {'; '.join(one.scenario.name for one in missed)}. There the 90 % interval does not hold what it says."
    )


def _tenths(name: str, ranks: Sequence[float]) -> str:
    counts, _ = np.histogram(ranks, 10, (0.0, 1.0))
    return f"| {name} | " + " | ".join(f"{count / len(ranks):.1%}" for count in counts) + " |"


def _line(tried: Sequence[Tried]) -> Line:
    many = sum(len(one.ranks) for one in tried)
    share = sum(one.covered(0.9) for one in tried) / many
    return Line(f"forecast, 90 % interval in {many} cities", f"{share:.1%}", "88–92 %", LOW <= share <= HIGH)


def _told(one: Tried) -> Line:
    return Line(f"… {one.scenario.name}", _share(one.covered(0.9), len(one.ranks)))


if __name__ == "__main__":
    main(run)
