"""`python -m benchmarks.city FILE MANY`: settle the demo city without its history, and write requests for intake to FILE.

The first line is a token, every further line the JSON of one report: a place within a random grid, a category, Chinese text.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import django

FOUNDED = date(2023, 1, 1)
SEED = 20261123


def settle() -> Any:
    """Make the tables and settle 80 units, 700 grids, 540 people and 1 200 points, with all packs loaded."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415  (Django is ready now)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from civicloop.demo.settle import settle as settle_demo  # noqa: PLC0415

    settings.CIVICLOOP_JOBS_RUN = "none"
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        return settle_demo(seed=SEED, founded=FOUNDED, at=datetime.now(UTC))


def token_of(username: str) -> str:
    """A bearer token for a person of the city."""
    from civicloop.organisation.actions import make_token  # noqa: PLC0415
    from civicloop.organisation.models import Person  # noqa: PLC0415

    person = Person.objects.get(username=username)
    return str(make_token(person=person, name="benchmark", by=None, at=datetime.now(UTC))[1])


def reports(many: int, rng: Random) -> list[dict[str, Any]]:
    """Reports as an app would send them."""
    from benchmarks.texts import address, description  # noqa: PLC0415
    from civicloop.demo.land import land  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    categories = [
        str(one.uid)
        for one in reference.now().categories.categories.values()
        if one.pack == "gb47678-2026" and not any(question.required for question in one.questions)
    ]
    plots = land().plots
    found = []
    while len(found) < many:
        plot = rng.choice(plots)
        lon, lat = _inside(plot.ground, rng)
        found.append({
            "category": rng.choice(categories), "source": "hotline", "lon": lon, "lat": lat,
            "description": description(rng), "address": address(plot.village.short, rng),
        })  # fmt: skip
    return found


def _inside(ground: Any, rng: Random) -> tuple[float, float]:
    """A random place within a grid."""
    from shapely import contains_xy  # noqa: PLC0415

    west, south, east, north = ground.bounds
    while True:
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        if contains_xy(ground, lon, lat):
            return round(lon, 6), round(lat, 6)


def main(file: str, many: int) -> None:
    """Settle the city and write the file."""
    settle()
    lines = [token_of("filer"), *(json.dumps(one, ensure_ascii=False) for one in reports(many, Random(SEED)))]
    Path(file).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
