"""The big screen's one address at a million cases on PostgreSQL and SQLite: server time of a refresh, and of the job behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.verdicts import Line, p95, say

MOST_REFRESH = 0.100
REQUESTS, QUICK_REQUESTS = 200, 40
# Ten years of screens would not close more in thirty days than this.
CLOSED_LATELY = 40_000


def measured(urls: Mapping[str, str], size: int, quick: bool) -> list[Line]:
    """Each city, by kind of database, is asked in a process of its own."""
    lines = []
    for kind, url in urls.items():
        say(f"screen, {kind} …")
        told = _asked(url, QUICK_REQUESTS if quick else REQUESTS)
        times, name = told["times"], f"{kind}, {size // 1000} k cases, big screen: "
        refresh = p95(times)
        lines += [
            Line(
                f"{name}refresh, p95",
                f"{refresh * 1000:.0f} ms",
                f"≤ {MOST_REFRESH * 1000:.0f} ms",
                refresh <= MOST_REFRESH,
            ),
            Line(f"{name}refresh, size", f"{told['statements']} statements, {told['bytes'] / 1024:.0f} kB"),
            Line(f"{name}job that keeps the slow half", f"{told['job']:.1f} s"),
        ]
    return lines


def _asked(url: str, requests: int) -> dict[str, Any]:
    environ = {
        **os.environ,
        "CIVICLOOP_DATABASE_URL": url,
        "BENCHMARK_PART": "ask",
        "BENCHMARK_REQUESTS": str(requests),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.screen"], env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def ask() -> None:
    """In a process of its own: close some cases lately, reckon the slow half, then ask for the screen again and again."""
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415  (Django is ready now)
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from civicloop.cases.mapcounts import keep_counts  # noqa: PLC0415
    from civicloop.insight.counted import keep_counted  # noqa: PLC0415
    from civicloop.insight.tasks import keep_screen  # noqa: PLC0415
    from civicloop.organisation.models import Person  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    settings.CIVICLOOP_JOBS_RUN = "none"
    _close_lately()
    keep_counts(at=timezone.now())  # what the sweep does every minute
    begun = time.perf_counter()
    keep_screen()
    keep_counted(at=timezone.now(), ref=reference.now())  # the worker again
    job = time.perf_counter() - begun
    client = Client()
    client.force_login(Person.objects.get(username="supervisor"), backend="django.contrib.auth.backends.ModelBackend")
    times = []
    for _ in range(int(os.environ["BENCHMARK_REQUESTS"]) + 5):
        begun = time.perf_counter()
        answer = client.get("/screen/data.json")
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.content
    with CaptureQueriesContext(connection) as seen:
        client.get("/screen/data.json")
    told = {"times": times[5:], "job": job, "bytes": len(answer.content), "statements": len(seen)}
    print(json.dumps(told))


def _close_lately() -> None:
    """Steps of closing for the newest closed cases: filling writes none."""
    from django.db import connection  # noqa: PLC0415  (Django is ready now)

    from civicloop.cases.models import Case, CaseStep  # noqa: PLC0415

    newest = (
        Case.objects.filter(state="closed")
        .order_by("-reported_at", "-id")
        .values_list("pk", "closed_at", "reported_at", "owner_id")
    )
    steps = [
        CaseStep(
            case_id=pk, seq=6, name="close", at=at or reported_at, unit_id=owner, state_before="verified",
            state_after="closed",
        )
        for pk, at, reported_at, owner in newest[:CLOSED_LATELY]
    ]  # fmt: skip
    CaseStep.objects.bulk_create(steps, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("analyze")  # as after filling: forty thousand steps do not appear in one moment elsewhere
    say(f"{len(steps)} closed lately")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    ask()
