"""The one gate through which messages go to people without an account: quiet hours, a cap a day, tries, and the address read last.

Residents and volunteers keep their waiting messages in tables of their own; a `Way` says how one of them is read and written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from civicloop.notify import sending
from civicloop.notify.rules.planning import held_until
from civicloop.notify.wishes import wish_of
from civicloop.standards.reference import Reference

# As for messages to people of the house: minutes to the next try, and longer than a job may last.
TRIES = (1, 5, 15, 60, 240)
CLAIMED = timedelta(minutes=10)
# What no further try would mend.
FOR_GOOD = ("no_address", "nothing_to_tell", "too_late")


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, put together when it does: it is kept nowhere and written to no log."""

    address: str
    title: str
    text: str


class Way(ABC):
    """The waiting messages of one table."""

    @abstractmethod
    def waiting(self, *, at: datetime) -> Sequence[Any]:
        """What is to be sent now, oldest first."""

    @abstractmethod
    def claim(self, row: Any, *, at: datetime, until: datetime) -> bool:
        """Take a row up, counting the try, so that no other worker sends it meanwhile."""

    @abstractmethod
    def put_off(self, row: Any, *, until: datetime) -> None:
        """Let a row wait that nobody has taken up meanwhile."""

    @abstractmethod
    def settle(
        self, row: Any, *, at: datetime, state: str, failure: str = "", next_try_at: datetime | None = None
    ) -> None:
        """Write down how sending went."""

    def asked_for_now(self, row: Any) -> bool:
        """Whether the receiver has asked for it just now, and waits."""
        return False

    def useful_until(self, row: Any) -> datetime | None:
        """After which moment it would tell nobody anything."""
        return None

    @abstractmethod
    def sent_since(self, row: Any, *, since: datetime) -> int:
        """How many messages the receiver got since a moment."""

    def language(self, row: Any) -> str:
        """The receiver's language; "" for the city's."""
        return ""

    @abstractmethod
    def message(self, row: Any, *, at: datetime) -> Message | str:
        """Address and words, in the language of the moment; or why there is nothing to send."""


def send_through(way: Way, *, at: datetime, ref: Reference, send: sending.Send) -> tuple[int, int]:
    """Send what waits and may go now; returns how many were sent and how many failed for good. Safe to run together.

    A worker killed while sending leaves a row that is tried again: better told twice than never.
    """
    sent = failed = 0
    for row in way.waiting(at=at):
        held = None if way.asked_for_now(row) else _held(way, row, at, ref)
        if held is not None:
            way.put_off(row, until=held)
            continue
        if not way.claim(row, at=at, until=at + CLAIMED):
            continue
        fault = _hand_over(way, row, at, send)
        state = "sent" if not fault else _after(row.tries + 1, fault)
        again = at + timedelta(minutes=TRIES[row.tries]) if state == "waiting" else None
        way.settle(row, at=at, state=state, failure=fault, next_try_at=again)
        sent, failed = sent + (state == "sent"), failed + (state == "failed")
    return sent, failed


def _held(way: Way, row: Any, at: datetime, ref: Reference) -> datetime | None:
    city, now = wish_of(None, "sms", ref.parameters), timezone.localtime(at)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return held_until(
        now, city.quiet, sent_today=way.sent_since(row, since=midnight), most=city.most, useful_until=way.useful_until(row)
    )  # fmt: skip


def _after(tries: int, fault: str) -> str:
    return "failed" if tries >= len(TRIES) or fault in FOR_GOOD else "waiting"


def _hand_over(way: Way, row: Any, at: datetime, send: sending.Send) -> str:
    until = way.useful_until(row)
    if until is not None and until <= at:
        return "too_late"
    with translation.override(way.language(row) or settings.LANGUAGE_CODE):
        made = way.message(row, at=at)
        return made if isinstance(made, str) else send(made.address, made.title, made.text)
