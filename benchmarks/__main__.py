"""`python -m benchmarks [NAME ...] [--quick]`: run benchmarks one after the other, print a table, keep the results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.verdicts import Line, markdown, say, table
from scripts import pg

RESULTS = Path(__file__).parent / "results.md"
# Name: which settings its PostgreSQL needs, or None where it needs no database server.
PLAIN = {"shared_buffers": "2GB", "work_mem": "16MB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}
SERVERS: dict[str, tuple[bool, dict[str, str]] | None] = {
    "intake": (True, {"shared_buffers": "512MB"}),
    "lists": (False, PLAIN),
    "locate": None,
    "bringing": (False, PLAIN),
    "sweeping": (False, PLAIN),
    "desk": (False, PLAIN),
    "bulletin": None,
    "scoring": None,
    "draw": (False, PLAIN),
    "routing": None,
    "dispatch": None,
    "forecast": None,
    "open311": (False, PLAIN),
    "textintake": None,
    "calibration": None,
}
# Run only when named: a report that takes ten minutes.
ASKED_FOR = ("calibration",)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SERVERS)))
@click.option("--quick", is_flag=True, help="Smaller and shorter, to see whether it works; the results are not kept.")
def bench(names: tuple[str, ...], quick: bool) -> None:
    """Measure CivicLoop. Exit status 1: a bar was missed or a benchmark failed."""
    lines: list[Line] = []
    failed = False
    for name in names or [one for one in SERVERS if one not in ASKED_FOR]:
        begun = time.monotonic()
        found = measure(name, quick)
        failed |= not found
        lines += found
        say(f"{name}: {time.monotonic() - begun:.0f} s")
    print(table(lines))
    if not quick and lines:
        keep(lines)
    sys.exit(1 if failed or any(line.met is False for line in lines) else 0)


def measure(name: str, quick: bool) -> list[Line]:
    """Run one benchmark in a process and a database of its own."""
    say(f"{name} …")
    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as folder:
        environ = {**os.environ, "CIVICLOOP_DATA_DIR": folder, "CIVICLOOP_SECRET_KEY": "benchmarks"}
        server = _server(SERVERS[name])
        try:
            if server is not None:
                server.start()
                environ["CIVICLOOP_DATABASE_URL"] = server.url
            command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
            done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=False)
        finally:
            if server is not None:
                server.stop()
    if done.returncode:
        say(f"{name} failed with status {done.returncode}")
    return [Line(**json.loads(row)) for row in done.stdout.splitlines()]


def keep(lines: list[Line]) -> None:
    """Add a dated section to the results."""
    now = datetime.now(UTC)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    facts = f"{os.cpu_count()} cores, Python {platform.python_version()}, load averages at the end {load}."
    head = (
        ""
        if RESULTS.exists()
        else "# Results of `make bench`\n\nHow they are measured: docs/reference/benchmarks.md.\n"
    )
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"{head}\n## {now:%Y-%m-%d %H:%M} UTC\n\n{facts}\n\n{markdown(lines)}\n")


def _server(wanted: tuple[bool, dict[str, str]] | None) -> pg.Server | None:
    if wanted is None:
        return None
    durable, chosen = wanted
    folder = Path(tempfile.mkdtemp(prefix="civicloop-pg-"))
    return pg.Server(folder, durable=durable, settings=tuple(f"{name}={value}" for name, value in chosen.items()))


if __name__ == "__main__":
    bench()
