"""Import of ten thousand real rows, against the same rows put raw into the same tables; memory for a hundred thousand.

The rows are those of Los Angeles (`shared/data/la311`, or CIVICLOOP_LA311); without them the benchmark says so and ends.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from benchmarks.verdicts import Line, main, median, peak_megabytes, ratio_line, say

MOST_RATIO, MOST_MEGABYTES, ROUNDS = 6.0, 200, 3
COPIES = 10
WRITTEN = ("cases.Case", "cases.CaseStep", "cases.CaseReach", "ledger.LedgerLine")


def run(quick: bool) -> list[Line]:
    """Import and raw insert by turns into the same tables; then the rows ten times over, each time under other keys."""
    django.setup()
    from civicloop.demo.la311 import COUNCILS, DEFAULT_DATA, EXAMPLES, REQUESTS  # noqa: PLC0415

    folder = Path(os.environ.get("CIVICLOOP_LA311") or DEFAULT_DATA)
    if not (folder / REQUESTS).is_file():
        return [Line("import of real rows", f"{REQUESTS} is not here", "", None)]
    _settle(folder / COUNCILS)
    file, mapping = folder / REQUESTS, EXAMPLES / "cases.yaml"
    if quick:
        file = _copies(file, 1, first=2_000)
    ours, peer = [], []
    for number in range(1 if quick else ROUNDS):
        _empty()
        ours.append(_import(file, mapping))
        rows = _read()
        peer.append(_insert_raw(rows))
        say(f"round {number + 1}: {ours[-1]:.1f} s, raw {peer[-1]:.1f} s for {sum(map(len, rows.values()))} rows")
        many = len(rows["cases.Case"])
        del rows
    lines = [ratio_line(f"import of {many} real rows", median(ours), median(peer), MOST_RATIO, "raw bulk insert")]
    return [*lines, *_memory(file, 2 if quick else COPIES)]


def _settle(councils: Path) -> None:
    """Packs, units, accounts and councils, as `civicloop demo-la` has them."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from civicloop.demo import la311  # noqa: PLC0415
    from civicloop.importing.commands import bring_file  # noqa: PLC0415

    settings.CIVICLOOP_JOBS_RUN = "none"
    call_command("migrate", interactive=False, verbosity=0)
    now = datetime.now(UTC)
    la311._settle(now)
    bring_file("units", la311.EXAMPLES / "units.csv", la311.EXAMPLES / "units.yaml")
    la311._people(now)
    bring_file("grids", councils, la311.EXAMPLES / "grids.yaml")


def _import(file: Path, mapping: Path) -> float:
    from civicloop.importing.commands import bring_file  # noqa: PLC0415

    begun = time.perf_counter()
    bring_file("cases", file, mapping, report=Path(os.environ["CIVICLOOP_DATA_DIR"]) / "report.csv")
    return time.perf_counter() - begun


def _models() -> dict[str, Any]:
    from django.apps import apps  # noqa: PLC0415

    return {name: apps.get_model(name) for name in WRITTEN}


def _read() -> dict[str, list[Any]]:
    """All that the import has written, as objects."""
    ledger = {"ledger.LedgerLine": {"kind": "case"}}
    return {name: list(model.objects.filter(**ledger.get(name, {}))) for name, model in _models().items()}


def _insert_raw(rows: dict[str, list[Any]]) -> float:
    """The same objects by Django's bulk insert, in one transaction, into the emptied tables."""
    from django.db import transaction  # noqa: PLC0415

    _empty()
    models = _models()
    begun = time.perf_counter()
    with transaction.atomic():
        for name, found in rows.items():
            models[name].objects.bulk_create(found, batch_size=2000)
    return time.perf_counter() - begun


def _empty() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # the ledger's own guards refuse it otherwise
        cursor.execute("truncate cases_case, cases_casestep, cases_casereach, ledger_ledgerline cascade")
        cursor.execute("set session_replication_role = default")


def _copies(file: Path, copies: int, first: int | None = None) -> Path:
    """The rows several times over, each time under keys of their own."""
    made = Path(os.environ["CIVICLOOP_DATA_DIR"]) / f"rows-{first or 'all'}-{copies}.csv"
    with file.open(encoding="utf-8", newline="") as given, made.open("w", encoding="utf-8", newline="") as out:
        head, *rows = csv.reader(given)
        write = csv.writer(out)
        write.writerow(head)
        for copy in range(copies):
            write.writerows([f"{row[0]}-{copy}", *row[1:]] for row in rows[:first])
    return made


def _memory(file: Path, copies: int) -> list[Line]:
    """The peak of the command in a process of its own, for the rows once and many times over."""
    peaks = []
    for number in (1, copies):
        _empty()
        peaks.append(_peak(_copies(file, number)))
    with file.open(encoding="utf-8") as counted:
        rows = sum(1 for _ in csv.reader(counted)) - 1
    figure = f"{peaks[1]:.0f} MB ({peaks[0]:.0f} MB for {rows})"
    return [
        Line(f"import of {rows * copies} rows, memory", figure, f"< {MOST_MEGABYTES} MB", peaks[1] < MOST_MEGABYTES)
    ]


def _peak(file: Path) -> float:
    from civicloop.demo.la311 import EXAMPLES  # noqa: PLC0415

    command = [sys.executable, "-m", "benchmarks.bringing"]
    environ = {**os.environ, "BENCHMARK_FILE": str(file), "BENCHMARK_MAPPING": str(EXAMPLES / "cases.yaml")}
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    found = re.fullmatch(r"([\d.]+)\s*", done.stdout)
    return float(found[1]) if found else float("nan")


def _import_here() -> None:
    django.setup()
    _import(Path(os.environ["BENCHMARK_FILE"]), Path(os.environ["BENCHMARK_MAPPING"]))
    print(peak_megabytes())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    if os.environ.get("BENCHMARK_FILE"):
        _import_here()
    else:
        main(run)
