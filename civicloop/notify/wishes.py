"""What people have chosen to hear, filled up with what the city has set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from civicloop.kernel.refusal import Invalid
from civicloop.notify.rules.planning import Mode, Wish
from civicloop.organisation.models import Person
from civicloop.organisation.preferences import choose, chosen
from civicloop.standards.parameters import Parameters

KEY = "notify"
PERSONAL = ("mail", "sms")
# Nobody is made to hear by telephone: text messages are chosen, mail comes once a day until somebody says otherwise.
OTHERWISE = {"mail": Mode.DAILY, "sms": Mode.OFF}


def wish_of(choice: Mapping[str, Any] | None, channel: str, parameters: Parameters) -> Wish:
    """A person's wish for one channel, from what is kept under the preference `notify` (None: nothing was chosen)."""
    told = choice or {}
    mode = told.get(channel)
    start, end = _span(told.get("quiet")) or _span(parameters["notify.quiet"]) or (time(21), time(7, 30))
    return Wish(
        Mode(mode) if mode in set(Mode) else OTHERWISE.get(channel, Mode.DAILY), (start, end),
        _time(told.get("digest_at")) or _time(parameters["notify.digest_at"]) or time(8), int(parameters["notify.most_a_day"]),
    )  # fmt: skip


def choice_of(person: Person) -> Mapping[str, Any]:
    """What the person has chosen."""
    found = chosen(person, KEY, {})
    return found if isinstance(found, Mapping) else {}


def choose_wish(*, given: Mapping[str, str], by: Person) -> None:
    """Keep a person's own choice. Raises Invalid for a mode or a time that does not exist."""
    kept: dict[str, Any] = {}
    for channel in PERSONAL:
        if (mode := given.get(channel, "")) not in set(Mode):
            raise Invalid(channel, "unknown_choice", value=mode[:20])
        kept[channel] = mode
    start, end = given.get("quiet_from", "").strip(), given.get("quiet_to", "").strip()
    if start or end:
        if _time(start) is None or _time(end) is None:
            raise Invalid("quiet_from", "not_a_time", value=f"{start} {end}"[:40])
        kept["quiet"] = [start, end]
    if digest_at := given.get("digest_at", "").strip():
        if _time(digest_at) is None:
            raise Invalid("digest_at", "not_a_time", value=digest_at[:20])
        kept["digest_at"] = digest_at
    choose(key=KEY, value=kept, by=by)


def _span(value: Any) -> tuple[time, time] | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    start, end = _time(value[0]), _time(value[1])
    return (start, end) if start is not None and end is not None else None


def _time(value: Any) -> time | None:
    try:
        read = time.fromisoformat(str(value))
    except ValueError:
        return None
    return read.replace(second=0, microsecond=0, tzinfo=None)
