"""A made-up city as flat tables, and the columns' answers as plain values that compare with the engine's."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd

from civicloop.scoring.rules.belonging import Belonging, group_of
from civicloop.scoring.rules.judging import first_visits
from civicloop.scoring.rules.material import Material, Place
from civicloop.scoring.rules.shapes import ScoreBook

# Sums are added up in another order by another engine.
TOLERANCE = 1e-9


def unit_key(place: Place) -> str:
    """Which units a place counts for depends on these three."""
    return f"{place.unit_id}/{place.town_id}/{place.point_type}"


def tables(given: Material) -> dict[str, pd.DataFrame]:
    """observations, places, strata and belongs of a city, as civicloop.scoring.columns reads them."""
    belonging = Belonging(given.units, given.ruling)
    observations = [
        {
            "point": row.point, "item": row.item, "weight": float(given.ruling.items[row.item].weight),
            "answer": row.answer, "at": int(row.judged_at.timestamp()),
        }
        for row in first_visits(given.judgements)
    ]  # fmt: skip
    places = [(key, one.point_type, one.area, unit_key(one)) for key, one in given.places.items()]
    strata = Counter((one.point_type, one.area, unit_key(one)) for one in given.places.values())
    belongs = {
        (unit_key(one), unit, group_of(given.units[unit]))
        for one in given.places.values()
        for unit in belonging.of_place(one)
    }
    return {
        "observations": pd.DataFrame(observations, columns=["point", "item", "weight", "answer", "at"]),
        "places": pd.DataFrame(places, columns=["point", "type", "area", "unit"]),
        "strata": pd.DataFrame(
            [(*key, many) for key, many in sorted(strata.items())], columns=["type", "area", "unit", "population"]
        ),
        "belongs": pd.DataFrame(sorted(belongs), columns=["unit", "counts_for", "grp"]),
    }


FIGURES = ("value", "low", "high", "se", "df", "n", "population")


def of_book(book: ScoreBook) -> dict[str, Any]:
    """The engine's figures by name: city, type:X, area:X/Y, unit:N, rank:N."""
    found: dict[str, Any] = {}

    def put(name: str, estimate: Any) -> None:
        if estimate.value is not None:
            found[name] = tuple(getattr(estimate, key) for key in FIGURES)

    put("city", book.city.estimate)
    for kind in book.types:
        put(f"type:{kind.key}", kind.estimate)
        for area in kind.children:
            put(f"area:{kind.key}/{area.key}", area.estimate)
            if area.estimate.shrinkage is not None:
                found[f"lean:{kind.key}/{area.key}"] = (area.estimate.shrinkage, area.estimate.direct)
    for group in book.groups:
        for row in group.rows:
            put(f"unit:{row.unit_id}", row.estimate)
            found[f"rank:{row.unit_id}"] = (
                row.rank_low, row.rank_high, len(row.tied_with), row.joint_low, row.joint_high,
            )  # fmt: skip
    return found


def of_columns(columns: Any) -> dict[str, Any]:
    """The columns' figures under the same names."""
    found: dict[str, Any] = {}

    def figures(row: Any) -> tuple[Any, ...]:
        return tuple(_plain(row[key]) for key in FIGURES)

    for row in columns.city.to_pandas().to_dict("records"):
        found["city"] = figures(row)
    for row in columns.types.to_pandas().to_dict("records"):
        found[f"type:{row['type']}"] = figures(row)
    for row in columns.areas.to_pandas().to_dict("records"):
        name = f"{row['type']}/{row['area']}"
        found[f"area:{name}"] = figures(row)
        if row["how"] == "smoothed":
            found[f"lean:{name}"] = (row["shrinkage"], row["direct"])
    for row in columns.units.to_pandas().to_dict("records"):
        found[f"unit:{row['unit']}"] = figures(row)
        ranks = ("rank_low", "rank_high", "ties", "joint_low", "joint_high")
        found[f"rank:{row['unit']}"] = tuple(_plain(row[key]) for key in ranks)
    return found


def _plain(value: Any) -> Any:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else float(value)


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Where the two say otherwise, beyond the tolerance (of the larger of 1 and the value)."""
    wrong = [f"only in one: {name}" for name in sorted(set(ours) ^ set(theirs))]
    for name in sorted(set(ours) & set(theirs)):
        for one, other in zip(ours[name], theirs[name], strict=True):
            if (one is None) != (other is None) or (
                one is not None and abs(one - other) > TOLERANCE * max(1.0, abs(one))
            ):
                wrong.append(f"{name}: {ours[name]} {theirs[name]}")
    return wrong
