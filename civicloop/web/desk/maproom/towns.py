"""Outlines of towns, put together from their grids: what can be read from five metres."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from civicloop.insight.queries import namer
from civicloop.organisation.models import Grid
from civicloop.standards.reference import Reference

# Where grids do not quite meet, half of this is bridged; and no finer than this is drawn.
GAP_DEGREES = 0.00025
_kept: dict[str, str] = {}


def outlines(ref: Reference) -> tuple[str, str]:
    """The tag and the GeoJSON of the towns; put together once for each state of grids and units. One statement then, else none."""
    tag = f'"towns-{ref.stamps.get("grids", "")[:12]}-{ref.stamps.get("organisation", "")[:12]}"'
    made = _kept.get(tag)
    if made is None:
        made = json.dumps(_towns(ref), ensure_ascii=False, separators=(",", ":"))
        _kept.clear()
        _kept[tag] = made
    return tag, made


def _towns(ref: Reference) -> dict[str, Any]:
    town_of = namer("town", ref)
    grounds: dict[tuple[str, str], list[Any]] = {}
    for number, outline in Grid.objects.filter(active=True).values_list("pk", "outline"):
        made = shape(outline)
        grounds.setdefault(town_of(number), []).append(made if made.is_valid else shapely.make_valid(made))
    return {"type": "FeatureCollection", "features": [_feature(*town, many) for town, many in sorted(grounds.items())]}


def _feature(code: str, name: str, many: list[Any]) -> dict[str, Any]:
    whole = shapely.union_all(np.array(many, dtype=object))
    closed = whole.buffer(GAP_DEGREES, join_style="mitre").buffer(-GAP_DEGREES, join_style="mitre")
    drawn = shapely.set_precision(closed.simplify(GAP_DEGREES / 2), 1e-5)
    middle = _widest(drawn).representative_point()
    return {
        "type": "Feature", "id": code, "geometry": json.loads(json.dumps(mapping(drawn))),
        "properties": {"code": code, "name": name, "centre": [round(middle.x, 5), round(middle.y, 5)]},
    }  # fmt: skip


def _widest(ground: Any) -> Any:
    return max(getattr(ground, "geoms", [ground]), key=lambda one: one.area if math.isfinite(one.area) else 0)
