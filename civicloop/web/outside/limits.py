"""How often somebody without an account may ask: so many requests in a window of time, counted in memory by each web process.

Secrets of 256 bits are not found by trying; the limit keeps one stranger from taking up the machine with pictures to be blurred.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.http import HttpRequest

from civicloop.kernel.refusal import Refused

MOST_KEPT = 10_000


class TooOften(Refused):
    """Asked again too soon."""

    status = 429


class Window:
    """At most `most` requests of one key in `seconds`. Keys not seen for long are forgotten, so the memory it takes is bounded."""

    def __init__(self, most: int, seconds: float, *, clock: Callable[[], float] = monotonic) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, key: str) -> None:
        """Count a request. Raises TooOften with the seconds to wait."""
        now = self.clock()
        with self._lock:
            began, times = self._seen.pop(key, (now, 0))
            if now - began >= self.seconds:
                began, times = now, 0
            self._seen[key] = (began, times + 1)
            while len(self._seen) > MOST_KEPT:
                self._seen.popitem(last=False)
        if times >= self.most:
            raise TooOften("too_often", seconds=max(1, round(self.seconds - (now - began))))

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()


# By network address: pages and their pictures. By link: answers sent.
LOOKING = Window(120, 60.0)
ANSWERING = Window(10, 600.0)


def address_of(request: HttpRequest) -> str:
    """Who asks. Behind the proxy that ends TLS all requests come from the proxy, which writes last from where it had them:
    otherwise one stranger would use up what everybody may ask."""
    told = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return told.rpartition(",")[2].strip()[:45] or str(request.META.get("REMOTE_ADDR", ""))
