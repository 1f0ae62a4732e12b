"""Displays and honours as kinds of loop: their tables, lives and permissions for the one engine."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

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
from civicloop.standards.reference import Actor, Reference

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

    def visible_to(self, actor: Actor) -> QuerySet[Display]:
        """What the register shows this person."""
        return Display.objects.filter(policy.visible_displays(actor))

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Display]:
        """The displays of the unit and those below it."""
        return Display.objects.filter(owner__in=sorted(ref.org.subtree(unit_id)))

    def called(self, row: Display, ref: Reference) -> tuple[str, str]:
        """Number and name."""
        return row.number, row.name


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

    def visible_to(self, actor: Actor) -> QuerySet[Honour]:
        """What the register shows this person."""
        return Honour.objects.filter(policy.visible_honours(actor))

    def photos_open_to(self, actor: Actor) -> QuerySet[Honour]:
        """Where the holder is a family, its pictures are for those only who may read more than the public notice."""
        return self.visible_to(actor).filter(policy.pictured_honours(actor))

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Honour]:
        """The honours for which the unit, or one below it, has applied, or which it has to judge."""
        units = sorted(ref.org.subtree(unit_id))
        return Honour.objects.filter(Q(owner__in=units) | Q(unit__in=units))

    def called(self, row: Honour, ref: Reference) -> tuple[str, str]:
        """Number, what for and which year; never the holder, who may be a family."""
        return row.number, f"{row.get_kind_display()} {row.year}"


DISPLAYS, HONOURS = DisplayKind(), HonourKind()
