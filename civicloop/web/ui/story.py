"""The story of a case: each step with who, for which unit, when, what was said and given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from civicloop.kernel.worktime import ClockError, Limit, LimitUnit
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.choices import LABELS
from civicloop.web.ui.timewords import limit_words, moment, spoken
from civicloop.web.ui.words import BACK, DETAILS, STEPS

# What the story tells of a step's details; everything else stays in the ledger.
MOMENTS = {"meet_at", "answer_by", "due_at", "arrive_by"}


@dataclass(frozen=True)
class Told:
    """One step as the page tells it."""

    step: Any
    verb: str
    evidence: list[Any]
    details: list[tuple[str, str]]
    moves: bool
    back: bool
    after: str = ""
    voices: Sequence[Any] = ()


def story_of(
    steps: Iterable[Any], asking: Asker, spoken_with: Mapping[int, Sequence[Any]] = MappingProxyType({})
) -> list[Told]:
    """Oldest first, each with how long after the one before it; `spoken_with` are voice notes by the number of their step."""
    rows = list(steps)
    return [
        Told(
            step,
            _verb(step),
            list(step.evidence.all()),
            _details(step.data, asking),
            step.state_before != step.state_after,
            step.name in BACK,
            _after(before.at, step.at) if before is not None else "",
            spoken_with.get(step.seq, ()),
        )
        for before, step in zip([None, *rows], rows, strict=False)
    ]


def _verb(step: Any) -> str:
    """The word of the step; an answer through the link was not noted by anybody inside, and what a resident said of a closed
    case is no colleague's comment.
    """
    if step.by_resident and step.name == "comment":
        return _("Says it is not put right")
    if step.by is None and step.name == "answer_forward":
        return _("Answered from outside")
    return str(STEPS.get(step.name, step.name))


def _after(before: datetime, at: datetime) -> str:
    """How long after the step before, by the clock on the wall; nothing where it was at once."""
    seconds = (at - before).total_seconds()
    return _("%(time)s later") % {"time": spoken(LimitUnit.URGENT_HOUR, seconds)} if seconds >= 60 else ""


def before_and_after(story: list[Told]) -> list[tuple[Any, str]]:
    """The first picture of the problem and the last one of its being put right, to be shown side by side."""
    pictures = [one for told in story for one in told.evidence]
    before = next((one for one in pictures if one.kind != "after"), None)
    after = next((one for one in reversed(pictures) if one.kind == "after"), None)
    return [(before, _("before")), (after, _("after"))] if before and after else []


def _details(data: dict[str, Any], asking: Asker) -> list[tuple[str, str]]:
    told = []
    if "amount" in data:
        data = dict(data)
        unit = data.pop("unit_of_time", None) or data.pop("unit", "")
        told.append((str(DETAILS["amount"]), _amount(data.pop("amount"), str(unit))))
    for key, label in DETAILS.items():
        value = data.get(key)
        if value not in (None, "", [], {}):
            told.append((str(label), _value(key, value, asking)))
    return told


def _value(key: str, value: Any, asking: Asker) -> str:
    if isinstance(value, list):
        return " · ".join(_value(key, one, asking) for one in value)
    if key in MOMENTS:
        read = parse_datetime(str(value))
        return moment(read) if read else str(value)
    if key in LABELS:
        return str(LABELS[key].get(value, value))
    if key in ("unit", "units", "from_unit", "to_unit", "blown_by"):
        return _unit(value, asking)
    read_day = parse_date(str(value)) if key == "review_on" else None
    return read_day.isoformat() if read_day else str(value)


def _amount(amount: Any, unit: str) -> str:
    """So much of a unit of time."""
    try:
        return limit_words(Limit(Decimal(str(amount)), unit))
    except (ClockError, InvalidOperation):
        return str(amount)


def _unit(value: Any, asking: Asker) -> str:
    """A unit written down by number, code or public id."""
    org = asking.ref.org
    found = org.units.get(value) if isinstance(value, int) else org.by_code(str(value))
    if found is None:
        try:
            found = org.by_uid(UUID(str(value)))
        except ValueError:
            found = None
    return found.name if found else str(value)
