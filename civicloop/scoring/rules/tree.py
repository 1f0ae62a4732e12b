"""The tree of a score: city → method → type → area, units with their types and deductions, and the five questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from civicloop.scoring.rules.belonging import group_of
from civicloop.scoring.rules.deducting import deduct, in_force, ladder_points
from civicloop.scoring.rules.judged import CITY, Judged, Part
from civicloop.scoring.rules.material import Material, UnitCard, UnitPoints
from civicloop.scoring.rules.ranking import Contender, rank
from civicloop.scoring.rules.shapes import GROUPS, SITE, Deducted, Estimate, GroupRanking, Negative, Node, Ranked
from civicloop.scoring.rules.strata import weights

NONE = Estimate(None, how="none")
# Values closer than this are the same: they differ by the order of a sum only.
SAME = 1e-9


def without_adjustments(material: Material) -> Material | None:
    """The material as it was before any appeal was granted; None when none was."""
    if not material.given_back and all(row.answer_before is None for row in material.judgements):
        return None
    as_judged = tuple(
        row if row.answer_before is None else replace(row, answer=row.answer_before, answer_before=None)
        for row in material.judgements
    )
    return replace(material, judgements=as_judged, given_back=())


class Tree:
    """Builds nodes from scored points; `earlier` is the same city before adjustments, for the old values."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.judged = Judged(material)
        untouched = without_adjustments(material)
        self.earlier = Tree(untouched) if untouched else None

    def city(self) -> Node:
        """The root: the score of the city, by method. Methods without data are left out and the rest scaled; both are told."""
        site = self.site()
        methods = dict(self.material.ruling.scoring.methods) or {SITE: 1.0}
        left_out = {key: share for key, share in methods.items() if key != SITE}
        others = tuple(
            Node("method", key, key, NONE, 0.0, said={"share": share, "left_out": True})
            for key, share in sorted(left_out.items())
        )
        taken = sum(one.points for one in self.negative if one.unit_id is None)
        said: dict[str, Any] = {"left_out": sorted(left_out), "deducted": taken}
        estimate = self._less(site.estimate, taken)
        if taken:
            said["before_deductions"] = site.value
        before = self._before(lambda tree: tree.city_value(), estimate.value)
        children = (replace(site, weight=1.0, said={"share": methods.get(SITE, 1.0)}), *others, *self.takings(None))
        return Node(
            "city", "city", "city", estimate, 1.0, site.possible, site.got, before, children, said=said, below=2
        )

    def city_value(self) -> float | None:
        """The score of the city alone."""
        taken = sum(one.points for one in self.negative if one.unit_id is None)
        return self._less(self.judged.estimate(CITY), taken).value

    def site(self) -> Node:
        """What was seen on site, by type of place."""
        node = self.node("method", SITE, SITE, CITY, 1.0)
        return replace(node, children=self.types(CITY))

    def types(self, part: Part, areas: bool = True) -> tuple[Node, ...]:
        """The types of a part with their weights; each with its areas where asked for."""
        cells = self.judged.cells(part)
        shares, sums = weights(cells), defaultdict[str, float](float)
        for (point_type, _), share in shares.items():
            sums[point_type] += share
        nodes = []
        for key in sorted({cell.key[0] for cell in cells}):
            inner = replace(part, point_type=key)
            children = self.areas(inner) if areas else ()
            nodes.append(replace(self.type_node(inner, sums[key]), children=children))
        return tuple(nodes)

    def type_node(self, part: Part, weight: float = 1.0) -> Node:
        """A type within a part."""
        key = part.point_type or ""
        known = self.material.ruling.point_types.get(key)
        node = self.node("type", key, str(known.name) if known else key, part, weight)
        empty = sorted(cell.key[1] for cell in self.judged.cells(part) if not cell.values and cell.population)
        return replace(node, said={**node.said, "empty": empty}) if empty else node

    def areas(self, part: Part) -> tuple[Node, ...]:
        """The areas of a type: small ones lean on the others, and say so."""
        shares = weights(self.judged.cells(part))
        estimates = self.judged.area_estimates(part)
        earlier = self.earlier.judged.area_estimates(part) if self.earlier else {}
        return tuple(
            self.node(
                "area", area, self.material.area_names.get(area, area), replace(part, area=area),
                shares.get((part.point_type or "", area), 0.0), estimate, _value(earlier.get(area)),
            )
            for area, estimate in sorted(estimates.items())
        )  # fmt: skip

    def questions(self) -> tuple[Node, ...]:
        """The same places by the five questions; each by type."""
        found = []
        for question in self.material.ruling.questions:
            part = Part(question=question.key)
            node = self.node("question", question.key, str(question.name), part, 1.0)
            found.append(replace(node, children=self.types(part, areas=False)))
        return tuple(found)

    def node(
        self, kind: str, key: str, name: str, part: Part, weight: float, estimate: Estimate | None = None,
        was: float | None = None,
    ) -> Node:  # fmt: skip
        """The node of a part. `was` is its value before adjustments, where the caller knows it better than `estimate` does."""
        got, possible, points = self.sums(part)
        estimate = estimate or self.judged.estimate(part)
        if was is None and self.earlier is not None:
            was = self.earlier.judged.estimate(part).value
        before = was if _differs(was, estimate.value) else None
        return Node(kind, key, name, estimate, weight, possible, got, before, below=points)

    def sums(self, part: Part) -> tuple[float, float, int]:
        """Points of items got and possible, and how many places, in a part."""
        points = self.judged.points(part)
        rows = [
            mark
            for point in points
            for mark in self.judged.marks[point].marks
            if part.question is None
            or part.question == self.judged.question_of(mark.judgement.edition_id, mark.judgement.item)
        ]
        return sum(row.got for row in rows), sum(row.possible for row in rows), len(points)

    # Units

    @cached_property
    def deductions(self) -> tuple[Deducted, ...]:
        """What is taken from units for their cases."""
        return deduct(self.material.events, self.material.ruling.scoring.deductions, self.charged)

    @cached_property
    def charged(self) -> Mapping[int, tuple[int, ...]]:
        """Which units answer for a unit's cases: the nearest of each group at or above it."""
        return {unit: self.judged.belonging.of_unit(unit) or (unit,) for unit in self.material.units}

    @cached_property
    def negative(self) -> tuple[Negative, ...]:
        """The events of the negative list that count on the day."""
        return in_force(self.material.negative, self.material.ruling.negative_list, self.material.day)

    def taken_from(self, unit_id: int) -> float:
        """Points taken from a unit altogether, less what appeals gave back."""
        taken = sum(one.points for one in self.deductions if one.unit_id == unit_id)
        taken += sum(one.points for one in self.negative if one.unit_id == unit_id)
        return taken - sum(points for _, points in self.back_to(unit_id))

    def back_to(self, unit_id: int | None) -> list[tuple[UnitPoints, float]]:
        """What appeals gave back to a unit, or to one below it for whose cases it is charged too: of what the rule took before
        its cap, so that no other rule's points come back.
        """
        counts = {one.key: one.count for one in self.deductions if one.unit_id == unit_id}
        rules = {one.key: one for one in self.material.ruling.scoring.deductions if one.key in counts}
        left = {key: ladder_points(rule.ladder, counts[key]) for key, rule in rules.items()}
        found = []
        for one in self.material.given_back:
            if unit_id in self.charged.get(one.unit_id, ()):
                most = rules[one.deduction].at_most if one.deduction in rules else 0.0
                before = left.get(one.deduction, 0.0)
                left[one.deduction] = max(0.0, before - one.points)
                found.append((one, _capped(before, most) - _capped(left[one.deduction], most)))
        return found

    def units(self) -> tuple[Node, ...]:
        """Every unit that has places in the frame, in order of codes."""
        ids = sorted(self.judged.unit_populations, key=lambda one: self.material.units[one].code)
        return tuple(self.unit_node(self.material.units[one]) for one in ids)

    def unit_estimate(self, unit: UnitCard, many: int = 1) -> Estimate:
        """A unit's score after deductions, with its interval (joint for `many`)."""
        own = self.judged.unit_estimates(group_of(unit), many).get(unit.id, NONE)
        return self._less(own, self.taken_from(unit.id))

    def unit_node(self, unit: UnitCard) -> Node:
        """A unit with its types and what was taken from it."""
        part, taken = Part(unit=unit.id), self.taken_from(unit.id)
        plain = self.judged.unit_estimates(group_of(unit)).get(unit.id, NONE)
        was = self.earlier.unit_estimate(unit).value if self.earlier else None
        node = self.node("unit", unit.code, unit.name, part, 1.0, self.unit_estimate(unit), was)
        said: dict[str, Any] = {"unit_id": unit.id, "group": group_of(unit), "deducted": taken}
        if taken:
            said["before_deductions"] = plain.value
        return replace(node, children=(*self.types(part, areas=False), *self.takings(unit.id)), said=said)

    def takings(self, unit_id: int | None) -> tuple[Node, ...]:
        """Deductions, events of the negative list and points given back, as leaves; None: the whole city's."""
        rows = [
            Node("deduction", one.key, one.name, NONE, got=0.0 - one.points, refs={"cases": one.cases},
                 said={"event": one.event, "count": one.count})
            for one in self.deductions if one.unit_id == unit_id
        ]  # fmt: skip
        rows += [
            Node("deduction", one.uid, one.text, NONE, got=0.0 - one.points, refs={"negative_event": one.uid},
                 said={"event": "negative_list", "clause": one.clause, "consequence": one.consequence})
            for one in self.negative if one.unit_id == unit_id
        ]  # fmt: skip
        rows += [
            Node("deduction", one.appeal, one.appeal, NONE, got=points, refs={"appeal": one.appeal},
                 said={"event": "given_back", "granted": one.points})
            for one, points in self.back_to(unit_id)
        ]  # fmt: skip
        return tuple(rows)

    def rankings(self) -> tuple[GroupRanking, ...]:
        """Each group by itself. Groups of which no unit has a place in the frame are left out."""
        members: dict[str, list[UnitCard]] = defaultdict(list)
        for unit in self.judged.unit_populations:
            members[group_of(self.material.units[unit])].append(self.material.units[unit])
        return tuple(self._ranking(key, members[key]) for key in GROUPS if members.get(key))

    def _ranking(self, key: str, units: Iterable[UnitCard]) -> GroupRanking:
        rows = sorted(units, key=lambda one: one.code)
        known = [unit for unit in rows if self.unit_estimate(unit).value is not None]
        contenders = []
        for unit in known:
            joint = self.unit_estimate(unit, max(len(known), 1))
            low, high = joint.low or 0.0, joint.high if joint.high is not None else self.judged.bounds.cap
            own, taken = self.unit_estimate(unit), self.taken_from(unit.id)
            contenders.append(Contender(unit.id, unit.code, unit.name, own, low, high, taken))
        ranked: tuple[Ranked, ...] = rank(contenders)
        return GroupRanking(key, key, ranked, tuple(unit.id for unit in rows if unit not in known))

    def _less(self, estimate: Estimate, points: float) -> Estimate:
        """The estimate with points taken off, within floor and cap. What is taken is known, so the spread stays."""
        if estimate.value is None or not points:
            return estimate
        clip = self.judged.bounds.clip
        low, high = estimate.low, estimate.high
        return replace(
            estimate,
            value=clip(estimate.value - points),
            low=None if low is None else clip(low - points),
            high=None if high is None else clip(high - points),
        )

    def _before(self, read: Any, now: float | None) -> float | None:
        was = read(self.earlier) if self.earlier else None
        return was if _differs(was, now) else None


def _differs(one: float | None, other: float | None) -> bool:
    return one is not None and (other is None or abs(one - other) > SAME)


def _capped(points: float, at_most: float | None) -> float:
    return points if at_most is None else min(points, at_most)


def _value(estimate: Estimate | None) -> float | None:
    return estimate.value if estimate else None


def by_key(nodes: Iterable[Node]) -> Mapping[str, Node]:
    """Nodes by their keys."""
    return {node.key: node for node in nodes}
