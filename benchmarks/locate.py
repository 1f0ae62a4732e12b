"""Locating 100 000 places in 2 000 grids, against shapely's STRtree asked directly."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from benchmarks.verdicts import Line, main, median, ratio_line
from civicloop.kernel.locate import GridIndex

MOST_RATIO = 1.2
GRIDS, PLACES = 2_000, 100_000
ROUNDS = 11


def run(quick: bool) -> list[Line]:
    """Both by turns; the ratio is that of the medians. The peer says for every place which grid intersects it."""
    grids, places = (200, 10_000) if quick else (GRIDS, PLACES)
    shapes = _grids(grids)
    index = GridIndex((number, shapely.geometry.mapping(shape)) for number, shape in enumerate(shapes))
    rng = np.random.default_rng(7)
    x, y = rng.uniform(118.0, 118.5, places), rng.uniform(24.5, 25.0, places)
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    ours, peer = [], []
    for _ in range(ROUNDS):
        peer.append(_timed(lambda: tree.query(shapely.points(x, y), predicate="intersects")))
        ours.append(_timed(lambda: index.locate_many(x, y)))
    place, grid = tree.query(shapely.points(x, y), predicate="intersects")
    said = np.array([-1 if one is None else one for one in index.locate_many(x, y)])
    if not (said[place] <= grid).all() or (said >= 0).sum() != len(np.unique(place)):
        raise RuntimeError("the two do not say the same")
    name = f"locate {places:,} places in {grids:,} grids".replace(",", " ")
    return [ratio_line(name, median(ours), median(peer), MOST_RATIO, "bare STRtree query")]


def _grids(many: int) -> Any:
    """Cells around random sites with jagged borders, as unit grids have them: some forty corners each."""
    rng = np.random.default_rng(3)
    sites = shapely.MultiPoint(rng.uniform((118.0, 24.5), (118.5, 25.0), (many, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=shapely.box(118.0, 24.5, 118.5, 25.0)))
    cells = shapely.intersection(cells, shapely.box(118.0, 24.5, 118.5, 25.0))
    return shapely.segmentize(cells, 0.001)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(run)
