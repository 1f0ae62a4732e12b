"""The tests' own world: no network, no files of the checkout, the database that was named."""

from __future__ import annotations

import os
import socket

import pytest
from django.conf import settings
from django.db import connection

from tests.environment import HOME, ROOT


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match="may not leave this machine"):
        outside.connect(("203.0.113.9", 80))


def test_a_test_may_talk_to_this_machine() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


def test_data_of_tests_stays_out_of_the_checkout() -> None:
    assert settings.DATA_DIR.is_relative_to(HOME)
    assert not HOME.is_relative_to(ROOT)


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_that_was_named() -> None:
    named = os.environ.get("CIVICLOOP_DATABASE_URL", "sqlite")
    assert connection.vendor == ("postgresql" if named.startswith("postgres") else "sqlite")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_tests_use_a_write_ahead_file_as_cities_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("pragma journal_mode")
        assert cursor.fetchone() == ("wal",)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgres_knows_chinese_letters() -> None:
    """With the plain C locale trigram search would find no Chinese word, and say nothing about it."""
    with connection.cursor() as cursor:
        cursor.execute("select datctype from pg_database where datname = current_database()")
        assert cursor.fetchone()[0] == "C.UTF-8"
