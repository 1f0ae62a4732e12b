"""What a case is to Open311: two states for the standard, more for programs that speak mySociety's extension, times with a zone.

GeoReport v2 knows `open` and `closed`. The extension "service request updates" knows finer words; those used here are the ones that
FixMyStreet reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType

OPEN, CLOSED = "open", "closed"
ENDED = frozenset({"closed", "voided", "merged"})
NOT_PINPOINTED = "#NOTPINPOINTED#"
"""What FixMyStreet sends as `address_id` when somebody has skipped the map: no address at all."""

# Steps that are told to the public, with the status they bring. All others are the house's own affair.
TOLD: Mapping[str, str] = MappingProxyType({
    "report": "open",
    "file": "investigating",
    "dispatch": "action_scheduled",
    "accept": "in_progress",
    "rectify": "in_progress",
    "verify": "in_progress",
    "close": "fixed",
    "return": "investigating",
    "recall": "investigating",
    "send_back": "in_progress",
    "suspend": "planned",
    "resume": "in_progress",
    "void": "no_further_action",
    "merge": "duplicate",
    "reopen": "open",
})  # fmt: skip
# What another system may say in an update of its own.
STATUSES = frozenset({
    "unchanged", "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
    "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage",
})  # fmt: skip
# GeoReport Bulk: one word for where a request stands.
ONE_WORD: Mapping[str, str] = MappingProxyType({
    "reported": "Open", "filed": "Open", "dispatched": "Processing", "accepted": "Processing", "rectified": "Processing",
    "verified": "Processing", "suspended": "Hold", "closed": "Closed", "voided": "Closed", "merged": "Closed",
})  # fmt: skip
ASKS_TO_REOPEN = frozenset({"open", "reopen", "in_progress", "investigating", "planned", "action_scheduled"})
"""Said of a case that has ended: somebody finds it is not put right."""

_NUMBER = re.compile(r"[Aa#]?0*(\d{1,18})")


def status_of(state: str) -> str:
    """`open` or `closed`: a case that was voided or merged is closed as well, and its notes say how."""
    return CLOSED if state in ENDED else OPEN


def read_status(text: str) -> str | None:
    """A status as it is meant: any case, blanks or hyphens for underscores; None for what nobody knows."""
    folded = re.sub(r"[\s-]+", "_", text.strip().lower())
    return folded if folded in STATUSES else None


def number_of(case_id: int) -> str:
    """The `service_request_id`: the number people say aloud."""
    return f"A{case_id:06d}"


def read_number(text: str) -> int | None:
    """The case that a `service_request_id` names; None for what can be none."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    number = int(found[1])
    return number if 0 < number < 2**62 else None


def w3c_second(second: int, zone: tzinfo) -> str:
    """The same for a moment that is counted in whole seconds since 1970."""
    return datetime.fromtimestamp(second, zone).isoformat()


def w3c(moment: datetime, zone: tzinfo) -> str:
    """A moment in the W3C's form with its zone and without fractions, such as 2026-11-23T09:00:00+08:00."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
