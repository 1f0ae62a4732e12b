"""Forms that edit one thing: which fields, what is there now, what was typed, what of it is a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.shownfield import Shown

LONGEST = 4000
MOST_DIGITS = 12


@dataclass(frozen=True)
class Asked:
    """One field. Kinds: line, text, integer, decimal, date, moment, choice, many, yes, hours, password (a new one), present (the
    present password).

    `most` is the longest text or the largest number.
    """

    key: str
    label: Any
    kind: str = "line"
    required: bool = False
    choices: Sequence[Choice] = ()
    hint: Any = ""
    most: int = 200


Values = Mapping[str, Any]


def shown(asked: Iterable[Asked], now: Values, typed: QueryDict | None, faults: Mapping[str, str]) -> list[Shown]:
    """The fields filled with what was typed, else with what is there now."""
    found = []
    for one in asked:
        if typed is None:
            value, values = as_text(one, now.get(one.key)), _as_many(now.get(one.key))
        else:
            value, values = typed.get(one.key, ""), typed.getlist(one.key)
        found.append(
            Shown(
                one.key, one.kind, str(one.label), one.required, value, values, one.choices, str(one.hint),
                faults.get(one.key, ""), one.most,
            )
        )  # fmt: skip
    return found


def as_text(asked: Asked, value: Any) -> str:
    """A value as its field holds it."""
    if value in (None, "", []):
        return ""
    if asked.kind == "yes":
        return "1" if value else ""
    if asked.kind == "hours":
        return " ".join("-".join(window) for window in value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_many(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple, set, frozenset)) else []


def read(asked: Iterable[Asked], typed: QueryDict) -> dict[str, Any]:
    """What was typed, as plain values: text, int, Decimal, date, bool, list. Raises Invalid naming the field."""
    return {one.key: _read(one, typed) for one in asked}


def _read(asked: Asked, typed: QueryDict) -> Any:
    text = typed.get(asked.key, "")
    text = text if asked.kind in ("password", "present") else text.strip()
    if asked.kind == "many":
        known = {one.value for one in asked.choices}
        return [_known(asked, one, known) for one in typed.getlist(asked.key) if one]
    if asked.kind == "yes":
        return bool(text)
    if not text:
        if asked.required:
            raise Invalid(asked.key, "required", field=asked.key)
        return {"integer": None, "decimal": None, "date": None, "moment": None, "hours": []}.get(asked.kind, "")
    return _value(asked, text)


def _value(asked: Asked, text: str) -> Any:
    match asked.kind:
        case "choice":
            return _known(asked, text, {one.value for one in asked.choices})
        case "integer":
            number = _number(asked, text)
            if number != number.to_integral_value() or not 0 <= number <= asked.most:
                raise Invalid(asked.key, "number_out_of_range", least=0, most=asked.most)
            return int(number)
        case "decimal":
            return _number(asked, text)
        case "date":
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise Invalid(asked.key, "not_a_date", value=text[:40]) from None
        case "moment":
            try:
                return timezone.make_aware(datetime.fromisoformat(text).replace(tzinfo=None))
            except (ValueError, OverflowError):
                raise Invalid(asked.key, "not_a_moment", value=text[:40]) from None
        case "hours":
            windows = [window.split("-", 1) for window in text.split()]
            if any(len(window) != 2 for window in windows):
                raise Invalid(asked.key, "not_a_time", value=text[:40])
            return windows
        case _:
            longest = LONGEST if asked.kind == "text" else asked.most
            if len(text) > longest:
                raise Invalid(asked.key, "too_long", limit=longest)
            return text


def _known(asked: Asked, text: str, known: set[str]) -> str:
    if text not in known:
        raise Invalid(asked.key, "unknown_choice", value=text[:40])
    return text


def _number(asked: Asked, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    # Written out, 1e999999 would be a million digits.
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise Invalid(asked.key, "not_a_number", value=text[:40])
    return number


def changes(asked: Iterable[Asked], now: Values, given: Values) -> dict[str, Any]:
    """Of what was given, that which differs from what is there."""
    fields = {one.key: one for one in asked}
    return {
        key: value
        for key, value in given.items()
        if (sorted(_as_many(value)) != sorted(_as_many(now.get(key))) if fields[key].kind == "many"
            else as_text(fields[key], value) != as_text(fields[key], now.get(key)))
    }  # fmt: skip


def stamp(asked: Iterable[Asked], now: Values) -> str:
    """What the form was filled from: if it differs when the form comes back, somebody else has changed it meanwhile."""
    told = [[one.key, as_text(one, now.get(one.key)), sorted(_as_many(now.get(one.key)))] for one in asked]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
