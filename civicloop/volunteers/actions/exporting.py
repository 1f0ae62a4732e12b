"""Volunteers and their hours leave the house for the national platform: guarded, with a purpose, and written to the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.volunteers.people_policy import About, require

KINDS = ("people", "records")


@transaction.atomic
def begin(*, kind: str, purpose: str, by: Person | None, at: datetime) -> None:
    """Say that personal data of all volunteers is about to be taken out. Doors call it before the first row is read.

    Raises NotAllowed, Invalid (unknown_choice, required).
    """
    require(by, "volunteers.export", About(), at=at)
    if kind not in KINDS:
        raise Invalid("kind", "unknown_choice", value=kind[:40])
    told = clean_text(purpose, limit=200, field="purpose")
    if not told:
        raise Invalid("purpose", "required", field="purpose")
    data = {"what": kind, "purpose": told}
    record("volunteer_export", new_uid(), "volunteers.export", by=by.uid if by else None, at=at, data=data, new=True)
