"""Writing plain rows quickly.

Django's `save` and `bulk_create` spend most of their time on preparing every value and every statement anew. Here a table's
statement is put together once and each column's converter is looked up once: several times as fast for the same statement.
Values are taken as they are: whoever calls has checked them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.db import connection, models

# Kinds of column whose Python value is the database's value, on SQLite and PostgreSQL alike.
PLAIN = (
    models.CharField, models.TextField, models.FloatField, models.IntegerField, models.BooleanField, models.ForeignKey,
)  # fmt: skip
Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class Recipe:
    """How rows of one table are written: the head of the statement, one row's marks, and what to convert where."""

    head: str
    marks: str
    names: tuple[str, ...]
    converters: tuple[tuple[int, Converter], ...]

    def ready(self, row: Iterable[Any]) -> list[Any]:
        """One row as the database takes it."""
        values = list(row)
        for place, convert in self.converters:
            values[place] = convert(values[place])
        return values


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples in the order of `columns` (attribute names, such as `unit_id`), inside the caller's
    transaction.
    """
    recipe = _recipe(model, tuple(columns), connection.vendor)
    with connection.cursor() as cursor:
        cursor.executemany(recipe.head + recipe.marks, [recipe.ready(row) for row in rows])


def insert_models(rows: Sequence[models.Model]) -> None:
    """Insert model instances of one class, every column of theirs; numbers that are not set are left to the database."""
    if rows:
        names = _names(type(rows[0]), rows[0].pk is not None)
        insert(type(rows[0]), names, ([getattr(row, name) for name in names] for row in rows))


def insert_few(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert a handful of rows in one statement."""
    recipe = _recipe(model, tuple(columns), connection.vendor)
    values = [value for row in rows for value in recipe.ready(row)]
    with connection.cursor() as cursor:
        cursor.execute(recipe.head + ", ".join([recipe.marks] * len(rows)), values)


def insert_one(row: models.Model) -> None:
    """Insert one new model instance: as `save(force_insert=True)`, one statement, and its number is set."""
    recipe = _recipe(type(row), _names(type(row), row.pk is not None), connection.vendor)
    key: Any = row._meta.pk
    told = f" RETURNING {connection.ops.quote_name(key.column)}"
    with connection.cursor() as cursor:
        cursor.execute(recipe.head + recipe.marks + told, recipe.ready(getattr(row, name) for name in recipe.names))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def count_anew(*tables: type[models.Model]) -> None:
    """Tell PostgreSQL's planner how full these tables are, after much was written in one transaction: until then it takes them for
    empty and walks through them from end to end. Nothing to do on SQLite.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(one._meta.db_table) for one in tables))


@cache
def _names(model: type[models.Model], numbered: bool) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if numbered or not field.primary_key)


@cache
def _recipe(model: type[models.Model], names: tuple[str, ...], vendor: str) -> Recipe:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    converters = [
        (place, made) for place, field in enumerate(fields) if (made := _converter(field, vendor)) is not None
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "
    return Recipe(head, f"({', '.join(['%s'] * len(fields))})", names, tuple(converters))


def _converter(field: models.Field[Any, Any], vendor: str) -> Converter | None:
    if isinstance(field, PLAIN):
        return None
    on_sqlite = vendor == "sqlite"
    if isinstance(field, models.DateTimeField):
        return _text_in_utc if on_sqlite else None
    if isinstance(field, models.JSONField) and on_sqlite:
        return _json_text
    if isinstance(field, models.UUIDField):
        return _hex if on_sqlite else None
    return partial(field.get_db_prep_save, connection=connection)


def _text_in_utc(moment: datetime | None) -> str | None:
    """A moment as Django writes it on SQLite."""
    return None if moment is None else str(moment.astimezone(UTC).replace(tzinfo=None))


def _json_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _hex(value: Any) -> str | None:
    return None if value is None else str(value.hex)
