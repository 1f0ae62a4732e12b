"""Open311 `GET requests` of a thousand results among a million cases on PostgreSQL: server time by format and filter."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks import city, filling
from benchmarks.verdicts import Line, main, median, p95, say

SIZE, QUICK_SIZE = 1_000_000, 100_000
REQUESTS, QUICK_REQUESTS = 40, 10
MOST_SECONDS, ROWS = 0.120, 1000
PATH = "/open311/v2/requests"
# Half of the cases come from residents; the filled ones have no steps, so those of the last months get their last one.
FURNISHED = (
    "set session_replication_role = replica",  # the counts of the map are not looked at here
    "update cases_case set source = 'resident' where id % 2 = 0 and reported_at > now() - interval '120 days'",
    """insert into cases_casestep (case_id, seq, name, by_id, unit_id, at, state_before, state_after, note, data)
       select id, version, 'comment', null, null, reported_at + interval '20 hours', state, state, '', '{}'
       from cases_case where reported_at > now() - interval '120 days'""",
    """insert into photos_photo (sha256, media_type, size, width, height, received_at, exif)
       values (repeat('a', 64), 'image/jpeg', 1, 1, 1, now(), '{}')""",
    """insert into residents_report
         (uid, code_digest, key, state, held_for, case_id, category_id, content, sender_key, received_at, refusal)
       select gen_random_uuid(), md5(id::text), md5(id::text), 'entered', '[]', id, category_id, '{}', '', reported_at, ''
       from cases_case where id % 2 = 0 and reported_at > now() - interval '120 days'""",
    """insert into residents_reportphoto (report_id, photo_id, state)
       select id, repeat('a', 64), 'accepted' from residents_report where id % 3 = 0""",
    "set session_replication_role = default",
    "vacuum analyze",
)


def run(quick: bool) -> list[Line]:
    """One city, asked again and again; the first request of each kind reads what the process keeps."""
    from django.db import connection  # noqa: PLC0415  (Django is ready now)

    city.settle()
    size = QUICK_SIZE if quick else SIZE
    begun = time.monotonic()
    filling.fill(size, Random(city.SEED))
    with connection.cursor() as cursor:
        for statement in FURNISHED:
            cursor.execute(statement)
    say(f"{size} cases filled in {time.monotonic() - begun:.0f} s")
    return [_line(name, path, asked, size, quick) for name, path, asked in _kinds()]


def _kinds() -> list[tuple[str, str, dict[str, Any]]]:
    """What is asked: name, address, arguments."""
    from django.utils import timezone  # noqa: PLC0415

    from civicloop.cases.models import Case  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    ref, now = reference.now(), timezone.now()
    west, south, east, north = ref.grids.box or (0.0, 0.0, 0.0, 0.0)
    here = {"lat": (south + north) / 2, "long": (west + east) / 2, "radius": 10_000}
    newest = Case.objects.filter(source="resident").order_by("-id").values_list("id", flat=True)[:ROWS]
    ids = ",".join(f"A{number:06d}" for number in newest)
    return [
        ("JSON", "json", {}),
        ("XML", "xml", {}),
        ("XML, extensions", "xml", {"extensions": "true"}),
        ("JSON, closed", "json", {"status": "closed"}),
        ("JSON, around a place", "json", here),
        ("JSON, page 3 with the total", "json", {"page": 3, "page_size": ROWS}),
        ("JSON, a thousand ids", "json", {"service_request_id": ids}),
        ("JSON, changed in the last 30 days", "json", {"updated_after": _written(now - timedelta(days=30))}),
    ]


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _line(name: str, form: str, asked: dict[str, Any], size: int, quick: bool) -> Line:
    from django.test import Client  # noqa: PLC0415

    client = Client()

    def ask() -> Any:
        return client.get(f"{PATH}.{form}", asked)

    answer = ask()
    found = answer.content.count(b"service_request_id") // (2 if form == "xml" else 1)
    if answer.status_code != 200 or found != ROWS:
        raise RuntimeError(f"{name}: {answer.status_code}, {found} requests")
    times = [_timed(ask) for _ in range(QUICK_REQUESTS if quick else REQUESTS)]
    taken, worked = p95([one for one, _ in times]), median(cpu for _, cpu in times)
    what = f"Open311, {ROWS} of {size // 1000} k requests, p95: {name}"
    figure = f"{taken * 1000:.0f} ms, CPU of the web process {worked * 1000:.0f} ms"
    return Line(what, figure, f"≤ {MOST_SECONDS * 1000:.0f} ms", taken <= MOST_SECONDS)


def _timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock, and of CPU in this process: the database's work is in the first alone."""
    begun, worked = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - begun, time.process_time() - worked


if __name__ == "__main__":
    main(run)
