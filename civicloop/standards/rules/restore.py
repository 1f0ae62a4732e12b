"""From the plain data of a kept edition back to the frozen values it was made of: the inverse of `difference.plain`."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from civicloop.kernel.worktime import Limit, LimitUnit

T = TypeVar("T")


def restored(kind: type[T], data: Any) -> T:
    """A frozen value of `kind` from its plain data.

    Fields that the data lack, since they were kept by an earlier release, have their defaults.
    """
    value: T = _value(kind, data)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        choices = [choice for choice in get_args(kind) if choice is not type(None)]
        return _value(choices[0], data) if len(choices) == 1 else data
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], one) for one in data)
    if origin is Mapping:
        return {key: _value(get_args(kind)[1], one) for key, one in data.items()}
    if kind is Limit:
        amount = Decimal(str(data["amount"]))
        return Limit(int(amount) if amount == int(amount) else amount, LimitUnit(data["unit"]))
    if kind is float:
        return float(data)
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        hints = _hints(kind)
        given = {
            field.name: _value(hints[field.name], data[field.name]) for field in fields(kind) if field.name in data
        }
        return kind(**given)
    return data
