"""The API's case list on PostgreSQL at 10 k, 100 k and 1 M cases, and the export of the whole list as CSV."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks import city, filling
from benchmarks.texts import KINDS, PLACES, SIGNS, WHAT
from benchmarks.verdicts import Line, main, median, p95, say

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 100_000)
MOST_RATIO, MOST_SECONDS, MOST_MEGABYTES = 1.5, 30, 150
ROWS = 100
REQUESTS, ROUNDS = 20, 5
Query = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One way to ask for the list: as whom, and with which filters."""

    name: str
    user: str
    ask: Callable[[Random, Any], Query]


def kinds() -> list[Kind]:
    """What is asked. `supervisor` sees the city, `handler` what reaches a department, `town` what reaches a town."""
    found = [
        Kind("whole city", "supervisor", lambda rng, ref: {}),
        Kind("state and category", "supervisor", lambda rng, ref: {"state": "closed", "category": _category(rng, ref)}),
        Kind("open states", "supervisor", lambda rng, ref: {"state": ["dispatched", "accepted", "rectified"]}),
        Kind("overdue", "supervisor", lambda rng, ref: {"overdue": "true"}),
        Kind("unit with those below", "supervisor", lambda rng, ref: {"unit": _town(rng, ref)}),
        Kind("grid", "supervisor", lambda rng, ref: {"grid": rng.choice(sorted(ref.grids.grids.values(), key=lambda g: g.id)).code}),
        Kind("map window", "supervisor", lambda rng, ref: {"bbox": _box(rng, ref)}),
        Kind("unit user", "handler", lambda rng, ref: {}),
        Kind("unit user, state", "handler", lambda rng, ref: {"state": rng.choice(["closed", "accepted"])}),
        Kind("unit user, category", "town", lambda rng, ref: {"category": _category(rng, ref)}),
        Kind("town user", "town", lambda rng, ref: {}),
    ]
    for who, user in (("", "supervisor"), (", unit user", "handler")):
        found += [
            Kind(f"text, common{who}", user, lambda rng, ref: {"q": rng.choice(PLACES)}),
            Kind(f"text, medium{who}", user, lambda rng, ref: {"q": f"{rng.choice(PLACES)} {rng.choice(WHAT)[:4]}"}),
            Kind(f"text, rare{who}", user, lambda rng, ref: {"q": _shop(rng)}),
        ]
    return found


def run(quick: bool) -> list[Line]:
    """Fill, ask, fill more, ask again; then export everything."""
    city.settle()
    sizes = QUICK_SIZES if quick else SIZES
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        begun = time.monotonic()
        filling.fill(size, Random(city.SEED))
        say(f"{size} cases filled in {time.monotonic() - begun:.0f} s")
        found[size] = _measure(2 if quick else ROUNDS)
    return [*_lines(found, sizes), *_export(sizes[-1])]


def _lines(found: dict[int, dict[str, float]], sizes: tuple[int, ...]) -> list[Line]:
    first, last = sizes[0], sizes[-1]
    lines = []
    for name, base in found[first].items():
        ratio = found[last][name] / base
        figure = ", ".join(f"{found[size][name] * 1000:.1f}" for size in sizes) + f" ms = {ratio:.2f} ×"
        sizes_said = " / ".join(f"{size // 1000} k" for size in sizes)
        lines.append(
            Line(f"list, p95 at {sizes_said}: {name}", figure, f"≤ {MOST_RATIO} × at 10 k", ratio <= MOST_RATIO)
        )
    return lines


def _measure(rounds: int) -> dict[str, float]:
    """p95 in seconds of every kind, first and last page, as the median of several rounds."""
    from django.test import Client  # noqa: PLC0415  (Django is ready now)

    from civicloop.standards import reference  # noqa: PLC0415

    client, ref = Client(), reference.now()
    tokens = {user: city.token_of(user) for user in ("supervisor", "handler", "town")}
    found = {}
    for kind in kinds():
        for page in ("", "last"):
            rng = Random(f"{kind.name}{page}")
            queries = [{**kind.ask(rng, ref), "limit": ROWS} | ({"page": page} if page else {}) for _ in range(REQUESTS)]
            _round(client, tokens[kind.user], queries)  # warms the database's memory, as a working day would have
            times = [p95(_round(client, tokens[kind.user], queries)) for _ in range(rounds)]
            found[kind.name + (", last page" if page else "")] = median(times)
    return found


def _round(client: Any, token: str, queries: list[Query]) -> list[float]:
    times = []
    for query in queries:
        begun = time.perf_counter()
        answer = client.get("/api/v1/cases", query, headers={"Authorization": f"Bearer {token}"})
        times.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode()[:500])
    return times


def _export(rows: int) -> list[Line]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.lists", "--quick"]
    done = subprocess.run(command, env={**os.environ, "BENCHMARK_EXPORT": "1"}, stdout=subprocess.PIPE, check=True)
    seconds, megabytes, written = (float(one) for one in done.stdout.split())
    if written != rows:
        raise RuntimeError(f"{written:.0f} rows exported of {rows}")
    fair = MOST_SECONDS * rows / 1_000_000
    return [
        Line(f"export of {rows // 1000} k cases as CSV", f"{seconds:.1f} s", f"≤ {fair:.3g} s", seconds <= fair),
        Line("export, memory of the process", f"{megabytes:.0f} MB", f"< {MOST_MEGABYTES} MB", megabytes < MOST_MEGABYTES),
    ]  # fmt: skip


def _export_here() -> None:
    """Through the door, as a browser would have it: prints seconds, megabytes at the peak, and rows."""
    import django  # noqa: PLC0415

    django.setup()
    from django.test import Client  # noqa: PLC0415

    token = city.token_of("supervisor")
    begun = time.perf_counter()
    answer = Client().get("/api/v1/cases.csv", {"state": list(_STATES)}, headers={"Authorization": f"Bearer {token}"})
    lines = sum(piece.count(b"\r\n") for piece in answer.streaming_content)  # type: ignore[attr-defined]
    seconds = time.perf_counter() - begun
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, lines - 1)


# A filter that every case passes: the export is a filtered one.
_STATES = ("reported", "filed", "dispatched", "accepted", "rectified", "verified", "closed", "suspended", "voided")


def _category(rng: Random, ref: Any) -> str:
    return str(rng.choice(sorted(one.code for one in ref.categories.categories.values() if one.pack == "gb47678-2026")))


def _town(rng: Random, ref: Any) -> str:
    parents = {unit.parent_id for unit in ref.org.units.values()}
    return str(rng.choice(sorted(u.code for u in ref.org.units.values() if u.id in parents and u.parent_id is not None)))


def _box(rng: Random, ref: Any) -> str:
    """About two kilometres square."""
    west, south, east, north = ref.grids.box
    lon, lat = rng.uniform(west, east - 0.02), rng.uniform(south, north - 0.02)
    return f"{lon:.5f},{lat:.5f},{lon + 0.02:.5f},{lat + 0.018:.5f}"


def _shop(rng: Random) -> str:
    return "".join(rng.choice(SIGNS) for _ in range(3)) + rng.choice(KINDS)


if __name__ == "__main__":
    if os.environ.get("BENCHMARK_EXPORT"):
        _export_here()
    else:
        main(run)
