"""Limits as the standards write them: an amount and one of four units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from civicloop.kernel.worktime.calendar import ClockError

MOST_HOURS = 87_840
MOST_DAYS = 3_660


class LimitUnit(StrEnum):
    """The four units of GB/T 30428.8 and of the cities' own tables."""

    URGENT_HOUR = "urgent_hour"
    """紧急工作时: counted round the clock."""
    WORK_HOUR = "work_hour"
    """工作时: counted in working hours only."""
    WORK_DAY = "work_day"
    """工作日: working days, the day of the start not counted."""
    NATURAL_DAY = "natural_day"
    """自然日: calendar days, the day of the start not counted."""

    @property
    def is_days(self) -> bool:
        """Whether the unit counts whole days."""
        return self in (LimitUnit.WORK_DAY, LimitUnit.NATURAL_DAY)

    @property
    def needs_calendar(self) -> bool:
        """Whether holidays and office hours change the count."""
        return self in (LimitUnit.WORK_HOUR, LimitUnit.WORK_DAY)


@dataclass(frozen=True)
class Limit:
    """How long a step may take, e.g. four working hours. Hours may be fractions, days may not; ten years at most."""

    amount: Decimal
    unit: LimitUnit

    def __init__(self, amount: Decimal | int, unit: LimitUnit | str) -> None:
        try:
            kind = LimitUnit(unit)
        except ValueError:
            raise ClockError("unknown_unit", unit=str(unit)) from None
        if isinstance(amount, bool) or not isinstance(amount, (int, Decimal)):
            raise ClockError("bad_amount", amount=str(amount))
        number = Decimal(amount)
        if not number.is_finite() or number <= 0:
            raise ClockError("bad_amount", amount=str(amount))
        if kind.is_days and number != number.to_integral_value():
            raise ClockError("part_of_day", amount=str(amount))
        if number > (MOST_DAYS if kind.is_days else MOST_HOURS):
            raise ClockError("amount_too_large", amount=str(amount))
        if not kind.is_days and number * 3_600_000_000 < 1:
            raise ClockError("bad_amount", amount=str(amount))
        object.__setattr__(self, "amount", number)
        object.__setattr__(self, "unit", kind)

    @property
    def days(self) -> int:
        """The amount of a limit in days."""
        return int(self.amount)

    @property
    def us(self) -> int:
        """The amount of a limit in hours, as microseconds."""
        return round(self.amount * 3_600_000_000)

    def to_json(self) -> dict[str, str]:
        """A plain dict, ``{"amount": "4", "unit": "work_hour"}``."""
        return {"amount": str(self.amount), "unit": self.unit.value}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Limit:
        """The limit that ``to_json`` wrote; ClockError when it is not one."""
        try:
            return cls(Decimal(str(data["amount"])), str(data["unit"]))
        except (InvalidOperation, KeyError, TypeError):
            raise ClockError("bad_json", data=repr(data)) from None
