"""Intake: `POST /api/v1/cases` on two web processes with the worker beside them, against a bare insert on the same server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.load import WARM_UP
from benchmarks.verdicts import Line, main, median, say
from civicloop.serving import web_command, worker_command
from scripts.pg import free_port

Environ = dict[str, str]
CASES = "/api/v1/cases"
LEAST_RATIO, LEAST_SQLITE, MOST_P95 = 0.15, 0.5, 0.060
ROUNDS = 3


class Web(NamedTuple):
    """A web server: its port, and the process that leads its session."""

    port: int
    pid: int


def run(quick: bool) -> list[Line]:
    """Rounds of bare endpoint, PostgreSQL and SQLite by turns; every figure is the median of the rounds."""
    seconds, bare_seconds = (5, 3) if quick else (20, 8)
    folder = Path(os.environ["CIVICLOOP_DATA_DIR"])
    on_pg = dict(os.environ)
    on_sqlite = {**on_pg, "CIVICLOOP_DATABASE_URL": f"sqlite:///{folder / 'intake.sqlite3'}"}
    found: dict[str, list[dict[str, Any]]] = {"bare": [], "pg": [], "sqlite": []}
    with ExitStack() as stack:
        _settle({folder / "pg": on_pg, folder / "sqlite": on_sqlite}, 10_000 if quick else 50_000)
        subprocess.run([sys.executable, "-m", "benchmarks.bare"], env=on_pg, check=True)
        bare = stack.enter_context(_served("benchmarks.bare.wsgi:application", on_pg))
        doors = {"pg": on_pg, "sqlite": on_sqlite}
        served = {name: stack.enter_context(_served("civicloop.wsgi:application", env)) for name, env in doors.items()}
        for number in range(1 if quick else ROUNDS):
            say(f"round {number + 1}")
            found["bare"].append(_load(folder / "pg", "/", bare, bare_seconds, on_pg))
            for name, environ in doors.items():
                found[name].append(_with_worker(folder / name, served[name], seconds, environ))
    return _lines(found)


def _with_worker(file: Path, web: Web, seconds: int, environ: Environ) -> dict[str, Any]:
    """One round with the worker running; how long the queue was before, at the end, and how long it took to empty it."""
    with _process(worker_command(), environ):
        _load(file, CASES, web, 1, environ)  # the worker is up when it has done these
        _wait_empty(environ, 60)
        told = _load(file, CASES, web, seconds, environ)
        told["queued"] = _queued(environ)
        begun = time.monotonic()
        _wait_empty(environ, 120)
        told["drained"] = time.monotonic() - begun
    return told


def _lines(found: dict[str, list[dict[str, Any]]]) -> list[Line]:
    rate = {name: median(one["rate"] for one in rounds) for name, rounds in found.items()}
    late = {name: median(one["p95"] for one in rounds) for name, rounds in found.items()}
    half = {name: median(one["p50"] for one in rounds) for name, rounds in found.items()}
    ratio = median(ours["rate"] / peer["rate"] for ours, peer in zip(found["pg"], found["bare"], strict=True))
    lite = median(ours["rate"] / peer["rate"] for ours, peer in zip(found["sqlite"], found["pg"], strict=True))
    lines = [
        Line("bare insert, PostgreSQL", _figure(rate["bare"], half["bare"], late["bare"]), "the peer"),
        Line("intake, PostgreSQL", _figure(rate["pg"], half["pg"], late["pg"]), "p95 ≤ 60 ms", late["pg"] <= MOST_P95),
        Line("intake : bare insert", f"{ratio:.3f}", f"≥ {LEAST_RATIO}", ratio >= LEAST_RATIO),
        Line("intake, SQLite", _figure(rate["sqlite"], half["sqlite"], late["sqlite"]), "", None),
        Line("intake, SQLite : PostgreSQL", f"{lite:.2f}", f"≥ {LEAST_SQLITE}", lite >= LEAST_SQLITE),
    ]
    for name, title in (("pg", "PostgreSQL"), ("sqlite", "SQLite")):
        early, queued = (median(one[key] for one in found[name]) for key in ("queued_early", "queued"))
        drained = max(one["drained"] for one in found[name])
        figure = f"{early:.0f} jobs waiting after a third, {queued:.0f} at the end, none {drained:.0f} s later"
        lines.append(Line(f"queue, {title}", figure, "grows by < ½ s of intake", queued - early < rate[name] / 2))
    cpu = {name: median(one["cpu"] for one in rounds) * 1000 for name, rounds in found.items()}
    figure = f"{cpu['pg']:.2f} ms = {cpu['pg'] / cpu['bare']:.1f} × {cpu['bare']:.2f} ms"
    lines.append(
        Line(
            "CPU per request, web and database, PostgreSQL",
            figure,
            "told only: on a shared machine it says more than rates",
        )
    )
    bad = {
        status: count
        for rounds in found.values()
        for one in rounds
        for status, count in one["statuses"].items()
        if status != "201"
    }
    return [*lines, Line("answers other than 201", json.dumps(bad) if bad else "none", "none", not bad)]


def _figure(rate: float, p50: float, p95: float) -> str:
    return f"{rate:.0f} req/s, p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"


def _settle(cities: dict[Path, Environ], many: int) -> None:
    say("settling two cities")
    command = [sys.executable, "-m", "benchmarks.city"]
    running = [subprocess.Popen([*command, str(file), str(many)], env=environ) for file, environ in cities.items()]
    failed = [process for process in running if process.wait()]
    if failed:
        raise RuntimeError("a city could not be settled")


def _load(file: Path, path: str, web: Web, seconds: int, environ: Environ) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.load", str(file), path, str(web.port), str(seconds)]
    before = _cpu(web.pid, environ)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:
        time.sleep(WARM_UP + seconds / 3)
        queued = _queued(environ) if path == CASES else 0
        said, _ = load.communicate()
    told: dict[str, Any] = {**json.loads(said), "queued_early": queued}
    told["cpu"] = (_cpu(web.pid, environ) - before) / told["sent"]
    say(json.dumps(told))
    return told


@contextmanager
def _served(application: str, environ: Environ) -> Iterator[Web]:
    port = free_port()
    with _process([*web_command("127.0.0.1", port, 2, application), "--log-level", "warning"], environ) as pid:
        _wait_for(port)
        yield Web(port, pid)


@contextmanager
def _process(command: list[str], environ: Environ) -> Iterator[int]:
    process = subprocess.Popen(command, env=environ, start_new_session=True)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _cpu(leader: int, environ: Environ) -> float:
    """Seconds of processor that the web processes, and the connections of the PostgreSQL they use, have taken so far."""
    database = _postmaster(environ)
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            if int(words[3]) == leader or int(words[1]) == database:  # session, parent
                ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _postmaster(environ: Environ) -> int | None:
    if not environ["CIVICLOOP_DATABASE_URL"].startswith("postgres"):
        return None
    import psycopg  # noqa: PLC0415

    with psycopg.connect(environ["CIVICLOOP_DATABASE_URL"]) as server:
        row = server.execute("select pg_backend_pid()").fetchone()
        assert row is not None
        return int(Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no server on port {port}")


def _wait_empty(environ: Environ, seconds: int) -> None:
    deadline = time.monotonic() + seconds
    while _queued(environ) and time.monotonic() < deadline:
        time.sleep(0.25)


def _queued(environ: Environ) -> int:
    """How many jobs wait, read beside Django: the two databases are asked from one process."""
    statement = "select count(*) from django_q_ormq"
    url = environ["CIVICLOOP_DATABASE_URL"]
    if url.startswith("sqlite"):
        import sqlite3  # noqa: PLC0415

        line = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return int(line.execute(statement).fetchone()[0])
        finally:
            line.close()
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url) as server:
        row = server.execute(statement).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main(run)
