"""Projects: written down, published, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person, Unit
from civicloop.volunteers.models import Project, ServiceKind
from civicloop.volunteers.people_policy import about_unit, require


@transaction.atomic
def keep_project(
    *, name: str, unit: Unit, by: Person | None, at: datetime, project: Project | None = None, code: str = "",
    description: str = "", service: ServiceKind | None = None, brand: bool = False,
) -> Project:  # fmt: skip
    """Write a project down, or change one. The code is given once.

    Raises Invalid, Conflict (code_taken, project_ended), NotAllowed.
    """
    row = Project.objects.select_for_update().get(pk=project.pk) if project else Project(code=_text("code", code, 30))
    for unit_id in {unit.pk, row.unit_id or unit.pk}:
        require(by, "project.keep", about_unit(unit_id, thing=("project", str(row.uid))), at=at)
    if row.ended_at is not None:
        raise Conflict("project_ended")
    before = _kept(row)
    row.name = _text("name", name, 100)
    row.description = clean_text(description, limit=4000, multiline=True, field="description")
    row.unit, row.service, row.brand = unit, service, brand
    new = row.pk is None
    try:
        with transaction.atomic():
            row.save(force_insert=new)
    except IntegrityError as fault:
        raise Conflict("code_taken", code=row.code) from fault
    after = _kept(row)
    changed = [name for name in after if new or before[name] != after[name]]
    told: dict[str, Any] = {"after": {name: after[name] for name in changed}}
    told["before"] = {name: before[name] for name in changed}
    data = {"code": row.code, **after} if new else told
    if changed:
        record("project", row.uid, "project.keep", by=_uid(by), at=at, data=data, new=new)
    return row


def _kept(row: Project) -> dict[str, Any]:
    """What the ledger keeps of a project."""
    unit, service = (row.unit if row.unit_id else None), (row.service if row.service_id else None)
    return {
        "name": row.name, "about": row.description, "unit": unit.code if unit else "",
        "service": service.code if service else "", "brand": row.brand,
    }  # fmt: skip


@transaction.atomic
def publish_project(*, project: Project, by: Person | None, at: datetime) -> Project:
    """The volunteer centre publishes a project; publishing again changes nothing. Raises Conflict `project_ended`, NotAllowed."""
    row = Project.objects.select_for_update().get(pk=project.pk)
    require(by, "project.publish", about_unit(row.unit_id, thing=("project", str(row.uid))), at=at)
    if row.ended_at is not None:
        raise Conflict("project_ended")
    if row.published_at is None:
        row.published_at = at
        row.save(update_fields=["published_at"])
        record("project", row.uid, "project.publish", by=_uid(by), at=at, data={"code": row.code})
    return row


@transaction.atomic
def end_project(*, project: Project, by: Person | None, at: datetime) -> Project:
    """A project is over; ending it again changes nothing."""
    row = Project.objects.select_for_update().get(pk=project.pk)
    require(by, "project.keep", about_unit(row.unit_id, thing=("project", str(row.uid))), at=at)
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        record("project", row.uid, "project.end", by=_uid(by), at=at, data={"code": row.code})
    return row


def _text(field: str, text: str, limit: int) -> str:
    told = clean_text(text, limit=limit, field=field)
    if not told:
        raise Invalid(field, "required", field=field)
    return told


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
