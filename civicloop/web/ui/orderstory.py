"""The story of an order: each step with who, for which unit, when, what was said and given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.kernel.worktime import LimitUnit
from civicloop.volunteers.rules.lifecycle import BY_REQUESTER
from civicloop.web.desk.asker import Asker
from civicloop.web.ui import orderwords
from civicloop.web.ui.timewords import spoken

CREATED = {"create": gettext_lazy("Ordered"), "order": gettext_lazy("Ordered")}


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
    by_requester: bool = False


def story_of(steps: Iterable[Any], asking: Asker) -> list[Told]:
    """Oldest first, each with how long after the one before it."""
    rows = list(steps)
    return [
        Told(
            step,
            str(orderwords.STEPS.get(step.name) or CREATED.get(step.name) or step.name),
            list(step.evidence.all()),
            _details(step.data, asking),
            step.state_before != step.state_after,
            step.name in orderwords.BACK,
            _after(before.at, step.at) if before is not None else "",
            step.by_id is None and _is_requesters(step.name),
        )
        for before, step in zip([None, *rows], rows, strict=False)
    ]


def _is_requesters(name: str) -> bool:
    """A step without a person is the requester's, who came by his code, or the system's, by the name of the step."""
    return name in BY_REQUESTER or name in CREATED


def _details(data: dict[str, Any], asking: Asker) -> list[tuple[str, str]]:
    told = []
    team = asking.ref.org.by_code(str(data.get("team") or ""))
    if team is not None:
        told.append((_("Team"), team.name))
    if isinstance(data.get("people"), int) and data["people"]:
        told.append((_("People who served"), str(data["people"])))
    if isinstance(data.get("voided"), int) and data["voided"]:
        told.append((_("Records of service made void"), str(data["voided"])))
    stars = orderwords.stars(data.get("score")) if isinstance(data.get("score"), int) else None
    if stars is not None:
        told.append((_("Score"), f"{stars.signs} {stars.words}"))
    if data.get("as_asked") is not None and "as_asked" in data:
        told.append((_("What was asked for"), _("yes") if data["as_asked"] else _("no")))
    return told


def _after(before: datetime, at: datetime) -> str:
    seconds = (at - before).total_seconds()
    return _("%(time)s later") % {"time": spoken(LimitUnit.URGENT_HOUR, seconds)} if seconds >= 60 else ""
