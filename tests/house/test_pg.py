"""The private PostgreSQL: there while the command runs, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest

from tests.environment import ROOT

PG = [sys.executable, str(ROOT / "scripts" / "pg.py")]
ENVIRONMENT = {**os.environ, "CIVICLOOP_NO_INSTALL": "1"}
available = bool(shutil.which("pg_config") or glob("/usr/lib/postgresql/*/bin/initdb"))
needs_binaries = pytest.mark.skipif(not available, reason="no PostgreSQL binaries on this machine")


def folders(home: Path) -> list[Path]:
    return list(home.glob("civicloop-pg-*"))


@pytest.fixture
def home() -> Iterator[Path]:
    """A temporary folder that the server's own user can enter as well."""
    path = Path(tempfile.gettempdir()) / f"civicloop-test-pg-{os.getpid()}"
    path.mkdir(mode=0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@needs_binaries
def test_command_gets_the_address_and_its_exit_code_comes_back(home: Path) -> None:
    command = "import os, sys; print(os.environ['CIVICLOOP_DATABASE_URL']); sys.exit(7)"
    done = subprocess.run(
        [*PG, "run", "--", sys.executable, "-c", command],
        env={**ENVIRONMENT, "TMPDIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 7
    assert done.stdout.startswith("postgres://civicloop@127.0.0.1:")
    assert folders(home) == []


@needs_binaries
def test_server_stops_when_the_run_is_ended_from_outside(home: Path) -> None:
    command = "import time; print('up', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [*PG, "run", "--", sys.executable, "-c", command],
        env={**ENVIRONMENT, "TMPDIR": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == "up\n"
        server = int((folders(home)[0] / "data" / "postmaster.pid").read_text().splitlines()[0])
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 128 + signal.SIGTERM

    assert folders(home) == []
    deadline = time.monotonic() + 10
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()


def test_without_binaries_the_optional_half_says_so_and_succeeds(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PG, "run", "--optional", "--", "true"],
        env={**ENVIRONMENT, "CIVICLOOP_PG_BINARIES": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "PostgreSQL half skipped" in done.stderr
