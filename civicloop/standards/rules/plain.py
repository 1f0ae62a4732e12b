"""The values of a pack as plain data, the same for the same meaning, whatever the files looked like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from civicloop.kernel.worktime import Limit


def plain(value: Any) -> Any:
    """A value of a pack as JSON data: the same for the same meaning, whatever the files looked like."""
    if isinstance(value, Limit):
        return {"amount": format(value.amount.normalize(), "f"), "unit": str(value.unit)}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value) if not item.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
