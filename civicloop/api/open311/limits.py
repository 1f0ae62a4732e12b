"""How often one client, or one stranger, may ask: counted by the minute in the cache of each web process."""

from __future__ import annotations

from time import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from civicloop.api.open311.faults import Fault
from civicloop.kernel.senders import line_of

STRANGERS, PICTURES = 600, 240
"""Requests a minute of one network address, and pictures."""
MINUTE = 60


def count(name: str, most: int) -> None:
    """Count one request. Raises Fault 429 with the seconds to wait."""
    now = int(time())
    key = f"open311:{name}:{now // MINUTE}"
    if cache.add(key, 1, MINUTE * 2):
        return
    try:
        times = cache.incr(key)
    except ValueError:  # forgotten in between
        return
    if times > most:
        raise TooOften(MINUTE - now % MINUTE)


def address_of(request: HttpRequest) -> str:
    """The network address of who asks; behind the proxy that ends TLS the one it tells last."""
    told = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return line_of(told.rpartition(",")[2].strip()[:45] or str(request.META.get("REMOTE_ADDR", "")))


class TooOften(Fault):
    """Asked again too soon."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, _("Too many requests. Try again in %(seconds)s seconds.") % {"seconds": seconds})
        self.seconds = seconds
