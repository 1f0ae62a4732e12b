"""What the public is told of a step, in sentences of the house: never what somebody typed, never who did it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

STEPS: Mapping[str, object] = {
    "report": _("Received."),
    "file": _("Looked at and accepted."),
    "dispatch": _("Passed on to: %(unit)s."),
    "accept": _("Work has been taken up."),
    "rectify": _("Reported as put right. Somebody else will check it on the spot."),
    "verify": _("Checked on the spot."),
    "close": _("Put right, checked and closed."),
    "return": _("It goes to another unit."),
    "recall": _("It goes to another unit."),
    "send_back": _("The check found it not put right yet. Work goes on."),
    "suspend": _("It cannot be put right soon. It stays on the list and is looked at again regularly."),
    "resume": _("Work goes on."),
    "void": _("Closed: there is nothing here for the city to put right."),
    "merge": _("Closed: the same problem is handled as %(number)s."),
    "reopen": _("Opened again."),
}
# What stands beside the status of a request.
STATES: Mapping[str, object] = {
    "reported": STEPS["report"],
    "filed": STEPS["file"],
    "dispatched": _("A unit has it in hand."),
    "accepted": STEPS["accept"],
    "rectified": STEPS["rectify"],
    "verified": STEPS["verify"],
    "closed": STEPS["close"],
    "suspended": STEPS["suspend"],
    "voided": STEPS["void"],
    "merged": STEPS["merge"],
}


def told(step: str, *, unit: str = "", number: str = "") -> str:
    """What the public hears of a step, in the active language."""
    said = _translated("step", step, get_language() or "")
    return said % {"unit": unit, "number": number} if "%" in said else said


def stands(state: str, *, number: str = "") -> str:
    """Where a case stands, for the public."""
    said = _translated("state", state, get_language() or "")
    return said % {"number": number, "unit": ""} if "%" in said else said


@cache
def _translated(kind: str, name: str, language: str) -> str:
    """A sentence in the active language, looked up once: an answer may hold ten thousand."""
    return str((STEPS if kind == "step" else STATES)[name])
