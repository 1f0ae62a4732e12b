"""A monthly bulletin with forty photos as DOCX and PDF, written by the job as a city's worker would: seconds and peak memory."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from random import Random
from typing import Any

from benchmarks.verdicts import Line, main, peak_megabytes, say

PHOTOS, QUICK_PHOTOS = 40, 6
MOST_SECONDS, MOST_MEGABYTES = 10.0, 300.0
# What a phone sends: 12 megapixels.
EXTENT = (4000, 3000)
CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 5, 9, tzinfo=CHINA)


def run(quick: bool) -> list[Line]:
    """The city and its photos are made in a process of their own, so that their memory is not counted here."""
    many = QUICK_PHOTOS if quick else PHOTOS
    child = os.fork()
    if child == 0:
        _settled(many)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the city could not be made")
    _ready()
    from civicloop.documents import actions, queries  # noqa: PLC0415  (Django is ready now)
    from civicloop.documents.models import Paper  # noqa: PLC0415

    paper = Paper.objects.get()
    before = peak_megabytes()
    begun, busy = time.perf_counter(), time.process_time()
    built = actions.build(paper.uid)
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    memory = peak_megabytes()
    if built.state != "ready":
        raise RuntimeError(f"the bulletin was not written: {built.failure}")
    document = queries.document_of(built)
    shown = len(list(document.pictures())) if document else 0
    if shown != many:
        raise RuntimeError(f"{shown} photos instead of {many}")
    sizes = ", ".join(f"{one.form} {one.size / 1e6:.1f} MB" for one in queries.files_of(built))
    say(f"{sizes}; {before:.0f} MB before it began")
    return [
        Line(
            f"bulletin with {many} photos: time", f"{seconds:.1f} s", f"≤ {MOST_SECONDS:.0f} s", seconds <= MOST_SECONDS
        ),
        Line(
            "bulletin: most memory of the process",
            f"{memory:.0f} MB",
            f"< {MOST_MEGABYTES:.0f} MB",
            memory < MOST_MEGABYTES,
        ),
        Line("bulletin: time of the processor", f"{busy:.1f} s"),
        Line("bulletin: files", sizes),
    ]


def _ready() -> None:
    import django  # noqa: PLC0415

    os.environ["CIVICLOOP_JOBS_RUN"] = "none"
    django.setup()


def _settled(many: int) -> None:
    """A database with units, people and photos (originals and their copies), and a bulletin that is asked for."""
    _ready()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from tests.cast import build_city  # noqa: PLC0415

    city = build_city()
    photos = [_photo(number) for number in range(many)]
    _asked(city, photos)
    connection.close()


def _photo(number: int) -> str:
    from PIL import Image  # noqa: PLC0415

    from civicloop.photos import actions, copies  # noqa: PLC0415

    rng = Random(number)
    # Blurred noise packs about as badly as a street does.
    small = Image.frombytes("RGB", (500, 375), rng.randbytes(500 * 375 * 3))
    out = BytesIO()
    small.resize(EXTENT, Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    out.seek(0)
    actions.store(out, sha256=sha256, by=None, at=AT)
    copies.make(sha256)
    return sha256


def _asked(city: Any, photos: list[str]) -> None:
    """The bulletin of the month: what the collector says of this city, with the photos two by two in its body."""
    from civicloop.documents import actions, building  # noqa: PLC0415
    from civicloop.documents.rules.body import Document, Picture, PictureRow  # noqa: PLC0415
    from civicloop.documents.rules.frozen import digest, plain  # noqa: PLC0415

    paper = actions.prepare(
        kind="bulletin",
        by=city.supervisor,
        at=AT,
        start=date(2026, 10, 1),
        end=date(2026, 10, 31),
        blocks={"sign": "朝办"},
    )
    document = building.collect(paper)
    assert isinstance(document, Document)
    pairs = zip(photos[::2], photos[1::2], strict=True)
    rows = tuple(PictureRow((Picture(a, "整改前"), Picture(b, "整改后"))) for a, b in pairs)
    paper.data = plain(replace(document, blocks=document.blocks + rows))
    paper.digest = digest(paper.data)
    paper.save()


if __name__ == "__main__":
    main(run)
