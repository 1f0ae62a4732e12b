"""A score as plain data, the same bytes for the same score: keys in order, numbers with ten significant digits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC
from typing import Any

from civicloop.scoring.rules.shapes import Estimate, GroupRanking, Node, ScoreBook
from civicloop.standards.rules.book import StandardBook

DIGITS = 10


def estimate_data(one: Estimate) -> dict[str, Any]:
    """An estimate; what is None and says nothing is left away."""
    data = {name.name: number(getattr(one, name.name)) for name in fields(Estimate)}
    return {key: value for key, value in data.items() if value is not None or key == "value"}


def node_data(node: Node) -> dict[str, Any]:
    """A node with its children."""
    data: dict[str, Any] = {
        "kind": node.kind, "key": node.key, "name": node.name, "weight": number(node.weight),
        "estimate": estimate_data(node.estimate), "possible": number(node.possible), "got": number(node.got),
        "below": node.below,
    }  # fmt: skip
    if node.before is not None:
        data["before"] = number(node.before)
    for name in ("refs", "said"):
        found = {key: number(value) for key, value in sorted(getattr(node, name).items())}
        if found:
            data[name] = found
    if node.children:
        data["children"] = [node_data(child) for child in node.children]
    return data


def ranking_data(group: GroupRanking) -> dict[str, Any]:
    """A group with its rank intervals; units by code."""
    codes = {row.unit_id: row.code for row in group.rows}
    rows = [
        {
            "code": row.code, "name": row.name, "estimate": estimate_data(row.estimate), "rank_low": row.rank_low,
            "rank_high": row.rank_high, "tied_with": [codes[one] for one in row.tied_with],
            "joint_low": number(row.joint_low), "joint_high": number(row.joint_high),
            "deducted": number(row.deducted),
        }
        for row in group.rows
    ]  # fmt: skip
    return {"key": group.key, "rows": rows, "unranked": list(group.unranked)}


def book_data(book: ScoreBook) -> dict[str, Any]:
    """The whole score. What it says depends on nothing but the rows that stood at `as_of`, the editions and the units."""
    return {
        "as_of": book.as_of.astimezone(UTC).isoformat(), "rule": book.rule_digest, "edition": {
            "pack": book.edition.pack, "name": book.edition.name, "digest": book.edition.digest,
        },
        "scope": {
            "rounds": None if book.scope.rounds is None else list(book.scope.rounds),
            "start": None if book.scope.start is None else book.scope.start.isoformat(),
            "end": None if book.scope.end is None else book.scope.end.isoformat(),
        },
        "observations": book.observations, "points": book.points, "visits": book.visits,
        "left_out": [[reason, many] for reason, many in book.left_out], "target": number(book.target),
        "city": node_data(book.city), "units": [node_data(node) for node in book.units],
        "groups": [ranking_data(group) for group in book.groups],
        "questions": [node_data(node) for node in book.questions],
        "deductions": [_flat(one) for one in book.deductions], "negative": [_flat(one) for one in book.negative],
    }  # fmt: skip


def canonical(data: Any) -> str:
    """Canonical JSON: keys in order, no spaces, UTF-8 as it is."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def rule_digest(books: Mapping[int, StandardBook], ruling: StandardBook, version: str) -> str:
    """What names the rules exactly: the editions, which of them rules, and the version of this engine."""
    editions = sorted({book.digest for book in books.values()})
    return digest({"editions": editions, "ruling": ruling.digest, "engine": version})


def number(value: Any) -> Any:
    """Floats to ten significant digits, so that the last bits of a sum make no difference; tuples as lists."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, tuple):
        return [number(one) for one in value]
    return value


def _flat(row: Any) -> dict[str, Any]:
    data = {name.name: getattr(row, name.name) for name in fields(row)}
    return {key: value.isoformat() if hasattr(value, "isoformat") else number(value) for key, value in data.items()}


def number_all(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a mapping, in order of its keys."""
    return {key: number(value) for key, value in sorted(values.items())}
