"""Does what judges a city hang together? Shares make one, ladders rise, the tree and the rules name what is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from civicloop.standards.rules.problem import Problem
from civicloop.standards.rules.source import Node, Source

# Shares are written with a few decimals: a third is 0.3333.
NEAR_ONE = 5e-4


def faults_of_weighing(source: Source, lines: set[str]) -> Iterator[Problem]:
    """Everything wrong in questions, disorders, the tree, the sample and the rules of scoring. `lines` are those known."""
    items = {item["code"] for node in source.section("checklists") for item in node.value["items"]}
    types = {node.value["code"] for node in source.section("point_types")}
    yield from _questions(source)
    yield from _disorders(source)
    yield from _tree(source, items, lines)
    yield from _sample(source.singles.get("sample"), types)
    yield from _scoring(source.singles.get("scoring"), items)


def _sum(shares: Iterable[float], node: Node, below: str, what: str) -> Iterator[Problem]:
    total = math.fsum(shares)
    if abs(total - 1) > NEAR_ONE:
        yield node.problem("sum", f"the weights of {what} make {total:.6g}, not 1", below)


def _questions(source: Source) -> Iterator[Problem]:
    if not source.section("questions"):
        return
    home: dict[str, str] = {}
    for node in source.section("questions"):
        for i, aspect in enumerate(node.value["aspects"]):
            if aspect in home:
                yield node.problem("duplicate", f"'{aspect}' already answers '{home[aspect]}'", f"/aspects/{i}")
            home.setdefault(aspect, node.value["key"])
    for node in source.section("checklists"):
        for i, item in enumerate(node.value["items"]):
            if item["aspect"] not in home:
                yield node.problem("reference", f"no question has the aspect '{item['aspect']}'", f"/items/{i}/aspect")


def _disorders(source: Source) -> Iterator[Problem]:
    known = {node.value["key"] for node in source.section("disorders")}
    for node in source.section("checklists"):
        for i, item in enumerate(node.value["items"]):
            if item.get("disorder", "") and item["disorder"] not in known:
                yield node.problem("reference", f"no disorder '{item['disorder']}'", f"/items/{i}/disorder")


def _tree(source: Source, items: set[str], lines: set[str]) -> Iterator[Problem]:
    projects = source.section("projects")
    if projects:
        yield from _sum((node.value["weight"] for node in projects), projects[-1], "/weight", "the projects")
    seen: dict[str, str] = {}
    for node in projects:
        for place, raw in _branches(node):
            if raw["code"] in seen:
                reason = f"'{raw['code']}' already stands at {seen[raw['code']]}"
                yield node.problem("duplicate", reason, f"{place}/code")
            seen.setdefault(raw["code"], f"{node.file}#{node.pointer}{place}")
            if "method" in raw:
                yield from _criterion(node, place, raw, items, lines)


def _branches(project: Node) -> Iterator[tuple[str, dict[str, Any]]]:
    """The project, its contents and criteria, each with its pointer below the project."""
    yield "", project.value
    for i, content in enumerate(project.value["contents"]):
        yield f"/contents/{i}", content
        for j, criterion in enumerate(content["criteria"]):
            yield f"/contents/{i}/criteria/{j}", criterion


def _criterion(node: Node, place: str, raw: dict[str, Any], items: set[str], lines: set[str]) -> Iterator[Problem]:
    if raw["method"] == "site" and not raw.get("items"):
        yield node.problem("missing", "a criterion judged on site names its checklist items", place)
    if raw["method"] != "site" and raw.get("items"):
        yield node.problem("match", "checklist items belong to criteria judged on site only", f"{place}/items")
    for i, code in enumerate(raw.get("items", ())):
        if code not in items:
            yield node.problem("reference", f"no checklist item '{code}'", f"{place}/items/{i}")
    if raw.get("line") and raw["line"] not in lines:
        yield node.problem("reference", f"no line '{raw['line']}' here or in the packs used", f"{place}/line")


def _sample(node: Node | None, types: set[str]) -> Iterator[Problem]:
    if node is None:
        return
    seen: set[str] = set()
    for i, row in enumerate(node.value["rows"]):
        if row["point_type"] not in types:
            yield node.problem("reference", f"no point type '{row['point_type']}'", f"/rows/{i}/point_type")
        if row["point_type"] in seen:
            yield node.problem("duplicate", f"'{row['point_type']}' stands twice", f"/rows/{i}/point_type")
        seen.add(row["point_type"])
    yield from _sum((row["weight"] for row in node.value["rows"]), node, "/rows", "the sample")


def _scoring(node: Node | None, items: set[str]) -> Iterator[Problem]:
    if node is None:
        return
    rules = node.value
    yield from _sum(rules["methods"].values(), node, "/methods", "the methods")
    floor, cap, target = rules.get("floor", 0), rules.get("cap", 100), rules.get("target", 90)
    if floor >= cap:
        yield node.problem("order", f"the floor, {floor}, is not below the cap, {cap}", "/floor")
    elif not floor <= target <= cap:
        yield node.problem("order", f"the target, {target}, is not between {floor} and {cap}", "/target")
    vetoed: set[str] = set()
    for i, veto in enumerate(rules.get("vetoes", ())):
        if veto["item"] not in items:
            yield node.problem("reference", f"no checklist item '{veto['item']}'", f"/vetoes/{i}/item")
        if veto["item"] in vetoed:
            yield node.problem("duplicate", f"'{veto['item']}' stands twice", f"/vetoes/{i}/item")
        vetoed.add(veto["item"])
    keys: set[str] = set()
    for i, deduction in enumerate(rules.get("deductions", ())):
        if deduction["key"] in keys:
            yield node.problem("duplicate", f"'{deduction['key']}' stands twice", f"/deductions/{i}/key")
        keys.add(deduction["key"])
        yield from _ladder(node, deduction, f"/deductions/{i}")


def _ladder(node: Node, deduction: dict[str, Any], place: str) -> Iterator[Problem]:
    steps = deduction["ladder"]
    for i, (lower, upper) in enumerate(pairwise(steps), 1):
        if upper["from_count"] <= lower["from_count"] or upper["points"] <= lower["points"]:
            yield node.problem(
                "order", "the ladder must rise: this step comes before or takes no more than the one below it",
                f"{place}/ladder/{i}",
            )  # fmt: skip
    if deduction.get("at_most") is not None and deduction["at_most"] < steps[0]["points"]:
        yield node.problem("order", "the most that is taken is less than the first step takes", f"{place}/at_most")
