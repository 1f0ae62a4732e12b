"""The grids held in memory: which grid a place lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from civicloop.kernel.locate import GridIndex
from civicloop.organisation.models import Grid


@dataclass(frozen=True, slots=True)
class GridInfo:
    """A unit grid as the rules see it."""

    id: int
    uid: UUID
    code: str
    name: str
    unit_id: int | None
    area_class: str


@dataclass(frozen=True)
class GridBook:
    """All active grids, with the index over their outlines."""

    grids: Mapping[int, GridInfo]
    index: GridIndex = field(repr=False)
    box: tuple[float, float, float, float] | None

    @cached_property
    def _by_code(self) -> dict[str, GridInfo]:
        return {grid.code: grid for grid in self.grids.values()}

    @cached_property
    def _by_uid(self) -> dict[UUID, GridInfo]:
        return {grid.uid: grid for grid in self.grids.values()}

    def locate(self, lon: float, lat: float) -> GridInfo | None:
        """The grid a WGS-84 place lies in."""
        found = self.index.locate(lon, lat)
        return None if found is None else self.grids[found]

    def info(self, grid_id: int) -> GridInfo | None:
        """The grid with this number."""
        return self.grids.get(grid_id)

    def by_code(self, code: str) -> GridInfo | None:
        """The grid with this 15-character code."""
        return self._by_code.get(code)

    def by_uid(self, uid: UUID) -> GridInfo | None:
        """The grid with this public id."""
        return self._by_uid.get(uid)


def load_grids() -> GridBook:
    """Read all active grids: one statement."""
    rows = list(Grid.objects.filter(active=True).order_by("code"))
    grids = {row.pk: GridInfo(row.pk, row.uid, row.code, row.name, row.unit_id, row.area_class) for row in rows}
    box = (
        min(row.west for row in rows), min(row.south for row in rows),
        max(row.east for row in rows), max(row.north for row in rows),
    ) if rows else None  # fmt: skip
    return GridBook(grids, GridIndex((row.pk, row.outline) for row in rows), box)
