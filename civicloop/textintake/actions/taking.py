"""A text taken in, and what a person makes of each of its problems. The program itself files nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.cases.actions import Reported, report
from civicloop.cases.models import Case
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.textintake import policy
from civicloop.textintake.models import DOOR_LABELS, Suggestion
from civicloop.textintake.queries import as_json
from civicloop.textintake.reading import Reader

KIND = "text"
SOURCES = ("hotline", "resident", "meeting", "other")


@transaction.atomic
def take_in(
    *, text: str, by: Person, at: datetime, door: str = "desk", ref: Reference | None = None
) -> list[Suggestion]:
    """Read a text and keep, masked, each problem it tells of with what is suggested. Opens no case.

    Raises Invalid (`required`, `too_long`), NotAllowed.
    """
    ref = ref or reference.now()
    policy.require(ref.actor(by, day_of(at)), "text.suggest", by=by)
    if door not in DOOR_LABELS:
        raise Invalid("door", "unknown_choice", value=door)
    found = Reader.now(ref).read(text, at=at)
    if not found:
        raise Invalid("text", "required", field="text")
    intake = new_uid()
    rows = [
        Suggestion(intake=intake, seq=one.seq, at=at, by=by, door=door, text=one.text, suggested=as_json(one, ref))
        for one in found
    ]
    Suggestion.objects.bulk_create(rows)
    told = {"door": door, "parts": len(rows), "categories": [_first(row) for row in rows]}
    record(KIND, intake, "text.suggest", by=by.uid, at=at, data=told, new=True)
    return rows


@transaction.atomic
def file(
    *, uid: UUID, category_id: int, by: Person, at: datetime, description: str, address: str = "",
    lon: float | None = None, lat: float | None = None, source: str = "hotline", urgent: bool = False,
    ref: Reference | None = None,
) -> Case:  # fmt: skip
    """Report one problem of a text as an ordinary case of this person, as corrected by him; it is linked back.

    Raises NotFound, Conflict (`text_decided` when it was filed or dropped before), and what `cases.report` raises.
    """
    if source not in SOURCES:
        raise Invalid("source", "unknown_choice", value=source)
    given = {
        "category_id": category_id, "description": description, "address": address, "lon": lon, "lat": lat,
        "source": source, "urgent": urgent, "questions_asked": False,
    }  # fmt: skip
    return report_part(uid=uid, given=given, by=by, at=at, ref=ref).case


@transaction.atomic
def report_part(
    *, uid: UUID, given: Mapping[str, Any], by: Person, at: datetime, ref: Reference | None = None
) -> Reported:
    """Report with all that `cases.report` takes what this part of a text tells of, and link the case back to the part.

    Raises NotFound, NotAllowed, Conflict (`text_decided`), and what `cases.report` raises.
    """
    ref = ref or reference.now()
    policy.require(ref.actor(by, day_of(at)), "text.file", by=by)
    row = _locked(uid, by)
    done = report(**given, by=by, at=at, ref=ref)
    category = ref.categories.by_id(done.case.category_id)
    row.case, row.chosen_id, row.outcome, row.decided_at = done.case, category.id, "filed", at
    row.rank = rank_of(category.code, row.suggested)
    row.save(update_fields=["case", "chosen", "outcome", "decided_at", "rank"])
    told = {"part": row.seq, "case": done.case.number, "rank": row.rank}
    record(KIND, row.intake, "text.file", by=by.uid, at=at, data=told)
    return done


@transaction.atomic
def drop(*, uid: UUID, by: Person, at: datetime, ref: Reference | None = None) -> Suggestion:
    """Say that this part of a text is no case. Raises NotFound, Conflict (`text_decided`)."""
    ref = ref or reference.now()
    policy.require(ref.actor(by, day_of(at)), "text.drop", by=by)
    row = _locked(uid, by)
    row.outcome, row.decided_at = "dropped", at
    row.save(update_fields=["outcome", "decided_at"])
    record(KIND, row.intake, "text.drop", by=by.uid, at=at, data={"part": row.seq})
    return row


def rank_of(code: str, suggested: Mapping[str, Any]) -> int:
    """Place of a category among those suggested, from 1; 0 when it was not suggested."""
    codes = [one["code"] for one in suggested.get("categories", ())]
    return codes.index(code) + 1 if code in codes else 0


def _locked(uid: UUID, by: Person) -> Suggestion:
    row = Suggestion.objects.select_for_update().filter(uid=uid, by=by).first()
    if row is None:
        raise NotFound("text", uid)
    if row.outcome != "open":
        raise Conflict("text_decided", part=row.seq)
    return row


def _first(row: Suggestion) -> str:
    found = row.suggested["categories"]
    return str(found[0]["code"]) if found else ""
