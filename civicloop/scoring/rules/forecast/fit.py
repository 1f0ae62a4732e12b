"""What to expect of a point nobody saw: the mean of its type and area, with the doubt about it.

The share met at a visited point is taken as  m + type + area + (type × area) + point.  All but m are normal with variances
that are unknown too; points of different types may scatter differently. Drawn by Gibbs sampling (Gelman et al., Bayesian Data
Analysis, 3rd ed., ch. 15; cells are integrated out when types and areas are drawn), many short chains side by side. Cells with
few visits lean on their type and area, types with none on the other types: that is the shrinkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civicloop.scoring.rules.forecast.known import Assumptions, Floats, Known

CHAINS, BURN_IN = 125, 40
# What all types have in common in the scatter of their points weighs as much as so many visits of one. With a small number a type
# whose visits happened to go well would also count as even, and so would be believed too readily.
ALIKE = 40.0
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Cells:
    """Sums over the visits of each type (row) and area (column), older visits weighing less.

    `tells` is how much a visit says of the scatter of points, against one from a normal distribution: see `tells_of`.
    """

    weight: Floats
    mean: Floats
    within: Floats
    tells: float = 1.0


@dataclass(frozen=True, eq=False)
class Believed:
    """One row per draw: expected share met in each type and area, and the scatter (variance) of points in each type."""

    cells: Floats
    scatter: Floats


def cells_of(known: Known, assumed: Assumptions) -> Cells:
    """Add the visits up."""
    shape = (len(known.types), len(known.areas))
    seen = ~np.isnan(known.found)
    place = known.point_type[seen] * shape[1] + known.point_area[seen]
    fading = 0.5 ** (known.age[seen] / assumed.fade_half_life)
    size = shape[0] * shape[1]
    total = np.bincount(place, fading, size).astype(float)
    mean = np.bincount(place, fading * known.found[seen], size) / np.maximum(total, TINY)
    within = np.bincount(place, fading * (known.found[seen] - mean[place]) ** 2, size)
    # Fading says which visits count more, not that they are fewer: the weight is what they are worth together (Kish).
    weight = total**2 / np.maximum(np.bincount(place, fading**2, size), TINY)
    spread = within * weight / np.maximum(total, TINY)
    sums = [np.asarray(one, float).reshape(shape) for one in (weight, mean, spread)]
    return Cells(sums[0], sums[1], sums[2], tells_of(known))


def tells_of(known: Known) -> float:
    """2 / (κ − 1), at most 1, with the kurtosis κ of the shares met about the means of their types (Box and Andersen 1955).

    Where nearly all is met a few bad points make most of the variance: whether one of them was visited decides it, and the
    visits say less of it than so many would of a bell curve.
    """
    seen = ~np.isnan(known.found)
    kind, found = known.point_type[seen], known.found[seen]
    many = np.bincount(kind, minlength=len(known.types))
    off = found - (np.bincount(kind, found, len(known.types)) / np.maximum(many, 1))[kind]
    variance = float((off**2).mean()) if len(off) else 0.0
    if variance < TINY:
        return 1.0
    kurtosis = float((off**4).mean()) / variance**2
    return min(1.0, 2 / max(kurtosis - 1, TINY))


def believe(cells: Cells, assumed: Assumptions, draws: int, rng: np.random.Generator) -> Believed:
    """Draw `draws` worlds that fit what was seen."""
    sampler = _Sampler(cells, assumed, rng)
    for _ in range(BURN_IN):
        sampler.step()
    kept = []
    for _ in range(-(-draws // CHAINS)):
        sampler.step()
        kept.append((sampler.expected(), sampler.scatter.copy()))
    # Chain by chain: the first draws must not all come from the first moment.
    worlds = np.concatenate([one for one, _ in kept])[:draws]
    return Believed(worlds, np.concatenate([one for _, one in kept])[:draws])


class _Sampler:
    """The state of all chains; arrays begin with the axis of chains."""

    def __init__(self, cells: Cells, assumed: Assumptions, rng: np.random.Generator) -> None:
        self.cells, self.assumed, self.rng = cells, assumed, rng
        self.types, self.areas = cells.weight.shape
        self.seen = cells.weight > 0
        centre = float((cells.weight * cells.mean).sum() / cells.weight.sum())
        wide = assumed.spread**2
        self.middle = centre + assumed.spread * rng.standard_normal(CHAINS)
        self.type = self.middle[:, None] + assumed.spread * rng.standard_normal((CHAINS, self.types))
        self.area = np.zeros((CHAINS, self.areas))
        self.cell = np.zeros((CHAINS, self.types, self.areas))
        self.between = {name: np.full(CHAINS, wide) for name in ("type", "area", "cell")}
        self.usual = np.full(CHAINS, assumed.point_spread**2)
        self.scatter = np.full((CHAINS, self.types), assumed.point_spread**2)
        # With one type or one area only, a cell is the area or the type: one name for one thing.
        self.has_areas, self.has_cells = self.areas > 1, self.areas > 1 and self.types > 1

    def step(self) -> None:
        """Draw every part once, given the others."""
        self._draw_types_and_areas()
        if self.has_cells:
            self._draw_cells()
        self._draw_between()
        self._draw_scatter()

    def expected(self) -> Floats:
        """The mean of every cell; where nothing was seen the deviation of the cell is drawn afresh."""
        fresh = self.rng.standard_normal(self.cell.shape) * np.sqrt(self.between["cell"])[:, None, None]
        cell = np.where(self.seen, self.cell, fresh) if self.has_cells else 0.0
        return np.asarray(self.type[:, :, None] + self.area[:, None, :] + cell)

    def _draw_types_and_areas(self) -> None:
        """Types and areas with the cells integrated out, then both shifted against each other, which else drags."""
        cell = self.between["cell"][:, None, None] if self.has_cells else 0.0
        noise = self.scatter[:, :, None] / np.maximum(self.cells.weight, TINY) + cell
        precision = np.where(self.seen, 1 / np.maximum(noise, TINY), 0.0)
        rest = self.cells.mean - self.area[:, None, :]
        self.type = self._normal(
            (precision * rest).sum(2) + (self.middle / self.between["type"])[:, None],
            precision.sum(2) + 1 / self.between["type"][:, None],
        )
        if self.has_areas:
            rest = self.cells.mean - self.type[:, :, None]
            self.area = self._normal((precision * rest).sum(1), precision.sum(1) + 1 / self.between["area"][:, None])
            shift = self.area.mean(1) + self.rng.standard_normal(CHAINS) * np.sqrt(self.between["area"] / self.areas)
            self.area -= shift[:, None]
            self.type += shift[:, None]
        self.middle = self.type.mean(1) + self.rng.standard_normal(CHAINS) * np.sqrt(self.between["type"] / self.types)

    def _draw_cells(self) -> None:
        precision = self.cells.weight / self.scatter[:, :, None]
        rest = self.cells.mean - self.type[:, :, None] - self.area[:, None, :]
        self.cell = self._normal(precision * rest, precision + 1 / self.between["cell"][:, None, None])

    def _draw_between(self) -> None:
        """How much types, areas and cells differ, given how they differ now."""
        deviations = {"type": self.type - self.middle[:, None]}
        if self.has_areas:
            deviations["area"] = self.area
        if self.has_cells:
            deviations["cell"] = self.cell[:, self.seen]
        doubt = self.assumed.doubt
        for name, values in deviations.items():
            # Types and areas differ more than what is left of a cell beside them.
            wide = (self.assumed.spread * (0.5 if name == "cell" else 1.0)) ** 2
            total = (values**2).sum(1) + doubt * wide
            self.between[name] = total / self.rng.chisquare(doubt + values.shape[1], CHAINS) + TINY

    def _draw_scatter(self) -> None:
        """How much points of a type differ; types are alike in this as far as nothing speaks against it."""
        off = np.where(self.seen, (self.cells.mean - self.expected_seen()) ** 2 * self.cells.weight, 0.0).sum(2)
        total = self.cells.tells * (self.cells.within.sum(1) + off) + ALIKE * self.usual[:, None]
        degrees = ALIKE + self.cells.tells * self.cells.weight.sum(1)
        self.scatter = total / self.rng.chisquare(np.broadcast_to(degrees, total.shape)) + TINY
        prior = self.assumed.doubt / 2
        shape = self.types * ALIKE / 2 + prior
        rate = ALIKE / 2 * (1 / self.scatter).sum(1) + prior / self.assumed.point_spread**2
        self.usual = self.rng.gamma(shape, 1 / rate)

    def expected_seen(self) -> Floats:
        """The mean of the cells as they stand in the chains."""
        return np.asarray(self.type[:, :, None] + self.area[:, None, :] + self.cell)

    def _normal(self, weighted: Floats, precision: Floats) -> Floats:
        return np.asarray(weighted / precision + self.rng.standard_normal(weighted.shape) / np.sqrt(precision))
