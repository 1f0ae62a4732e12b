"""Filling in categories: code tables, then the defaults of groups in their order, then what is written for the one.

A later value replaces an earlier one whole (a list of conditions is not mixed from two places), so that what a category
says can be read in one place. `sure` of a condition tells whether it was written for the category or is a default.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from civicloop.standards.rules.problem import Problem
from civicloop.standards.rules.source import Node, Source

DEFAULTED = (
    "line",
    "conditions",
    "photos",
    "radius_m",
    "duplicate_days",
    "recurrence_days",
    "hints",
    "questions",
    "texts",
)
NEEDED = ("name", "major", "line", "conditions", "photos")
Key = tuple[str, str]


def resolve(source: Source, problems: list[Problem]) -> dict[Key, Node]:
    """Every category of the pack by kind and code, complete. What is wrong is appended to `problems`."""
    found = _from_tables(source, problems)
    written = _written(source, found, problems)
    _apply_groups(source, found, written, problems)
    for key, node in written.items():
        base = found.get(key)
        found[key] = Node({**(base.value if base else {}), **node.value}, node.file, node.pointer)
    for node in found.values():
        problems.extend(_missing(node))
    return {key: found[key] for key in sorted(found)}


def _from_tables(source: Source, problems: list[Problem]) -> dict[Key, Node]:
    found: dict[Key, Node] = {}
    names = {
        (node.value["kind"], node.value["code"]): node.value["name"]["zh_Hans"] for node in source.section("majors")
    }
    for table in source.section("codes_from"):
        kind, english = table.value["kind"], _english(source, table)
        for row in source.tables[table.value["file"]]:
            code, name = row.value["code"], {"zh_Hans": row.value["minor_name"]}
            if (kind, code) in found:
                problems.append(row.problem("duplicate", f"{kind} {code} stands twice", "/code"))
            if (kind, code) in english:
                name["en"] = english.pop((kind, code))
            if names.get((kind, code[:2]), row.value["major_name"]) != row.value["major_name"]:
                problems.append(
                    row.problem(
                        "name", f"'{row.value['major_name']}' is not what 'majors' calls {code[:2]}", "/major_name"
                    )
                )
            raw = {"kind": kind, "code": code, "name": name, "major": code[:2], "sure": "read"}
            found[(kind, code)] = Node(raw, row.file, row.pointer)
        problems.extend(
            Problem(table.value["english"], "", "reference", f"there is no {kind} {code}")
            for (of, code) in english
            if of == kind
        )
    return found


def _english(source: Source, table: Node) -> dict[Key, str]:
    rows = source.tables.get(table.value.get("english", ""), [])
    return {(row.value["kind"], row.value["code"]): row.value["name"] for row in rows}


def _written(source: Source, found: dict[Key, Node], problems: list[Problem]) -> dict[Key, Node]:
    written: dict[Key, Node] = {}
    from_table = {node.value["kind"] for node in source.section("codes_from")}
    for node in source.section("categories"):
        key = (node.value["kind"], node.value["code"])
        if key in written:
            problems.append(node.problem("duplicate", f"{key[0]} {key[1]} stands twice", "/code"))
        if key[0] in from_table and key not in found and "name" not in node.value:
            problems.append(node.problem("reference", f"the table of codes has no {key[0]} {key[1]}", "/code"))
        written[key] = node
    return written


def _apply_groups(source: Source, found: dict[Key, Node], written: dict[Key, Node], problems: list[Problem]) -> None:
    for key, node in written.items():
        if key not in found:
            found[key] = Node(
                {"kind": key[0], "code": key[1], "major": node.value.get("major", "")}, node.file, node.pointer
            )
    for group in source.section("groups"):
        defaults = {name: group.value[name] for name in DEFAULTED if name in group.value}
        majors, kinds = set(group.value.get("majors", ())), set(group.value["kinds"])
        wanted = {(kind, code) for kind in kinds for code in group.value.get("codes", ())}
        problems.extend(
            group.problem("reference", f"there is no {kind} {code}", "/codes")
            for kind, code in sorted(wanted - found.keys())
        )
        for key, node in found.items():
            if key in wanted or (key[0] in kinds and node.value["major"] in majors):
                found[key] = Node({**node.value, **defaults}, node.file, node.pointer)


def _missing(node: Node) -> Iterator[Problem]:
    raw: dict[str, Any] = node.value
    for name in NEEDED:
        if not raw.get(name):
            yield node.problem(
                "missing", f"{raw['kind']} {raw['code']} has no '{name}', neither its own nor from a group"
            )
