"""Following a case that is there already, saying that a closed one is not put right, and what is answered to that."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.bus import announce
from civicloop.cases import policy as case_policy
from civicloop.cases.actions import reopen
from civicloop.cases.actions.engine import lock, taking
from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import OPEN, State
from civicloop.kernel.codes import digest
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.residents.actions.contacts import Contact, check_contact, keep_contact
from civicloop.residents.actions.reporting import FLOOD
from civicloop.residents.facts import ReopenAsked
from civicloop.residents.keys import code_for, kept_key, key_of
from civicloop.residents.models import Following, ReopenRequest, Reporter
from civicloop.standards import reference
from civicloop.standards.reference import Reference

KIND = "reopen_request"
LIMIT = 1000


@transaction.atomic
def follow_case(
    case_uid: UUID, *, sent_key: str, contact: Contact | None = None, sender: str = "", proved: bool = True, at: datetime,
    ref: Reference | None = None,
) -> tuple[Following, str]:  # fmt: skip
    """Follow an open case; returns the row and the code. Sent twice, it is one following.

    Of one sender (its network address) the first counts among those who follow, where its device has done its work (`proved`):
    nobody makes a crowd by himself. Raises NotFound, Conflict, Invalid (`too_many_today` in a flood).
    """
    if not 16 <= len(sent_key) <= 100:
        raise Invalid("key", "key_unusable")
    code, key = code_for(f"follow:{sent_key}"), kept_key(sent_key)
    known = Following.objects.filter(key=key).first()
    if known is not None:
        return known, code
    whom, sender_key = check_contact(contact or Contact()), key_of("address", sender) if sender else ""
    _require_no_flood(sender_key, at, ref or reference.now())
    case = lock(case_uid)
    if case.state not in OPEN:
        raise Conflict("case_is_over", case=case.number)
    try:
        with transaction.atomic():
            made = Following.objects.create(
                case=case, key=key, code_digest=digest(code), since=at, reporter=keep_contact(whom, at=at),
                sender_key=sender_key, counted=proved and not case.followings.filter(sender_key=sender_key).exists(),
            )  # fmt: skip
    except IntegrityError:
        return Following.objects.get(key=key), code
    record("following", made.uid, "following.begin", by=None, at=at, data={"case": case.number}, new=True)
    return made, code


def _require_no_flood(sender_key: str, at: datetime, ref: Reference) -> None:
    most = int(ref.parameters["residents.most_a_day"]) * FLOOD
    today = Following.objects.filter(sender_key=sender_key, since__gt=at - timedelta(days=1))
    if sender_key and today.count() >= most:
        raise Invalid("key", "too_many_today", limit=most)


def reopen_until(case: Case, ref: Reference) -> datetime | None:
    """Until when a resident may say that it is not put right; None while the case is not closed."""
    if case.state != State.CLOSED or case.closed_at is None:
        return None
    return case.closed_at + timedelta(days=int(ref.parameters["residents.reopen_days"]))


@transaction.atomic
def ask_reopen(
    case_uid: UUID, *, reason: str, reporter: Reporter | None = None, at: datetime, ref: Reference | None = None
) -> ReopenRequest:  # fmt: skip
    """Say that a closed case is not put right: it stands in the case's story, and its verifiers decide.

    The caller has checked the code. Raises Invalid `reason`, Conflict `not_closed`, `reopen_too_late`, `reopen_waits`.
    """
    ref = ref or reference.now()
    told = without_contacts(clean_text(reason, limit=LIMIT, multiline=True, field="reason"))
    if not told:
        raise Invalid("reason", "required", field="reason")
    case = lock(case_uid)
    until = reopen_until(case, ref)
    if until is None:
        raise Conflict("not_closed", case=case.number)
    if at > until:
        raise Conflict("reopen_too_late", until=until.isoformat())
    if ReopenRequest.objects.filter(case=case, state="waiting").exists():
        raise Conflict("reopen_waits", case=case.number)
    made = ReopenRequest.objects.create(case=case, reporter=reporter, reason=told, asked_at=at)
    # A comment: the story and the ledger show it, and whoever may reopen decides with the case's own step.
    with taking(case.uid, "comment", by=None, at=at, note=told, ref=ref) as step:
        step.data["resident"] = "not_fixed"
    record(KIND, made.uid, f"{KIND}.ask", by=None, at=at, data={"case": case.number}, new=True)
    announce(ReopenAsked(made.uid, at))
    return made


@transaction.atomic
def grant_reopen(
    uid: UUID, *, note: str = "", by: Person, at: datetime, ref: Reference | None = None
) -> ReopenRequest:  # fmt: skip
    """Reopen the case, by its own step and permission; the reason is the resident's, with the note of who decides."""
    request = _waiting(uid)
    reason = "\n".join(
        one for one in (request.reason, clean_text(note, limit=1000, multiline=True, field="note")) if one
    )
    _settle(request, "granted", "", by=by, at=at)
    reopen(request.case.uid, reason=reason, by=by, at=at, ref=ref)
    return request


@transaction.atomic
def refuse_reopen(
    uid: UUID, *, answer: str, by: Person, at: datetime, ref: Reference | None = None
) -> ReopenRequest:  # fmt: skip
    """It stays closed; the resident reads the answer. Who could reopen may refuse to. Raises NotAllowed, Invalid `answer`."""
    request = _waiting(uid)
    actor = (ref or reference.now()).actor(by, day_of(at))
    case_policy.require(actor, "reopen", request.case, by=by)
    told = clean_text(answer, limit=1000, multiline=True, field="answer")
    if not told:
        raise Invalid("answer", "required", field="answer")
    _settle(request, "refused", told, by=by, at=at)
    return request


@transaction.atomic
def settle_reopened(case_uid: UUID, *, at: datetime) -> int:
    """A case was reopened on its own page: what residents had asked for is granted by that. Safe to run twice."""
    waiting = ReopenRequest.objects.select_for_update(of=("self",)).filter(case__uid=case_uid, state="waiting")
    rows = list(waiting.filter(asked_at__lte=at))
    for request in rows:
        _settle(request, "granted", "", by=None, at=at)
    return len(rows)


def _settle(request: ReopenRequest, state: str, answer: str, *, by: Person | None, at: datetime) -> None:
    request.state, request.answer, request.decided_by, request.decided_at = state, answer, by, at
    request.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    verb = "grant" if state == "granted" else "refuse"
    record(KIND, request.uid, f"{KIND}.{verb}", by=by.uid if by else None, at=at, data={"case": request.case.number})


def _waiting(uid: UUID) -> ReopenRequest:
    request = (
        ReopenRequest.objects.select_for_update(of=("self",)).select_related("case").filter(uid=uid, state="waiting").first()
    )  # fmt: skip
    if request is None:
        raise NotFound("reopen_request", uid)
    return request
