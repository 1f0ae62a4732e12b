"""Opening a node of the tree by its path, down to the observation.

A path is a list of `kind:key` joined by "/", from the top: `type:STREET/area:T1/point:P7`, `unit:LOTUS/type:MARKET`,
`question:service_windows`, `…/visit:<uid>/item:STREET-01`. The steps narrow what is looked at; the last one is opened. The
empty path is the city.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from civicloop.kernel.refusal import NotFound
from civicloop.scoring.rules.judged import CITY, Part
from civicloop.scoring.rules.judging import Mark, PointMark, point_mark
from civicloop.scoring.rules.shapes import SITE, Estimate, Node
from civicloop.scoring.rules.strata import weights
from civicloop.scoring.rules.tree import NONE, Tree

STEPS = ("city", "method", "question", "type", "area", "unit", "point", "visit", "item", "observation")


@dataclass(frozen=True)
class Names:
    """What only the database knows: names of points, photos (sha256) of observations, by code and uid."""

    points: Mapping[str, str] = field(default_factory=dict)
    photos: Mapping[str, Sequence[str]] = field(default_factory=dict)


def parse(path: str) -> tuple[tuple[str, str], ...]:
    """The steps of a path. Raises NotFound("score_path", …) for one that cannot be read."""
    steps: list[tuple[str, str]] = []
    for part in path.strip("/").split("/") if path.strip("/") else ():
        kind, colon, key = part.partition(":")
        if kind not in STEPS or (not colon and kind != "city") or kind in dict(steps):
            raise NotFound("score_path", path)
        steps.append((kind, key))
    return tuple(steps)


def open_node(tree: Tree, path: str, names: Names | None = None) -> Node:
    """The node at a path with its children. Raises NotFound where there is no such place in the tree."""
    return Opening(tree, path, names or Names()).node()


class Opening:
    """One look into the tree."""

    def __init__(self, tree: Tree, path: str, names: Names) -> None:
        self.tree, self.path, self.names = tree, path, names
        self.steps = parse(path)
        self.keys = dict(self.steps)
        self.part = Part(
            self.keys.get("type"), self.keys.get("area"), self._unit(), self.keys.get("question")
        )  # fmt: skip
        questions = {one.key for one in tree.material.ruling.questions}
        if self.part.question is not None and self.part.question not in questions:
            raise NotFound("score_path", path)

    def _unit(self) -> int | None:
        code = self.keys.get("unit")
        if code is None:
            return None
        found = [unit.id for unit in self.tree.material.units.values() if unit.code == code]
        if not found or found[0] not in self.tree.judged.unit_populations:
            raise NotFound("score_path", self.path)
        return found[0]

    def node(self) -> Node:
        """The node of the last step."""
        kind, key = self.steps[-1] if self.steps else ("city", "city")
        if kind in ("point", "visit", "item", "observation"):
            return self._below(kind)
        if kind == "city":
            return self.tree.city()
        if kind == "method":
            found = {node.key: node for node in self.tree.city().children}.get(key)
        elif kind == "unit":
            found = self.tree.unit_node(self.tree.material.units[self.part.unit or 0])
        elif kind == "question":
            found = {node.key: node for node in self.tree.questions()}.get(key)
        else:
            found = self._stratum(kind, key)
        if found is None:
            raise NotFound("score_path", self.path)
        return found

    def _stratum(self, kind: str, key: str) -> Node | None:
        """A type with its areas, or an area with its points; within a unit or a question where the path says so."""
        if self.part == CITY or not self.tree.judged.cells(self.part):
            return None
        if kind == "type":
            children = self.tree.areas(self.part)
            return replace(self.tree.type_node(self.part), children=children)
        own = replace(self.part, area=None)
        estimate = self.tree.judged.area_estimates(own).get(key) if own.point_type else None
        name = self.tree.material.area_names.get(key, key)
        node = self.tree.node("area", key, name, self.part, 1.0, estimate)
        judged = self.tree.judged
        # A point carries its part of what its stratum weighs; where the path names no type an area has several strata.
        shares = weights(judged.cells(self.part))
        carries = {
            one: shares[stratum] / len(codes) for stratum, codes in judged.strata(self.part).items() for one in codes
        }
        return replace(node, children=tuple(self.point(one, carries[one], deep=False) for one in sorted(carries)))

    def _below(self, kind: str) -> Node:
        code = self.keys.get("point", "")
        if not self.tree.judged.lies_in(code, self.part):
            raise NotFound("score_path", self.path)
        node = self.point(code, 1.0)
        order = ("visit", "item", "observation")
        for step in order[: order.index(kind) + 1] if kind in order else ():
            wanted = self.keys.get(step)
            found = [one for one in node.children if wanted is None or one.key == wanted]
            if len(found) != 1:
                raise NotFound("score_path", self.path)
            node = found[0]
        return node

    def point(self, code: str, weight: float, *, deep: bool = True) -> Node:
        """A point with its visits. Within a question: only that question's items."""
        mark = self.tree.judged.marks.get(code)
        if mark is None:
            raise NotFound("score_path", self.path)
        mark = self._asked(mark)
        by_visit: dict[str, list[Mark]] = defaultdict(list)
        for one in mark.marks if deep else ():
            by_visit[one.judgement.visit].append(one)
        said: dict[str, Any] = {}
        if mark.capped_by:
            said["capped_by"] = mark.capped_by
        if mark.value is None:
            said["no_score"] = "nothing_judged"
        if mark.stands_for != code:
            said["stands_for"] = mark.stands_for
        children = tuple(self._visit(uid, rows, mark.possible) for uid, rows in by_visit.items())
        estimate, before = _exactly(mark.value), self._before(code)
        many = len({one.judgement.visit for one in mark.marks})
        name = self.names.points.get(code, code)
        return Node("point", code, name, estimate, weight, mark.possible, mark.got, before, children, {}, said, many)

    def _asked(self, mark: PointMark) -> PointMark:
        if self.part.question is None:
            return mark
        judged = self.tree.judged
        rows = [
            one for one in mark.marks
            if judged.question_of(one.judgement.edition_id, one.judgement.item) == self.part.question
        ]  # fmt: skip
        return replace(point_mark(mark.point, rows, self._rules()), stands_for=mark.stands_for)

    def _rules(self) -> dict[int, Any]:
        return {edition: book.scoring for edition, book in self.tree.material.books.items()}

    def _before(self, code: str) -> float | None:
        """The point's value before adjustments, where they changed it."""
        if self.tree.earlier is None or code not in self.tree.earlier.judged.marks:
            return None
        was = Opening(self.tree.earlier, self.path, self.names)._asked(self.tree.earlier.judged.marks[code]).value
        return was if was != self._asked(self.tree.judged.marks[code]).value else None

    def _visit(self, uid: str, rows: Iterable[Mark], possible: float) -> Node:
        marks = list(rows)
        own, got = sum(one.possible for one in marks), sum(one.got for one in marks)
        children = tuple(self._item(one, own) for one in marks)
        said = {"judged_at": marks[0].judgement.judged_at.isoformat(), "round_id": marks[0].judgement.round_id}
        share = own / possible if possible else 0.0
        value = 100 * got / own if own else None
        return Node(
            "visit", uid, uid, _exactly(value), share, own, got, None, children, {"visit": uid}, said, len(marks)
        )

    def _item(self, mark: Mark, possible: float) -> Node:
        row = mark.judgement
        item = self.tree.material.books[row.edition_id].items[row.item]
        said: dict[str, Any] = {"answer": row.answer, "weight": mark.weight, "weighs": mark.weighs}
        if mark.repeated:
            said["repeated"] = True
        if not mark.possible:
            said["not_in_base"] = row.answer
        refs: dict[str, Any] = {"observation": row.uid, "visit": row.visit}
        if row.case:
            refs["case"] = row.case
        if row.uid in self.names.photos:
            refs["photos"] = tuple(self.names.photos[row.uid])
        value = 100 * mark.got / mark.possible if mark.possible else None
        before = None
        if row.answer_before is not None:
            said["answer_before"] = row.answer_before
            before = {"met": 100.0, "not_met": 0.0}.get(row.answer_before)
        share = mark.possible / possible if possible else 0.0
        leaf = Node(
            "observation", row.uid, row.uid, _exactly(value), 1.0, mark.possible, mark.got, before, (), refs, said
        )
        return replace(leaf, kind="item", key=row.item, name=str(item.text), weight=share, children=(leaf,), below=1)


def _exactly(value: float | None) -> Estimate:
    """A value that was seen, not estimated."""
    return NONE if value is None else Estimate(value, value, value, 0.0, None, 1, 1, "census")


def observations_below(node: Node) -> list[str]:
    """The uids of all observations in an opened node, in order."""
    if node.kind == "observation":
        return [node.key]
    return [uid for child in node.children for uid in observations_below(child)]


__all__ = ["SITE", "Names", "observations_below", "open_node", "parse"]
