"""What every test lives with: own files, quick passwords, jobs run at once, no network beyond this machine."""

from __future__ import annotations

import gc
import os
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.environment import find_chromium, worker_home

pytest_plugins = ["tests.cast"]

hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("ci", parent=hypothesis_settings.get_profile("house"), derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "house")


def pytest_configure() -> None:
    """Bend the settings for tests in this process only; commands started by tests see the real ones."""
    # A worker holds a million objects to its end; looking through them at the usual rate was a tenth of its time.
    gc.set_threshold(100_000, 50, 100)
    settings.DATA_DIR = worker_home() / "data"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CIVICLOOP_JOBS_RUN = "now"


# What shows that a test touches a database, directly or through a fixture.
OF_THE_DATABASE = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})
# What these show of the database, its apps' own tests show as well: on SQLite alone in a whole run. The first that fits counts.
SECOND_HALF = (
    ("api/test_description.py", False), ("api/test_hostile_sheets.py", False), ("demo/", False), ("documents/test_store.py", True),
    ("documents/", False), ("house/", False), ("insight/test_commands.py", False), ("journeys/", False),
    ("open311/test_updates", True), ("open311/test_sending", True), ("open311/test_extensions", True),
    ("open311/", False), ("openrosa/", False),
    ("photos/test_blur.py", False), ("publicity/test_kinds", True), ("publicity/", False),
    ("standards/test_edit", True), ("standards/", False), ("surveys/test_surveys", True), ("surveys/", False),
    ("textintake/test_reading.py", True), ("textintake/", False),
    ("volunteers/test_matching_proposals", True), ("volunteers/test_matching", False), ("volunteers/test_orders_walks", False),
    ("volunteers/test_orders_sight", False), ("volunteers/test_orders_places", False), ("volunteers/test_events", False),
    ("web/test_every_page.py", True),
    ("web/test_lists.py", True), ("web/", False),
)  # fmt: skip
# Seconds that a test may take, for the order of files: the longest begin first, so that no worker ends alone. What takes far
# longer says so: `slow(seconds=120)`.
SLOW, BROWSER, ORDINARY = 10.0, 5.0, 0.1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with the reason, what cannot run here; in the second half of a whole run leave out what the first has proved.

    A test that touches no database says the same on both. `once` marks the few that build whole cities or start other programs.
    """
    if os.environ.get("CIVICLOOP_SECOND_HALF"):
        proved = [one for one in items if _proved(one)]
        config.hook.pytest_deselected(items=proved)
        items[:] = [one for one in items if not _proved(one)]
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    unmet = {
        "postgres": None if on_postgres else "only on PostgreSQL",
        "sqlite": "only on SQLite" if on_postgres else None,
        "browser": None if find_chromium() else "no Chromium on this machine",
    }
    for item in items:
        for marker, reason in unmet.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    _longest_files_first(items)


def _proved(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgres"):
        return False
    if item.get_closest_marker("once"):
        return True
    file = item.path.relative_to(Path(__file__).parent).as_posix()
    if not next((both for start, both in SECOND_HALF if file.startswith(start)), True):
        return True
    touches = item.get_closest_marker("django_db") or OF_THE_DATABASE & set(getattr(item, "fixturenames", ()))
    return not touches


def _longest_files_first(items: list[pytest.Item]) -> None:
    seconds: Counter[Path] = Counter()
    for item in items:
        slow, browser = item.get_closest_marker("slow"), item.get_closest_marker("browser")
        usual = SLOW if slow else BROWSER if browser else ORDINARY
        seconds[item.path] += slow.kwargs.get("seconds", usual) if slow else usual
    items.sort(key=lambda item: -seconds[item.path])


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite tests use a file in WAL mode, as cities do, so that threads and processes meet real locks."""
    database = settings.DATABASES["default"]
    test = database.setdefault("TEST", {})
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if database["ENGINE"].endswith("sqlite3"):
        test["NAME"] = str(worker_home() / "test.sqlite3")
    else:
        test["NAME"] = f"test_{database['NAME']}_{worker}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser for tests marked `browser`."""
    path = find_chromium()
    assert path, "mark the test with @pytest.mark.browser"
    return path


def _is_local(family: int, address: Any) -> bool:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    return address[0] in ("localhost", "::1", "") or address[0].startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that talks to another machine fails and says where it wanted to go."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def connect(self: socket.socket, address: Any) -> None:
        if not _is_local(self.family, address):
            raise PermissionError(f"tests may not leave this machine: {address!r}")
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(self.family, address):
            raise PermissionError(f"tests may not leave this machine: {address!r}")
        return real_connect_ex(self, address)

    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex = real_connect, real_connect_ex  # type: ignore[method-assign]


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asks = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asks) or bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(autouse=True)
def _emptied_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are followed by a flush, for which the ledger's guards step aside."""
    if not _commits(request.node):
        yield
        return
    from civicloop.ledger import guards

    request.getfixturevalue("transactional_db")
    yield
    guards.remove(connection)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After the flush the guards are back for the next test. Not after the last one: its database is gone."""
    yield
    if nextitem is not None and _commits(item):
        from pytest_django.plugin import blocking_manager_key

        from civicloop.ledger import guards

        with item.config.stash[blocking_manager_key].unblock():
            guards.install(connection)
            if connection.vendor == "sqlite":  # numbers begin anew, so that no test depends on those before it
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM sqlite_sequence")


@pytest.fixture(autouse=True)
def _wiring_is_read_anew() -> Iterator[None]:
    """A test may name other wiring in the settings; the next one finds the house's own."""
    yield
    from civicloop.bus import listeners

    listeners.cache_clear()
