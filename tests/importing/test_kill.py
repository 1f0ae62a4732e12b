"""An import that is killed loses nothing and is finished by starting it again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.environment import worker_home
from tests.importing.files import MAPPING, ROWS, csv_file

ROOT = Path(__file__).resolve().parents[2]
COUNT = 2500
SETTLE = """
import django; django.setup()
from tests.importing.conftest import build_town
build_town()
"""


def cases(database: Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20) as connection:
        return int(connection.execute("SELECT count(*) FROM cases_case").fetchone()[0])


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_killed_import_is_completed_by_starting_it_again(tmp_path: Path, django_db_setup: None) -> None:
    database = tmp_path / "city.sqlite3"
    with sqlite3.connect(f"file:{worker_home() / 'test.sqlite3'}?mode=ro", uri=True) as empty:
        empty.execute("VACUUM INTO ?", [str(database)])
    env = os.environ | {
        "CIVICLOOP_DATA_DIR": str(tmp_path),
        "CIVICLOOP_DATABASE_URL": f"sqlite:///{database}",
        "CIVICLOOP_JOBS_RUN": "none",
        "DJANGO_SETTINGS_MODULE": "civicloop.settings",
    }
    rows = [(f"K{number}", *ROWS[number % 2][1:]) for number in range(COUNT)]
    file, mapping = csv_file(tmp_path / "rows.csv", rows), tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    run = [sys.executable, "-m", "civicloop.cli"]
    command = [*run, "import", "cases", str(file), "--mapping", str(mapping)]
    subprocess.run([sys.executable, "-c", SETTLE], cwd=ROOT, env=env, check=True)

    importing = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while cases(database) == 0 and importing.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    importing.send_signal(signal.SIGKILL)
    importing.wait()

    done = cases(database)
    assert 0 < done < COUNT
    assert done % 500 == 0, "batches are whole"
    again = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert f"{COUNT - done}" in again.stderr
    assert cases(database) == COUNT
    subprocess.run([*run, "ledger", "verify"], cwd=ROOT, env=env, check=True, capture_output=True)
