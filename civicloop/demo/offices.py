"""The offices of the demo city: offices and companies from a table, towns and communities from the land."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from civicloop.demo.land import Land, Village
from civicloop.organisation.actions.units import UnitRow

DATA = files("civicloop.demo") / "data"
COMMAND_POST = "ZHB"
VERIFIERS = "DCZ"
# So many communities, those nearest to the middle of each town, are units of their own; the others' grids are their town's.
COMMUNITIES = 35


@cache
def offices() -> tuple[UnitRow, ...]:
    """The offices that are not territory."""
    with (DATA / "units.csv").open(encoding="utf-8") as file:
        return tuple(
            UnitRow(
                row["code"], row["name"], row["kind"], row["parent"], row["short_name"], row["lines"].split(),
                phone=f"0592-0000{number:03d}",
            )
            for number, row in enumerate(csv.DictReader(file), start=100)
        )  # fmt: skip


def unit_rows(land: Land) -> list[UnitRow]:
    """All units, parents first."""
    towns = [
        UnitRow(code, f"{name}（演示）", "town", COMMAND_POST, name, division_code=code)
        for code, name in land.towns.items()
    ]
    communities = [
        UnitRow(
            village.code,
            f"{village.short}（演示）",
            "community",
            village.town,
            village.short,
            division_code=village.code,
        )
        for village in own_communities(land)
    ]
    return [*offices(), *towns, *communities]


def own_communities(land: Land) -> list[Village]:
    """Which communities are units: the first ones of every town in turn, by code."""
    by_town = [[village for village in land.villages if village.town == town] for town in land.towns]
    in_turn = [
        villages[place] for place in range(max(map(len, by_town))) for villages in by_town if place < len(villages)
    ]
    return sorted(in_turn[:COMMUNITIES], key=lambda village: village.code)


def unit_of_village(land: Land) -> dict[str, str]:
    """Code of the unit that answers for the ground of each village."""
    own = {village.code for village in own_communities(land)}
    return {village.code: village.code if village.code in own else village.town for village in land.villages}
