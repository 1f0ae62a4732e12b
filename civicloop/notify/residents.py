"""Sending what residents asked to hear: to their phone or mail, in the language they reported in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.notify import sending
from civicloop.residents.actions import claim_message, settle_message, waiting_messages
from civicloop.residents.keys import feedback_secret, link_secret
from civicloop.residents.models import ResidentMessage

# As for messages to people of the house: minutes to the next try.
TRIES = (1, 5, 15, 60, 240)
CLAIMED = timedelta(minutes=10)


def send_to_residents(*, at: datetime, send: sending.Send = sending.send) -> tuple[int, int]:
    """Send what waits; returns how many were sent and how many failed for good. Safe to run together."""
    sent = failed = 0
    for message in waiting_messages(at=at):
        if not claim_message(message, at=at, until=at + CLAIMED):
            continue
        fault = _hand_over(message, send)
        tries = message.tries + 1
        if not fault:
            settle_message(message, state="sent")
            sent += 1
        elif tries >= len(TRIES) or fault == "no_address":
            settle_message(message, state="failed", failure=fault)
            failed += 1
        else:
            settle_message(
                message, state="waiting", failure=fault, next_try_at=at + timedelta(minutes=TRIES[tries - 1])
            )
    return sent, failed


def _hand_over(message: ResidentMessage, send: sending.Send) -> str:
    reporter = message.reporter
    address = sending.address_for(message.channel, reporter.email if message.channel == "mail" else reporter.phone)
    if not address:
        return "no_address"
    with translation.override(reporter.language or settings.LANGUAGE_CODE):
        return send(address, *text_of(message))


def text_of(message: ResidentMessage) -> tuple[str, str]:
    """Title and text: a number and a link, nothing of the report itself, nothing of a person."""
    start = settings.CIVICLOOP_PUBLIC_URL
    if message.kind == "mine":
        link = f"{start}/p/mine/{link_secret(message.data['link'])}"
        return _("Your reports"), _("All your reports, once and for an hour: %(link)s") % {"link": link}
    link = f"{start}/p/rate/{feedback_secret(message.data['feedback'])}"
    told = {"number": message.data["number"], "link": link}
    return _("How content are you?"), _("Your report %(number)s was closed. How content are you? %(link)s") % told
