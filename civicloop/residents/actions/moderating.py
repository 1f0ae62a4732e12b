"""Moderators: accept a report that waits, refuse it with a reason, hide a photo; block who floods."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text, fold
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.residents import policy
from civicloop.residents.actions.open311 import tell_links
from civicloop.residents.actions.reporting import KIND, enter
from civicloop.residents.models import Block, Report, ReportPhoto
from civicloop.standards import reference
from civicloop.standards.reference import Reference

LONGEST_BLOCK = 90


@transaction.atomic
def accept_report(uid: UUID, *, by: Person, at: datetime, ref: Reference | None = None) -> Report:
    """The report becomes a case, with the photos nobody has hidden. Raises NotAllowed, NotFound, Conflict `report_decided`."""
    ref = ref or reference.now()
    policy.require(by, "report.accept", at=at, ref=ref)
    report = _waiting(uid)
    report.photos.filter(state="waiting").update(state="accepted")
    case = enter(report, at=at, ref=ref)
    tell_links(report, at=at, ref=ref)
    report.decided_at, report.decided_by = at, by
    report.save(update_fields=["decided_at", "decided_by"])
    record(KIND, report.uid, f"{KIND}.accept", by=by.uid, at=at, data={"case": case.number})
    return report


@transaction.atomic
def refuse_report(uid: UUID, *, reason: str, by: Person, at: datetime, ref: Reference | None = None) -> Report:
    """The report becomes no case; who sent it reads the reason. Raises NotAllowed, NotFound, Conflict, Invalid `reason`."""
    policy.require(by, "report.refuse", at=at, ref=ref or reference.now())
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    report = _waiting(uid)
    report.state, report.refusal, report.decided_at, report.decided_by = "refused", told, at, by
    report.save(update_fields=["state", "refusal", "decided_at", "decided_by"])
    record(KIND, report.uid, f"{KIND}.refuse", by=by.uid, at=at, data={"reason": told})
    return report


@transaction.atomic
def hide_photo(uid: UUID, *, sha256: str, by: Person, at: datetime, ref: Reference | None = None) -> Report:
    """Nobody outside ever sees this photo, whichever report brought it, and it does not come into the case if one still waits."""
    policy.require(by, "report.hide_photo", at=at, ref=ref or reference.now())
    report = _locked(uid)
    if not report.photos.filter(photo_id=sha256).exists():
        raise NotFound("photo", sha256[:64])
    ReportPhoto.objects.filter(photo_id=sha256).update(state="hidden")
    record(KIND, report.uid, f"{KIND}.hide_photo", by=by.uid, at=at, data={"photo": sha256})
    return report


@transaction.atomic
def accept_photo(uid: UUID, *, sha256: str, by: Person, at: datetime, ref: Reference | None = None) -> Report:
    """Somebody has looked at this photo of a report: unless somebody has hidden it, it may be shown, blurred. The others of the
    report still wait. Raises NotAllowed, NotFound.
    """
    policy.require(by, "report.hide_photo", at=at, ref=ref or reference.now())
    report = _locked(uid)
    mine = report.photos.filter(photo_id=sha256)
    if not mine.exists():
        raise NotFound("photo", sha256[:64])
    if mine.filter(state="waiting").update(state="accepted"):
        record(KIND, report.uid, f"{KIND}.accept_photo", by=by.uid, at=at, data={"photo": sha256})
    return report


@transaction.atomic
def block(
    *, kind: str, reason: str, days: int, by: Person, at: datetime, report: UUID | None = None, word: str = "",
    ref: Reference | None = None,
) -> list[Block]:  # fmt: skip
    """From now on what comes from this sender (of `report`: its network `address` or `contact`), or holds this `word`, waits.

    Raises Invalid `days` outside 1 to 90, Conflict `nothing_to_block` where the report tells no such thing (any more).
    """
    policy.require(by, "block.set", at=at, ref=ref or reference.now())
    told = clean_text(reason, limit=200, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    if not 1 <= days <= LONGEST_BLOCK:
        raise Invalid("days", "days_out_of_range", most=LONGEST_BLOCK)
    keys = _keys(kind, report, word)
    rows = []
    for key in keys:
        row, new = Block.objects.update_or_create(
            kind=kind, key=key, defaults={"reason": told, "by": by, "at": at, "until": at + timedelta(days=days)}
        )
        record("block", row.uid, "block.set", by=by.uid, at=at, data={"kind": kind, "days": days}, new=new)
        rows.append(row)
    return rows


@transaction.atomic
def lift_block(uid: UUID, *, by: Person, at: datetime, ref: Reference | None = None) -> None:
    """The block ends now."""
    policy.require(by, "block.lift", at=at, ref=ref or reference.now())
    row = Block.objects.select_for_update().filter(uid=uid).first()
    if row is None:
        raise NotFound("block", uid)
    record("block", row.uid, "block.lift", by=by.uid, at=at, data={"kind": row.kind})
    row.delete()


def _keys(kind: str, report: UUID | None, word: str) -> list[str]:
    if kind == "word":
        cleaned = fold(clean_text(word, limit=60, field="word"))
        if len(cleaned) < 2:
            raise Invalid("word", "word_too_short")
        return [cleaned]
    found = Report.objects.select_related("reporter").filter(uid=report).first() if report else None
    if found is None:
        raise NotFound("report", report)
    if kind == "address":
        keys = [found.sender_key]
    elif kind == "contact":
        keys = [found.reporter.phone_key, found.reporter.email_key] if found.reporter else []
    else:
        raise Invalid("kind", "unknown_choice", value=kind[:20])
    keys = [key for key in keys if key]
    if not keys:
        raise Conflict("nothing_to_block")
    return keys


def _locked(uid: UUID) -> Report:
    report = Report.objects.select_for_update(of=("self",)).select_related("plate").filter(uid=uid).first()
    if report is None:
        raise NotFound("report", uid)
    return report


def _waiting(uid: UUID) -> Report:
    report = _locked(uid)
    if report.state != "waiting":
        raise Conflict("report_decided", report=str(report))
    return report
