"""From what was read to the arrays of the forecast: one row per point, one per type and item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from civicloop.scoring.forecast_reading import PointRow, Read, SeenRow
from civicloop.scoring.rules.forecast import Assumptions, Known, Pairs, Plan
from civicloop.standards.rules.book import StandardBook
from civicloop.standards.rules.shapes import ChecklistItem

DAY = timedelta(days=1)
NAN = float("nan")
Tested = dict[tuple[str, str], list[float]]


@dataclass(slots=True)
class _State:
    """A point as it stands: see `Known` for the meaning. `faults` is how much of an open fault each item has."""

    found: float = NAN
    now: float = NAN
    age: float = NAN
    open_share: float = 0.0
    cap: float = 1.0
    faults: dict[str, float] = field(default_factory=dict)


def known_of(read: Read, book: StandardBook, plan: Plan, as_of: datetime, assumed: Assumptions) -> Known:
    """Put it together. Items and types are those of `book`; what older editions judged beside them is left out."""
    types = sorted({row.point_type for row in read.points} | {row.point_type for row in plan.rows})
    areas = sorted({row.area for row in read.points}) or [""]
    items_of = {kind: book.items_for(kind) if kind in book.point_types else () for kind in types}
    visits = _visits(read.seen, book)
    tested: Tested = defaultdict(lambda: [0.0, 0.0])
    standing: dict[tuple[str, str], float] = defaultdict(float)
    states = []
    for row in read.points:
        state = _state(row, visits.get(row.id, []), read.open.get(row.id, {}), items_of[row.point_type], book, as_of)
        _count(row, visits.get(row.id, []), as_of, assumed, tested)
        for item, part in state.faults.items():
            standing[row.point_type, item] += part
        states.append(state)
    names = sorted({item.code for items in items_of.values() for item in items})
    number, where = {name: at for at, name in enumerate(types)}, {name: at for at, name in enumerate(areas)}
    return Known(
        types=tuple(types), areas=tuple(areas), items=tuple(names),
        point_type=np.array([number[row.point_type] for row in read.points], np.intp),
        point_area=np.array([where[row.area] for row in read.points], np.intp),
        found=_floats(one.found for one in states), now=_floats(one.now for one in states),
        age=_floats(one.age for one in states), open_share=_floats(one.open_share for one in states),
        cap=_floats(one.cap for one in states), pairs=_pairs(types, names, items_of, tested, standing),
        effort=_floats(_effort(book.items[name], read) for name in names),
        judged_items=_floats(_worth(items_of[kind]) for kind in types),
    )  # fmt: skip


def _visits(seen: Iterable[SeenRow], book: StandardBook) -> dict[int, list[list[SeenRow]]]:
    """The judged items of each point by visit, oldest visit first."""
    found: dict[int, dict[int, list[SeenRow]]] = defaultdict(lambda: defaultdict(list))
    for row in seen:
        if row.item in book.items and row.answer in ("met", "not_met"):
            found[row.point][row.visit].append(row)
    return {point: list(visits.values()) for point, visits in found.items()}


def _state(
    row: PointRow,
    visits: Sequence[Sequence[SeenRow]],
    cases: Mapping[int, str],
    items: Sequence[ChecklistItem],
    book: StandardBook,
    as_of: datetime,
) -> _State:
    """What is known of one point. A fault whose case was closed since is put right, from the closing on."""
    state = _State()
    chance = [visit for visit in visits if visit[0].by_chance]
    if chance:
        state.found = _share(chance[-1], book)
    last = {one.item: one for one in visits[-1]} if visits else {}
    weights = {code: book.items[code].weight for code in last} or {item.code: item.weight for item in items}
    state.faults = _faults(visits, cases, items)
    total = sum(weights.values())
    hit = sum(weights.get(code, 0.0) * part for code, part in state.faults.items())
    state.open_share = min(hit / total, 1.0) if total else 0.0
    state.cap = _cap((code for code, part in state.faults.items() if part >= 1), book)
    others = [one for one in last.values() if state.faults.get(one.item, 0.0) < 1 and weights[one.item]]
    if others:
        below = sum(weights[one.item] for one in others)
        met = sum(weights[one.item] for one in others if one.answer == "met" or _put_right(one, as_of))
        failing = (one.item for one in others if one.answer == "not_met" and not _put_right(one, as_of))
        state.now = min(met / below, _cap(failing, book))
        state.age = sum(weights[one.item] * _age(one, as_of) for one in others) / below
    return state


def _faults(
    visits: Sequence[Sequence[SeenRow]], cases: Mapping[int, str], items: Sequence[ChecklistItem]
) -> dict[str, float]:
    """Which items have an open fault. A case that no judgement names is laid to the items that become its category, in parts."""
    by_case = {row.case: row.item for visit in visits for row in visit if row.case in cases}
    faults: dict[str, float] = {}
    for case, code in cases.items():
        if case in by_case:
            faults[by_case[case]] = 1.0
            continue
        candidates = [item.code for item in items if item.becomes == code]
        for one in candidates:
            faults[one] = min(faults.get(one, 0.0) + 1 / len(candidates), 1.0)
    return faults


def _share(visit: Sequence[SeenRow], book: StandardBook) -> float:
    """The share met at a visit, as the scoring has it: by weight, capped where a key item fails."""
    total = sum(book.items[row.item].weight for row in visit)
    met = sum(book.items[row.item].weight for row in visit if row.answer == "met")
    return min(met / total, _cap((row.item for row in visit if row.answer == "not_met"), book)) if total else NAN


def _cap(failing: Iterable[str], book: StandardBook) -> float:
    caps = {veto.item: veto.cap / 100 for veto in book.scoring.vetoes}
    return min((caps[item] for item in failing if item in caps), default=1.0)


def _put_right(row: SeenRow, as_of: datetime) -> bool:
    return row.case_state == "closed" and row.case_ended is not None and row.at < row.case_ended <= as_of


def _age(row: SeenRow, as_of: datetime) -> float:
    since = row.case_ended if _put_right(row, as_of) and row.case_ended is not None else row.at
    return max((as_of - since) / DAY, 0.0)


def _count(
    row: PointRow, visits: Sequence[Sequence[SeenRow]], as_of: datetime, assumed: Assumptions, tested: Tested
) -> None:
    """How often each item was judged and failed in this type, older visits counting less; visits drawn by chance only."""
    for visit in visits:
        if visit[0].by_chance:
            fading = 0.5 ** (max((as_of - visit[0].at) / DAY, 0.0) / assumed.fade_half_life)
            for one in visit:
                cell = tested[row.point_type, one.item]
                cell[0] += fading * (one.answer == "not_met")
                cell[1] += fading


def _pairs(
    types: Sequence[str],
    names: Sequence[str],
    items_of: Mapping[str, Sequence[ChecklistItem]],
    tested: Tested,
    standing: Mapping[tuple[str, str], float],
) -> Pairs:
    place = {name: at for at, name in enumerate(names)}
    rows = []
    for kind, point_type in enumerate(types):
        total = sum(item.weight for item in items_of[point_type])
        for item in items_of[point_type]:
            key = (point_type, item.code)
            fails, trials = tested.get(key, (0.0, 0.0))
            rows.append(
                (kind, place[item.code], item.weight / total if total else 0.0, fails, trials, standing.get(key, 0.0))
            )
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    return Pairs(
        np.array(columns[0], np.intp), np.array(columns[1], np.intp), *(np.array(one, float) for one in columns[2:])
    )


def _effort(item: ChecklistItem, read: Read) -> float:
    """Hours one fault takes: of its category, else of all cases."""
    usual = NAN if read.usual_hours is None else read.usual_hours
    return read.hours.get(item.becomes, usual)


def _worth(items: Sequence[ChecklistItem]) -> float:
    total = sum(item.weight for item in items)
    squares = sum(item.weight**2 for item in items)
    return max(total**2 / squares, 1.0) if squares else 1.0


def _floats(values: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.fromiter(values, float)
