"""The city's dispatch rules: added and ended, never silently changed."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from civicloop.cases.models import DispatchRule
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.uids import named_uid
from civicloop.standards.models import Category
from civicloop.standards.policy import require


@transaction.atomic
def add_dispatch_rule(
    *, name: str, unit: Unit | None, category: Category | None = None, line: str = "", block: Unit | None = None,
    area_class: str = "", from_time: time | None = None, to_time: time | None = None, priority: int = 100,
    by: Person | None, at: datetime,
) -> DispatchRule:  # fmt: skip
    """Say who gets which cases from now on: a unit, or (None) the block they lie in.

    At least one part must narrow the rule, or it would take every case of the city.
    """
    require(by, "dispatch_rule.change", at=at)
    if category is None and not line and block is None and not area_class and from_time is None:
        raise Invalid("category", "rule_takes_all")
    if (from_time is None) != (to_time is None):
        raise Invalid("to_time", "window_half")
    row = DispatchRule.objects.create(
        name=clean_text(name, limit=100, field="name"), unit=unit, category=category, line=line, block=block,
        area_class=area_class, from_time=from_time, to_time=to_time, priority=priority,
    )  # fmt: skip
    data: dict[str, object] = {
        "name": row.name, "unit": unit.code if unit else None, "category": category.code if category else None, "line": line,
        "block": block.code if block else None, "area_class": area_class, "priority": priority,
        "window": [from_time.isoformat(), to_time.isoformat()] if from_time and to_time else None,
    }  # fmt: skip
    _kept(row, "dispatch_rule.add", by, at, data)
    return row


@transaction.atomic
def end_dispatch_rule(*, rule: DispatchRule, by: Person | None, at: datetime) -> DispatchRule:
    """The rule holds no more; it stays in the history."""
    require(by, "dispatch_rule.change", at=at)
    row = DispatchRule.objects.select_for_update().get(pk=rule.pk)
    row.active = False
    row.save(update_fields=["active"])
    _kept(row, "dispatch_rule.end", by, at, {"name": row.name})
    return row


def _kept(row: DispatchRule, verb: str, by: Person | None, at: datetime, data: dict[str, object]) -> None:
    record("dispatch_rule", named_uid(f"dispatch_rule:{row.pk}"), verb, by=by.uid if by else None, at=at, data=data)
