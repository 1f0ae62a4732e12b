"""A stage on which many tests begin is built once in a worker; each later test gets its rows back with a few statements.

`kept(build_city)` builds the city through the house's own verbs when it is first asked for and remembers every row this wrote. From
then on it writes those rows back under the same numbers and hands out a fresh copy of what `build_city` gave. Where something else
stands in the database already, the stage is built as it always was. See docs/adr/0032.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction

from civicloop.organisation.models import Revision

T = TypeVar("T")
# Filled by Django itself after migrations and after each flush.
DJANGOS_OWN = frozenset({"django_content_type", "auth_permission", "django_migrations"})
# Written by triggers whenever cases are.
TRIGGERS_OWN = frozenset({"cases_mapchange", "cases_mapcount"})


@dataclass(frozen=True)
class Stage:
    """What a builder wrote and what it gave."""

    inserts: tuple[tuple[str, tuple[Any, ...]], ...]
    is_empty: str
    given: bytes

    def put_back(self) -> Any:
        """Write all rows and give a copy of its own, which the test may change as it likes."""
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, values in self.inserts:
                cursor.execute(statement, values)
            # Books that a process keeps in memory are read again: the last test may have left other rows behind its stamps.
            cursor.execute(f"UPDATE {Revision._meta.db_table} SET stamp = %s", [token_hex(16)])
        return pickle.loads(self.given)


_stages: dict[Callable[[], Any], Stage] = {}


def kept(build: Callable[[], T]) -> T:
    """What `build` gives, with its rows in the database; built only the first time in this process."""
    stage = _stages.get(build)
    if not _says_yes(stage.is_empty if stage else _emptiness(_tables())):
        return build()
    if stage is not None:
        return stage.put_back()  # type: ignore[no-any-return]
    with transaction.atomic():
        made = build()
    _stages[build] = _remember(made)
    return made


@cache
def _tables() -> tuple[str, ...]:
    models = apps.get_models(include_auto_created=True)
    return tuple(sorted({one._meta.db_table for one in models if one._meta.managed} - DJANGOS_OWN - TRIGGERS_OWN))


def _emptiness(tables: tuple[str, ...]) -> str:
    found = " OR ".join(f"EXISTS (SELECT 1 FROM {connection.ops.quote_name(one)})" for one in tables)
    return f"SELECT NOT ({found})"


def _says_yes(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return bool(cursor.fetchone()[0])


def _remember(made: Any) -> Stage:
    quote = connection.ops.quote_name
    inserts, tables = [], []
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT * FROM {quote(table)}")
            names = ", ".join(quote(column[0]) for column in cursor.description)
            rows = cursor.fetchall()
            if not rows:
                continue
            places = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
            values = tuple(value for row in rows for value in row)
            inserts.append((f"INSERT INTO {quote(table)} ({names}) VALUES {places}", values))
            tables.append(table)
    return Stage(tuple(inserts), _emptiness(tuple(tables)), pickle.dumps(made))
