"""What a cell says: text, number, moment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from civicloop.importing.rules.mapping import Value
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text

MOST_TEXT = 10_000
YES = frozenset({"1", "y", "yes", "true", "是", "急", "紧急"})
NO = frozenset({"", "0", "n", "no", "false", "否", "一般"})
Cells = Mapping[str, Any]


class _Plain(Formatter):
    """Fills a template from a row's columns and from nothing else."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(field_name, ""), field_name


_PLAIN = _Plain()


def cell_text(cell: Any, *, column: str = "", multiline: bool = False) -> str:
    """A cell as clean text; whole numbers without a point, moments in ISO form. Raises Invalid for one too long."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    text = str(cell)
    if text.isascii() and text.isprintable() and len(text) <= MOST_TEXT and "  " not in text:
        return text.strip()  # the common case, for which the full cleaning changes nothing
    return clean_text(text, limit=MOST_TEXT, multiline=multiline, field=column or "text")


def take(value: Value, cells: Cells, *, field: str, multiline: bool = False) -> str:
    """The text a row gives for a field. Raises Invalid: `required`, or `value_unmapped` for a value not mapped."""
    if value.constant is not None:
        text = value.constant
    elif value.template is not None:
        parts = {name: cell_text(cells.get(name), column=name, multiline=multiline) for name in value.reads}
        text = _filled(value.template, parts, field)
    elif len(value.columns) == 1:
        text = cell_text(cells.get(value.columns[0]), column=value.columns[0], multiline=multiline)
    else:
        texts = (cell_text(cells.get(name), column=name, multiline=multiline) for name in value.columns)
        text = value.join.join(text for text in texts if text)
    if text and value.values is not None:
        mapped = value.values.get(text, value.otherwise)
        if mapped is None:
            raise Invalid(field, "value_unmapped", value=text, column=", ".join(value.reads))
        text = mapped
    text = text or value.default or ""
    if value.required and not text:
        raise Invalid(field, "required", field=field)
    return text


def _filled(template: str, parts: Mapping[str, str], field: str) -> str:
    if not any(parts.values()):
        return ""
    try:
        return _PLAIN.vformat(template, (), parts).strip()
    except ValueError as fault:
        raise Invalid(field, "template_fails", template=template, why=str(fault)) from None


def short(text: str, limit: int, *, field: str) -> str:
    """A clean text that is not longer than what is kept of it; nothing is ever cut."""
    if len(text) > limit:
        raise Invalid(field, "too_long", limit=limit, length=len(text), value=text[:80])
    return text


def number(text: str, *, field: str) -> float | None:
    """A decimal number; None for nothing. Raises Invalid for anything else, infinities included."""
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        raise Invalid(field, "not_a_number", value=text) from None
    if not math.isfinite(found):
        raise Invalid(field, "not_a_number", value=text)
    return found


def yes(text: str, *, field: str) -> bool:
    """Yes or no, in the words offices use."""
    folded = text.strip().lower()
    if folded in YES or folded in NO:
        return folded in YES
    raise Invalid(field, "not_yes_or_no", value=text)


def moment(cell: Any, formats: Sequence[str], zone: ZoneInfo, *, field: str) -> datetime | None:
    """A moment in UTC; None for an empty cell.

    Tries the mapping's formats in order, then ISO 8601. A moment without an offset is wall time in `zone`. Raises
    Invalid (`date_unreadable`).
    """
    if isinstance(cell, datetime):
        return _aware(cell, zone)
    if isinstance(cell, date):
        return _aware(datetime.combine(cell, time.min), zone)
    text = cell_text(cell, column=field)
    if not text:
        return None
    found = _read(text, tuple(formats), zone)
    if found is None:
        raise Invalid(field, "date_unreadable", value=text, column=field)
    return found


@lru_cache(maxsize=8192)
def _read(text: str, formats: tuple[str, ...], zone: ZoneInfo) -> datetime | None:
    """A text as a moment; kept, since the rows of a file share their days and minutes. None when it is none."""
    for form in formats:
        try:
            return _aware(datetime.strptime(text, form), zone)  # noqa: DTZ007  (made aware at once)
        except ValueError:
            continue
    try:
        return None if len(text) < 8 else _aware(datetime.fromisoformat(text), zone)
    except (ValueError, Invalid):
        return None


def _aware(found: datetime, zone: ZoneInfo) -> datetime:
    if not 1900 <= found.year <= 2200:
        raise Invalid("date", "date_unreadable", value=found.isoformat())
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
