"""Made-up cities for the calibration of the forecast: every item at every point, what visits saw of it, and the official sample.

Truth is made item by item, by other distributions than the forecast assumes: what it must get right are real cities, not its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.scoring.rules.forecast import Known, Pairs, Plan, PlanRow

ITEMS = 20
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scenario:
    """A kind of city. `alike` is the correlation of the items of one point (overdispersion); `forgets` the true half-life in
    days of what was seen; `seen_types` how many types were ever visited.
    """

    name: str
    types: int = 12
    areas: int = 6
    points: int = 4445
    visits: int = 300
    sample: int = 300
    mean: float = 0.84
    type_spread: float = 0.05
    area_spread: float = 0.04
    cell_spread: float = 0.02
    alike: float = 0.1
    oldest: int = 120
    forgets: float = 90.0
    repaired: float = 0.7
    seen_types: int | None = None
    by_area: bool = False


SCENARIOS = (
    Scenario("72 strata, 300 visits"),
    Scenario("72 strata, 60 visits", visits=60),
    Scenario("strongly overdispersed points", alike=0.4),
    Scenario("points hardly differ", alike=0.0, cell_spread=0.0),
    Scenario("few points (5 types, 40 points)", types=5, areas=2, points=40, visits=20, sample=25),
    Scenario("one type, one area", types=1, areas=1, points=60, visits=15, sample=20),
    Scenario("three of twelve types never visited", seen_types=9),
    Scenario("nearly all met", mean=0.97, type_spread=0.01, area_spread=0.01, cell_spread=0.005),
    Scenario("visits in some areas more than in others", by_area=True),
    Scenario("old visits, 29 types", types=29, points=6000, visits=400, oldest=180),
    Scenario("every point visited of late", types=6, areas=4, points=150, visits=150, sample=90, oldest=30),
)
# The forecast assumes 90 days; here the city forgets in 20. Told, because it is what the data cannot show.
STRESS = (Scenario("stress: every point visited, forgets in 20 days, not 90", types=6, areas=4, points=150, visits=150,
                   sample=90, forgets=20.0, oldest=60),)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A city: what is known, the sample, and the score that the assessors gave."""

    known: Known
    plan: Plan
    score: float


def make(scenario: Scenario, rng: np.random.Generator) -> Made:
    """One city of this kind."""
    kind = rng.integers(0, scenario.types, scenario.points)
    kind[: scenario.types] = np.arange(scenario.types)
    area = rng.integers(0, scenario.areas, scenario.points)
    cells = _cells(scenario, rng)[kind, area]
    hard = rng.dirichlet(np.full(ITEMS, 2.0), scenario.types) * ITEMS
    then = _judge(cells, hard[kind], scenario.alike, rng)
    seen = _visited(scenario, kind, area, rng)
    age = np.where(seen, rng.integers(0, scenario.oldest + 1, scenario.points), np.nan)
    put_right = ~then & seen[:, None] & (rng.random(then.shape) < scenario.repaired)
    open_now = ~then & seen[:, None] & ~put_right
    keeps = rng.random(then.shape) < 0.5 ** (np.where(seen, age, 0.0) / scenario.forgets)[:, None]
    again = _judge(cells, hard[kind], scenario.alike, rng)
    today = np.where(keeps | ~seen[:, None], then | put_right, again) & ~open_now
    known = _known(scenario, (kind, area), then, (then | put_right, open_now), np.where(seen, age, np.nan))
    plan = _plan(scenario, rng)
    return Made(known, plan, _official(plan, kind, today.mean(axis=1), rng))


def _cells(scenario: Scenario, rng: np.random.Generator) -> Floats:
    """Expected share met by type and area, kept inside its range."""
    types = scenario.type_spread * rng.standard_normal((scenario.types, 1))
    areas = scenario.area_spread * rng.standard_normal((1, scenario.areas))
    cells = scenario.cell_spread * rng.standard_normal((scenario.types, scenario.areas))
    return np.clip(scenario.mean + types + areas + cells, 0.3, 0.995)


def _judge(expected: Floats, hard: Floats, alike: float, rng: np.random.Generator) -> Bools:
    """Met or not, item by item: points differ (Beta), and some items fail more often than others."""
    level = expected
    if alike:
        size = 1 / alike - 1
        level = rng.beta(expected * size, (1 - expected) * size)
    fails = np.clip((1 - level)[:, None] * hard, 0.0, 1.0)
    # What was cut off at 1 would raise the mean of the point; it is left so: cities are not obliging.
    met: Bools = rng.random(hard.shape) >= fails
    return met


def _visited(
    scenario: Scenario, kind: npt.NDArray[np.int64], area: npt.NDArray[np.int64], rng: np.random.Generator
) -> Bools:
    allowed = kind < (scenario.types if scenario.seen_types is None else scenario.seen_types)
    chance = np.where(allowed, np.where(scenario.by_area, 1.0 + 4.0 * (area % 2), 1.0), 0.0)
    many = min(scenario.visits, int(allowed.sum()))
    seen = np.zeros(len(kind), bool)
    seen[rng.choice(len(kind), many, replace=False, p=chance / chance.sum())] = True
    return seen


def _known(
    scenario: Scenario,
    place: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    then: Bools,
    later: tuple[Bools, Bools],
    age: Floats,
) -> Known:
    """What the house knows: the visits, what was put right since, what still stands open."""
    kind, area = place
    met, open_now = later
    seen = ~np.isnan(age)
    others = np.maximum((~open_now).sum(axis=1), 1)
    return Known(
        types=tuple(f"T{one}" for one in range(scenario.types)), areas=tuple(f"A{one}" for one in range(scenario.areas)),
        items=(), point_type=kind.astype(np.intp), point_area=area.astype(np.intp),
        found=np.where(seen, then.mean(axis=1), np.nan),
        now=np.where(seen, (met & ~open_now).sum(axis=1) / others, np.nan), age=age,
        open_share=open_now.mean(axis=1), cap=np.ones(len(kind)), pairs=Pairs.none(), effort=np.zeros(0),
        judged_items=np.full(scenario.types, float(ITEMS)),
    )  # fmt: skip


def _plan(scenario: Scenario, rng: np.random.Generator) -> Plan:
    weights = rng.dirichlet(np.full(scenario.types, 5.0))
    each = max(scenario.sample // scenario.types, 1)
    return Plan(tuple(PlanRow(f"T{at}", each, float(weight)) for at, weight in enumerate(weights)))


def _official(plan: Plan, kind: npt.NDArray[np.int64], share: Floats, rng: np.random.Generator) -> float:
    """What the assessors find at the points they draw."""
    score = 0.0
    for at, row in enumerate(plan.rows):
        points = np.flatnonzero(kind == at)
        drawn = rng.choice(points, min(row.points, len(points)), replace=False)
        score += row.weight * float(share[drawn].mean())
    return 100 * score
