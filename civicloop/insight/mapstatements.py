"""Statements of the map, asked of the database without making models of the rows: a tile has three thousand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def fetched(rows: QuerySet[Any, Any]) -> list[Sequence[Any]]:
    """The rows of a query, as the database hands them out."""
    try:
        statement, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    return asked_of_database(statement, params)


def asked_of_database(statement: str, params: Sequence[Any]) -> list[Sequence[Any]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def moment(at: datetime) -> Any:
    """A moment as this database keeps it in a column: a value to compare with columns, and with what `fetched` returns."""
    return connection.ops.adapt_datetimefield_value(at)


def marks(values: Sequence[Any]) -> str:
    """So many marks for a list in brackets."""
    return ", ".join(["%s"] * len(values))
