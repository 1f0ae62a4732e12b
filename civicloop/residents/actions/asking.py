"""Asking reporters how content they are, some days after a closing, once; and links to all reports of a contact."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from civicloop.cases.rules.lifecycle import State
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.residents.actions.contacts import contact_key
from civicloop.residents.keys import link_secret
from civicloop.residents.models import Feedback, Following, MineLink, Report, Reporter, ResidentMessage
from civicloop.residents.models.reports import GRADES
from civicloop.standards import reference
from civicloop.standards.reference import Reference

KIND = "feedback"
BATCH = 500
MOST_LINKS_A_DAY = 5


@dataclass
class Asked:
    """What a sweep did."""

    asked: int = 0
    messages: int = 0


def ask_how_content(*, at: datetime, ref: Reference | None = None, most: int = 10_000) -> Asked:
    """Ask reporters, and followers who may be reached, once for every closing that lies between the two ends of
    `residents.ask_after_days` days back. Safe to run together.
    """
    first, last = (int(one) for one in (ref or reference.now()).parameters["residents.ask_after_days"])
    sums = Asked()
    # Followers without a contact are not reached, and their page asks nothing: they have reported nothing themselves.
    reached = Following.objects.filter(~Q(reporter__phone="", reporter__email=""), reporter__isnull=False)
    asked: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("report", Report.objects.filter(state="entered")), ("following", reached),
    )  # fmt: skip
    for field, rows in asked:
        for case in ("case", "case__merged_into"):  # whose case was merged is asked about the one it went on in
            already = Feedback.objects.filter(**{field: OuterRef("pk")}, closed_at=OuterRef(f"{case}__closed_at"))
            closed: dict[str, Any] = {
                f"{case}__state": State.CLOSED, f"{case}__closed_at__lte": at - timedelta(days=first),
                f"{case}__closed_at__gt": at - timedelta(days=last),
            }  # fmt: skip
            found = rows.filter(**closed).filter(~Exists(already)).select_related("case__merged_into", "reporter")
            for one in found.order_by("pk")[:most]:
                _ask(field, one, at, sums)
    return sums


@transaction.atomic
def _ask(field: str, about: Report | Following, at: datetime, sums: Asked) -> None:
    assert about.case is not None
    case = about.case.merged_into or about.case
    assert case.closed_at is not None
    try:
        with transaction.atomic():
            made = Feedback.objects.create(**{field: about}, closed_at=case.closed_at, asked_at=at)
    except IntegrityError:  # another worker was first
        return
    sums.asked += 1
    reporter = about.reporter
    if reporter is not None and (reporter.email or reporter.phone):
        channel = "mail" if reporter.email else "sms"
        write_message(
            reporter, channel=channel, kind="satisfaction", data={"feedback": str(made.uid), "number": about.case.number},
            key=f"satisfaction:{made.uid}", at=at,
        )  # fmt: skip
        sums.messages += 1


def write_message(
    reporter: Reporter, *, channel: str, kind: str, data: dict[str, str], key: str, at: datetime
) -> None:  # fmt: skip
    """Something to be sent; the same key never makes a second message."""
    ResidentMessage.objects.bulk_create(
        [
            ResidentMessage(
                reporter=reporter, channel=channel, kind=kind, data=data, key=key, made_at=at, next_try_at=at
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def rate(uid: UUID, *, grade: int, note: str = "", at: datetime) -> Feedback:
    """The reporter's answer, once. The caller has checked the code or the link. Raises NotFound, Invalid, Conflict."""
    if grade not in GRADES:
        raise Invalid("grade", "unknown_choice", value=str(grade))
    told = without_contacts(clean_text(note, limit=1000, multiline=True, field="note"))
    row = Feedback.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if row is None:
        raise NotFound("feedback", uid)
    if row.answered_at is not None:
        raise Conflict("rated_already")
    row.grade, row.note, row.answered_at = grade, told, at
    row.save(update_fields=["grade", "note", "answered_at"])
    record(KIND, row.uid, f"{KIND}.rate", by=None, at=at, data={"grade": grade}, new=True)
    return row


@transaction.atomic
def ask_link(typed: str, *, at: datetime, ref: Reference | None = None) -> MineLink | None:
    """Make a link to all reports of a phone number or mail address and have it sent there. None where nobody is known under it,
    or enough were sent today: the door says the same either way. Raises Invalid `contact`.
    """
    key = contact_key(typed)
    found = Reporter.objects.filter(Q(phone_key=key) | Q(email_key=key)).order_by("-pk").first()
    if (
        found is None
        or MineLink.objects.filter(contact_key=key, made_at__gt=at - timedelta(days=1)).count() >= MOST_LINKS_A_DAY
    ):
        return None
    minutes = int((ref or reference.now()).parameters["residents.link_minutes"])
    row = MineLink(contact_key=key, made_at=at, expires_at=at + timedelta(minutes=minutes))
    row.digest = hashlib.sha256(link_secret(row.uid).encode()).hexdigest()
    row.save()
    channel = "mail" if found.email_key == key else "sms"
    write_message(found, channel=channel, kind="mine", data={"link": str(row.uid)}, key=f"mine:{row.uid}", at=at)
    return row


@transaction.atomic
def open_link(secret: str, *, at: datetime) -> str:
    """Use a link up; returns the key of the contact whose reports it shows. Raises NotFound, Conflict `link_used`, `link_ended`."""
    link = find_link(secret, at=at)
    if not MineLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise Conflict("link_used")
    return link.contact_key


def find_link(secret: str, *, at: datetime) -> MineLink:
    """The link, if it can still be opened. Raises NotFound, Conflict."""
    digest = hashlib.sha256(secret[:100].encode()).hexdigest()
    link = MineLink.objects.filter(digest=digest).first()
    if link is None:
        raise NotFound("link", "…")
    if link.used_at is not None:
        raise Conflict("link_used")
    if at > link.expires_at:
        raise Conflict("link_ended")
    return link


def waiting_messages(*, at: datetime) -> list[ResidentMessage]:
    """What is to be sent now, oldest first."""
    rows = ResidentMessage.objects.filter(state="waiting", next_try_at__lte=at).select_related("reporter")
    return list(rows.order_by("next_try_at", "pk")[:BATCH])


def claim_message(message: ResidentMessage, *, at: datetime, until: datetime) -> bool:
    """Take a message up, so that no other worker sends it meanwhile."""
    mine = ResidentMessage.objects.filter(pk=message.pk, state="waiting", tries=message.tries, next_try_at__lte=at)
    return bool(mine.update(next_try_at=until, tries=F("tries") + 1))


def settle_message(
    message: ResidentMessage, *, state: str, failure: str = "", next_try_at: datetime | None = None
) -> None:
    """Write down how sending went; `waiting` with the next try, or `sent`, or `failed`. Not where somebody else has taken it up
    since, because it took too long: he says how it went.
    """
    mine = ResidentMessage.objects.filter(pk=message.pk, state="waiting", tries=message.tries + 1)
    mine.update(state=state, failure=failure[:200], next_try_at=next_try_at)
