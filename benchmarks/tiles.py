"""Vector tiles at every zoom over a million cases, on PostgreSQL and SQLite: made anew, and asked for with the right tag."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from benchmarks import city
from benchmarks.verdicts import Line, p95, say

MOST_COLD, MOST_HIT = 0.050, 0.005
ZOOMS = range(21)
TILES, QUICK_TILES = 40, 4
"""Tiles of each zoom, each drawn around a case; at low zooms the same few come again and again."""
KINDS = ("open", "overdue", "closed", "all")
SEVERAL = "two-towns"
USERS = ("supervisor", "handler", "town", SEVERAL)
NAMES = {"supervisor": "whole city", "handler": "unit user", "town": "town user", SEVERAL: "posts in two towns"}


def measured(urls: Mapping[str, str], many: int, quick: bool) -> list[Line]:
    """Ask the cities of so many cases at these addresses, by kind of database."""
    lines = []
    for kind, url in urls.items():
        say(f"tiles, {kind} …")
        lines += _lines(kind, many, _asked(url, QUICK_TILES if quick else TILES))
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

    _name_several()
    client, rng = Client(), Random(city.SEED)
    places = _places(tiles, rng)
    found: dict[str, Any] = {"largest": 0}
    for user in USERS:
        headers = {"Authorization": f"Bearer {city.token_of(user)}", "Accept-Encoding": "gzip"}
        for zoom in (10, 14):  # the books and what is made once belong to every process, not to a tile
            client.get("/api/tiles/cases/{}/{}/{}.mvt".format(zoom, *tile_of(*places[0], zoom)), headers=headers)
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


def _name_several() -> None:
    """Somebody with posts in the two towns that have most cases."""
    from django.db.models import Sum  # noqa: PLC0415

    from civicloop.cases.models import MapCount  # noqa: PLC0415
    from civicloop.cases.models.map import LEVELS  # noqa: PLC0415
    from civicloop.organisation import actions  # noqa: PLC0415
    from civicloop.organisation.models import Person, Unit  # noqa: PLC0415

    if Person.objects.filter(username=SEVERAL).exists():
        return
    counts = MapCount.objects.filter(level=LEVELS[0]).order_by().values_list("unit").annotate(many=Sum("whole"))
    many = dict(counts)
    towns = sorted(Unit.objects.filter(kind="town"), key=lambda unit: -many.get(unit.pk, 0))
    at = datetime.now(UTC)
    person = actions.add_person(username=SEVERAL, name="two towns", by=None, at=at)
    for unit in towns[:2]:
        actions.appoint(person=person, role="unit_leader", unit=unit, starts_on=city.FOUNDED, by=None, at=at)


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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    _ask(int(os.environ["BENCHMARK_PART"]))
