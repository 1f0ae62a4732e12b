"""How long a unit has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from civicloop.kernel.worktime import Limit


def limit_for(limits: Mapping[str, Limit], area_class: str, default: Limit) -> Limit:
    """The limit of a condition in an area class; where the class has none, the strictest class above it, else the default."""
    for wanted in (area_class, "B", "A", "C"):
        if wanted in limits:
            return limits[wanted]
    return default


def shortened(limit: Limit, factor: float) -> Limit:
    """A limit times a factor, for what came back or was reopened: hours to two places, days whole and at least one."""
    if factor >= 1:
        return limit
    amount = limit.amount * Decimal(str(factor))
    if limit.unit.is_days:
        return Limit(max(1, int(amount.to_integral_value(rounding=ROUND_CEILING))), limit.unit)
    return Limit(max(Decimal("0.5"), amount.quantize(Decimal("0.01"))), limit.unit)


def within(wanted: Limit, first: Limit, factor: float) -> bool:
    """Whether an extension is no longer than `factor` times the first limit. Other units of time cannot be compared: refused."""
    return wanted.unit is first.unit and wanted.amount <= first.amount * Decimal(str(factor))
