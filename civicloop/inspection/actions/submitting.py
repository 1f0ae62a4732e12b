"""What devices and pages send after a visit: stored first under the sender's id, applied once when it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from civicloop.inspection.actions.applying import apply_sheet
from civicloop.inspection.asking import require_own_visit
from civicloop.inspection.faults import check_photos, find_faults
from civicloop.inspection.models import Submission, SubmissionPhoto, Visit
from civicloop.inspection.models.visits import DOOR_LABELS
from civicloop.inspection.rules.answers import Sheet, check_name, digest_of, read_sheet
from civicloop.inspection.rules.judging import check_sheet
from civicloop.inspection.sheets import items_of, written
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused, as_record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.photos.models import Photo
from civicloop.photos.queries import sent
from civicloop.standards import reference
from civicloop.standards.reference import Reference

# Stands among the missing photos while the sender says that more is to come.
MORE = {"name": "*isIncomplete*", "sha256": ""}
MOST_SOURCE = 2_000_000
"""Characters of a form as it came."""


def submit(
    *, visit: Visit, uid: UUID, content: Mapping[str, Any], by: Person, at: datetime, door: str, source: str = "",
    ref: Reference | None = None, more: bool = False,
) -> Submission:  # fmt: skip
    """Keep a sheet under the sender's `uid`, and apply it when all photos it names are here.

    `more` says that the sender will send the same sheet again, with further photos: it waits for that however whole it is.
    The same content under the same uid gets the first answer again; other content is a Conflict (`submission_differs`) once
    the first was accepted. A sheet that only the problem loop refuses is kept as refused, and the refusal raised; it may be
    sent again, as it was or corrected. Raises NotAllowed (`not_your_visit`), Invalid naming the item, Conflict.
    """
    sheet, ref = read_sheet(content), reference_of(ref)
    with transaction.atomic():
        locked = lock_visit(visit.pk)
        row, again = _keep(_row(visit, uid, sheet, by=by, at=at, door=door, source=source))
        if again:
            if row.state == "waiting":
                _settle(row, locked, sheet, at=at, ref=ref, more=more)
            return row
        _check_may(locked, sheet, by=by, at=at, ref=ref)
        items = items_of(locked)
        check_sheet(sheet, items)
        faults, _ = find_faults(locked, sheet, items, ref)
        check_photos(faults, at=at, ref=ref)
        refused = _settle(row, locked, sheet, at=at, ref=ref, more=more)
    if refused is not None:
        raise refused
    if row.state == "waiting" and any(one["sha256"] for one in row.missing):
        # A photo stored between our looking and our committing found nobody waiting for it.
        return complete(row.uid, at=at, ref=ref)
    return row


def _row(visit: Visit, uid: UUID, sheet: Sheet, *, by: Person, at: datetime, door: str, source: str) -> Submission:
    if door not in DOOR_LABELS:
        raise Invalid("door", "unknown_choice", value=door[:20])
    if len(source) > MOST_SOURCE:
        raise Invalid("source", "too_long", limit=MOST_SOURCE)
    told = written(sheet)
    return Submission(
        uid=uid, visit=visit, by=by, door=door, content=told, source=source, state="waiting", received_at=at,
        digest=digest_of({"visit": str(visit.uid), **told}, source),
    )  # fmt: skip


def lock_visit(visit_id: int) -> Visit:
    """The visit, locked until the transaction ends, with everything a judgement reads."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("round", "point", "case", "drawn__draw")
    return rows.get(pk=visit_id)


def _keep(row: Submission) -> tuple[Submission, bool]:
    """Insert, and let the key decide who was first. The second value says that this very sheet was accepted before."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        return row, False
    except IntegrityError:
        first = Submission.objects.select_for_update().filter(pk=row.uid).first()
        if first is None:
            raise
    same = first.digest == row.digest
    if first.visit_id != row.visit_id or first.by_id != row.by_id or not (same or first.state == "refused"):
        raise Conflict("submission_differs", uid=str(row.uid))
    if first.state != "refused":
        return first, True
    # Never accepted: the sender may mend it, under the id his device has given it.
    first.content, first.digest, first.source, first.door = row.content, row.digest, row.source, row.door
    first.state, first.refusal, first.received_at = "waiting", None, row.received_at
    return first, False


def _check_may(visit: Visit, sheet: Sheet, *, by: Person, at: datetime, ref: Reference) -> None:
    """Whose visit, which day, and whether it is still to be made."""
    today = day_of(at)
    require_own_visit(ref.actor(by, today), visit, by=by)
    if today < visit.day:
        raise Conflict("draw_sealed", opens_on=visit.day.isoformat())
    if visit.state == "judged":
        raise Conflict("visit_judged", visit=str(visit.uid))
    if visit.state in ("missed", "replaced") or not visit.drawn.in_use or visit.drawn.draw.state == "cancelled":
        raise Conflict("visit_not_open", state=visit.state)
    noted = day_of(min(sheet.noted_at, at))
    if noted != visit.day:
        raise Invalid("noted_at", "visit_not_today", day=visit.day.isoformat(), noted=noted.isoformat())
    grace = int(ref.parameters["visit.grace_days"])
    if today > visit.day + timedelta(days=grace):
        raise Conflict("visit_too_late", day=visit.day.isoformat(), days=grace)


def _settle(
    row: Submission, visit: Visit, sheet: Sheet, *, at: datetime, ref: Reference, more: bool | None = None
) -> Refused | None:
    """Apply the sheet if every photo is here; write down how it stands. The caller holds visit and submission.

    `more` None: as the sender said last.
    """
    if more is None:
        more = MORE in row.missing
    row.missing = missing_photos(row, sheet) + ([MORE] if more else [])
    refused: Refused | None = None
    if not row.missing:
        try:
            apply_sheet(row, visit, sheet, at=at, ref=ref)
        except Refused as reason:
            refused = reason
            row.state, row.refusal = "refused", dict(as_record(reason))
    row.save()
    if row.state != "applied" and visit.state in ("planned", "waiting"):
        # Another sheet of the same visit may wait still: then nobody may give the visit away.
        visit.state = "waiting" if visit.submissions.filter(state="waiting").exists() else "planned"
        visit.save(update_fields=["state"])
    return refused


def missing_photos(row: Submission, sheet: Sheet) -> list[dict[str, str]]:
    """The photos a sheet names that are not in the store yet."""
    named = {(one.name, one.sha256): one for one in sheet.photos()}
    wanted = [one.sha256 for one in named.values() if one.sha256]
    stored = sent(wanted, by=row.by_id) if wanted else set()
    arrived = set(SubmissionPhoto.objects.filter(submission=row).values_list("name", flat=True)) if named else set()
    return [
        {"name": one.name, "sha256": one.sha256}
        for one in named.values()
        if (one.sha256 not in stored if one.sha256 else one.name not in arrived)
    ]


def claimed_photo(submission: Submission, name: str) -> str:
    """The SHA-256 the sheet gives for a photo of this name, "" when it gives none. Raises NotFound for a name it lacks."""
    check_name(name)
    for one in read_sheet(submission.content).photos():
        if one.name == name:
            return one.sha256
    raise NotFound("photo", name)


def add_photo(
    *, submission: Submission, name: str, photo: Photo, by: Person, at: datetime, ref: Reference | None = None
) -> Submission:
    """Attach a stored photo to the name a sheet gave it; the last one missing applies the sheet.

    The same photo again changes nothing. Other bytes under a name that is used are kept and flagged, and the first stays.
    Raises NotAllowed, NotFound (the sheet does not name it), Invalid (`sha256_mismatch`).
    """
    claimed = claimed_photo(submission, name)
    if claimed and claimed != photo.sha256:
        raise Invalid("sha256", "sha256_mismatch", claimed=claimed, found=photo.sha256)
    with transaction.atomic():
        visit = lock_visit(submission.visit_id)
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        require_own_visit(reference_of(ref).actor(by, day_of(at)), visit, by=by)
        _attach(row, name, photo, at=at)
        if row.state == "waiting":
            _settle(row, visit, read_sheet(row.content), at=at, ref=reference_of(ref))
    return row


def _attach(row: Submission, name: str, photo: Photo, *, at: datetime) -> None:
    there = list(SubmissionPhoto.objects.filter(submission=row, name=name).values_list("photo_id", flat=True))
    if photo.pk not in there:
        SubmissionPhoto.objects.create(submission=row, name=name, photo=photo, received_at=at, twice=bool(there))


def reference_of(ref: Reference | None) -> Reference:
    """The books handed down, or those of now."""
    return ref or reference.now()


def complete(uid: UUID, *, at: datetime, ref: Reference | None = None) -> Submission:
    """Look again whether a waiting submission is whole, and apply it then. Safe to call twice, and together."""
    with transaction.atomic():
        visit_id = Submission.objects.filter(pk=uid).values_list("visit_id", flat=True).first()
        if visit_id is None:
            raise NotFound("submission", uid)
        visit = lock_visit(visit_id)
        row = Submission.objects.select_for_update().get(pk=uid)
        if row.state == "waiting":
            _settle(row, visit, read_sheet(row.content), at=max(at, row.received_at), ref=reference_of(ref))
    return row


def complete_waiting(sha256: str, *, at: datetime) -> Sequence[UUID]:
    """Complete the submissions that waited for a photo by its SHA-256. Returns those looked at."""
    rows: Iterable[UUID] = (
        Submission.objects.filter(state="waiting")
        .annotate(named=Cast("missing", TextField()))
        .filter(named__contains=sha256)
        .values_list("pk", flat=True)
    )
    found = list(rows)
    for uid in found:
        complete(uid, at=at)
    return found
