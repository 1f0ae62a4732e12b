"""What a benchmark finds: lines with a figure, the bar it is held against, and whether it was met."""

from __future__ import annotations

import json
import os
import statistics
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Line:
    """One figure. `bar` names the peer or the limit; `met` is None for a figure that is only told."""

    name: str
    figure: str
    bar: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """In a word."""
        return "" if self.met is None else "met" if self.met else "MISSED"


def ratio_line(name: str, ours: float, peer: float, most: float, what: str) -> Line:
    """A time of ours against a peer's: at most `most` times as long."""
    ratio = ours / peer
    return Line(name, f"{ours:.3g} s = {ratio:.2f} × {peer:.3g} s", f"≤ {most} × {what}", ratio <= most)


def table(lines: Iterable[Line]) -> str:
    """The lines for a terminal."""
    rows = [("", "figure", "peer or limit", ""), *((one.name, one.figure, one.bar, one.verdict) for one in lines)]
    widths = [max(_width(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def markdown(lines: Iterable[Line]) -> str:
    """The lines for a document."""
    rows = ["| what | figure | peer or limit | verdict |", "|---|---|---|---|"]
    return "\n".join([*rows, *(f"| {one.name} | {one.figure} | {one.bar} | {one.verdict} |" for one in lines)])


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return float(statistics.median(values))


def peak_megabytes() -> float:
    """The most memory this process has held. `ru_maxrss` would carry the parent's over, as Linux keeps it across exec."""
    told = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return float(told.partition("VmHWM:")[2].split()[0]) / 1024


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"  {text}", file=sys.stderr, flush=True)


def main(run: Callable[[bool], list[Line]]) -> None:
    """The command line of one benchmark in its own process: its lines are written to standard output, one JSON each."""

    @click.command()
    @click.option("--quick", is_flag=True, help="Smaller and shorter, to see whether it works.")
    def command(quick: bool) -> None:
        for line in run(quick):
            print(json.dumps(asdict(line), ensure_ascii=False), flush=True)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    command()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
