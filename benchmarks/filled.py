"""Cities full of cases, the same rows on PostgreSQL and SQLite, for the benchmarks of what people look at.

What stands open is spread as in life: a twentieth overdue, much due within days, some sent back or returned. A million cases have
eighty thousand open ones here, which is a city that can hardly keep up.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from benchmarks import city, filling
from benchmarks.verdicts import say

COPIED = ("cases_case", "cases_casereach", "cases_mapcount")
BATCH = 20_000
# No triggers meanwhile: this is the city's state, not somebody's steps.
SPREAD = (
    "set session_replication_role = replica",
    """
    update cases_case set act_by = now() + (random() * 100 - 5) * interval '2 hours',
    sent_back_count = case when state in ('dispatched', 'accepted') and random() < 0.04 then 1 else 0 end,
    returned_count = case when state = 'filed' and random() < 0.04 then 1 else 0 end where ended_at is null
    """,
    "set session_replication_role = default",
)


def filled(size: int, *, more: Sequence[str] = (), furnish: Sequence[str] = ()) -> dict[str, str]:
    """The addresses of a PostgreSQL and a SQLite city with so many cases. `furnish` are statements that add what else is wanted
    on PostgreSQL, `more` the tables they write, which are copied as well.
    """
    from django.conf import settings  # noqa: PLC0415  (Django is ready now)
    from django.db import connection  # noqa: PLC0415

    from civicloop.cases.mapcounts import count_anew, keep_counts  # noqa: PLC0415

    settled = os.environ["CIVICLOOP_DATABASE_URL"]
    admin, _, template = settled.rpartition("/")
    connection.close()
    with psycopg.connect(f"{admin}/postgres", autocommit=True) as server:
        server.execute(f"create database filled_{size} template {template}")
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = f"filled_{size}"
    begun = time.monotonic()
    filling.fill(size, Random(city.SEED))
    with connection.cursor() as cursor:
        for statement in (*SPREAD, *furnish):
            cursor.execute(statement)
    count_anew()
    keep_counts(at=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    say(f"{size} cases filled in {time.monotonic() - begun:.0f} s")
    folder = Path(os.environ["CIVICLOOP_DATA_DIR"]) / str(size)
    folder.mkdir()
    with _data_dir(folder):
        sqlite = _copied_to_sqlite(size, (*COPIED, *more))
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = template
    return {"PostgreSQL": f"{admin}/filled_{size}", "SQLite": sqlite}


@contextmanager
def _data_dir(folder: Path) -> Iterator[None]:
    before = os.environ["CIVICLOOP_DATA_DIR"]
    os.environ["CIVICLOOP_DATA_DIR"] = str(folder)
    yield
    os.environ["CIVICLOOP_DATA_DIR"] = before


def _copied_to_sqlite(many: int, tables: Sequence[str]) -> str:
    """The address of a SQLite city with the same rows. Both were settled from one seed: they point to the same numbers."""
    from django.db import connection  # noqa: PLC0415

    file = Path(os.environ["CIVICLOOP_DATA_DIR"]) / "city.sqlite3"
    url = f"sqlite:///{file}"
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "benchmarks.city", f"{file}.requests", "1"], env=environ, check=True)
    begun = time.monotonic()
    with _quick_sqlite(file, tables) as lite, connection.cursor() as cursor:
        for table in tables:
            lite.execute(f"delete from {table}")
            columns = [row[1] for row in lite.execute(f"pragma table_info({table})")]
            cursor.execute(f"declare rows cursor with hold for select {', '.join(columns)} from {table}")
            said = f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
            while rows := _next(cursor):
                lite.executemany(said, ([_plain(one) for one in row] for row in rows))
            cursor.execute("close rows")
    say(f"{many} cases copied to SQLite in {time.monotonic() - begun:.0f} s")
    return url


def _next(cursor: Any) -> list[Any]:
    cursor.execute(f"fetch {BATCH} from rows")
    return list(cursor.fetchall())


@contextmanager
def _quick_sqlite(file: Path, tables: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """Without triggers and indexes while it is filled; they are made again at the end."""
    line = sqlite3.connect(file)
    line.execute("pragma synchronous = off")
    taken = line.execute(
        "select type, name, sql from sqlite_master where sql is not null and type in ('trigger', 'index') and tbl_name in "
        f"({', '.join('?' * len(tables))})",
        tuple(tables),
    ).fetchall()
    for kind, name, _ in taken:
        line.execute(f'drop {kind} "{name}"')
    yield line
    for _, _, statement in taken:
        line.execute(statement)
    line.commit()
    line.execute("analyze")
    line.close()


def _plain(value: Any) -> Any:
    """A value of PostgreSQL as Django keeps it on SQLite."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value.hex if hasattr(value, "hex") and not isinstance(value, float) else value
