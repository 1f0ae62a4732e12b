"""The menu (照单上菜): skills and services, made, changed, published and withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import clean, insert
from civicloop.organisation.models import Person
from civicloop.organisation.uids import named_uid
from civicloop.volunteers.models import ServiceKind, Skill
from civicloop.volunteers.policy import require_do

TEXTS = {"name": 60, "group": 40, "description": 4000}
SERVICE_FIELDS = frozenset({"name", "group", "description", "minutes", "people", "skills"})


@transaction.atomic
def make_skill(*, code: str, name: str, needs_licence: bool = False, by: Person | None, at: datetime) -> Skill:
    """Something teams can do and services may need. Raises Conflict `code_taken`."""
    require_do(by, "skill.make", at=at)
    row = Skill(code=code, name=clean_text(name, limit=60, field="name"), needs_licence=needs_licence)
    clean(row)
    insert(row)
    data = {"code": code, "name": row.name, "needs_licence": needs_licence}
    record("skill", named_uid(f"skill:{code}"), "skill.make", by=by.uid if by else None, at=at, data=data, new=True)
    return row


@transaction.atomic
def make_service(
    *, code: str, name: str, group: str = "", description: str = "", skills: Iterable[Skill] = (), minutes: int = 60,
    people: int = 1, by: Person | None, at: datetime,
) -> ServiceKind:  # fmt: skip
    """A line for the menu; residents see it once it is published."""
    require_do(by, "service.make", at=at)
    row = ServiceKind(
        code=code, name=_text("name", name), group=_text("group", group), description=_text("description", description),
        minutes=minutes, people=people,
    )  # fmt: skip
    _check_amounts(row)
    clean(row)
    insert(row)
    needed = list(skills)
    row.skills.set(needed)
    data = {"code": code, "name": row.name, "skills": sorted(one.code for one in needed)}
    _kept(row, "service.make", by, at, data, new=True)
    return row


@transaction.atomic
def change_service(
    *, service: ServiceKind, changes: Mapping[str, Any], by: Person | None, at: datetime
) -> ServiceKind:  # fmt: skip
    """Change a line of the menu. Orders that were placed keep what they asked for."""
    require_do(by, "service.change", at=at)
    row = ServiceKind.objects.select_for_update().get(pk=service.pk)
    before: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in SERVICE_FIELDS:
            raise Invalid(name, "not_editable", field=name)
        if name == "skills":
            before[name] = sorted(row.skills.values_list("code", flat=True))
            row.skills.set(value)
        else:
            before[name] = getattr(row, name)
            setattr(row, name, _text(name, value) if name in TEXTS else value)
    _check_amounts(row)
    clean(row)
    row.save()
    after = {
        name: sorted(one.code for one in value) if name == "skills" else getattr(row, name)
        for name, value in changes.items()
    }
    _kept(row, "service.change", by, at, {"before": before, "after": after})
    return row


@transaction.atomic
def publish_service(*, service: ServiceKind, by: Person | None, at: datetime) -> ServiceKind:
    """Put a service on the menu, or back on it. Raises Conflict `service_published`."""
    require_do(by, "service.publish", at=at)
    row = ServiceKind.objects.select_for_update().get(pk=service.pk)
    if row.published_at is not None and row.ended_at is None:
        raise Conflict("service_published", service=row.name)
    row.published_at, row.ended_at = at, None
    row.save()
    _kept(row, "service.publish", by, at, {})
    return row


@transaction.atomic
def withdraw_service(*, service: ServiceKind, by: Person | None, at: datetime) -> ServiceKind:
    """Take a service from the menu; orders that are running go on. Raises Conflict `service_not_published`."""
    require_do(by, "service.withdraw", at=at)
    row = ServiceKind.objects.select_for_update().get(pk=service.pk)
    if row.published_at is None or row.ended_at is not None:
        raise Conflict("service_not_published", service=row.name)
    row.ended_at = at
    row.save()
    _kept(row, "service.withdraw", by, at, {})
    return row


def _text(name: str, value: str) -> str:
    return clean_text(value, limit=TEXTS[name], multiline=name == "description", field=name)


def _check_amounts(row: ServiceKind) -> None:
    for name, most in (("minutes", 24 * 60), ("people", 200)):
        value = getattr(row, name)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise Invalid(name, "number_out_of_bounds", value=value, least=1, most=most)


def _kept(
    row: ServiceKind, verb: str, by: Person | None, at: datetime, data: dict[str, Any], *, new: bool = False
) -> None:  # fmt: skip
    record("service", row.uid, verb, by=by.uid if by else None, at=at, data=data, new=new)
