"""What programs do by Open311: send requests, try them out, tell of a case."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from civicloop.cases.actions.engine import lock, taking
from civicloop.cases.answers import check_answers
from civicloop.cases.models import Case
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.loops.engine import NOTE_LIMIT
from civicloop.residents.actions.contacts import Contact
from civicloop.residents.actions.following import LIMIT as REASON_LIMIT
from civicloop.residents.actions.following import ask_reopen
from civicloop.residents.actions.reporting import Problem, bring_photos, receive
from civicloop.residents.models import Open311Key, Open311Request, Open311Update, Report
from civicloop.residents.rules.open311 import ASKS_TO_REOPEN, ENDED
from civicloop.standards.reference import Reference

MOST_LINKS = 10


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as a client sent it. `sent_as` is what makes it the same when it is sent again; "" where the client has nothing."""

    problem: Problem
    contact: Contact = field(default_factory=Contact)
    private: bool = False
    media_urls: Sequence[str] = ()
    sent_as: str = ""


class _Undone(Exception):
    """What was tried out has been looked at; nothing of it stays."""

    def __init__(self, sample: dict[str, Any]) -> None:
        super().__init__()
        self.sample = sample


@transaction.atomic
def send_request(*, key: Open311Key, sent: Sent, at: datetime, ref: Reference) -> Open311Request:
    """Take a request in: a resident's report like any other, which becomes a case at once or when a moderator has accepted it.

    Raises Invalid (which field), NotFound. Sent again under the same `sent_as` it is the same request.
    """
    known = Open311Request.objects.filter(key=key, sent_as=sent.sent_as).first() if sent.sent_as else None
    if known is not None:
        return known
    token = secrets.token_hex(16)
    report = _receive(key, sent, token, at, ref)
    try:
        with transaction.atomic():
            row = Open311Request.objects.create(
                key=key, token=token, report=report, sent_as=sent.sent_as or None, private=sent.private,
                media_urls=_links(sent.media_urls), received_at=at,
            )  # fmt: skip
    except IntegrityError:  # sent twice at the same moment: the other was first
        return Open311Request.objects.get(key=key, sent_as=sent.sent_as)
    tell_links(report, at=at, ref=ref)
    return row


def tell_links(report: Report, *, at: datetime, ref: Reference) -> None:
    """Addresses of pictures elsewhere stand in the story of the case, once there is one. Inside a transaction."""
    row = Open311Request.objects.select_related("key").filter(report=report).first() if report.case else None
    if row is not None and report.case is not None and row.media_urls:
        _say(report.case, "\n".join(row.media_urls), {"open311": row.key.client, "media_urls": True}, at=at, ref=ref)


def try_out(
    *, key: Open311Key, sent: Sent, show: Callable[[Case], dict[str, Any]], at: datetime, ref: Reference
) -> Open311Request:
    """Do with a request all that would be done, look at the case with `show`, and undo it: what stays is what was shown."""
    token = secrets.token_hex(16)
    try:
        with transaction.atomic():
            report = _receive(key, sent, token, at, ref)
            raise _Undone(show(report.case) if report.case is not None else {})
    except _Undone as done:
        sample = {**done.sample, "service_request_id": token}
    return Open311Request.objects.create(key=key, token=token, sample=sample, private=sent.private, received_at=at)


def _receive(key: Open311Key, sent: Sent, token: str, at: datetime, ref: Reference) -> Report:
    category = ref.categories.by_id(sent.problem.category_id)
    check_answers(sent.problem.answers, category)
    sent_key = hashlib.sha256(f"{key.uid}:{sent.sent_as or token}".encode()).hexdigest()
    return receive(sent.problem, sent_key=sent_key, contact=sent.contact, proved=True, at=at, ref=ref).report


@transaction.atomic
def take_update(
    *, key: Open311Key, case: Case, update_id: str, status: str, updated_at: datetime, text: str = "",
    media_urls: Sequence[str] = (), photos: Sequence[str] = (), at: datetime, ref: Reference,
) -> Open311Update:  # fmt: skip
    """What another system tells of a case: a remark in its story, or the wish that it be reopened. The unit stays answerable and
    its clock runs. `photos` (by their SHA-256) stand with the remark; nobody outside sees them before somebody has looked at them.
    Sent again it is the same update. Raises Invalid `description`.
    """
    told = without_contacts(clean_text(text, limit=NOTE_LIMIT, multiline=True, field="description"))
    known = Open311Update.objects.filter(key=key, update_id=update_id).first()
    if known is not None:
        return known
    links = _links(media_urls)
    try:
        with transaction.atomic():
            row = Open311Update.objects.create(
                key=key,
                update_id=update_id,
                case=case,
                status=status,
                updated_at=updated_at,
                media_urls=links,
                received_at=at,
            )
    except IntegrityError:
        return Open311Update.objects.get(key=key, update_id=update_id)
    reopens = _asked_to_reopen(case, status, told, at, ref)
    by_itself = f"{key.client}: {status}"
    said = "" if reopens else told or (by_itself if status not in ("", "unchanged") else "")
    note = "\n".join(one for one in (said, *links) if one) or (by_itself if photos else "")
    if note:
        _say(case, note[:NOTE_LIMIT], {"open311": key.client, "status": status}, at=at, ref=ref, photos=photos)
    report = Report.objects.filter(case=case).order_by("pk").first() if photos else None
    if report is not None:
        bring_photos(report, photos)
    return row


def try_update(**given: Any) -> str:
    """Do with an update all that would be done, and undo it. Returns an id that leads nowhere. Raises what `take_update` raises."""
    try:
        with transaction.atomic():
            take_update(**given)
            raise _Undone({})
    except _Undone:
        return secrets.token_hex(8)


def _asked_to_reopen(case: Case, status: str, told: str, at: datetime, ref: Reference) -> bool:
    """Whether a wish to reopen was written down. One that comes too late, or beside another one, stays a remark."""
    if status not in ASKS_TO_REOPEN or lock(case.uid).state not in ENDED or not told:
        return False
    try:
        with transaction.atomic():
            ask_reopen(case.uid, reason=told[:REASON_LIMIT], at=at, ref=ref)
    except (Conflict, Invalid):
        return False
    return True


def _links(addresses: Sequence[str]) -> list[str]:
    """Addresses of pictures as they are kept and stand in the story: a telephone in one is no less a telephone."""
    return [without_contacts(one) for one in list(addresses)[:MOST_LINKS]]


def _say(
    case: Case, note: str, data: dict[str, Any], *, at: datetime, ref: Reference, photos: Sequence[str] = ()
) -> None:
    shown = [{"sha256": one} for one in dict.fromkeys(photos)]
    with taking(case.uid, "comment", by=None, at=at, note=note, photos=shown, ref=ref) as step:
        step.data |= data
