"""Runs the whole suite on SQLite and then again on PostgreSQL, and ends with both closing lines.

Arguments go to pytest: `python scripts/run_tests.py tests/kernel -k clock`. Without PostgreSQL the second half is
skipped with a plain message. Exit code: the first half's if it failed, else the second's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pg

ROOT = Path(__file__).resolve().parent.parent
CLOSING_LINE = re.compile(r"^=* ?(\d+ \w+|no tests ran).* in [\d.]+s.*$")
# As many as the cores of the smallest machine; a third one on two cores was measured, and was slower.
WORKERS = os.environ.get("CIVICLOOP_TEST_WORKERS", "2")


def pytest_command(arguments: list[str]) -> list[str]:
    """How pytest is called; tests that share a file share a worker, so that their fixtures are built once.

    The order of files is the one tests/conftest.py gives them, the longest first.
    """
    return [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder", *arguments]


def run_half(name: str, command: list[str], environ: dict[str, str]) -> tuple[int, str]:
    """Run one half, show its output as it comes, and return its exit code and pytest's closing line."""
    print(f"\n--- the suite on {name} ---", flush=True)
    closing = ""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        if CLOSING_LINE.match(line):
            closing = line.rstrip()
    return process.wait(), closing


def main(arguments: list[str]) -> int:
    environ = {key: value for key, value in os.environ.items() if key != "CIVICLOOP_DATABASE_URL"}
    halves = [("SQLite", run_half("SQLite", pytest_command(arguments), environ))]
    skipped = ""
    try:
        pg.get_binaries()
        pg.server_user()
    except pg.Unavailable as why:
        skipped = f"PostgreSQL half skipped: {why}"
    else:
        command = [sys.executable, str(ROOT / "scripts" / "pg.py"), "run", "--", *pytest_command(arguments)]
        # A part that was asked for runs whole on both.
        second = environ if arguments else {**environ, "CIVICLOOP_SECOND_HALF": "1"}
        halves.append(("PostgreSQL", run_half("PostgreSQL", command, second)))
    print("\n--- both halves ---" if not skipped else f"\n{skipped}")
    for name, (code, closing) in halves:
        print(f"{name}:\n{closing or f'pytest ended without a closing line (exit code {code})'}", flush=True)
    return next((code for _, (code, _) in halves if code), 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
