"""A process is ready before the first request: its books are loaded and its views imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.standards import reference
from civicloop.web import warming

BOOKS = ("org", "grids", "calendars", "parameters", "categories")
LOOKS = """
import sys
import civicloop.wsgi
print("civicloop.web.desk.mapserver.tiles" in sys.modules, "civicloop.api.tiles" in sys.modules)
"""


def statements_of_all_books() -> int:
    with CaptureQueriesContext(connection) as said:
        ref = reference.now()
        for book in BOOKS:
            getattr(ref, book)
    return len(said)


def test_after_warming_the_books_cost_one_statement(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in (reference._org, reference._grids, reference._calendars, reference._parameters, reference._categories):
        kept._stamp = None
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own transaction lives in it

    warming.warm()

    assert statements_of_all_books() == 1


def test_a_process_starts_without_tables_and_has_its_views(tmp_path: Path) -> None:
    environ = {**os.environ, "CIVICLOOP_DATA_DIR": str(tmp_path), "CIVICLOOP_DATABASE_URL": ""}
    done = subprocess.run([sys.executable, "-c", LOOKS], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["True", "True"]), done.stderr
