"""What a scenario's file holds, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from civicloop.organisation.actions.units import UnitRow

FOLDER = files("civicloop.demo") / "data" / "scenarios"


@dataclass(frozen=True, slots=True)
class Ground:
    """A rectangle of square grids; `division` has six digits, `blocks` the units that answer for them, in turn by row."""

    division: str
    lon: float
    lat: float
    rows: int
    columns: int
    side_m: int
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """So many people with one role in each of some units; `account` opens the first one's log-in under that name."""

    role: str
    units: tuple[str, ...]
    many: int = 1
    account: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """So many areas of a kind, or points of a type, with names like "{n}号店"; shared out among units, and classes, in turn."""

    kind: str
    many: int
    name: str
    units: tuple[str, ...]
    classes: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Problems:
    """So many problems of some kinds over the last `days`; all are closed but for the shares named.

    `at`: the kind of area or type of point they are found at, "" for anywhere. `handled`: by "block" or by "line".
    """

    key: str
    many: int
    source: str
    days: int
    kinds: Mapping[str, float]
    handled: str = "block"
    at: str = ""
    late: float = 0.0
    still_open: float = 0.0
    sent_back: float = 0.0
    joint: int = 0
    suspended: int = 0
    supervised: int = 0


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds of inspection: `many` of them, one every `every_days`, of `points` points each, with `faults` faults in all."""

    key: str
    title: str
    kind: str
    many: int
    every_days: int
    points: int
    faults: int
    types: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A place and what happened there."""

    name: str
    title: str
    days: int
    ground: Ground
    units: tuple[UnitRow, ...]
    people: tuple[People, ...]
    areas: tuple[Places, ...] = ()
    points: tuple[Places, ...] = ()
    problems: tuple[Problems, ...] = ()
    rounds: tuple[Rounds, ...] = ()


def names() -> list[str]:
    """The scenarios that have a file."""
    return sorted(one.name.removesuffix(".yaml") for one in FOLDER.iterdir() if one.name.endswith(".yaml"))


@cache
def scenario(name: str) -> Scenario:
    """Read one. Raises KeyError for a name without a file."""
    if name not in names():
        raise KeyError(name)
    raw = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    ground = dict(raw["ground"])
    return Scenario(
        name=name,
        title=raw["title"],
        days=raw["days"],
        ground=Ground(**{**ground, "blocks": tuple(ground["blocks"])}),
        units=tuple(_unit(row) for row in raw["units"]),
        people=tuple(People(**_tuples(row, "units")) for row in raw["people"]),
        areas=tuple(Places(**_tuples(row, "units", "classes")) for row in raw.get("areas", ())),
        points=tuple(Places(**_tuples(row, "units")) for row in raw.get("points", ())),
        problems=tuple(Problems(**row) for row in raw.get("problems", ())),
        rounds=tuple(Rounds(**row) for row in raw.get("rounds", ())),
    )


def _unit(row: list[Any]) -> UnitRow:
    code, name, short, kind, parent, *lines = row
    return UnitRow(code, name, kind, parent or "", short, lines, phone=f"0000-{sum(map(ord, code)) % 10000:04d}")


def _tuples(row: Mapping[str, Any], *lists: str) -> dict[str, Any]:
    return {**row, **{name: tuple(row[name]) for name in lists if name in row}}
