"""The columns of a case table, and which of them a person has chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from civicloop.organisation.models import Person
from civicloop.organisation.preferences import chosen

KEY = "columns.cases"


@dataclass(frozen=True)
class Column:
    """A column: its key, its word, whether it is shown to who has chosen nothing, and whether it holds figures."""

    key: str
    word: Any
    usual: bool = True
    figure: bool = False


# Number and problem are always there: without them a row cannot be opened.
COLUMNS = (
    Column("state", _("State")),
    Column("time", _("Time")),
    Column("owner", _("Must act")),
    Column("unit", _("Responsible unit"), usual=False),
    Column("grid", _("Unit grid"), usual=False),
    Column("category", _("Category code"), usual=False),
    Column("source", _("Source"), usual=False),
    Column("due", _("Due"), usual=False),
    Column("reported", _("Reported at")),
    Column("returned", _("Times given back"), usual=False, figure=True),
)
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = tuple(column for column in COLUMNS if column.usual)


def known(keys: Iterable[Any]) -> list[str]:
    """The keys that are columns, in the order of the house."""
    wanted = {key for key in keys if isinstance(key, str)}
    return [column.key for column in COLUMNS if column.key in wanted]


def columns_of(person: Person) -> tuple[Column, ...]:
    """The columns a person has chosen; the usual ones otherwise. One statement."""
    value = chosen(person, KEY)
    keys = known(value) if isinstance(value, list) else []
    return tuple(BY_KEY[key] for key in keys) or USUAL


def choices(shown: Iterable[Column]) -> list[tuple[Column, bool]]:
    """Every column, and whether it is among those shown."""
    shown = frozenset(shown)
    return [(column, column in shown) for column in COLUMNS]
