"""All points of a scope, scored, and the estimate of any part of the city from them.

A part is a filter: a type, an area, a unit, one of the five questions, or several at once; the empty part is the city. What a
part's cells weigh is what they weigh in the city, so that the parts of a whole add up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from civicloop.scoring.rules.belonging import Belonging, group_of
from civicloop.scoring.rules.judging import PointMark, first_visits, mark_all, point_mark
from civicloop.scoring.rules.material import Material, Place
from civicloop.scoring.rules.shapes import Estimate
from civicloop.scoring.rules.smoothing import LEAST_CELLS, SMALL, smooth
from civicloop.scoring.rules.strata import Bounds, Cell, Key, Pools, Spread, estimate, pools_of, weights
from civicloop.scoring.rules.student import interval


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the city. None: not narrowed by this."""

    point_type: str | None = None
    area: str | None = None
    unit: int | None = None
    question: str | None = None


CITY = Part()


class Judged:
    """The points of some material, scored; estimates are kept once computed."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.judgements = first_visits(material.judgements)
        self.marks = mark_all(self.judgements, material.books, material.earlier)
        self.belonging = Belonging(material.units, material.ruling)
        rules = material.ruling.scoring
        self.bounds = Bounds(rules.floor, rules.cap)
        self._estimates: dict[Part, Estimate] = {}
        self._smoothed: dict[object, dict[object, Estimate]] = {}

    def place_of(self, mark: PointMark) -> Place | None:
        """The place of the frame a point's score speaks for: a reserve stands for the one it replaced."""
        return self.material.places.get(mark.stands_for)

    @cached_property
    def populations(self) -> Mapping[Key, int]:
        """How many places of the frame are in each stratum."""
        found: dict[Key, int] = defaultdict(int)
        for place in self.material.places.values():
            found[place.stratum] += 1
        return dict(sorted(found.items()))

    @cached_property
    def shares(self) -> Mapping[Key, float]:
        """What each stratum weighs in the city: the type's weight in the edition's sample, or else its places, spread over
        the areas by places."""
        of_type: dict[str, int] = defaultdict(int)
        for (point_type, _), many in self.populations.items():
            of_type[point_type] += many
        sample = self.material.ruling.sample
        wanted = {row.point_type: row.weight for row in sample.rows} if sample else dict.fromkeys(of_type, 0.0)
        if not any(wanted.get(one, 0.0) for one in of_type):
            wanted = {one: float(many) for one, many in of_type.items()}
        return {key: wanted.get(key[0], 0.0) * many / of_type[key[0]] for key, many in self.populations.items()}

    @cached_property
    def unit_populations(self) -> Mapping[int, Mapping[Key, int]]:
        """The strata of every unit's places."""
        found: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
        for place in self.material.places.values():
            for unit in self.belonging.of_place(place):
                found[unit][place.stratum] += 1
        return {unit: dict(sorted(cells.items())) for unit, cells in sorted(found.items())}

    def values(self, question: str | None) -> Mapping[str, float]:
        """The scores of the points that have one, by point; for a question, by its items alone."""
        return self._values_of[question] if question else self._all_values

    @cached_property
    def _all_values(self) -> Mapping[str, float]:
        return {key: mark.value for key, mark in self.marks.items() if mark.value is not None and self.place_of(mark)}

    @cached_property
    def _values_of(self) -> Mapping[str, Mapping[str, float]]:
        rules = {edition: book.scoring for edition, book in self.material.books.items()}
        found: dict[str, dict[str, float]] = {question.key: {} for question in self.material.ruling.questions}
        for key, mark in self.marks.items():
            parted = defaultdict(list)
            for one in mark.marks:
                parted[self.question_of(one.judgement.edition_id, one.judgement.item)].append(one)
            for question, rows in parted.items():
                value = point_mark(key, rows, rules).value
                if question in found and value is not None and self.place_of(mark):
                    found[question][key] = value
        return found

    def question_of(self, edition_id: int, item: str) -> str:
        """The key of the question an item answers; "" where the edition has none for it."""
        try:
            return self.material.books[edition_id].question_of(item).key
        except KeyError:
            return ""

    @cached_property
    def _sorted(self) -> Mapping[str | None, Mapping[int | None, Mapping[Key, list[str]]]]:
        """Points that have a score: by question, by unit (None: all), by stratum."""
        return {one: self._by_unit(one) for one in (None, *(row.key for row in self.material.ruling.questions))}

    def _by_unit(self, question: str | None) -> Mapping[int | None, Mapping[Key, list[str]]]:
        found: dict[int | None, dict[Key, list[str]]] = defaultdict(lambda: defaultdict(list))
        for key in self.values(question):
            stands = self.place_of(self.marks[key])
            own = self.material.places.get(key, stands)
            if stands is None or own is None:
                continue
            for unit in (None, *self.belonging.of_place(own)):
                found[unit][stands.stratum].append(key)
        return found

    def strata(self, part: Part) -> Mapping[Key, list[str]]:
        """The points of a part that have a score, by stratum."""
        cells = self._sorted[part.question].get(part.unit, {})
        return {stratum: keys for stratum, keys in cells.items() if _within(stratum, part)}

    def points(self, part: Part) -> list[str]:
        """The points of a part that have a score, in order of their codes."""
        return sorted(key for keys in self.strata(part).values() for key in keys)

    def lies_in(self, code: str, part: Part) -> bool:
        """Whether a judged point lies in a part, with a score or without. One outside the frame lies in the city alone."""
        mark = self.marks.get(code)
        stands = self.place_of(mark) if mark else None
        own = self.material.places.get(code, stands)
        if stands is None or own is None:
            return mark is not None and part == replace(CITY, question=part.question)
        return _within(stands.stratum, part) and (part.unit is None or part.unit in self.belonging.of_place(own))

    def cells(self, part: Part) -> list[Cell]:
        """The strata of a part with what was judged in them."""
        many = self.populations if part.unit is None else self.unit_populations.get(part.unit, {})
        judged, values = self._sorted[part.question].get(part.unit, {}), self.values(part.question)
        return [
            Cell(key, count, tuple(values[one] for one in sorted(judged.get(key, ()))), self._share(key, count))
            for key, count in sorted({**dict.fromkeys(judged, 0), **many}.items())
            if _within(key, part)
        ]

    def _share(self, key: Key, count: int) -> float:
        whole = self.populations.get(key, 0)
        return self.shares.get(key, 0.0) * count / whole if whole else 0.0

    def pools(self, question: str | None) -> Pools:
        """Where strata with one place take their spread from."""
        if question not in self._pools:
            values = self.values(question)
            scores = ((place.stratum, values[key]) for key in values if (place := self.place_of(self.marks[key])))
            self._pools[question] = pools_of(scores)
        return self._pools[question]

    @cached_property
    def _pools(self) -> dict[str | None, Pools]:
        return {}

    def estimate(self, part: Part, many: int = 1) -> Estimate:
        """The direct estimate of a part. `many`: its interval is one of so many that hold together."""
        if many > 1:
            return estimate(self.cells(part), self.pools(part.question), self.bounds, many)
        if part not in self._estimates:
            self._estimates[part] = estimate(self.cells(part), self.pools(part.question), self.bounds)
        return self._estimates[part]

    def area_estimates(self, part: Part) -> Mapping[str, Estimate]:
        """The areas of a type, small ones leaning on the others of the type."""
        if part not in self._smoothed:
            parts: dict[object, Part] = {cell.key[1]: replace(part, area=cell.key[1]) for cell in self.cells(part)}
            self._smoothed[part] = dict(self._lean(parts, 1))
        return self._smoothed[part]  # type: ignore[return-value]

    def unit_estimates(self, group: str, many: int = 1) -> Mapping[int, Estimate]:
        """The units of a group, small ones leaning on the others of the group."""
        key = (group, many)
        if key not in self._smoothed:
            members = (one for one in self.unit_populations if group_of(self.material.units[one]) == group)
            self._smoothed[key] = dict(self._lean({unit: Part(unit=unit) for unit in members}, many))
        return self._smoothed[key]  # type: ignore[return-value]

    def _lean(self, parts: Mapping[object, Part], many: int) -> Mapping[object, Estimate]:
        """Direct estimates, and for cells with few places the empirical best predictor over all cells that were judged."""
        found: dict[object, Estimate] = {key: self.estimate(part, many) for key, part in parts.items()}
        judged = [key for key, one in found.items() if one.value is not None]
        spreads = [self._pooled(parts[key]) for key in judged]
        if len(judged) < LEAST_CELLS or any(spread is None for spread in spreads):
            return found
        smoothed = smooth([found[key].value or 0.0 for key in judged], [one.variance for one in spreads if one])
        for key, spread, leant in zip(judged, spreads, smoothed, strict=True):
            if spread is not None and found[key].n < SMALL and spread.variance > 0:
                found[key] = self._leaning(found[key], leant.value, leant.rmse, leant.shrinkage, spread.df, many)
        return found

    def _leaning(self, own: Estimate, value: float, rmse: float, shrinkage: float, df: int, many: int) -> Estimate:
        value = self.bounds.clip(value)
        low, high = interval(
            value, rmse, df, n=own.n, whole=False, floor=self.bounds.floor, cap=self.bounds.cap, many=many
        )
        return Estimate(value, low, high, rmse, df, own.n, own.population, "smoothed", shrinkage, own.value)

    def _pooled(self, part: Part) -> Spread | None:
        """The sampling variance of a part with the spreads of whole types; None where no spread is known at all. `df` is the
        least of those used."""
        cells, pools = [cell for cell in self.cells(part) if cell.values], self.pools(part.question)
        shares, variance, df = weights(cells), 0.0, 0
        for cell in cells:
            if cell.sampled >= 1:
                continue
            spread = pools.of(cell.key[0])
            if spread is None:
                return None
            variance += shares[cell.key] ** 2 * (1 - cell.sampled) * spread.variance / len(cell.values)
            df = min(df or spread.df, spread.df)
        return Spread(variance, df or 1)


def _within(stratum: Key, part: Part) -> bool:
    return part.point_type in (None, stratum[0]) and part.area in (None, stratum[1])
