"""One case as it is being told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from civicloop.cases.actions.historic import Historic, HistoricStep
from civicloop.demo.land import Plot
from civicloop.kernel.worktime import Clock, Limit
from civicloop.standards.categories import CategoryInfo, ConditionInfo

HOURS_A_DAY = 7


@dataclass(frozen=True)
class Scene:
    """What was seen, and where: what a story and its recurrences have in common."""

    category: CategoryInfo
    condition: ConditionInfo
    plot: Plot
    lon: float
    lat: float
    address: str
    text: str
    point_id: int | None
    answers: Mapping[str, Any]
    by_block: bool

    @property
    def limit(self) -> Limit:
        """How long the unit has."""
        return self.condition.limits[self.plot.area_class]

    @property
    def hours(self) -> float:
        """About how many working hours that is."""
        return float(self.limit.amount) * (HOURS_A_DAY if self.limit.unit.is_days else 1)


@dataclass
class Story:
    """A case with its steps so far. `unit` is responsible, `handler` works on it, `clock` is its time to put right."""

    scene: Scene
    reported_at: datetime
    reporter: int
    source: str
    urgent: bool = False
    steps: list[HistoricStep] = field(default_factory=list)
    unit: int = 0
    handler: int = 0
    clock: Clock | None = None
    key: str = ""
    recurrence_of: Story | None = None
    merged_into: Story | None = None

    def tell(
        self,
        name: str,
        at: datetime,
        by: int,
        note: str = "",
        *,
        unit: int | None = None,
        to: int | None = None,
        **data: Any,
    ) -> None:
        """Add a step."""
        self.steps.append(HistoricStep(name, at, by, unit, to, note, data))

    def when(self, name: str) -> datetime | None:
        """When a step was last taken."""
        return next((step.at for step in reversed(self.steps) if step.name == name), None)

    @property
    def due_at(self) -> datetime:
        """By when it must be put right; asked only once the case has been dispatched."""
        if self.clock is None:
            raise ValueError("not dispatched yet")
        return self.clock.due_at

    def cut(self, until: datetime) -> None:
        """Forget what lies at or after the last moment."""
        self.steps = [step for step in self.steps if step.at < until]

    def as_historic(self, grid_id: int) -> Historic:
        """The record that is brought in; keys must have been given to all stories."""
        scene = self.scene
        merged = self.merged_into if any(step.name == "merge" for step in self.steps) else None
        return Historic(
            external_key=self.key, category_id=scene.category.id, condition_id=scene.condition.id,
            reported_at=self.reported_at, steps=tuple(self.steps), description=scene.text, address=scene.address,
            lon=scene.lon, lat=scene.lat, given_lon=scene.lon, given_lat=scene.lat, grid_id=grid_id, point_id=scene.point_id,
            area_class=scene.plot.area_class, reporter_id=self.reporter, source=self.source, urgent=self.urgent,
            answers=scene.answers, recurrence_of_key=self.recurrence_of.key if self.recurrence_of else None,
            merged_into_key=merged.key if merged else None, fingerprint=self.key,
        )  # fmt: skip
