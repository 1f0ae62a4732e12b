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
from typing import Any, TypeVar

from django.db import connection, models

# Kinds of column whose Python value is the database's value, on SQLite and PostgreSQL alike.
PLAIN = (
    models.CharField, models.TextField, models.FloatField, models.IntegerField, models.BooleanField, models.ForeignKey,
)  # fmt: skip
Converter = Callable[[Any], Any]
M = TypeVar("M", bound=models.Model)


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


@dataclass(frozen=True)
class Kin:
    """Rows written together with a new row. `link`: the column that takes the new row's number, which stands in no `rows`; empty
    where there is none. `instance`: the one model instance that they are, if they are one.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    link: str = ""
    instance: models.Model | None = None

    @classmethod
    def of(cls, row: models.Model, link: str = "", *, numbered: bool = False) -> Kin:
        """One new model instance, every column of it; its number only if it is `numbered` already."""
        names = _names(type(row), numbered)
        if link:
            names = tuple(name for name in names if name != link)
        return cls(type(row), names, [[getattr(row, name) for name in names]], link, row)


def insert_with(row: models.Model, *kin: Kin) -> None:
    """Insert one new model instance and the rows that belong to it: the numbers of instances are set. One statement on PostgreSQL,
    which saves the way there and back for each of them; one for each table on SQLite, where there is no way.
    """
    if connection.vendor == "postgresql":
        _insert_at_once(row, kin)
    else:
        insert_one(row)
        for one in kin:
            if one.instance is not None:
                _set(one, row.pk)
                insert_one(one.instance)
            else:
                linked = [[*values, row.pk] for values in one.rows] if one.link else one.rows
                insert_few(one.model, (*one.columns, one.link) if one.link else one.columns, linked)


def _insert_at_once(row: models.Model, kin: Sequence[Kin]) -> None:
    """All rows as JSON, one value a table: a statement with a hundred values is taken apart anew each time it is asked."""
    rows = [Kin.of(row, numbered=row.pk is not None), *kin]
    told = [
        json.dumps([dict(zip(one.columns, values, strict=True)) for values in one.rows], default=_as_json)
        for one in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _at_once(tuple((one.model, one.columns, one.link, one.instance is not None) for one in rows)), told
        )
        keys = cursor.fetchone()
    for one, key in zip(rows, keys, strict=True):
        if one.instance is not None:
            _set(one, keys[0])
            one.instance.pk = key
            one.instance._state.adding, one.instance._state.db = False, connection.alias


@cache
def _at_once(tables: tuple[tuple[type[models.Model], tuple[str, ...], str, bool], ...]) -> str:
    """The first table's row is known to the others as `one0`; each that is an instance tells its number."""
    parts, asked = [], []
    for number, (model, columns, link, told) in enumerate(tables):
        names = [_column(model, name) for name in columns]
        table = connection.ops.quote_name(model._meta.db_table)
        into = ", ".join([*names, _column(model, link)] if link else names)
        given = ", ".join([f"given.{name}" for name in names] + (["one0.id"] if link else []))
        beside = ", one0" if link else ""
        back = " RETURNING id" if told else ""
        source = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS given{beside}"
        parts.append(f"one{number} AS (INSERT INTO {table} ({into}) SELECT {given} FROM {source}{back})")
        asked.append(f"(SELECT id FROM one{number})" if told else "NULL")
    return f"WITH {', '.join(parts)} SELECT {', '.join(asked)}"


def _column(model: type[models.Model], name: str) -> str:
    found = next(str(field.column) for field in model._meta.concrete_fields if field.attname == name)
    return str(connection.ops.quote_name(found))


def _as_json(value: Any) -> str:
    """A moment or a public id as JSON has it; PostgreSQL reads it by the column's kind."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _set(kin: Kin, key: Any) -> None:
    if kin.link:
        setattr(kin.instance, kin.link, key)


def read(model: type[M], columns: Sequence[str], statement: str, values: Sequence[Any]) -> list[M]:
    """Model instances from a statement that selects just these columns (attribute names) in this order: what `raw` does, with the
    converters looked up once. Columns left out are read when they are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    if not rows:
        return []
    names, order, converters = _readers(model, tuple(columns), connection.vendor)
    found = []
    for row in rows:
        told = [row[place] for place in order]
        for place, convert in converters:
            told[place] = convert(told[place])
        found.append(model.from_db(connection.alias, names, told))
    return found


@cache
def _readers(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[tuple[int, Converter], ...]]:
    """The names in the model's own order, which is how it takes its values; where each stands in a row; and the converters."""
    fields = [field for field in model._meta.concrete_fields if field.attname in columns]
    found: list[tuple[int, Converter]] = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)):
            found.append((place, partial(_converted, convert, column)))
    names = tuple(field.attname for field in fields)
    return names, tuple(columns.index(name) for name in names), tuple(found)


def _converted(convert: Callable[..., Any], column: Any, value: Any) -> Any:
    return convert(value, column, connection)


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
