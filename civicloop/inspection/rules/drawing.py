"""Drawing places from a frame. The same frame, design and seed always give the same places; in any language.

How, in words and step by step: docs/explanation/draws.md. Sources: systematic selection with a random start (Madow and
Madow 1944), with chances proportional to size (Madow 1949), spatial spread by ordering along a space-filling curve.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from civicloop.inspection.rules.design import Design
from civicloop.inspection.rules.frame import Place
from civicloop.kernel import sampling

ALGORITHM = "civicloop-draw-1"
RESULT_COLUMNS = ("order", "code", "stratum", "role", "chance", "double")
LOOK_BACK = "look_back"
ANY = "*"


class Drawn(NamedTuple):
    """A place that came out. `chance` is the exact chance it had; for a reserve that of the stratum it may stand in for."""

    order: int
    code: str
    stratum: str
    role: str
    chance: Fraction
    double: bool


class Stratum(NamedTuple):
    """A group that was drawn from by itself: how many places it has, how many came out, how many of those are panel."""

    key: str
    population: int
    drawn: int
    panel: int


class Short(NamedTuple):
    """A type of which fewer places exist than were wanted."""

    type: str
    wanted: int
    there: int


@dataclass(frozen=True)
class Outcome:
    """Everything a draw says."""

    drawn: tuple[Drawn, ...]
    strata: tuple[Stratum, ...]
    short: tuple[Short, ...]


class Picked(NamedTuple):
    place: Place
    role: str
    chance: Fraction


def draw(frame: Iterable[Place], design: Design, seed: bytes) -> Outcome:
    """Draw. The order in which the frame is given does not matter. An empty frame gives an empty outcome."""
    groups = _groups(frame, design)
    sizes = {key: len(rows) for key, rows in groups.items()}
    plan, short = allocate(sizes, design)
    picked: list[tuple[str, Picked]] = []
    reserves: list[tuple[str, Picked]] = []
    strata = []
    for key, wanted in sorted(plan.items()):
        rows = _merged(groups, key)
        taken = _take(key, rows, wanted, design, seed)
        picked += [(key, one) for one in taken]
        reserves += [(key, one) for one in _reserves(key, rows, taken, wanted, design, seed)]
        strata.append(Stratum(key, len(rows), len(taken), sum(one.role == "panel" for one in taken)))
    return Outcome(tuple(_numbered(picked, reserves, design, seed)), tuple(strata), short)


def chances(frame: Iterable[Place], design: Design) -> dict[str, Fraction]:
    """The chance of every place of a frame, whatever the seed; places of types that are not wanted have none and are missing."""
    groups = _groups(frame, design)
    plan, _ = allocate({key: len(rows) for key, rows in groups.items()}, design)
    found: dict[str, Fraction] = {}
    for key, wanted in plan.items():
        rows = _merged(groups, key)
        found |= dict(zip((place.code for place in rows), _chances(rows, wanted, design), strict=True))
    return found


def plan(frame: Iterable[Place], design: Design) -> tuple[tuple[Stratum, ...], tuple[Short, ...]]:
    """The strata with their sizes, and what is short: known before the seed is."""
    groups = _groups(frame, design)
    shares, short = allocate({key: len(rows) for key, rows in groups.items()}, design)
    strata = []
    for key, wanted in sorted(shares.items()):
        rows = _members(groups, key)
        kept = _shares(rows, wanted, design) if design.kind != LOOK_BACK else None
        panel = int(kept[0] * sum(place.panel for place in rows)) if kept else 0
        strata.append(Stratum(key, len(rows), min(wanted, len(rows)), panel))
    return tuple(strata), short


def _chances(rows: Sequence[Place], wanted: int, design: Design) -> Sequence[Fraction]:
    if design.kind == LOOK_BACK:
        return sampling.proportional_to_size([place.weight for place in rows], wanted, 0)[1]
    shares = _shares(rows, wanted, design)
    if shares is None:
        return [Fraction(min(wanted, len(rows)), len(rows))] * len(rows)
    return [panel_chance(place, *shares) for place in rows]


def _shares(rows: Sequence[Place], wanted: int, design: Design) -> tuple[Fraction, Fraction] | None:
    """The chances within the panel and within the rest; None where the stratum is drawn afresh."""
    panel = sum(place.panel for place in rows)
    kept = _kept(panel, len(rows) - panel, wanted, design.panel_share)
    return (Fraction(kept, panel), Fraction(wanted - kept, len(rows) - panel)) if kept else None


def allocate(sizes: dict[str, int], design: Design) -> tuple[dict[str, int], tuple[Short, ...]]:
    """How many places come from which stratum, given the sizes of the groups `type|area`.

    A total that cannot give one place to each group is drawn from the groups of a type together (`type|*`), or from all
    together (`*|*`): so every place keeps its chance.
    """
    if design.kind == "look_back":
        return ({LOOK_BACK: min(design.size, sum(sizes.values()))} if sizes else {}), ()
    types: dict[str, dict[str, int]] = {}
    for key, size in sizes.items():
        types.setdefault(key.partition("|")[0], {})[key] = size
    if design.allocation == "quota":
        totals = {kind: wanted for kind, wanted in design.quota.items() if wanted}
        there = {kind: sum(types.get(kind, {}).values()) for kind in totals}
        short = tuple(Short(kind, totals[kind], there[kind]) for kind in sorted(totals) if there[kind] < totals[kind])
        return _within_types({kind: totals[kind] for kind in totals if there[kind]}, types, design.minimum), short
    equal = design.allocation == "equal"
    everything = sum(sizes.values())
    short = (Short(ANY, design.size, everything),) if everything < design.size else ()
    if design.size >= len(sizes):
        return sampling.apportion(design.size, sizes, minimum=max(1, design.minimum), equal=equal), short
    if design.size >= len(types):
        by_type = {kind: sum(groups.values()) for kind, groups in types.items()}
        totals = sampling.apportion(design.size, by_type, minimum=1, equal=equal)
        return _within_types(totals, types, design.minimum), short
    return {f"{ANY}|{ANY}": min(design.size, everything)}, short


def _within_types(totals: dict[str, int], types: dict[str, dict[str, int]], minimum: int) -> dict[str, int]:
    plan: dict[str, int] = {}
    for kind, total in totals.items():
        groups = types[kind]
        if total < len(groups):
            plan[f"{kind}|{ANY}"] = total
        else:
            plan |= sampling.apportion(total, groups, minimum=max(1, minimum))
    return plan


def _groups(frame: Iterable[Place], design: Design) -> dict[str, list[Place]]:
    groups: dict[str, list[Place]] = {}
    for place in frame:
        key = LOOK_BACK if design.kind == "look_back" else f"{place.type}|{place.area}"
        groups.setdefault(key, []).append(place)
    return groups


def _merged(groups: dict[str, list[Place]], key: str) -> list[Place]:
    """The places of a stratum, in spatial order: by type, area, tile and code; places without coordinates last."""
    return sorted(_members(groups, key), key=_along_the_tiles)


def _members(groups: dict[str, list[Place]], key: str) -> list[Place]:
    kind, _, area = key.partition("|")
    if key == f"{ANY}|{ANY}":
        return [place for group in groups.values() for place in group]
    if area == ANY:
        return [place for own, group in groups.items() if own.partition("|")[0] == kind for place in group]
    return groups[key]


def _along_the_tiles(place: Place) -> tuple[str, str, bool, int, str]:
    return place.type, place.area, place.tile_key < 0, place.tile_key, place.code


def _take(key: str, rows: Sequence[Place], wanted: int, design: Design, seed: bytes) -> list[Picked]:
    if design.kind == "look_back":
        start = sampling.number(seed, f"start|{key}")
        taken, chances = sampling.proportional_to_size([place.weight for place in rows], wanted, start)
        return [Picked(rows[one], "look_back", chances[one]) for one in taken]
    shares = _shares(rows, wanted, design)
    if shares is None:
        chance = Fraction(min(wanted, len(rows)), len(rows))
        return [Picked(place, "main", chance) for place in _some(rows, wanted, f"start|{key}", design, seed)]
    panel = [place for place in rows if place.panel]
    fresh = [place for place in rows if not place.panel]
    kept = int(shares[0] * len(panel))
    picked = [(place, "panel") for place in _some(panel, kept, f"panel|{key}", design, seed)]
    picked += [(place, "main") for place in _some(fresh, wanted - kept, f"start|{key}", design, seed)]
    return [Picked(place, role, panel_chance(place, *shares)) for place, role in picked]


def panel_chance(place: Place, of_panel: Fraction, of_fresh: Fraction) -> Fraction:
    """The chance over both draws: it was in the last one and is kept, or it was not and comes fresh."""
    prior = Fraction(place.prior)
    return prior * of_panel + (1 - prior) * of_fresh


def _kept(panel: int, fresh: int, wanted: int, share: Fraction) -> int:
    """How many of the panel stay: the share, but at least one and not all, so that no place is without a chance.

    0: the stratum is drawn afresh, as there is no panel, nothing else, or only one place to give.
    """
    if not share or wanted < 2 or not panel or not fresh:
        return 0
    least, most = max(1, wanted - fresh), min(panel, wanted - 1)
    return min(max(sampling.part_of(wanted, share), least), most)


def _some(rows: Sequence[Place], wanted: int, label: str, design: Design, seed: bytes) -> list[Place]:
    """Places with equal chances: spread along the order given, or at random."""
    if design.spread:
        return [rows[one] for one in sampling.systematic(len(rows), wanted, sampling.number(seed, label))]
    by_code = {place.code: place for place in rows}
    return [by_code[code] for code in sampling.shuffled(list(by_code), seed, label)[:wanted]]


def _reserves(
    key: str, rows: Sequence[Place], taken: Sequence[Picked], wanted: int, design: Design, seed: bytes
) -> list[Picked]:
    """The reserve list of a stratum: spread over what was not drawn, in random order; at least one where a share is wanted."""
    if not design.reserve_share or not wanted:
        return []
    used = {one.place.code for one in taken}
    left = [place for place in rows if place.code not in used]
    many = max(1, sampling.part_of(wanted, design.reserve_share))
    some = {
        left[one].code: left[one]
        for one in sampling.systematic(len(left), many, sampling.number(seed, f"reserve|{key}"))
    }
    chances = _chances_of_reserves(rows, some, wanted, design)
    return [Picked(some[code], "reserve", chances[code]) for code in sampling.shuffled(list(some), seed, f"line|{key}")]


def _chances_of_reserves(
    rows: Sequence[Place], some: Iterable[str], wanted: int, design: Design
) -> dict[str, Fraction]:
    if design.kind != "look_back":
        return dict.fromkeys(some, Fraction(wanted, len(rows)))
    _, chances = sampling.proportional_to_size([place.weight for place in rows], wanted, 0)
    return {place.code: chance for place, chance in zip(rows, chances, strict=True)}


def _numbered(
    picked: Sequence[tuple[str, Picked]], reserves: Sequence[tuple[str, Picked]], design: Design, seed: bytes
) -> list[Drawn]:
    """Numbers from 1: what was drawn, stratum by stratum, then the reserves. Double visits are spread along the drawn."""
    many = sampling.part_of(len(picked), design.double_share)
    if design.double_share and picked:
        many = max(1, many)
    double = set(sampling.systematic(len(picked), many, sampling.number(seed, "double")))
    drawn = [
        Drawn(place + 1, one.place.code, key, one.role, one.chance, place in double)
        for place, (key, one) in enumerate(picked)
    ]
    first = len(drawn) + 1
    return drawn + [
        Drawn(first + place, one.place.code, key, one.role, one.chance, False)
        for place, (key, one) in enumerate(reserves)
    ]


def encode_result(drawn: Iterable[Drawn]) -> bytes:
    """The canonical CSV of what came out: chances with 12 decimals, double as 0 or 1."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(RESULT_COLUMNS)
    for one in drawn:
        writer.writerow(
            [one.order, one.code, one.stratum, one.role, sampling.decimal(one.chance), int(one.double)]
        )  # fmt: skip
    return text.getvalue().encode()
