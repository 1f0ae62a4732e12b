"""Displays and honours as kinds of loop: their tables, lives and permissions for the one engine."""

from __future__ import annotations

from typing import Any

from civicloop.loops.kinds import Kind
from civicloop.organisation.rules.roles import Role
from civicloop.publicity import policy
from civicloop.publicity.models import (
    Display,
    DisplayAlarm,
    DisplayEvidence,
    DisplayStep,
    Honour,
    HonourAlarm,
    HonourEvidence,
    HonourStep,
)
from civicloop.publicity.rules import display, honour

# Whom a rung tells, by who acts for the unit that has the loop; where nobody holds the role, the next unit above hears of it.
TELLS: dict[str, tuple[str, ...]] = {
    "handler": (Role.UNIT_HANDLER, Role.GRID_WORKER, Role.SUPERVISOR),
    "unit_leader": (Role.UNIT_LEADER, Role.SUPERVISOR),
    "supervisor": (Role.SUPERVISOR,),
    "bulletin": (Role.SUPERVISOR,),
}


class PublicityKind(Kind):
    """What both kinds share: who hears of a rung."""

    told = TELLS


class DisplayKind(PublicityKind):
    """A display is looked at each period."""

    name = "display"
    parent = "display"
    loops = Display
    steps = DisplayStep
    evidence = DisplayEvidence
    alarms = DisplayAlarm
    lifecycle = display.LIFECYCLE
    may = policy.MAY_DISPLAY
    ended = frozenset(display.ENDED)
    usual_photo = {"mend": "after"}

    def before_saving(self, step: Any, before: str) -> None:
        """The register shows the latest photo."""
        if step.photos:
            step.loop.photo_id = step.photos[0].sha256


class HonourKind(PublicityKind):
    """An honour goes from hand to hand until it is awarded or turned down."""

    name = "honour"
    parent = "honour"
    loops = Honour
    steps = HonourStep
    evidence = HonourEvidence
    alarms = HonourAlarm
    lifecycle = honour.LIFECYCLE
    may = policy.MAY_HONOUR
    ended = frozenset(honour.ENDED)


DISPLAYS, HONOURS = DisplayKind(), HonourKind()
