"""The one way by which messages leave the house: claimed by one worker, in decent hours, tried again, settled.

People of the house, volunteers and residents have their waiting messages in tables of their own; a `Way` says how one of them is
read and what it says, and `Rows` how those tables are written that share the columns of `models.Outgoing`.

No row can say whether a gateway took a message whose worker was killed while it spoke. So what is about to be sent is noted first
(`BEGUN`). A gateway that takes a key of its sender (`{key}` in its address) gets the same one with every try and drops the second.
Where none is taken such a message is sent once more, as being told twice is better than never, and never a third time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone, translation

from civicloop.notify import sending
from civicloop.notify.models import Outgoing
from civicloop.notify.rules.planning import held_until
from civicloop.notify.wishes import wish_of
from civicloop.standards.reference import Reference

# Minutes to each further try; after the last one the message counts as failed and stays visible.
PAUSES = (1, 5, 15, 60, 240)
TRIES = 1 + len(PAUSES)
# While one is being sent nobody else takes it up: longer than a job may last.
CLAIMED = timedelta(minutes=10)
# What no further try would mend.
FOR_GOOD = frozenset({"no_address", "nothing_to_tell", "too_late", "outcome_unknown"})
# What a row says while somebody is sending it, and who finds it so later knows that a worker was stopped: once, or again.
BEGUN, BEGUN_AGAIN = "being_sent", "being_sent_again"
BATCH = 500


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
        """Write down how a claimed row stands."""

    def held(self, row: Any, *, at: datetime, ref: Reference) -> datetime | None:
        """Until when it waits; None where it may go now. The city's quiet hours and its cap a day, unless it was just asked for."""
        if self.asked_for_now(row):
            return None
        city, now = wish_of(None, "sms", ref.parameters), timezone.localtime(at)
        sent = self.sent_since(row, since=now.replace(hour=0, minute=0, second=0, microsecond=0))
        return held_until(now, city.quiet, sent_today=sent, most=city.most, useful_until=self.useful_until(row))

    def asked_for_now(self, row: Any) -> bool:
        """Whether the receiver has asked for it just now, and waits."""
        return False

    def useful_until(self, row: Any) -> datetime | None:
        """After which moment it would tell nobody anything."""
        return None

    def sent_since(self, row: Any, *, since: datetime) -> int:
        """How many messages the receiver got since a moment."""
        return 0

    def language(self, row: Any) -> str:
        """The receiver's language; "" for the city's."""
        return ""

    @abstractmethod
    def message(self, row: Any, *, at: datetime, ref: Reference) -> Message | str:
        """Address and words, in the language of the moment; or why there is nothing to send."""


class Rows(Way):
    """The waiting messages of a table with the columns of `Outgoing`."""

    table: ClassVar[type[Outgoing]]
    beside: ClassVar[tuple[str, ...]] = ()

    def waiting(self, *, at: datetime) -> Sequence[Any]:
        """What is to be sent now, oldest first."""
        rows = self._rows().filter(state="waiting", next_try_at__lte=at).select_related(*self.beside)
        return list(rows.order_by("next_try_at", "pk")[:BATCH])

    def claim(self, row: Outgoing, *, at: datetime, until: datetime) -> bool:
        """Take it up."""
        mine = self._rows().filter(pk=row.pk, state="waiting", tries=row.tries, next_try_at__lte=at)
        return bool(mine.update(next_try_at=until, tries=F("tries") + 1))

    def put_off(self, row: Outgoing, *, until: datetime) -> None:
        """Let it wait."""
        mine = self._rows().filter(pk=row.pk, state="waiting", tries=row.tries, next_try_at=row.next_try_at)
        mine.update(next_try_at=until)

    def settle(
        self, row: Outgoing, *, at: datetime, state: str, failure: str = "", next_try_at: datetime | None = None
    ) -> None:
        """Write down how it stands."""
        mine = self._rows().filter(pk=row.pk, state="waiting", tries=row.tries + 1)
        mine.update(state=state, failure=failure, next_try_at=next_try_at, sent_at=at if state == "sent" else None)

    def _rows(self) -> QuerySet[Any]:
        return self.table._default_manager.all()


def send_through(way: Way, *, at: datetime, ref: Reference, send: sending.Send) -> tuple[int, int]:
    """Send what waits and may go now; returns how many were sent and how many failed for good. Safe to run together."""
    sent = failed = 0
    for row in way.waiting(at=at):
        held = way.held(row, at=at, ref=ref)
        if held is not None:
            way.put_off(row, until=held)
            continue
        if not way.claim(row, at=at, until=at + CLAIMED):
            continue
        fault = _hand_over(way, row, at, ref, send)
        state = "sent" if not fault else _after(row.tries + 1, fault)
        again = at + timedelta(minutes=PAUSES[row.tries]) if state == "waiting" else None
        way.settle(row, at=at, state=state, failure=fault, next_try_at=again)
        sent, failed = sent + (state == "sent"), failed + (state == "failed")
    return sent, failed


def _after(tries: int, fault: str) -> str:
    return "failed" if tries >= TRIES or fault in FOR_GOOD else "waiting"


def _hand_over(way: Way, row: Any, at: datetime, ref: Reference, send: sending.Send) -> str:
    """Send a row that was claimed; what went wrong, or ""."""
    until = way.useful_until(row)
    if until is not None and until <= at:
        return "too_late"
    if row.tries >= TRIES:  # the worker of its last try was stopped
        return "outcome_unknown"
    with translation.override(way.language(row) or settings.LANGUAGE_CODE):
        made = way.message(row, at=at, ref=ref)
        if isinstance(made, str):
            return made
        doubtful = row.failure in (BEGUN, BEGUN_AGAIN)
        if row.failure == BEGUN_AGAIN and not sending.takes_key(made.address):
            return "outcome_unknown"
        way.settle(row, at=at, state="waiting", failure=BEGUN_AGAIN if doubtful else BEGUN, next_try_at=at + CLAIMED)
        return send(sending.with_key(made.address, row.uid), made.title, made.text)
