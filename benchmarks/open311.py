"""Open311 `GET requests` of a thousand results in a city of many cases, on both databases: server time by format and filter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from benchmarks import city
from benchmarks.filled import filled
from benchmarks.verdicts import Line, main, median, p95, say

SIZE, QUICK_SIZE = 200_000, 100_000
REQUESTS, QUICK_REQUESTS = 40, 10
MOST_SECONDS, ROWS = 0.120, 1000
PATH = "/open311/v2/requests"
# Half of the cases come from residents; the filled ones have no steps, so those of the last months get five.
FURNISHED = (
    "set session_replication_role = replica",  # the counts of the map are not looked at here
    "update cases_case set source = 'resident' where id % 2 = 0 and reported_at > now() - interval '120 days'",
    """insert into cases_casestep (case_id, seq, name, by_id, unit_id, at, state_before, state_after, note, data)
       select id, case seq when 5 then version else seq end, name, null, null, reported_at + seq * interval '4 hours', state, state,
         '', case name when 'dispatch' then '{"unit": "NONE"}'::jsonb else '{}' end
       from cases_case cross join
         (values (1, 'report'), (2, 'file'), (3, 'dispatch'), (4, 'accept'), (5, 'comment')) as taken (seq, name)
       where reported_at > now() - interval '120 days'""",
    """insert into photos_photo (sha256, media_type, size, width, height, received_at, exif, from_outside)
       values (repeat('a', 64), 'image/jpeg', 1, 1, 1, now(), '{}', true)""",
    """insert into residents_report
         (uid, code_digest, key, state, held_for, case_id, category_id, content, sender_key, received_at, refusal)
       select gen_random_uuid(), md5(id::text), md5(id::text), 'entered', '[]', id, category_id, '{}', '', reported_at, ''
       from cases_case where id % 2 = 0 and reported_at > now() - interval '120 days'""",
    """insert into residents_reportphoto (report_id, photo_id, state)
       select id, repeat('a', 64), 'accepted' from residents_report where id % 3 = 0""",
    "set session_replication_role = default",
)
WRITTEN = ("cases_casestep", "photos_photo", "residents_report", "residents_reportphoto")


def run(quick: bool) -> list[Line]:
    """One city on each database, each asked by a process of its own, one after the other."""
    city.settle()
    size = QUICK_SIZE if quick else SIZE
    urls = filled(size, more=WRITTEN, furnish=FURNISHED)
    return [line for kind, url in urls.items() for line in _asked(kind, url, size, quick)]


def _asked(kind: str, url: str, size: int, quick: bool) -> list[Line]:
    say(f"{kind} …")
    part = json.dumps({"kind": kind, "size": size, "quick": quick})
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url, "BENCHMARK_PART": part}
    command = [sys.executable, "-m", "benchmarks.open311"]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return [Line(**json.loads(row)) for row in done.stdout.splitlines()]


def _ask(kind: str, size: int, quick: bool) -> None:
    """The other end: asks again and again; the first request of each kind reads what the process keeps."""
    import django  # noqa: PLC0415

    django.setup()
    for name, form, asked in _kinds(kind):
        print(json.dumps(asdict(_line(f"{kind}, {name}", form, asked, size, quick))), flush=True)


def _kinds(kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is asked: name, format, arguments."""
    from django.utils import timezone  # noqa: PLC0415  (Django is ready now)

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
        ("JSON, in order of change", "json", {"sort": "-updated_datetime"}),
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
    if "extensions" in asked:  # three times the data, and what nobody asks for a thousand at a time: told, not judged
        return Line(what, figure)
    return Line(what, figure, f"≤ {MOST_SECONDS * 1000:.0f} ms", taken <= MOST_SECONDS)


def _timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock, and of CPU in this process: PostgreSQL's work is in the first alone."""
    begun, worked = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - begun, time.process_time() - worked


if __name__ == "__main__":
    if part := os.environ.get("BENCHMARK_PART"):
        _ask(**json.loads(part))
    else:
        main(run)
