"""How a step of a case is taken: the engine of all loops, and what cases add to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from civicloop.bus import Fact
from civicloop.cases import policy
from civicloop.cases.facts import CaseEnded, CaseReopened, CaseStepped
from civicloop.cases.models import Case, CaseAlarm, CaseEvidence, CaseReach, CaseStep, Extension, Supervision
from civicloop.cases.rules.lifecycle import ENDED, LIFECYCLE, WITH_UNIT
from civicloop.cases.sides import forget_sides
from civicloop.loops import engine
from civicloop.loops.engine import NOTE_LIMIT as NOTE_LIMIT
from civicloop.loops.kinds import Kind
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor, Reference

KIND = "case"
TELLS = {
    "handler": (Role.UNIT_HANDLER, Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.UNIT_LEADER),
    "unit_leader": (Role.UNIT_LEADER,),
    "supervisor": (Role.SUPERVISOR,),
    "bulletin": (Role.SUPERVISOR,),
}
DEMAND = gettext_noop("overdue: taken up by the ladder")


@dataclass
class Taking(engine.Taking):
    """A step of a case being taken. `reach` are units that shall see the case from now on."""

    reach: set[int] = field(default_factory=set)
    reached: frozenset[int] = frozenset()

    @property
    def case(self) -> Case:
        """The loop, by its own name."""
        case: Case = self.loop
        return case

    @property
    def facts(self) -> list[Fact]:
        """What to tell instead of that a step was taken."""
        return self.told


class CaseKind(Kind):
    """The problem loop."""

    name = KIND
    parent = "case"
    loops = Case
    steps = CaseStep
    evidence = CaseEvidence
    alarms = CaseAlarm
    lifecycle = LIFECYCLE
    may = policy.MAY
    ended = frozenset(ENDED)
    # Desks own cases as well, and have no leader: their own roles hear of the first rung.
    told = TELLS
    usual_photo = {"rectify": "after", "verify": "after", "send_back": "after"}

    def acted_for(self, actor: Actor, loop: Case) -> int | None:
        """The unit that answers for the problem, else the desk that has it."""
        return actor.unit_acted_for(loop.unit_id or loop.owner_id)

    def before_saving(self, step: Taking, before: str) -> None:
        """What was asked for while the unit had the case ends with that."""
        if before in WITH_UNIT and step.loop.state not in WITH_UNIT:
            _let_requests_lapse(step)

    def after_saving(self, step: Taking, before: str) -> None:
        """Whoever must act sees the case, and all above."""
        extend_reach(step.case, (step.reach | _concerned(step.case)) - step.reached, step.ref)
        forget_sides(step.case)

    def facts(self, step: Taking, before: str, seq: int) -> Iterable[Fact]:
        """That the case has ended, or that somebody has taken a step; and that it is open again."""
        case = step.case
        if case.state in ENDED and before not in ENDED:
            return [CaseEnded(case.uid, case.state, step.at)]
        found: list[Fact] = [] if step.quiet or step.told else [CaseStepped(case.uid, step.name, seq, step.at)]
        return [*found, CaseReopened(case.uid, seq, step.at)] if step.name == "reopen" else found

    def rung_taken(self, loops: list[Any], rung: str, *, at: datetime) -> None:
        """The rung of the supervisor supervises the case."""
        if rung == "supervisor":
            for case in loops:
                case.supervised = True
            Supervision.objects.bulk_create(
                [Supervision(case=case, level="ladder", demand=DEMAND, by=None, at=at) for case in loops]
            )

    swept_fields = ("alarm_at", "alarm_rung", "supervised")

    def visible_to(self, actor: Actor) -> QuerySet[Case]:
        """What lists show this person."""
        return Case.objects.visible_to(actor)

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Case]:
        """The cases that reach the unit."""
        return Case.objects.filter(Exists(CaseReach.objects.filter(case=OuterRef("pk"), unit=unit_id)))

    def called(self, row: Case, ref: Reference) -> tuple[str, str]:
        """Number, category and place."""
        return row.number, " · ".join(one for one in (ref.categories.by_id(row.category_id).label, row.address) if one)

    def timed_unit(self, loop: Case) -> int | None:
        """The unit that answers for the problem, whichever desk has the case."""
        return loop.unit_id


CASES = CaseKind()


@contextmanager
def taking(
    case_uid: UUID, name: str, *, by: Person | None, at: datetime, given: Iterable[str] = (), note: str = "",
    photos: Sequence[Mapping[str, Any]] = (), noted_at: datetime | None = None, expected_version: int | None = None,
    ref: Reference | None = None,
) -> Iterator[Taking]:  # fmt: skip
    """Take step `name` of a case; see `loops.engine.taking`."""
    with engine.taking(
        CASES, case_uid, name, by=by, at=at, given=given, note=note, photos=photos, noted_at=noted_at,
        expected_version=expected_version, ref=ref, taking_class=Taking,
    ) as step:  # fmt: skip
        step.reach = _concerned(step.case)
        step.reached = frozenset(step.reach)
        yield step


def lock(case_uid: UUID) -> Case:
    """The case, locked until the transaction ends."""
    case: Case = engine.lock(CASES, case_uid)
    return case


def _concerned(case: Case) -> set[int]:
    return {case.owner_id} | ({case.unit_id} if case.unit_id else set())


def _let_requests_lapse(step: Taking) -> None:
    """More time asked for and not granted while the unit had the case is not granted later, least of all to another unit."""
    pending = Extension.objects.filter(case=step.case, verdict="")
    if pending.update(verdict="refused", decided_at=step.at):
        step.data["extension_lapsed"] = True


def extend_reach(case: Case, units: Iterable[int], ref: Reference) -> None:
    """Let units, and all above them, see the case from now on."""
    wanted = {over for unit in units for over in (unit, *ref.org.above(unit))}
    if wanted:
        rows = [CaseReach(case=case, unit_id=unit, reported_at=case.reported_at) for unit in sorted(wanted)]
        CaseReach.objects.bulk_create(rows, ignore_conflicts=True)
