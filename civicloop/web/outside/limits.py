"""How often somebody without an account may ask: so many requests in a window of time, over all web processes together.

Secrets of 256 bits are not found by trying; the limit keeps one stranger from taking up the machine with pictures to be blurred,
and from trying the short codes of the portal.

A process takes requests in advance from the count they share (`residents.counting`), an eighth of the limit at a time, and needs
no statement until these are used up, nor after the answer was no. All processes together never answer more than the limit; what
one has taken and not used is lost to the others until the window ends.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest

from civicloop.kernel.refusal import Refused
from civicloop.kernel.senders import line_of
from civicloop.residents.counting import count as count_together

MOST_KEPT = 10_000
PARTS = 8
log = logging.getLogger(__name__)


class TooOften(Refused):
    """Asked again too soon."""

    status = 429


@dataclass
class _Held:
    """What this process may still answer one key in the window that began then; `over` when the others have used up the rest."""

    begun: float
    left: int
    over: bool = False


class Window:
    """At most `most` requests of one key in `seconds`, over all processes where the window has a `name`.

    Keys not seen for long are forgotten, so the memory it takes is bounded.
    """

    def __init__(self, most: int, seconds: float, *, name: str = "", clock: Callable[[], float] = time) -> None:
        self.most, self.seconds, self.name, self.clock = most, seconds, name, clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, key: str) -> None:
        """Count a request. Raises TooOften with the seconds to wait."""
        now = self.clock()
        held = self._use(key, now)
        if held is None:  # outside the lock: other keys need not wait for the database
            begun, given = self._take(key, now)
            held = self._add(key, begun, given)
        if held.over:
            raise TooOften("too_often", seconds=max(1, round(self.seconds - (now - held.begun))))

    def forget(self) -> None:
        """Begin anew in this process: for tests."""
        with self._lock:
            self._held.clear()

    def _use(self, key: str, now: float) -> _Held | None:
        """One of the requests taken in advance, or the no that stands; None where the shared count must be asked."""
        with self._lock:
            held = self._held.get(key)
            if held is None or now - held.begun >= self.seconds:
                self._held.pop(key, None)
                return None
            self._held.move_to_end(key)
            if held.left:
                held.left -= 1
                return held
            held.over = held.over or not self.name
            return held if held.over else None

    def _add(self, key: str, begun: float, given: int) -> _Held:
        """Keep what was taken, beside what another thread may have taken meanwhile, and use one of it."""
        with self._lock:
            held = self._held.setdefault(key, _Held(begun, 0))
            held.begun, held.over = begun, given == 0
            held.left += max(0, given - 1)
            self._held.move_to_end(key)
            while len(self._held) > MOST_KEPT:
                self._held.popitem(last=False)
            return _Held(begun, held.left, given == 0)

    def _take(self, key: str, now: float) -> tuple[float, int]:
        """When the window began, and how many requests this process may answer more."""
        if not self.name:
            return now, self.most
        part = max(1, self.most // PARTS)
        try:
            counted = count_together(window=self.name, key=key, many=part, seconds=self.seconds, now=now)
        except OperationalError:  # a database too busy to count still answers readers: this process counts by itself
            log.warning("requests of the window %s are counted by this process alone", self.name)
            return now, self.most
        return counted.begun, max(0, min(part, self.most - (counted.times - part)))


# By network address: pages and their pictures. By link: answers sent.
LOOKING = Window(120, 60.0, name="outside.look")
ANSWERING = Window(10, 600.0, name="outside.answer")


def address_of(request: HttpRequest) -> str:
    """Who asks. Behind the proxy that ends TLS all requests come from the proxy, which writes last from where it had them:
    otherwise one stranger would use up what everybody may ask."""
    told = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return line_of(told.rpartition(",")[2].strip()[:45] or str(request.META.get("REMOTE_ADDR", "")))
