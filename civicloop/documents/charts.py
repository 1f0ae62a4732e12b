"""Small charts as SVG: bars from zero, ranked dots with intervals, a trend, a radar. Labels stand at what they name; no legends.

Only attributes, no style and no script: the same text stands in a page under the strict policy, in a PDF, and, as a picture, in
a DOCX. Widths are in units of the view box, about half a millimetre when the chart is as wide as the type area.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from civicloop.documents.rules.gongwen.page import text_width

INK, PALE, GRID, MAIN, OTHER = "#1f2623", "#5c6661", "#d9ddd9", "#0b6e6e", "#9aa5a0"
FONT = "Noto Sans SC, PingFang SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
WIDTH, ROW, SIZE, EDGE = 640.0, 26.0, 13.0, 8.0
NOTHING_KNOWN = "样本不足"


@dataclass(frozen=True, slots=True)
class Value:
    """A named figure with its interval. None: nothing is known. `note` stands behind the figure, as the sample size does."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def bars(values: Sequence[Value], *, title: str, unit: str = "", most: float | None = None, digits: int = 1) -> str:
    """Horizontal bars from zero, in the order given, each with its interval as a thin line. Values are not negative."""
    top = most or _round_up(max([one.high or one.value or 0 for one in values], default=0))
    left, room = _name_room(values), 120.0
    plot = WIDTH - left - room

    def x(value: float) -> float:
        return left + plot * min(max(value / top, 0), 1)

    parts = [_line(left, EDGE, left, EDGE + ROW * len(values), PALE)]
    for row, one in enumerate(values):
        middle = EDGE + ROW * (row + 0.5)
        parts.append(_text(left - 8, middle, one.name, anchor="end"))
        if one.value is None:
            parts.append(_text(left + 8, middle, NOTHING_KNOWN, colour=PALE))
            continue
        parts.append(_rect(left, middle - 8, x(one.value) - left, 16, MAIN))
        parts += _interval(one, x, middle, INK)
        parts.append(_text(max(x(one.value), x(one.high or 0)) + 8, middle, _figure(one, unit, digits)))
    return _svg(parts, ROW * len(values) + 2 * EDGE, title)


def dots(values: Sequence[Value], *, title: str, unit: str = "", digits: int = 1) -> str:
    """Ranked figures as dots with their intervals, on an axis that is cut to where they lie and says so by its figures."""
    known = [edge for one in values for edge in (one.value, one.low, one.high) if edge is not None]
    ticks = _ticks(min(known, default=0.0), max(known, default=1.0))
    left, room = _name_room(values), 120.0
    plot, foot = WIDTH - left - room, EDGE + ROW * len(values)

    def x(value: float) -> float:
        return left + plot * (value - ticks[0]) / (ticks[-1] - ticks[0])

    parts: list[str] = []
    for tick in ticks:
        parts.append(_line(x(tick), EDGE, x(tick), foot, GRID))
        parts.append(_text(x(tick), foot + 12, f"{tick:g}", anchor="middle", colour=PALE, size=11))
    for row, one in enumerate(values):
        middle = EDGE + ROW * (row + 0.5)
        parts.append(_text(left - 8, middle, one.name, anchor="end"))
        if one.value is None:
            parts.append(_text(left + 8, middle, NOTHING_KNOWN, colour=PALE))
            continue
        parts += _interval(one, x, middle, MAIN)
        parts.append(_dot(x(one.value), middle, 5, MAIN))
        parts.append(_text(WIDTH - room + 12, middle, _figure(one, unit, digits)))
    return _svg(parts, foot + 26, title)


def trend(values: Sequence[Value], *, title: str, unit: str = "", digits: int = 1, target: float | None = None) -> str:
    """A line over time with its intervals as a band; first, last, highest and lowest figures are written at their points."""
    known = [edge for one in values for edge in (one.value, one.low, one.high) if edge is not None]
    ticks = _ticks(*_reach([*known, *([target] if target is not None else [])]))
    left, high, right = 48.0, 220.0, 70.0
    step = (WIDTH - left - right) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return 20 + high * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))

    parts: list[str] = []
    for tick in ticks:
        parts.append(_line(left, y(tick), WIDTH - right, y(tick), GRID))
        parts.append(_text(left - 8, y(tick), f"{tick:g}", anchor="end", colour=PALE, size=11))
    if target is not None:
        parts.append(_line(left, y(target), WIDTH - right, y(target), PALE, dashes="6 4"))
        parts.append(_text(WIDTH - right + 6, y(target), f"目标{target:g}", colour=PALE, size=11))
    places = [(left + step * place, one) for place, one in enumerate(values)]
    told = [(x, one) for x, one in places if one.value is not None]
    parts += _band(told, y)
    parts += [
        _line(a, y(one.value or 0), b, y(two.value or 0), MAIN, width=2.5) for (a, one), (b, two) in pairwise(told)
    ]
    parts += [_dot(x, y(one.value or 0), 4, MAIN) for x, one in told]
    parts += [
        _text(x, y(one.value or 0) - 14, _figure(one, unit, digits), anchor="middle") for x, one in _speaking(told)
    ]
    often = max(1, math.ceil(len(values) / 12))
    parts += [_text(x, high + 36, one.name, anchor="middle", colour=PALE, size=11) for x, one in places[::often]]
    return _svg(parts, high + 52, title)


def radar(values: Sequence[Value], *, title: str, before: Sequence[float | None] = (), most: float = 100.0) -> str:
    """Three or more figures of 0 to `most` as a star; `before` is the earlier state as a pale outline (上期)."""
    if len(values) < 3:
        raise ValueError("a radar has three axes or more")
    cx, cy, radius = WIDTH / 2, 170.0, 120.0

    def at(place: int, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * place / len(values) - math.pi / 2
        return cx + radius * share * math.cos(angle), cy + radius * share * math.sin(angle)

    parts = [_polygon((at(k, ring / 4) for k in range(len(values))), "none", GRID) for ring in range(1, 5)]
    parts += [_line(cx, cy, *at(k, 1), GRID) for k in range(len(values))]
    parts.append(_text(cx + 12, cy - radius + 2, f"{most:g}", colour=PALE, size=10))
    if len(before) == len(values) and all(one is not None for one in before):
        parts.append(_polygon((at(k, (one or 0) / most) for k, one in enumerate(before)), "none", OTHER, dashes="5 4"))
    parts.append(_polygon((at(k, (one.value or 0) / most) for k, one in enumerate(values)), MAIN, MAIN, opacity=0.18))
    for place, one in enumerate(values):
        x, y = at(place, 1.14)
        anchor = "middle" if abs(x - cx) < 20 else "start" if x > cx else "end"
        figure = NOTHING_KNOWN if one.value is None else f"{one.value:.1f}"
        up = 8 if y < cy - radius else 0  # above the star its own top would touch the figure
        parts.append(_text(x, y - 7 - up, one.name, anchor=anchor))
        parts.append(_text(x, y + 9 - up, figure, anchor=anchor, colour=MAIN))
    return _svg(parts, 340, title)


def _name_room(values: Sequence[Value]) -> float:
    return min(max([text_width(one.name) for one in values], default=0) * SIZE + 16, WIDTH * 0.4)


def _figure(one: Value, unit: str, digits: int) -> str:
    told = f"{one.value:.{digits}f}{unit}"
    return f"{told}　{one.note}" if one.note else told


def _interval(one: Value, x: object, middle: float, colour: str) -> list[str]:
    if one.low is None or one.high is None or not callable(x):
        return []
    a, b = x(one.low), x(one.high)
    ends = [_line(edge, middle - 4, edge, middle + 4, colour, width=1.5) for edge in (a, b)]
    return [_line(a, middle, b, middle, colour, width=1.5), *ends]


def _band(told: Sequence[tuple[float, Value]], y: object) -> list[str]:
    edges = [(x, one.low, one.high) for x, one in told if one.low is not None and one.high is not None]
    if len(edges) < 2 or not callable(y):
        return []
    around = [*((x, y(high)) for x, _, high in edges), *((x, y(low)) for x, low, _ in reversed(edges))]
    return [_polygon(around, MAIN, "none", opacity=0.15)]


def _speaking(told: Sequence[tuple[float, Value]]) -> list[tuple[float, Value]]:
    """The points whose figures are written: first, last, highest, lowest."""
    if not told:
        return []
    by_value = sorted(told, key=lambda place: place[1].value or 0)
    chosen = {id(place[1]): place for place in (told[0], told[-1], by_value[0], by_value[-1])}
    return list(chosen.values())


def _reach(known: Sequence[float]) -> tuple[float, float]:
    return min(known, default=0.0), max(known, default=1.0)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    size = 10 ** math.floor(math.log10(value))
    return float(next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= value - 1e-9))


def _ticks(low: float, high: float) -> list[float]:
    """Four to seven round figures around the values."""
    span = max(high - low, abs(high) * 0.02, 1e-6)
    step = _round_up(span / 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * place, 10) for place in range(first, max(last, first + 1) + 1)]


def _svg(parts: Iterable[str], height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'font-family="{FONT}" font-size="{SIZE:g}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: float = 0) -> str:
    # Not dominant-baseline, which not every renderer knows: a third of the size below the middle is the same.
    extra = f' font-size="{size:g}"' if size else ""
    low = y + (size or SIZE) * 0.36
    return f'<text x="{x:.1f}" y="{low:.1f}" text-anchor="{anchor}" fill="{colour}"{extra}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:g}" fill="{colour}"/>'


def _dot(x: float, y: float, radius: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>'


def _polygon(
    places: Iterable[tuple[float, float]], fill: str, stroke: str, *, opacity: float = 1, dashes: str = ""
) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polygon points="{corners}" fill="{fill}" fill-opacity="{opacity:g}" stroke="{stroke}"{dashed}/>'
