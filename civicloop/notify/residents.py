"""Sending what residents asked to hear: to their phone or mail, in the language they reported in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from civicloop.cases.rules.lifecycle import State
from civicloop.notify import sending
from civicloop.notify.gate import Message, Way, send_through
from civicloop.residents.actions import claim_message, settle_message, waiting_messages
from civicloop.residents.actions.messages import put_off_message
from civicloop.residents.keys import feedback_secret, link_secret
from civicloop.residents.models import Feedback, MineLink, ResidentMessage
from civicloop.standards import reference
from civicloop.standards.reference import Reference


class Residents(Way):
    """Messages to reporters."""

    def waiting(self, *, at: datetime) -> Sequence[ResidentMessage]:
        """What is to be sent now, oldest first."""
        return waiting_messages(at=at)

    def claim(self, row: ResidentMessage, *, at: datetime, until: datetime) -> bool:
        """Take it up."""
        return claim_message(row, at=at, until=until)

    def put_off(self, row: ResidentMessage, *, until: datetime) -> None:
        """Let it wait."""
        put_off_message(row, until=until)

    def settle(
        self, row: ResidentMessage, *, at: datetime, state: str, failure: str = "", next_try_at: datetime | None = None
    ) -> None:
        """Write down how sending went."""
        settle_message(row, state=state, failure=failure, next_try_at=next_try_at)

    def asked_for_now(self, row: ResidentMessage) -> bool:
        """A link to all reports was asked for a moment ago; how many a day, is limited where they are made."""
        return row.kind == "mine"

    def sent_since(self, row: ResidentMessage, *, since: datetime) -> int:
        """What went to the same phone or mail of what was made since, whichever report it was about."""
        who = row.reporter
        same = Q(reporter=who.pk)
        if who.phone_key:
            same |= Q(reporter__phone_key=who.phone_key)
        if who.email_key:
            same |= Q(reporter__email_key=who.email_key)
        return ResidentMessage.objects.filter(same, state="sent", made_at__gte=since).count()

    def language(self, row: ResidentMessage) -> str:
        """The one the report was written in."""
        return row.reporter.language

    def message(self, row: ResidentMessage, *, at: datetime, ref: Reference) -> Message | str:
        """A number and a link, nothing of the report itself, nothing of a person."""
        if not _still_wanted(row, at):
            return "nothing_to_tell"
        # Without an address of its own the house has no link to send: no way is open, whatever is set up besides.
        address = _address(row) if settings.CIVICLOOP_PUBLIC_URL else ""
        return Message(address, *text_of(row)) if address else "no_address"


def is_open(channel: str) -> bool:
    """Whether a link can reach residents this way: the channel is set up, and the house knows its own address."""
    return bool(settings.CIVICLOOP_PUBLIC_URL) and sending.is_open(channel)


def send_to_residents(*, at: datetime, send: sending.Send = sending.send) -> tuple[int, int]:
    """Send what waits; returns how many were sent and how many failed for good. Safe to run together."""
    return send_through(Residents(), at=at, ref=reference.now(), send=send)


def _still_wanted(row: ResidentMessage, at: datetime) -> bool:
    """A link that has not run out; a question about a closing that still stands and is not answered yet."""
    if row.kind == "mine":
        return MineLink.objects.filter(uid=row.data["link"], used_at=None, expires_at__gt=at).exists()
    about = ("report__case__merged_into", "following__case__merged_into")
    asked = Feedback.objects.filter(uid=row.data["feedback"], answered_at=None).select_related(*about).first()
    case = asked.case if asked is not None else None
    return case is not None and asked is not None and case.state == State.CLOSED and case.closed_at == asked.closed_at


def _address(row: ResidentMessage) -> str:
    """Where it goes. A question may take another way where the first is not set up; a link goes where it was asked from."""
    who = row.reporter
    ways = {"mail": who.email, "sms": who.phone}
    if row.kind == "mine":
        ways = {row.channel: ways[row.channel]}
    ordered = sorted(ways.items(), key=lambda way: way[0] != row.channel)
    return next((found for channel, to in ordered if (found := sending.address_for(channel, to))), "")


def text_of(message: ResidentMessage) -> tuple[str, str]:
    """Title and text: a number and a link."""
    start = settings.CIVICLOOP_PUBLIC_URL
    if message.kind == "mine":
        link = f"{start}/p/mine/{link_secret(message.data['link'])}"
        return _("Your reports"), _("All your reports, once and for an hour: %(link)s") % {"link": link}
    link = f"{start}/p/rate/{feedback_secret(message.data['feedback'])}"
    told = {"number": message.data["number"], "link": link}
    return _("How content are you?"), _("Your report %(number)s was closed. How content are you? %(link)s") % told
