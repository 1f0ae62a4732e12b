"""Telling other systems of steps, by mySociety's `POST servicerequestupdates`: planned row by row, sent until taken or given up.

Both sweeps may run at any time, by any number of workers. Better told twice than never: whoever is told knows updates by their id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from civicloop.cases.models import Case, CaseStep
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.organisation.policy import require
from civicloop.residents import open311http, open311words
from civicloop.residents.models import Open311Key, Open311Push, Open311Subscription
from civicloop.residents.queries.open311 import public_cases
from civicloop.residents.rules.open311 import TOLD, number_of, w3c
from civicloop.residents.sealing import seal, unseal
from civicloop.standards.reference import Reference

Send = Callable[[str, Mapping[str, str]], str]
"""From (address, fields) to what went wrong; "" when it was taken."""
# Minutes to the next try; after the last one the push counts as failed and stays visible.
TRIES = (1, 5, 15, 60, 240, 1440)
CLAIMED = timedelta(minutes=10)
LOOK_BACK = timedelta(days=3)
MOST = 500


@dataclass
class Sums:
    """What a sweep did."""

    planned: int = 0
    sent: int = 0
    failed: int = 0


@transaction.atomic
def subscribe(
    *, key: Open311Key, address: str, secret: str, jurisdiction: str = "", own_only: bool = True, active: bool = True,
    by: Person | None, at: datetime,
) -> Open311Subscription:  # fmt: skip
    """Tell the client of this key of steps from now on, at the address of its Open311 server; or change that.

    An empty `secret` keeps the one there is. The ledger never holds it. Raises NotAllowed, Invalid `address`, `secret`.
    """
    require(by, "token.make", at=at)
    server = _server(address)
    row = Open311Subscription.objects.select_for_update(of=("self",)).filter(key=key).first()
    if row is None and not secret:
        raise Invalid("secret", "required", field="secret")
    new = row is None
    row = row or Open311Subscription(key=key, since=at)
    row.address, row.jurisdiction = server, clean_text(jurisdiction, limit=100, field="jurisdiction")
    row.own_only, row.active = own_only, active
    row.secret = seal(secret) if secret else row.secret
    row.save()
    data = {"client": key.client, "address": server, "own_only": own_only, "active": active, "secret": bool(secret)}
    who = by.uid if by else None
    record("open311_subscription", row.uid, "open311_subscription.set", by=who, at=at, data=data, new=new)
    return row


@transaction.atomic
def push_again(*, subscription: Open311Subscription, by: Person | None, at: datetime) -> int:
    """Let what was given up wait anew, from its first try on. Returns how many steps. Raises NotAllowed."""
    require(by, "token.make", at=at)
    failed = Open311Push.objects.filter(subscription=subscription, state="failed")
    many = failed.update(state="waiting", tries=0, next_try_at=at)
    if many:
        who, data = by.uid if by else None, {"count": many}
        record("open311_subscription", subscription.uid, "open311_subscription.again", by=who, at=at, data=data)
    return many


def _server(address: str) -> str:
    """The address of a server without a slash at its end: no user, no query, nothing but where it is."""
    told = clean_text(address, limit=300, field="address")
    try:
        parts = urlsplit(told)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, or a port that is none
        plain = False
    if not plain or parts.username or parts.query or parts.fragment:
        raise Invalid("address", "bad_value", field="address", why=told[:80])
    return parts.geturl().rstrip("/")


def plan_pushes(*, at: datetime, ref: Reference) -> int:
    """Write down which steps are to be told to whom. Returns how many are new."""
    running = Open311Subscription.objects.filter(active=True, key__revoked_at=None).select_related("key")
    return sum(_plan(one, at, ref) for one in running)


def _plan(subscription: Open311Subscription, at: datetime, ref: Reference) -> int:
    told = Open311Push.objects.filter(subscription=subscription, step=OuterRef("pk"))
    since = max(subscription.since, at - LOOK_BACK)
    steps = CaseStep.objects.filter(name__in=sorted(TOLD), at__gte=since, at__lte=at).filter(~Exists(told))
    wanted = list(_concerning(steps, subscription, ref).order_by("at", "pk").values_list("pk", flat=True)[:MOST])
    Open311Push.objects.bulk_create(
        (Open311Push(subscription=subscription, step_id=one, next_try_at=at) for one in wanted), ignore_conflicts=True
    )
    return len(wanted)


def _concerning(steps: QuerySet[CaseStep], subscription: Open311Subscription, ref: Reference) -> QuerySet[CaseStep]:
    """A client hears of its own requests, private ones among them; one that copies everything hears of what is public."""
    if subscription.own_only:
        own = Case.objects.filter(resident_reports__open311__key=subscription.key)
        return steps.filter(case__in=own.order_by().values("pk"))
    return steps.filter(case__in=public_cases(ref).order_by().values("pk"))


def send_pushes(*, at: datetime, ref: Reference, send: Send = open311http.post) -> Sums:
    """Send what waits, oldest first. A push is claimed before it is sent, so that two workers do not send it both."""
    sums = Sums(planned=plan_pushes(at=at, ref=ref))
    waiting = Open311Push.objects.filter(
        state="waiting", next_try_at__lte=at, subscription__active=True, subscription__key__revoked_at=None
    )
    for push in waiting.select_related("subscription", "step__case").order_by("step__at", "step")[:MOST]:
        mine = Open311Push.objects.filter(pk=push.pk, state="waiting", tries=push.tries, next_try_at__lte=at)
        if mine.update(tries=push.tries + 1, next_try_at=at + CLAIMED):
            push.tries += 1
            _settle(push, at, _send(push, send, ref), sums)
    return sums


def _send(push: Open311Push, send: Send, ref: Reference) -> str:
    try:
        fields = fields_of(push, ref)
    except Conflict as fault:
        return fault.code
    return send(f"{push.subscription.address}/servicerequestupdates.xml", fields)


def fields_of(push: Open311Push, ref: Reference) -> dict[str, str]:
    """What is told of a step: where the case stands, in a sentence of the house. Nothing that anybody typed, nobody's name."""
    step, case = push.step, push.step.case
    unit = ref.org.by_code(str(step.data.get("unit", "")))
    merged = number_of(case.merged_into_id) if case.merged_into_id else ""
    told = {
        "api_key": unseal(push.subscription.secret),
        "jurisdiction_id": push.subscription.jurisdiction,
        "service_request_id": number_of(case.pk),
        "update_id": str(step.pk),
        "status": TOLD[step.name].upper(),
        "updated_datetime": w3c(step.at, timezone.get_default_timezone()),
        "description": open311words.told(step.name, unit=unit.name if unit else "", number=merged),
    }
    return {name: value for name, value in told.items() if value}


def _settle(push: Open311Push, at: datetime, fault: str, sums: Sums) -> None:
    mine = Open311Push.objects.filter(pk=push.pk, state="waiting")
    if not fault:
        sums.sent += mine.update(state="sent", sent_at=at, next_try_at=None, failure="")
    elif push.tries > len(TRIES):
        sums.failed += mine.update(state="failed", next_try_at=None, failure=fault[:40])
    else:
        mine.update(failure=fault[:40], next_try_at=at + timedelta(minutes=TRIES[push.tries - 1]))
