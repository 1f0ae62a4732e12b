"""What a change of grids would come to, before it is made: new outlines, their ground, what would overlap or be left over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from shapely.geometry import shape

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Grid, Person
from civicloop.organisation.queries import answer_for_new, codes_after
from civicloop.organisation.rules import gridding
from civicloop.organisation.rules.gridding import Fault
from civicloop.standards.reference import Reference

WHATS = ("reshape", "split", "merge", "draw", "move")
NEEDS_ONE = frozenset({"reshape", "split", "move"})
MAKES_ANEW = frozenset({"split", "merge"})
"""What makes new grids in the place of old ones."""
MOST_TEXT = 400_000
_faults: dict[str, list[Fault]] = {}


@dataclass(frozen=True)
class Wanted:
    """A change as it was typed or drawn."""

    what: str
    codes: tuple[str, ...]
    geometry: Any
    fit: bool
    named: tuple[str, ...] = ()
    """Codes typed for the grids to be made; without any they are proposed."""


@dataclass(frozen=True)
class Preview:
    """Outlines after the change, in order, with their square metres; faults that the change would bring and those it would mend.

    Of a split or merge also the codes of the new grids, and who would answer for them: person, role, last day if there is one.
    """

    outlines: Sequence[Mapping[str, Any]]
    areas: Sequence[float]
    brings: Sequence[Fault]
    mends: Sequence[Fault]
    codes: Sequence[str] = ()
    people: Sequence[tuple[Person, str, date | None]] = ()

    @property
    def rows(self) -> list[tuple[float, str]]:
        """Square metres and code of each grid; without a code where it keeps the one it has."""
        return list(zip_longest(self.areas, self.codes, fillvalue=""))  # type: ignore[arg-type]


def faults_now(ref: Reference) -> list[Fault]:
    """Overlaps and gaps of the grids in use; reckoned once for each state of the grids. One statement then, else none."""
    stamp = ref.stamps.get("grids", "")
    found = _faults.get(stamp)
    if found is None:
        found = gridding.faults(_all().items())
        _faults.clear()
        _faults[stamp] = found
    return found


def preview(wanted: Wanted, ref: Reference, on: date) -> Preview:
    """Reckon the change without making it. Raises what the action would raise about outlines. At most three statements."""
    grids = _all()
    for code in wanted.codes:
        if code not in grids:
            raise NotFound("grid", code)
    made = _made(wanted, grids, ref)
    after = {code: outline for code, outline in grids.items() if code not in wanted.codes}
    after |= {f"+{number}": outline for number, outline in enumerate(made, 1)}
    before, then = faults_now(ref), gridding.faults(after.items())
    found = Preview(
        made, [gridding.ground_m2(shape(one)) for one in made],
        [one for one in then if not _known(one, before)], [one for one in before if not _known(one, then)],
    )  # fmt: skip
    if wanted.what not in MAKES_ANEW:
        return found
    codes = wanted.named if len(wanted.named) == len(made) else codes_after(min(wanted.codes), len(made))
    return replace(found, codes=codes, people=answer_for_new(wanted.codes, on))


def geometry_of(text: str) -> Any:
    """GeoJSON as it was pasted: a geometry, a feature, or a collection with one. Raises Invalid."""
    if len(text) > MOST_TEXT:
        raise Invalid("geometry", "too_long", limit=MOST_TEXT)
    try:
        found = json.loads(text)
    except ValueError:
        raise Invalid("geometry", "not_json") from None
    if isinstance(found, dict) and found.get("type") == "FeatureCollection" and len(found.get("features") or ()) == 1:
        found = found["features"][0]
    return found.get("geometry") if isinstance(found, dict) and found.get("type") == "Feature" else found


def seen_of(codes: Sequence[str]) -> dict[str, str]:
    """How the outlines of these grids read now."""
    rows = Grid.objects.filter(code__in=codes, active=True).values_list("code", "outline")
    return {code: gridding.seen(outline) for code, outline in rows}


def _made(wanted: Wanted, grids: Mapping[str, Mapping[str, Any]], ref: Reference) -> list[Mapping[str, Any]]:
    match wanted.what:
        case "split":
            return list(gridding.split(grids[wanted.codes[0]], wanted.geometry))
        case "merge":
            if len({one.unit_id for code in wanted.codes if (one := ref.grids.by_code(code))}) > 1:
                raise Invalid("codes", "grids_of_two_units")
            return [gridding.merge([grids[code] for code in wanted.codes])]
        case "move":
            return [grids[wanted.codes[0]]]
    ground = gridding.polygon(wanted.geometry, field="geometry")
    if not wanted.fit:
        return [gridding.plain(ground)]
    others = [one for code, one in grids.items() if code not in wanted.codes and _near(one, ground.bounds)]
    return [gridding.fitted(wanted.geometry, others)]


def _near(outline: Mapping[str, Any], box: Sequence[float]) -> bool:
    west, south, east, north = shape(outline).bounds
    return bool(west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1])


def _known(fault: Fault, others: Sequence[Fault]) -> bool:
    """Whether the same ground is at fault: codes change when a grid is split, the ground does not."""
    return any(
        one.kind == fault.kind and abs(one.area_m2 - fault.area_m2) < 1 and one.outline == fault.outline
        for one in others
    )


def _all() -> dict[str, Mapping[str, Any]]:
    return dict(Grid.objects.filter(active=True).order_by("code").values_list("code", "outline"))
