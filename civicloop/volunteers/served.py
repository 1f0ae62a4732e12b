"""Who served in an order, from when to when: as an action takes it, and as a form or another system gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from civicloop.kernel.refusal import Invalid
from civicloop.volunteers.models import Volunteer

MOST = 200
KEYS = frozenset({"volunteer", "starts_at", "ends_at", "hours"})


@dataclass(frozen=True, slots=True)
class Served:
    """Who served in an order, from when to when; `hours` where there were pauses."""

    volunteer: Volunteer
    starts_at: datetime
    ends_at: datetime
    hours: Decimal | None = None


def read_served(name: str, value: Any, *, moment: Callable[[Any], datetime]) -> list[Served]:
    """Rows of `volunteer` (public id), `starts_at`, `ends_at` and perhaps `hours`, in one statement however many there are.

    Raises Invalid: not_a_list, too_many, not_text, unknown_volunteer, not_a_number; and what `moment` raises.
    """
    if not isinstance(value, (list, tuple)):
        raise Invalid(name, "not_a_list", field=name)
    if len(value) > MOST:
        raise Invalid(name, "too_many", limit=MOST)
    numbers = [_number(name, one) for one in value]
    known = {one.uid: one for one in Volunteer.objects.filter(uid__in=numbers)}
    if missing := [one for one in numbers if one not in known]:
        raise Invalid(name, "unknown_volunteer", volunteer=str(missing[0]))
    return [
        Served(known[uid], moment(row.get("starts_at")), moment(row.get("ends_at")), _hours(name, row.get("hours")))
        for uid, row in zip(numbers, value, strict=True)
    ]


def _number(name: str, row: Any) -> UUID:
    if not isinstance(row, Mapping) or set(row) - KEYS:
        raise Invalid(name, "not_a_list", field=name)
    told = row.get("volunteer")
    try:
        return told if isinstance(told, UUID) else UUID(str(told))
    except ValueError:
        raise Invalid(name, "unknown_volunteer", volunteer=str(told)[:40]) from None


def _hours(name: str, value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        hours = Decimal(str(value))
    except InvalidOperation:
        raise Invalid(name, "not_a_number", value=str(value)[:40]) from None
    # Written out, 1e999999 would be a million digits.
    if not hours.is_finite() or abs(hours.adjusted()) > 3:
        raise Invalid(name, "not_a_number", value=str(value)[:40])
    return hours
