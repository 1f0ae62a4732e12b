"""Sending what volunteers and requesters without an account are to hear: text messages, put together and addressed when they go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.kernel.masking import without_numbers
from civicloop.notify import sending
from civicloop.notify.gate import Message, Rows, send_through
from civicloop.notify.models import OutsideMessage
from civicloop.organisation.days import day_of
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Event, Order, Shift, SignUp, Volunteer
from civicloop.volunteers.rules.lifecycle import OrderState
from civicloop.volunteers.rules.persons import needs_guardian

S = OrderState
# In which states the news of an order is still true.
TRUE_IN = {
    "order_accepted": {S.ACCEPTED, S.SERVING}, "order_returned": {S.RETURNED}, "order_rejected": {S.REJECTED},
    "order_served": {S.SERVED}, "order_cancelled": {S.CANCELLED},
}  # fmt: skip


class Volunteers(Rows):
    """Messages to volunteers and requesters."""

    table = OutsideMessage
    beside = ("volunteer", "requester")

    def useful_until(self, row: OutsideMessage) -> datetime | None:
        """Until the shift begins; for some days, where it is about an order."""
        return row.useful_until

    def sent_since(self, row: OutsideMessage, *, since: datetime) -> int:
        """What went to the same volunteer, or to the same phone of requesters."""
        rows = OutsideMessage.objects.filter(state="sent", sent_at__gte=since)
        if row.volunteer_id is not None:
            return rows.filter(volunteer=row.volunteer_id).count()
        return rows.filter(requester__phone=row.requester.phone if row.requester else None).count()

    def message(self, row: OutsideMessage, *, at: datetime, ref: Reference) -> Message | str:
        """A title and a time, or a number, and a link; nothing of a person."""
        text = _order_text(row) if row.kind in TRUE_IN else _event_text(row)
        if not text:
            return "nothing_to_tell"
        to = phone_of(row.volunteer, at) if row.volunteer else row.requester.phone if row.requester else ""
        address = sending.address_for("sms", to)
        return Message(address, _("Voluntary service"), text) if address else "no_address"


def send_to_volunteers(*, at: datetime, send: sending.Send = sending.send) -> tuple[int, int]:
    """Send what waits; returns how many were sent and how many failed for good. Safe to run together."""
    return send_through(Volunteers(), at=at, ref=reference.now(), send=send)


def phone_of(volunteer: Volunteer, at: datetime) -> str:
    """Whose phone rings: the guardian's for a child (PIPL, article 31); nobody's, where somebody has left."""
    if volunteer.left_at is not None:
        return ""
    return volunteer.guardian_phone if needs_guardian(volunteer.birth_on, day_of(at)) else volunteer.phone


def _event_text(row: OutsideMessage) -> str:
    assert row.volunteer_id is not None
    if row.kind == "event_cancelled":
        event = Event.objects.filter(uid=row.about, state="cancelled").first()
        return _said(_("Called off: “%(title)s”, %(when)s. %(link)s"), event, event.starts_at) if event else ""
    if row.kind == "shift_cancelled":
        shift = Shift.objects.filter(uid=row.about).select_related("event").first()
        return _said(_("Called off: “%(title)s”, %(when)s. %(link)s"), shift.event, shift.starts_at) if shift else ""
    signup = _standing(row.kind, row.about, row.volunteer_id)
    if signup is None:
        return ""
    words = {
        "moved_up": _("You have a place: “%(title)s”, %(when)s, %(place)s. %(link)s"),
        "event_changed": _("It has changed: “%(title)s” is now %(when)s, %(place)s. %(link)s"),
    }
    return _said(words[row.kind], signup.shift.event, signup.shift.starts_at)


def _standing(kind: str, about: UUID, volunteer_id: int) -> SignUp | None:
    """The sign-up the news is about, where it still stands: of an event's, the first."""
    rows = SignUp.objects.filter(cancelled_at=None, shift__event__state="published", volunteer=volunteer_id)
    rows = rows.filter(uid=about, state="signed") if kind == "moved_up" else rows.filter(_of(about))
    return rows.select_related("shift__event").order_by("shift__starts_at").first()


def _of(about: UUID) -> Q:
    return Q(shift__uid=about) | Q(shift__event__uid=about)


def _said(words: str, event: Event, when: datetime) -> str:
    # Titles and places are what somebody typed: a telephone number in them must not leave the house.
    return words % {
        "title": without_numbers(event.title), "place": without_numbers(event.place), "link": _link(f"events/{event.uid}"),
        "when": timezone.localtime(when).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip


def _order_text(row: OutsideMessage) -> str:
    order = Order.objects.filter(uid=row.about, state__in=TRUE_IN[row.kind]).first()
    if order is None:
        return ""
    words = {
        "order_accepted": _("A team has accepted your order %(number)s and will come."),
        "order_returned": _("Something is missing in your order %(number)s."),
        "order_rejected": _("Volunteers cannot serve your order %(number)s."),
        "order_served": _("Your order %(number)s was served; please say how it was."),
        "order_cancelled": _("Your order %(number)s was cancelled."),
    }
    said, link = words[row.kind] % {"number": order.number}, _link("orders")
    # Who ordered by telephone has no code.
    return f"{said} " + _("With your code: %(link)s") % {"link": link} if order.code_digest and link else said


def _link(path: str) -> str:
    return f"{settings.CIVICLOOP_PUBLIC_URL}/p/{path}" if settings.CIVICLOOP_PUBLIC_URL else ""
