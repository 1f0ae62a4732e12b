"""The five questions on a radar: flat, with every number printed beside its axis. An axis without judgements stays open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin

WIDTH, HEIGHT, RADIUS, RINGS = 480, 340, 105, (25, 50, 75, 100)
FONT = 'font-family="sans-serif" font-size="12"'


@dataclass(frozen=True, slots=True)
class Axis:
    """One question. `score` is the share met by weight, of 100, with its 95 % interval from the counts; None: nothing was judged.

    `met` of `judged` observations; `cases` were reported in the period in categories that belong to the question, `open` are
    those still open.
    """

    key: str
    name: str
    score: float | None
    low: float | None
    high: float | None
    met: int
    judged: int
    cases: int
    open: int


def svg(axes: Sequence[Axis], title: str = "") -> str:
    """The radar as SVG: rings at 25, 50, 75 and 100, the shape of what is known, numbers as text."""
    middle, centre = WIDTH / 2, HEIGHT / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT}>',
        f"<title>{escape(title)}</title>",
    ]
    for ring in RINGS:
        corners = " ".join(_place(at, len(axes), ring) for at in range(len(axes)))
        parts.append(f'<polygon points="{corners}" fill="none" stroke="#c8ccd0" stroke-width="1"/>')
        # Inside its ring: above the outermost one stands the figure of the first axis.
        parts.append(
            f'<text x="{middle + 3:g}" y="{centre - RADIUS * ring / 100 + 9:.1f}" fill="#767b80" font-size="9">{ring}</text>'
        )
    for at, axis in enumerate(axes):
        parts += _spoke(at, len(axes), axis)
    parts += _shape([None if axis.score is None else _place(at, len(axes), axis.score) for at, axis in enumerate(axes)])
    return "".join([*parts, "</svg>"])


def _shape(places: Sequence[str | None]) -> list[str]:
    """A filled polygon where every axis is known, else lines between known neighbours: an unknown axis is not drawn across."""
    stroke = 'stroke="#1f6feb" stroke-width="2"'
    dots = [place.split(",") for place in places if place is not None]
    drawn = [f'<circle cx="{x}" cy="{y}" r="3" fill="#1f6feb"/>' for x, y in dots]
    if None not in places:
        whole = " ".join(place for place in places if place is not None)
        return [f'<polygon points="{whole}" fill="#1f6feb" fill-opacity="0.15" {stroke}/>', *drawn]
    pairs = zip(places, [*places[1:], places[0]], strict=True)
    lines = [f'<polyline points="{one} {two}" fill="none" {stroke}/>' for one, two in pairs if one and two]
    return [*lines, *drawn]


def _spoke(at: int, many: int, axis: Axis) -> list[str]:
    middle, centre = WIDTH / 2, HEIGHT / 2
    x, y = (float(one) for one in _place(at, many, 100).split(","))
    label_x, label_y = (float(one) for one in _place(at, many, 122).split(","))
    anchor = "middle" if abs(label_x - middle) < 20 else "start" if label_x > middle else "end"
    value = "–" if axis.score is None else f"{axis.score:.1f}"
    label = (
        f'<text x="{label_x:g}" y="{label_y:g}" text-anchor="{anchor}"><tspan>{escape(axis.name)}</tspan>'
        f'<tspan x="{label_x:g}" dy="14" font-weight="bold">{value}</tspan>'
        f'<tspan font-weight="normal" fill="#767b80"> {axis.met}/{axis.judged}</tspan></text>'
    )
    return [
        f'<line x1="{middle:g}" y1="{centre:g}" x2="{x:g}" y2="{y:g}" stroke="#c8ccd0" stroke-width="1"/>',
        label,
    ]


def _place(at: int, many: int, score: float) -> str:
    """Where a score lies on an axis; the first axis points up."""
    angle = -pi / 2 + 2 * pi * at / max(many, 1)
    far = RADIUS * score / 100
    return f"{WIDTH / 2 + far * cos(angle):.1f},{HEIGHT / 2 + far * sin(angle):.1f}"
