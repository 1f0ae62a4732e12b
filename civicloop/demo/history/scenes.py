"""What is seen where: categories by how common they are, places by how busy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import shapely
import yaml

from civicloop.demo.history.story import Scene
from civicloop.demo.land import Plot
from civicloop.demo.points import place_in
from civicloop.demo.settle import City
from civicloop.standards.categories import CategoryInfo, QuestionInfo
from civicloop.standards.reference import Reference

# Problems are seen where people are: so much more often in class A and B than in C.
BUSY = {"A": 5.0, "B": 2.2, "C": 1.0}
AT_A_POINT = 0.3


@cache
def book() -> Mapping[str, Any]:
    """The invented sentences."""
    text = (files("civicloop.demo") / "data" / "stories.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)  # type: ignore[no-any-return]


def block_categories() -> tuple[str, ...]:
    """The codes of the kinds of problem that blocks settle themselves."""
    return tuple(row["code"] for row in book()["categories"] if row["handled_by"] == "block")


@dataclass
class Scenery:
    """Draws scenes."""

    city: City
    kinds: Sequence[tuple[CategoryInfo, Mapping[str, Any]]]
    shares: Sequence[float]
    busy: Sequence[float]
    rng: Random

    @classmethod
    def of(cls, city: City, ref: Reference, rng: Random) -> Scenery:
        """The scenery of a settled city."""
        kinds = []
        for row in book()["categories"]:
            category = ref.categories.by_code(row["code"], "gb47678-2026")
            if category is None:
                raise ValueError(f"the pack has no category {row['code']}")
            kinds.append((category, row))
        busy = [BUSY[plot.area_class] for plot in city.land.plots]
        return cls(city, kinds, [row["share"] for _, row in kinds], busy, rng)

    def draw(self) -> Scene:
        """A problem somewhere."""
        rng = self.rng
        category, row = rng.choices(self.kinds, self.shares)[0]
        plot = rng.choices(self.city.land.plots, self.busy)[0]
        condition = category.conditions[0] if rng.random() < 0.6 else rng.choice(category.conditions)
        lon, lat, address, point = self._place(plot)
        answers = {one.code: _answer(one, rng) for one in category.asked if one.required or rng.random() < 0.3}
        text, by_block = rng.choice(row["texts"]), row["handled_by"] == "block"
        return Scene(category, condition, plot, lon, lat, address, text, point, answers, by_block)

    def near(self, scene: Scene) -> Scene:
        """The same problem seen a few metres away."""
        lon, lat = (round(value + self.rng.uniform(-1e-4, 1e-4), 6) for value in (scene.lon, scene.lat))
        return Scene(
            scene.category, scene.condition, scene.plot, *self._inside(scene, lon, lat), scene.address, scene.text,
            scene.point_id, scene.answers, scene.by_block,
        )  # fmt: skip

    def _inside(self, scene: Scene, lon: float, lat: float) -> tuple[float, float]:
        return (lon, lat) if shapely.contains_xy(scene.plot.ground, lon, lat) else (scene.lon, scene.lat)

    def _place(self, plot: Plot) -> tuple[float, float, str, int | None]:
        points = self.city.points_of.get(plot.code)
        town = self.city.land.towns[plot.village.town]
        if points and self.rng.random() < AT_A_POINT:
            point = self.rng.choice(points)
            if point.lon is not None and point.lat is not None:
                return point.lon, point.lat, f"{town}{point.name}", point.pk
        lon, lat = place_in(plot, self.rng)
        return lon, lat, f"{town}{plot.village.short}{self.rng.choice(book()['places'])}", None


def _answer(question: QuestionInfo, rng: Random) -> Any:
    """Something that fits an extra question."""
    keys = [value["key"] for value in question.values]
    match question.datatype:
        case "singlevaluelist":
            return rng.choice(keys)
        case "multivaluelist":
            return [rng.choice(keys)]
        case "number":
            return rng.randint(1, 9)
        case _:
            return "见照片"
