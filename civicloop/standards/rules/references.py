"""Does everything a pack names exist? Keys stand once; lines, categories, point types and choices are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from civicloop.standards.rules.problem import Problem
from civicloop.standards.rules.resolve import Key
from civicloop.standards.rules.shapes import MATTER, Pack
from civicloop.standards.rules.source import Node, Source
from civicloop.standards.rules.weighing import faults_of_weighing


def faults_of_reference(source: Source, categories: Mapping[Key, Node], used: Mapping[str, Pack]) -> Iterator[Problem]:
    """Everything that stands twice or names what is not there. `used` are the packs of the header's `uses`."""
    for section, field in (
        ("lines", "key"),
        ("point_types", "code"),
        ("checklists", "code"),
        ("indicators", "code"),
        ("texts", "code"),
        ("questions", "key"),
        ("disorders", "key"),
        ("negative_list", "code"),
    ):
        yield from _twice(source.section(section), field)
    lines = {node.value["key"] for node in source.section("lines")} | {
        line.key for pack in used.values() for line in pack.lines
    }
    for section in ("groups", "categories", "indicators", "point_types"):
        yield from _unknown_lines(source.section(section), lines)
    yield from _categories(source, categories)
    yield from _crosswalk(source.section("crosswalk"), used)
    yield from _inspection(source, {category.code for pack in used.values() for category in pack.of_kind(MATTER)})
    yield from _circles(source.section("point_types"))
    yield from faults_of_weighing(source, lines)
    yield from _sampling(source.singles.get("sampling"))
    yield from _policy(source.singles.get("policy"))


def _twice(nodes: Iterable[Node], field: str) -> Iterator[Problem]:
    seen: dict[str, Node] = {}
    for node in nodes:
        key = node.value[field]
        if key in seen:
            yield node.problem(
                "duplicate", f"'{key}' already stands at {seen[key].file}#{seen[key].pointer}", f"/{field}"
            )
        seen.setdefault(key, node)


def _twice_within(node: Node, below: str, items: Iterable[Mapping[str, Any]], field: str = "code") -> Iterator[Problem]:
    yield from _twice((Node(item, node.file, f"{node.pointer}{below}/{i}") for i, item in enumerate(items)), field)


def _unknown_lines(nodes: Iterable[Node], lines: set[str]) -> Iterator[Problem]:
    for node in nodes:
        if "line" in node.value and node.value["line"] not in lines:
            yield node.problem("reference", f"no line '{node.value['line']}' here or in the packs used", "/line")


def _categories(source: Source, categories: Mapping[Key, Node]) -> Iterator[Problem]:
    pattern = re.compile(source.header.get("code_pattern", ".+"))
    majors = {(node.value["kind"], node.value["code"]) for node in source.section("majors")}
    for (kind, code), node in categories.items():
        if not pattern.fullmatch(code):
            yield node.problem("code", f"'{code}' does not look like {pattern.pattern}", "/code")
        if (kind, node.value.get("major")) not in majors:
            yield node.problem("reference", f"no major class '{node.value.get('major')}' of kind {kind}", "/major")
    for node in (*source.section("groups"), *source.section("categories")):
        for i, hint in enumerate(node.value.get("hints", ())):
            if (MATTER, hint["code"]) not in categories:
                yield node.problem("reference", f"no matter '{hint['code']}'", f"/hints/{i}/code")
        for name in ("conditions", "questions", "texts"):
            yield from _twice_within(node, f"/{name}", node.value.get(name, ()))
        for i, question in enumerate(node.value.get("questions", ())):
            yield from _twice_within(node, f"/questions/{i}/values", question.get("values", ()), "key")


def _crosswalk(nodes: Iterable[Node], used: Mapping[str, Pack]) -> Iterator[Problem]:
    known = {(pack.name, *category.key): category for pack in used.values() for category in pack.categories}
    seen: set[tuple[str, str]] = set()
    for node in nodes:
        crossing = node.value
        name = (crossing["kind"], crossing["name"])
        if name in seen:
            yield node.problem("duplicate", f"'{crossing['name']}' stands twice", "/name")
        seen.add(name)
        if (crossing["match"] == "split") != (len(crossing["to"]) > 1):
            yield node.problem("match", "'split' goes with two or more targets, every other match with one", "/match")
        for i, target in enumerate(crossing["to"]):
            there = known.get((target["pack"], target["kind"], target["code"]))
            if there is None:
                yield node.problem(
                    "reference", f"{target['pack']} has no {target['kind']} '{target['code']}'", f"/to/{i}/code"
                )
            elif crossing["match"] == "same_name" and there.name.zh_Hans != crossing["name"]:
                yield node.problem("match", f"'{there.name.zh_Hans}' is not the same name", f"/to/{i}/code")


def _inspection(source: Source, matters: set[str]) -> Iterator[Problem]:
    types = {node.value["code"] for node in source.section("point_types")}
    for node in source.section("point_types"):
        if node.value.get("like", node.value["code"]) not in types:
            yield node.problem("reference", f"no point type '{node.value['like']}'", "/like")
    yield from _twice(
        (
            Node(item, node.file, f"{node.pointer}/items/{i}")
            for node in source.section("checklists")
            for i, item in enumerate(node.value["items"])
        ),
        "code",
    )
    for node in source.section("checklists"):
        for i, code in enumerate(node.value["applies_to"]):
            if code not in types:
                yield node.problem("reference", f"no point type '{code}'", f"/applies_to/{i}")
        for i, item in enumerate(node.value["items"]):
            if item.get("becomes") and item["becomes"] not in matters:
                yield node.problem(
                    "reference", f"no matter '{item['becomes']}' in the packs used", f"/items/{i}/becomes"
                )


def _circles(types: Iterable[Node]) -> Iterator[Problem]:
    """Types that are like each other in a ring: none of them would ever come to a checklist."""
    like = {node.value["code"]: node.value.get("like", "") for node in types}
    for node in types:
        seen = [node.value["code"]]
        while (step := like.get(seen[-1], "")) and step not in seen:
            seen.append(step)
        if step == seen[0]:
            yield node.problem("circle", f"{' is like '.join([*seen, step])}", "/like")


def _sampling(node: Node | None) -> Iterator[Problem]:
    if node is None:
        return
    sizes, codes = {size["key"] for size in node.value["sizes"]}, {row["code"] for row in node.value["rows"]}
    yield from _twice_within(node, "/sizes", node.value["sizes"], "key")
    yield from _twice_within(node, "/rows", node.value["rows"])
    for i, row in enumerate(node.value["rows"]):
        if row.get("part_of", row["code"]) not in codes:
            yield node.problem("reference", f"no row '{row['part_of']}'", f"/rows/{i}/part_of")
        if set(row["sites"]) != sizes:
            yield node.problem(
                "missing", f"a figure is needed for each of {', '.join(sorted(sizes))}", f"/rows/{i}/sites"
            )
        parts = [part for part in node.value["rows"] if part.get("part_of") == row["code"]]
        for size in sizes if parts and row["complete"] and set(row["sites"]) == sizes else ():
            total = sum(part["sites"].get(size, 0) for part in parts)
            if total != row["sites"][size]:
                yield node.problem(
                    "sum", f"its parts make {total}, not {row['sites'][size]}", f"/rows/{i}/sites/{size}"
                )


def _policy(node: Node | None) -> Iterator[Problem]:
    if node is None:
        return
    yield from _twice_within(node, "/escalation", node.value["escalation"], "key")
    yield from _twice_within(node, "/whistles", node.value["whistles"], "kind")
    late = False
    reached = 0.0
    for i, rung in enumerate(node.value["escalation"]):
        fraction = rung.get("fraction")
        if fraction is not None and (late or fraction <= reached):
            yield node.problem(
                "order", "the ladder must rise: this rung comes before the one above it", f"/escalation/{i}"
            )
        late, reached = late or fraction is None, fraction or reached
