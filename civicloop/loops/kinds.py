"""Kinds of loop: all that the engine must know of one, in one object.

A kind names its tables, its life and its permissions, and may say what else happens around a step. The engine, the sweep and the
notices know nothing of cases, orders or honours; what is special about a kind stands in its app.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from civicloop.bus import Fact
from civicloop.kernel.lifecycle import Lifecycle
from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.desks import holders_near
from civicloop.loops.matters import Matter, known
from civicloop.loops.models import Loop, LoopAlarm, LoopEvidence, LoopStep
from civicloop.loops.policy import Rule
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards.parameters import Rung
from civicloop.standards.reference import Actor, Reference

TELLS: Mapping[str, tuple[str, ...]] = {
    "handler": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
    "unit_leader": (Role.UNIT_LEADER,),
    "supervisor": (Role.SUPERVISOR,),
    "bulletin": (Role.SUPERVISOR,),
}


class Kind(Matter):
    """One kind of loop. Subclasses name the tables and tables of rules; the methods are what they may say besides.

    `parent` is the foreign key by which steps, evidence and alarms point to their loop. `ended` are the states in which no clock
    runs. `usual_photo` tells what the photos of a step show when nobody says it.
    """

    name: str
    parent: str
    loops: type[Loop]
    steps: type[LoopStep]
    evidence: type[LoopEvidence] | None = None
    alarms: type[LoopAlarm] | None = None
    lifecycle: Lifecycle
    may: Mapping[str, Rule]
    ended: frozenset[str]
    usual_photo: Mapping[str, str] = {}
    told: Mapping[str, tuple[str, ...]] = TELLS

    def require(self, actor: Actor, verb: str, loop: Any, *, by: object) -> None:
        """Raise NotAllowed unless the person may take this step; the refusal names the rule and the roles that could."""
        row = self.may[verb]
        if not row(actor, loop):
            raise NotAllowed(
                f"{self.name}.{verb}", row.name, who=sorted(row.roles), about=(self.name, str(loop.uid)), by=by
            )  # fmt: skip

    def acted_for(self, actor: Actor, loop: Any) -> int | None:
        """The unit for which a person takes a step."""
        return actor.unit_acted_for(loop.owner_id)

    def before_saving(self, step: Any, before: str) -> None:
        """What changes with the state, before the loop is stored."""

    def after_saving(self, step: Any, before: str) -> None:
        """What is written beside the step."""

    def facts(self, step: Any, before: str, seq: int) -> Iterable[Fact]:
        """What is announced about a step."""
        return ()

    def tells(self, loop: Any, rung: Rung, ref: Reference, *, at: datetime) -> set[int]:
        """The people who hear of a rung, by number: those of the owner who hold its roles, else who supervises; never nobody
        while somebody above holds a post.
        """
        on = day_of(at)
        found = holders_near(loop.owner_id, self.told.get(rung.tell, ()), ref, on)
        return set(found or holders_near(loop.owner_id, (Role.SUPERVISOR,), ref, on))

    def said(self, loop: Any, rung: Rung) -> dict[str, object]:
        """What a notice and the ledger say of a rung: no sentence, no personal data."""
        deadline = loop.act_by.isoformat() if loop.act_by else None
        return {"number": loop.number, "deadline": deadline, "tell": rung.tell}

    def rung_taken(self, loops: list[Any], rung: str, *, at: datetime) -> None:
        """What else a rung does to the loops it was taken for; `loops` are stored afterwards."""

    swept_fields: tuple[str, ...] = ("alarm_at", "alarm_rung")

    def visible_to(self, actor: Actor) -> QuerySet[Any]:
        """Nothing, where a kind says nothing: what nobody has opened is told to nobody."""
        return self.loops._default_manager.none()

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Any]:
        """Nothing, where a kind says nothing."""
        return self.loops._default_manager.none()

    def photos_open_to(self, actor: Actor) -> QuerySet[Any]:
        """The rows whose photos this person may see: those he may see, where a kind says no less. In any order."""
        return self.visible_to(actor)

    timed_with: tuple[str, ...] = ()

    def timed_unit(self, loop: Any) -> int | None:
        """The unit whose calendar counts the handling clock; `timed_with` are the rows beside the loop that are read for it."""
        unit: int = loop.owner_id
        return unit


def known_kinds() -> list[Kind]:
    """Every kind of loop the house knows."""
    return [one.matter for one in known().values() if isinstance(one.matter, Kind)]
