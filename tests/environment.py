"""The place a test run lives in: its own folders, chosen before Django reads its settings.

Loaded by pytest's `-p` (see pyproject.toml). Workers of pytest-xdist inherit what the first process has chosen.
Nothing of a test run touches the `var/` of the checkout.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _choose_home() -> Path:
    inherited = os.environ.get("CIVICLOOP_TEST_HOME")
    if inherited:
        return Path(inherited)
    home = Path(tempfile.mkdtemp(prefix="civicloop-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["CIVICLOOP_TEST_HOME"] = str(home)
    return home


HOME = _choose_home()
os.environ["CIVICLOOP_DATA_DIR"] = str(HOME / "data")
os.environ["CIVICLOOP_SECRET_KEY"] = "only-for-tests-" + "0" * 40
os.environ["CIVICLOOP_PHOTO_STORAGE"] = ""
os.environ.pop("CIVICLOOP_DEBUG", None)


def worker_home() -> Path:
    """This process's own folder: pytest-xdist workers must not share files."""
    home = HOME / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    home.mkdir(parents=True, exist_ok=True)
    return home


def find_chromium() -> str | None:
    """Path of a Chromium on this machine, or of the one named by CIVICLOOP_CHROMIUM."""
    named = os.environ.get("CIVICLOOP_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
