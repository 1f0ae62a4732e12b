"""The pages of the desk at 10 k and 1 M cases on PostgreSQL and SQLite: Today, daily dispatch, inbox, lists, a case, rates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.verdicts import Line, p95, say

MOST_TODAY, MOST_RATIO, MOST_STATEMENTS, MOST_KILOBYTES = 0.150, 1.5, 15, 120
REQUESTS, ROUNDS, QUICK_ROUNDS = 15, 3, 1
USERS = ("dispatcher", "supervisor3", "handler", "town")
NAMES = {"dispatcher": "dispatcher", "supervisor3": "supervisor", "handler": "department", "town": "town"}
PAGES = {
    "Today": "/", "daily dispatch": "/dispatch", "inbox": "/inbox", "inbox, live rows": "/inbox/live", "cases": "/cases",
    "cases overdue": "/cases?lens=overdue", "case": "/cases/{uid}", "case beside the inbox": "/inbox/case/{uid}",
    "numbers": "/numbers", "rates of grids": "/map/rates", "analysis": "/analysis",
}  # fmt: skip
# Counted from the rows of a period; in a large city a process keeps what it counted for some minutes. Both are measured.
COUNTED = ("numbers", "rates of grids", "analysis")
OF_THE_CITY = {"analysis": ("supervisor3",)}
# What each row of the inbox and of a table of cases has once.
ROW_MARKS = (b"<li data-row=", b'<td class="problem">')
Asker = Callable[[str, str], dict[str, Any]]


def measured(urls: Mapping[tuple[str, int], str], quick: bool) -> list[Line]:
    """Ask the cities of these kinds and sizes by turns, so that all see the same machine."""
    sizes = tuple(sorted({size for _, size in urls}))
    with ExitStack() as stack:
        askers = {one: stack.enter_context(_process(url)) for one, url in urls.items()}
        found = _by_turns(askers, QUICK_ROUNDS if quick else ROUNDS)
    return [line for kind in ("PostgreSQL", "SQLite") for line in _lines(kind, sizes, found)]


def _by_turns(askers: dict[Any, Asker], rounds: int) -> dict[tuple[Any, str, str], dict[str, float]]:
    """For every database, page and person: p95 in seconds over all rounds, statements, kilobytes."""
    found: dict[tuple[Any, str, str], dict[str, float]] = {}
    for page in PAGES:
        say(f"{page} …")
        for user in OF_THE_CITY.get(page, USERS):
            told: dict[Any, list[dict[str, Any]]] = {one: [] for one in askers}
            for _ in range(rounds + 1):  # the first round warms the database's memory, as a working day would have
                for one, ask in askers.items():
                    told[one].append(ask(page, user))
            for one, answers in told.items():
                found[one, page, user] = {
                    "p95": p95([one for answer in answers[1:] for one in answer["times"]]),
                    "statements": answers[-1]["statements"],
                    "kilobytes": answers[-1]["bytes"] / 1024,
                    "rows": answers[-1]["rows"],
                    "anew": p95([answer["anew"] for answer in answers[1:]]),
                }
    return found


def _lines(kind: str, sizes: tuple[int, ...], found: dict[tuple[Any, str, str], dict[str, float]]) -> list[Line]:
    lines = []
    for page in PAGES:
        for user in OF_THE_CITY.get(page, USERS):
            small, large = (found[(kind, size), page, user] for size in (sizes[0], sizes[-1]))
            ratio = large["p95"] / small["p95"]
            said = f"{kind}, {page}, {NAMES[user]}: "
            figure = f"{small['p95'] * 1000:.0f}, {large['p95'] * 1000:.0f} ms = {ratio:.2f} ×"
            figure += f", {small['kilobytes']:.0f}, {large['kilobytes']:.0f} kB{_a_row(small, large)}"
            names = " / ".join(f"{size // 1000} k" for size in (sizes[0], sizes[-1]))
            lines.append(Line(f"{said}p95 at {names}", figure, f"≤ {MOST_RATIO} ×", ratio <= MOST_RATIO))
            if page in COUNTED:
                ratio = large["anew"] / small["anew"]
                figure = f"{small['anew'] * 1000:.0f}, {large['anew'] * 1000:.0f} ms = {ratio:.2f} ×"
                lines.append(Line(f"{said}counted anew at {names}", figure, f"≤ {MOST_RATIO} ×", ratio <= MOST_RATIO))
            if page == "Today":
                lines.append(
                    Line(f"{said}p95", f"{large['p95'] * 1000:.0f} ms", f"≤ {MOST_TODAY * 1000:.0f} ms", large["p95"] <= MOST_TODAY)
                )  # fmt: skip
            fits = large["statements"] <= MOST_STATEMENTS and large["kilobytes"] <= MOST_KILOBYTES
            size = f"{large['statements']:.0f} statements, {large['kilobytes']:.0f} kB"
            bar = f"≤ {MOST_STATEMENTS} statements, {MOST_KILOBYTES} kB"
            lines.append(Line(f"{said}size", size, bar, fits))
    return lines


def _a_row(small: dict[str, float], large: dict[str, float]) -> str:
    """How many rows a list shows and what each takes: a list of fifty rows is not the same work as a list of five."""
    if not small["rows"] or not large["rows"]:
        return ""
    each = ", ".join(f"{one['p95'] * 1000 / one['rows']:.2f}" for one in (small, large))
    return f", {small['rows']:.0f}, {large['rows']:.0f} rows, {each} ms for each"


@contextmanager
def _process(url: str) -> Iterator[Asker]:
    """A process of its own on one of the databases."""
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url, "BENCHMARK_PART": "ask"}
    command = [sys.executable, "-m", "benchmarks.today"]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        to, back = process.stdin, process.stdout

        def ask(page: str, user: str) -> dict[str, Any]:
            to.write(json.dumps([page, user]) + "\n")
            to.flush()
            return dict(json.loads(back.readline()))

        yield ask
        to.close()


def _answer() -> None:
    """The other end: reads which page is wanted by whom, asks for it, and writes how long each request took."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from civicloop.insight import lately  # noqa: PLC0415
    from civicloop.insight.counted import keep_counted  # noqa: PLC0415
    from civicloop.organisation.models import Person  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    clients = {}
    for user in USERS:
        clients[user] = Client()
        clients[user].force_login(
            Person.objects.get(username=user), backend="django.contrib.auth.backends.ModelBackend"
        )
    for line in sys.stdin:
        page, user = json.loads(line)
        paths = _paths(page, user)
        keep_counted(at=timezone.now(), ref=reference.now())  # what the worker does every minute
        with CaptureQueriesContext(connection) as seen:
            answer = clients[user].get(paths[0])
        if answer.status_code != 200:
            raise RuntimeError(f"{paths[0]}: {answer.status_code}")
        lately._LATELY = lately.Lately()
        told = {
            "anew": _timed(clients[user], paths[0]),
            "statements": len(seen),
            "bytes": len(answer.content),
            "rows": sum(answer.content.count(mark) for mark in ROW_MARKS),
            "times": [_timed(clients[user], path) for path in paths],
        }
        print(json.dumps(told), flush=True)


def _paths(page: str, user: str) -> list[str]:
    """Twenty requests: the same page again, or twenty open cases the person may see, drawn by number."""
    from django.utils import timezone  # noqa: PLC0415

    from civicloop.cases.models import Case  # noqa: PLC0415
    from civicloop.organisation.days import day_of  # noqa: PLC0415
    from civicloop.organisation.models import Person  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    if "{uid}" not in PAGES[page]:
        return [PAGES[page]] * REQUESTS
    actor = reference.now().actor(Person.objects.get(username=user), day_of(timezone.now()))
    uids = list(Case.objects.visible_to(actor).order_by("-pk").values_list("uid", flat=True)[: REQUESTS * 10 : 10])
    return [PAGES[page].format(uid=uid) for uid in uids]


def _timed(client: Any, path: str) -> float:
    begun = time.perf_counter()
    client.get(path)
    return time.perf_counter() - begun


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    _answer()
