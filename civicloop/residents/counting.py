"""Requests of somebody without an account, counted over all web processes: one statement for several requests at once.

This is no affair anybody answers for, so no ledger line is written. What is counted by is a keyed digest, gone within seven hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from civicloop.residents.keys import key_of
from civicloop.residents.models import RequestCount

# Seconds: how long a count is kept, longer than any window (the proof of a form holds for six hours); how often one process takes
# old ones away.
KEPT, SWEPT_EVERY = 6.5 * 3600.0, 600.0
_swept = {"at": 0.0}
_STATEMENT = (
    "INSERT INTO residents_requestcount AS kept (digest, begun_ms, times) VALUES (%s, %s, %s)"
    " ON CONFLICT (digest) DO UPDATE SET"
    " times = CASE WHEN excluded.begun_ms - kept.begun_ms >= %s THEN excluded.times ELSE kept.times + excluded.times END,"
    " begun_ms = CASE WHEN excluded.begun_ms - kept.begun_ms >= %s THEN excluded.begun_ms ELSE kept.begun_ms END"
    " RETURNING begun_ms, times"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """When the window began (seconds since 1970), and how many requests it has seen, those just counted included."""

    begun: float
    times: int


def count(*, window: str, key: str, many: int, seconds: float, now: float) -> Counted:
    """Count `many` requests of a key; a window older than `seconds` begins anew. Whatever runs beside it, none is lost."""
    span = round(seconds * 1000)
    values = (key_of("rate", f"{window}:{key}"), round(now * 1000), many, span, span)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, values)
        begun_ms, times = cursor.fetchone()
    _sweep(now)
    return Counted(begun_ms / 1000, times)


def _sweep(now: float) -> None:
    """Now and then what is old goes."""
    if abs(now - _swept["at"]) < SWEPT_EVERY:
        return
    _swept["at"] = now
    RequestCount.objects.filter(begun_ms__lt=round((now - KEPT) * 1000)).delete()
