"""Writing down what volunteers and requesters without an account are to hear: once for each fact, whoever runs the job again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min, QuerySet

from civicloop.notify import sending
from civicloop.notify.models import OutsideMessage
from civicloop.volunteers.matters import CALLED_OFF
from civicloop.volunteers.models import OrderStep, SignUp

# News of an order is news for so long.
ORDER_NEWS = timedelta(days=3)
# Changes for which somebody's telephone is rung: when, where, what.
WORTH_IT = frozenset({"title", "place", "lon", "lat", "starts_at", "ends_at"})
STEPS = {
    "accept": "order_accepted", "return": "order_returned", "reject": "order_rejected", "finish": "order_served",
    "cancel": "order_cancelled", "expire": "order_cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receiver:
    """A volunteer or a requester, by number, and until when the message is of use to them."""

    useful_until: datetime
    volunteer_id: int | None = None
    requester_id: int | None = None


def tell_event_changed(
    event_uid: UUID, shift_uid: UUID | None, fields: Iterable[str], *, began_at: datetime | None = None, at: datetime
) -> int:
    """When or where an event takes place is otherwise now; returns how many messages were written down.

    `began_at` is when it was to begin before: who would come then must have heard of it.
    """
    if not WORTH_IT & set(fields):
        return 0
    told = _firsts(_signed(event_uid, shift_uid).filter(cancelled_at=None), at)
    if began_at is not None and began_at > at:
        told = [replace(one, useful_until=min(one.useful_until, began_at)) for one in told]
    return _write("event_changed", shift_uid or event_uid, told, at, at.isoformat())


def tell_event_cancelled(event_uid: UUID, shift_uid: UUID | None, *, at: datetime) -> int:
    """An event, or a shift of it, was called off."""
    rows = _signed(event_uid, shift_uid).filter(cancelled_at=at, reason__in=CALLED_OFF)
    kind, about = ("shift_cancelled", shift_uid) if shift_uid else ("event_cancelled", event_uid)
    return _write(kind, about, _firsts(rows, at), at, "")


def tell_moved_up(signup_uid: UUID, *, at: datetime) -> int:
    """Somebody who waited has a place."""
    rows = SignUp.objects.filter(uid=signup_uid, state="signed", **_without_account())
    return _write("moved_up", signup_uid, _firsts(rows, at), at, "")


def tell_order_step(order_uid: UUID, step: str, seq: int, *, at: datetime) -> int:
    """A step of an order that its requester waits for, where he has left a phone and agreed to be called."""
    if step not in STEPS:
        return 0
    row = OrderStep.objects.filter(order__uid=order_uid, seq=seq, name=step).select_related("order__requester").first()
    who = row.order.requester if row else None
    if row is None or who is None or not who.phone or who.consent_at is None:
        return 0
    if step == "return" and not row.order.code_digest:  # whoever entered it for him is told, and completes it
        return 0
    if step == "cancel" and row.by_id is None:  # by himself, with his code
        return 0
    to = [Receiver(at + ORDER_NEWS, requester_id=who.pk)]
    return _write(STEPS[step], order_uid, to, at, str(seq))


def _signed(event_uid: UUID, shift_uid: UUID | None) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(shift__event__uid=event_uid, **_without_account())
    return rows.filter(shift__uid=shift_uid) if shift_uid else rows


def _without_account() -> dict[str, object]:
    """Who has an account gets a notice, and hears of it by the ways he has chosen."""
    return {"volunteer__account": None, "volunteer__left_at": None, "volunteer__consent_at__isnull": False}


def _firsts(rows: QuerySet[SignUp], at: datetime) -> list[Receiver]:
    """Each volunteer once, until the first shift begins that he hears of; what has begun is no news."""
    firsts = rows.filter(shift__starts_at__gt=at).order_by().values("volunteer").annotate(first=Min("shift__starts_at"))
    return [Receiver(one["first"], volunteer_id=one["volunteer"]) for one in firsts.order_by("volunteer")]


def _write(kind: str, about: UUID, receivers: Iterable[Receiver], at: datetime, mark: str) -> int:
    if not sending.is_open("sms"):  # nothing could be sent: whoever organises sees whom to call
        return 0
    rows = [
        OutsideMessage(
            kind=kind, about=about, volunteer_id=one.volunteer_id, requester_id=one.requester_id, made_at=at, next_try_at=at,
            useful_until=one.useful_until, key=f"{kind}:{about}:{mark}:{one.volunteer_id or one.requester_id}",
        )
        for one in receivers
    ]  # fmt: skip
    before = OutsideMessage.objects.filter(key__in=[row.key for row in rows]).count()
    OutsideMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows) - before
