"""The details of a ledger line, in the reader's words: names, moments in the city's time, limits, yes and no."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from civicloop.cases.models.case import SOURCE_LABELS as CASE_SOURCES
from civicloop.spoken import ROLES, STATES, THINGS, UNITS_OF_TIME
from civicloop.volunteers.models.orders import SOURCE_LABELS as ORDER_SOURCES
from civicloop.web.ui.timewords import moment, weekly

LONG_ENOUGH_FOR_A_MOMENT = 19
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What is kept under these names is a code of ours, whatever else a word like it may mean elsewhere.
CODES: Mapping[str, Mapping[Any, Any]] = {"source": {**ORDER_SOURCES, **CASE_SOURCES}, "role": ROLES}


def details(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each detail as (what, value); what nobody gave is left out."""
    return [
        (
            str(_named(key, value)),
            str(CODES[key].get(value, value)) if key in CODES and isinstance(value, str) else _told(value),
        )
        for key, value in data.items()
        if value not in (None, "", [], {})
    ]


def _named(key: str, value: Any) -> Any:
    if key in ("from", "to"):
        return _end(key, value)
    own = {
        "seq": _("step"), "due_at": _("due"), "due_before": _("due before"),
        "on_time": _("on time"), "limit": _("limit"), "before": _("earlier value"), "after": _("new value"), "source": _("source"),
        "number": _("number"), "deadline": _("deadline"), "steps": _("steps"), "at": _("at"), "parts": _("parts"),
        "purpose": _("purpose"), "fields": _("fields"), "rule": _("rule"), "who": _("who may"), "verb": _("verb"),
    }  # fmt: skip
    return own.get(key) or THINGS.get(key, key)


def _end(key: str, value: Any) -> str:
    """What `from` and `to` mean is told by what stands there: a state, a day, a moment, an address of the network, or things."""
    start, text = key == "from", str(value)
    if text in STATES:
        return _("earlier state") if start else _("new state")
    if A_DAY.fullmatch(text):
        return _("First day") if start else _("Last day")
    if isinstance(value, str) and _is_address(text):
        return _("network address")
    if isinstance(value, (list, tuple)):
        return _("earlier value") if start else _("new value")
    return _("from when") if start else _("until when")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if set(value) == {"amount", "unit"}:
            return f"{value['amount']} {UNITS_OF_TIME.get(value['unit'], value['unit'])}"
        if {"weekday", "from", "to", "orders"} <= set(value):
            return weekly(value)
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return _("，").join(_told(one) for one in value)
    text = str(value)
    if text in STATES:
        return str(STATES[text])
    if len(text) == 64 and text.isalnum():
        return text[:12] + "…"
    at = parse_datetime(text) if len(text) >= LONG_ENOUGH_FOR_A_MOMENT and text[4:5] == "-" else None
    return moment(at) if at is not None and at.tzinfo is not None else text
