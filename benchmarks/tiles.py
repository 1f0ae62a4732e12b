"""Vector tiles at every zoom over a million cases, on PostgreSQL and SQLite: made anew, and asked for with the right tag."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import city, filling
from benchmarks.verdicts import Line, main, p95, say

CASES, QUICK_CASES = 1_000_000, 50_000
MOST_COLD, MOST_HIT = 0.050, 0.005
ZOOMS = range(21)
TILES, QUICK_TILES = 40, 8
"""Tiles of each zoom, each drawn around a case; at low zooms the same few come again and again."""
KINDS = ("open", "overdue", "closed", "all")
USERS = ("supervisor", "handler", "town")
NAMES = {"supervisor": "whole city", "handler": "unit user", "town": "town user"}
COPIED = ("cases_case", "cases_casereach", "cases_mapcount")
BATCH = 20_000


def run(quick: bool) -> list[Line]:
    """Fill PostgreSQL, copy the rows to a SQLite city settled with the same seed, and ask both."""
    city.settle()
    from civicloop.cases.mapcounts import count_anew, keep_counts  # noqa: PLC0415  (Django is ready now)

    many = QUICK_CASES if quick else CASES
    filling.fill(many, Random(city.SEED))
    begun = time.monotonic()
    count_anew()
    kept = keep_counts(at=datetime.now(UTC))
    say(f"{many} cases filled, counted, {kept.marked} marked overdue in {time.monotonic() - begun:.0f} s")
    _vacuum()
    sqlite = _copied_to_sqlite(many)
    lines = []
    for name, url in (("PostgreSQL", os.environ["CIVICLOOP_DATABASE_URL"]), ("SQLite", sqlite)):
        lines += _lines(name, many, _asked(url, QUICK_TILES if quick else TILES))
    return lines


def _lines(database: str, many: int, found: dict[str, Any]) -> list[Line]:
    lines = []
    for user in USERS:
        for kind in KINDS:
            for what, most in (("cold", MOST_COLD), ("hit", MOST_HIT)):
                by_zoom = {zoom: p95(found[f"{user} {kind} {zoom} {what}"]) for zoom in ZOOMS}
                worst = max(by_zoom, key=lambda zoom: by_zoom[zoom])
                figure = f"{by_zoom[worst] * 1000:.1f} ms at zoom {worst}, {_middle(by_zoom):.1f} ms at the middle one"
                title = f"tile, {many // 1000} k cases, {database}, {NAMES[user]}, {kind}, "
                title += "made: p95 of the worst zoom" if what == "cold" else "known by its tag: p95 of the worst zoom"
                lines.append(Line(title, figure, f"≤ {most * 1000:.0f} ms", by_zoom[worst] <= most))
    lines.append(Line(f"tile, {database}: largest, as sent", f"{found['largest'] / 1024:.0f} kB"))
    return lines


def _middle(by_zoom: dict[int, float]) -> float:
    return sorted(by_zoom.values())[len(by_zoom) // 2] * 1000


def _vacuum() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _copied_to_sqlite(many: int) -> str:
    """The address of a SQLite city with the same rows. Both were settled from one seed: they point to the same numbers."""
    from django.db import connection  # noqa: PLC0415

    file = Path(os.environ["CIVICLOOP_DATA_DIR"]) / "tiles.sqlite3"
    url = f"sqlite:///{file}"
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "benchmarks.city", f"{file}.requests", "1"], env=environ, check=True)
    begun = time.monotonic()
    with _quick_sqlite(file) as lite, connection.cursor() as cursor:
        for table in COPIED:
            lite.execute(f"delete from {table}")
            columns = [row[1] for row in lite.execute(f"pragma table_info({table})")]
            cursor.execute(f"declare rows cursor with hold for select {', '.join(columns)} from {table}")
            said = f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
            while rows := _next(cursor):
                lite.executemany(said, ([_plain(one) for one in row] for row in rows))
            cursor.execute("close rows")
    say(f"{many} cases copied to SQLite in {time.monotonic() - begun:.0f} s")
    return url


def _next(cursor: Any) -> list[Any]:
    cursor.execute(f"fetch {BATCH} from rows")
    return list(cursor.fetchall())


@contextmanager
def _quick_sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    """Without triggers and indexes while it is filled; they are made again at the end."""
    line = sqlite3.connect(file)
    line.execute("pragma synchronous = off")
    taken = line.execute(
        "select type, name, sql from sqlite_master where sql is not null and type in ('trigger', 'index') and tbl_name in "
        f"({', '.join('?' * len(COPIED))})",
        COPIED,
    ).fetchall()
    for kind, name, _ in taken:
        line.execute(f'drop {kind} "{name}"')
    yield line
    for _, _, statement in taken:
        line.execute(statement)
    line.commit()
    line.execute("analyze")
    line.close()


def _plain(value: Any) -> Any:
    """A value of PostgreSQL as Django keeps it on SQLite."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value.hex if hasattr(value, "hex") and not isinstance(value, float) else value


def _asked(url: str, tiles: int) -> dict[str, Any]:
    """Ask in a process of its own, as the database is named when a process starts."""
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url, "BENCHMARK_PART": str(tiles)}
    done = subprocess.run([sys.executable, "-m", "benchmarks.tiles"], env=environ, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def _ask(tiles: int) -> None:
    """The other end: print how long each request took, by user, kind, zoom and whether the tag was known."""
    import django  # noqa: PLC0415

    django.setup()
    from django.test import Client  # noqa: PLC0415

    from civicloop.kernel.tilekey import tile_of  # noqa: PLC0415

    client, rng = Client(), Random(city.SEED)
    places = _places(tiles, rng)
    found: dict[str, Any] = {"largest": 0}
    for user in USERS:
        headers = {"Authorization": f"Bearer {city.token_of(user)}", "Accept-Encoding": "gzip"}
        client.get("/api/tiles/cases/10/0/0.mvt", headers=headers)  # the books belong to every process
        for kind in KINDS:
            for zoom in ZOOMS:
                cold, hit = [], []
                for place in places:
                    x, y = tile_of(*place, zoom)
                    path = f"/api/tiles/cases/{zoom}/{x}/{y}.mvt?which={kind}"
                    seconds, answer = _timed(client, path, headers)
                    found["largest"] = max(found["largest"], len(answer.content))
                    cold.append(seconds)
                    if answer.status_code not in (200, 204):
                        raise RuntimeError(f"{path}: {answer.status_code}")
                    hit.append(_known(client, path, headers, answer["ETag"]))
                found |= {f"{user} {kind} {zoom} cold": cold, f"{user} {kind} {zoom} hit": hit}
    print(json.dumps(found))


def _known(client: Any, path: str, headers: dict[str, str], tag: str) -> float:
    """How long an answer takes whose tag is right. In a city of a million a case becomes overdue every minute: then once more."""
    for _ in range(3):
        seconds, answer = _timed(client, path, headers | {"If-None-Match": tag})
        if answer.status_code == 304:
            return seconds
        tag = answer["ETag"]
    raise RuntimeError(f"{path} has another tag each time")


def _timed(client: Any, path: str, headers: dict[str, str]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = client.get(path, headers=headers)
    return time.perf_counter() - begun, answer


def _places(many: int, rng: Random) -> list[tuple[float, float]]:
    """Where some of the cases lie: drawn by number, so that crowded places come more often, as people look at them."""
    from civicloop.cases.models import Case  # noqa: PLC0415

    newest = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    numbers = [rng.randint(1, newest) for _ in range(many)]
    return list(Case.objects.filter(pk__in=numbers).values_list("lon", "lat"))


if __name__ == "__main__":
    part = os.environ.get("BENCHMARK_PART")
    if part:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
        _ask(int(part))
    else:
        main(run)
