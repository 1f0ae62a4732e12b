"""Walking the tree of a score: the addresses of children, the names on the way back, which part a person may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from civicloop.inspection.policy import units_read
from civicloop.kernel.refusal import NotFound
from civicloop.scoring.queries import Score
from civicloop.scoring.rules.judged import Part
from civicloop.scoring.rules.opening import parse
from civicloop.scoring.rules.shapes import Node
from civicloop.scoring.telling import NODE_LABELS, node_name
from civicloop.standards.reference import Actor

# What has no page of its own below.
LEAVES = ("deduction", "observation")


@dataclass(frozen=True)
class Row:
    """A child as the table of a node shows it. `path` is empty where nothing can be opened; `adds` is weight × value."""

    node: Node
    path: str

    @property
    def name(self) -> str:
        """What it is called."""
        return node_name(self.node)

    @property
    def adds(self) -> float | None:
        """What it adds to the value above."""
        return None if self.node.value is None else self.node.weight * self.node.value


def rows_of(node: Node, path: str) -> list[Row]:
    """The children with their addresses."""
    return [Row(one, child_path(path, one)) for one in node.children]


def child_path(path: str, child: Node) -> str:
    """The address of a child; empty where nothing lies below it."""
    if child.kind in LEAVES or child.said.get("left_out"):
        return ""
    step = f"{child.kind}:{child.key}"
    return f"{path}/{step}" if path else step


def crumbs(score: Score, path: str) -> list[tuple[str, str]]:
    """The way from the city: (address, name) of each step above and of the node itself."""
    found, walked = [("", str(NODE_LABELS["city"]))], ""
    for kind, key in parse(path):
        if kind == "city":
            continue
        walked = f"{walked}/{kind}:{key}" if walked else f"{kind}:{key}"
        found.append((walked, _name(score, kind, key)))
    return found


def _name(score: Score, kind: str, key: str) -> str:
    material = score.tree.material
    ruling = material.ruling
    if kind == "type" and key in ruling.point_types:
        return str(ruling.point_types[key].name)
    if kind == "area":
        return str(material.area_names.get(key, key))
    if kind == "unit":
        return next((one.name for one in material.units.values() if one.code == key), key)
    if kind == "question":
        return next((str(one.name) for one in ruling.questions if one.key == key), key)
    if kind == "visit":
        return _("visit")
    if kind == "method":
        return node_name(Node("method", key, key, score.book.city.estimate))
    return key


def require_part(score: Score, actor: Actor, path: str) -> None:
    """Those who do not see the whole city open the parts of their own units only. Raises NotFound, which does not tell which."""
    if actor.sees_all:
        return
    keys: dict[str, Any] = dict(parse(path))
    units = {one.code: one.id for one in score.tree.material.units.values()}
    unit = units.get(keys.get("unit", ""))
    if unit is None or not reads(actor, unit):
        raise NotFound("score_path", path)
    if "point" in keys and keys["point"] not in set(score.tree.judged.points(Part(unit=unit))):
        raise NotFound("score_path", path)


def reads(actor: Actor, unit_id: int | None) -> bool:
    """Whether a person may read a unit's score: desks of the city all, others their own units and those below."""
    return actor.sees_all or (unit_id is not None and unit_id in units_read(actor))
