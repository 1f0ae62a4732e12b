"""The API's case list on PostgreSQL at 10 k, 100 k and 1 M cases, and the export of the whole list as CSV."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg

from benchmarks import city, filling
from benchmarks.texts import KINDS, PLACES, SIGNS, WHAT
from benchmarks.verdicts import Line, main, median, p95, peak_megabytes, say

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 100_000)
MOST_RATIO, MOST_SECONDS, MOST_MEGABYTES = 1.5, 30, 150
ROWS = 100
REQUESTS, ROUNDS = 20, 5
Query = dict[str, Any]
Asker = Callable[[int, str], list[float]]


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
        Kind(
            "grid",
            "supervisor",
            lambda rng, ref: {"grid": rng.choice(sorted(ref.grids.grids.values(), key=lambda g: g.id)).code},
        ),
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
    """A database of each size, asked by turns, so that all sizes see the same machine; then everything is exported."""
    city.settle()
    sizes = QUICK_SIZES if quick else SIZES
    urls = {size: _filled(size) for size in sizes}
    with ExitStack() as stack:
        askers = {size: stack.enter_context(_process(url, "ask")) for size, url in urls.items()}
        found = _by_turns(askers, 1 if quick else ROUNDS)
    return [*_lines(found, sizes), *_export(urls[sizes[-1]], sizes[-1])]


def _filled(size: int) -> str:
    """The address of a copy of the settled city with so many cases."""
    from django.conf import settings  # noqa: PLC0415  (Django is ready now)
    from django.db import connection  # noqa: PLC0415

    begun = time.monotonic()
    settled = os.environ["CIVICLOOP_DATABASE_URL"]
    admin, _, template = settled.rpartition("/")
    connection.close()
    with psycopg.connect(f"{admin}/postgres", autocommit=True) as server:
        server.execute(f"create database cases_{size} template {template}")
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = f"cases_{size}"
    filling.fill(size, Random(city.SEED))
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = template
    say(f"{size} cases filled in {time.monotonic() - begun:.0f} s")
    return f"{admin}/cases_{size}"


def _by_turns(askers: dict[int, Asker], rounds: int) -> dict[int, dict[str, float]]:
    """p95 in seconds of every kind, first and last page, for every size, as the median of several rounds."""
    found: dict[int, dict[str, float]] = {size: {} for size in askers}
    for number, kind in enumerate(kinds()):
        for page in ("", "last"):
            for ask in askers.values():
                ask(number, page)  # warms the database's memory, as a working day would have
            times: dict[int, list[float]] = {size: [] for size in askers}
            for _ in range(rounds):
                for size, ask in askers.items():
                    times[size].append(p95(ask(number, page)))
            for size, measured in times.items():
                found[size][kind.name + (", last page" if page else "")] = median(measured)
    return found


@contextmanager
def _process(url: str, what: str) -> Iterator[Asker]:
    """A process of its own on one of the databases, which answers with the times of its requests."""
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url, "BENCHMARK_PART": what}
    command = [sys.executable, "-m", "benchmarks.lists"]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        to, back = process.stdin, process.stdout

        def ask(number: int, page: str) -> list[float]:
            to.write(json.dumps([number, page]) + "\n")
            to.flush()
            return [float(one) for one in json.loads(back.readline())]

        yield ask


def _answer() -> None:
    """The other end: reads which kind of list is wanted, asks for it, and writes how long each request took."""
    import django  # noqa: PLC0415

    django.setup()
    from django.test import Client  # noqa: PLC0415

    from civicloop.standards import reference  # noqa: PLC0415

    client, ref = Client(), reference.now()
    tokens = {user: city.token_of(user) for user in ("supervisor", "handler", "town")}
    for line in sys.stdin:
        number, page = json.loads(line)
        kind = kinds()[number]
        rng = Random(f"{kind.name}{page}")
        queries = [{**kind.ask(rng, ref), "limit": ROWS} | ({"page": page} if page else {}) for _ in range(REQUESTS)]
        print(json.dumps(_round(client, tokens[kind.user], queries)), flush=True)


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


def _round(client: Any, token: str, queries: list[Query]) -> list[float]:
    times = []
    for query in queries:
        begun = time.perf_counter()
        answer = client.get("/api/v1/cases", query, headers={"Authorization": f"Bearer {token}"})
        times.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode()[:500])
    return times


def _export(url: str, rows: int) -> list[Line]:
    """In a process of its own, so that its memory is its own."""
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url, "BENCHMARK_PART": "export"}
    done = subprocess.run([sys.executable, "-m", "benchmarks.lists"], env=environ, stdout=subprocess.PIPE, check=True)
    seconds, megabytes, before, written = (float(one) for one in done.stdout.split())
    if written != rows:
        raise RuntimeError(f"{written:.0f} rows exported of {rows}")
    fair = MOST_SECONDS * rows / 1_000_000
    memory = f"{megabytes:.0f} MB, {before:.0f} MB of it before the first row"
    return [
        Line(f"export of {rows // 1000} k cases as CSV", f"{seconds:.1f} s", f"≤ {fair:.3g} s", seconds <= fair),
        Line("export, memory of the process", memory, f"< {MOST_MEGABYTES} MB", megabytes < MOST_MEGABYTES),
    ]


def _export_here() -> None:
    """Through the door, as a browser would have it: prints seconds, megabytes at the peak and before, and rows."""
    import django  # noqa: PLC0415

    django.setup()
    from django.test import Client  # noqa: PLC0415

    token = city.token_of("supervisor")
    headers = {"Authorization": f"Bearer {token}"}
    Client().get("/api/v1/cases", headers=headers)  # the reference data belongs to every process
    before = peak_megabytes()
    begun = time.perf_counter()
    answer = Client().get("/api/v1/cases.csv", {"state": list(_STATES)}, headers=headers)
    lines = sum(piece.count(b"\r\n") for piece in answer.streaming_content)  # type: ignore[attr-defined]
    seconds = time.perf_counter() - begun
    print(seconds, peak_megabytes(), before, lines - 1)


# A filter that every case passes: the export is a filtered one.
_STATES = ("reported", "filed", "dispatched", "accepted", "rectified", "verified", "closed", "suspended", "voided")


def _category(rng: Random, ref: Any) -> str:
    return str(rng.choice(sorted(one.code for one in ref.categories.categories.values() if one.pack == "gb47678-2026")))


def _town(rng: Random, ref: Any) -> str:
    parents = {unit.parent_id for unit in ref.org.units.values()}
    return str(
        rng.choice(sorted(u.code for u in ref.org.units.values() if u.id in parents and u.parent_id is not None))
    )


def _box(rng: Random, ref: Any) -> str:
    """About two kilometres square."""
    west, south, east, north = ref.grids.box
    lon, lat = rng.uniform(west, east - 0.02), rng.uniform(south, north - 0.02)
    return f"{lon:.5f},{lat:.5f},{lon + 0.02:.5f},{lat + 0.018:.5f}"


def _shop(rng: Random) -> str:
    return "".join(rng.choice(SIGNS) for _ in range(3)) + rng.choice(KINDS)


if __name__ == "__main__":
    part = os.environ.get("BENCHMARK_PART")
    if part:
        {"ask": _answer, "export": _export_here}[part]()
    else:
        main(run)
