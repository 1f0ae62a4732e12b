"""Estimates from a stratified sample: each stratum (type × area) speaks for the places it stands for, judged or not.

Value Σ W_h ȳ_h; variance Σ W_h² (1 − n_h/N_h) s_h²/n_h; degrees of freedom after Satterthwaite, (Σ v)² / Σ v²/df (Cochran,
Sampling Techniques, 3rd ed., 5.4 and 5.12). A stratum with one judged place has no spread of its own: it takes that of its
type, and where the type has one place only that of the city ("collapsed"; 5A.12). A stratum in which nothing was judged
leaves its weight to the other strata of its type, a type without any to the other types; both are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from civicloop.scoring.rules.shapes import Estimate
from civicloop.scoring.rules.student import interval

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A stratum, or the part of it that is asked about: `population` places, the scores of those judged, and `share`, what it
    weighs when everything has been judged."""

    key: Key
    population: int
    values: tuple[float, ...]
    share: float

    @property
    def sampled(self) -> float:
        """The share of the places that was judged: 1 − (finite population correction). A reserve may make n exceed N."""
        return min(1.0, len(self.values) / self.population) if self.population else 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance and its degrees of freedom."""

    variance: float
    df: int


@dataclass(frozen=True)
class Pools:
    """Where a stratum with one place takes its spread from: its type, else the city (None: one place in all)."""

    types: Mapping[str, Spread]
    city: Spread | None

    def of(self, point_type: str) -> Spread | None:
        """The spread for a stratum of this type."""
        return self.types.get(point_type, self.city)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Floor and cap of every score."""

    floor: float = 0.0
    cap: float = 100.0

    def clip(self, value: float) -> float:
        """The value within them."""
        return min(max(value, self.floor), self.cap)


def spread_of(values: Sequence[float]) -> Spread | None:
    """Sample variance (n − 1); None below two values. Equal values have none, exactly."""
    if len(values) < 2:
        return None
    mean = fmean(values)
    if min(values) == max(values):
        return Spread(0.0, len(values) - 1)
    return Spread(sum((one - mean) ** 2 for one in values) / (len(values) - 1), len(values) - 1)


def pools_of(scores: Iterable[tuple[Key, float]]) -> Pools:
    """The spreads of types and city, from the scores of all judged places."""
    by_type: dict[str, list[float]] = defaultdict(list)
    for (point_type, _), value in scores:
        by_type[point_type].append(value)
    found = {key: spread for key, rows in sorted(by_type.items()) if (spread := spread_of(rows)) is not None}
    return Pools(found, spread_of([one for key in sorted(by_type) for one in by_type[key]]))


def weights(cells: Sequence[Cell]) -> dict[Key, float]:
    """The weight of every cell that was judged; they sum to one. Cells of weight zero altogether share by their places."""
    known = [cell for cell in cells if cell.values]
    type_share, type_places = defaultdict[str, float](float), defaultdict[str, int](int)
    for cell in cells:
        type_share[cell.key[0]] += cell.share
    for cell in known:
        type_places[cell.key[0]] += max(cell.population, len(cell.values))
    total = sum(type_share[one] for one in type_places)
    if not total:
        type_share = defaultdict(float, {one: float(many) for one, many in type_places.items()})
        total = sum(type_share.values())
    return {
        cell.key: type_share[cell.key[0]] / total * max(cell.population, len(cell.values)) / type_places[cell.key[0]]
        for cell in known
    }


def estimate(cells: Sequence[Cell], pools: Pools, bounds: Bounds, many: int = 1) -> Estimate:
    """The estimate over these cells. `many`: its interval is one of so many that hold together."""
    shares = weights(cells)
    population, n = sum(cell.population for cell in cells), sum(len(cell.values) for cell in cells)
    if not shares:
        return Estimate(None, n=0, population=population, how="none")
    known = [cell for cell in cells if cell.values]
    value = bounds.clip(sum(shares[cell.key] * fmean(cell.values) for cell in known))
    whole = all(cell.sampled >= 1 for cell in known) and all(cell.values or not cell.population for cell in cells)
    variance, df, collapsed = _variance(known, shares, pools)
    se = None if variance is None else variance**0.5
    low, high = interval(value, se, df, n=n, whole=whole, floor=bounds.floor, cap=bounds.cap, many=many)
    how = "census" if whole else "collapsed" if collapsed else "direct"
    return Estimate(value, low, high, se, df, n, population, how)


def _variance(
    known: Sequence[Cell], shares: Mapping[Key, float], pools: Pools
) -> tuple[float | None, float | None, bool]:
    """Variance, degrees of freedom, and whether a stratum took its spread from elsewhere. Strata that share a spread are one
    term of Satterthwaite's sum."""
    terms: dict[object, tuple[float, int]] = {}
    collapsed = False
    for cell in known:
        if cell.sampled >= 1:
            continue
        factor = shares[cell.key] ** 2 * (1 - cell.sampled) / len(cell.values)
        spread, source = spread_of(cell.values), cell.key
        if spread is None:
            collapsed = True
            spread = pools.of(cell.key[0])
            source = (cell.key[0] if cell.key[0] in pools.types else "", "")
        if spread is None:
            return None, None, True
        before = terms.get(source, (0.0, 0))[0]
        terms[source] = (before + factor * spread.variance, spread.df)
    total = sum(term for term, _ in terms.values())
    if not total:
        return 0.0, None, collapsed
    return total, total**2 / sum(term**2 / df for term, df in terms.values()), collapsed
