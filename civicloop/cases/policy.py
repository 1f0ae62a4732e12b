"""Who may do what with a case. The rows are read aloud in meetings; nobody judges his own unit's work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.cases.rules.lifecycle import HANDLING_STEPS, JUDGING_STEPS
from civicloop.cases.sides import sides_of
from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.rules.roles import BLOCKS, Role
from civicloop.standards.reference import Actor

WORKERS = (Role.UNIT_HANDLER, Role.UNIT_LEADER)
REPORTERS = (
    Role.REPORTER, Role.INSPECTOR, Role.GRID_WORKER, Role.FILER, Role.DISPATCHER, Role.UNIT_HANDLER, Role.UNIT_LEADER,
    Role.VERIFIER, Role.SUPERVISOR, Role.SPONSOR,
)  # fmt: skip


def _place_of(case: Case) -> int | None:
    return case.unit_id or case.owner_id


@rule(Role.FILER)
def filer(actor: Actor, case: Case) -> bool:
    return actor.holds({Role.FILER}, _place_of(case))


@rule(Role.DISPATCHER)
def dispatcher(actor: Actor, case: Case) -> bool:
    return actor.holds({Role.DISPATCHER}, _place_of(case))


@rule(Role.VERIFIER)
def verifier(actor: Actor, case: Case) -> bool:
    return actor.holds({Role.VERIFIER}, _place_of(case))


@rule(Role.SUPERVISOR)
def supervisor(actor: Actor, case: Case) -> bool:
    return actor.holds({Role.SUPERVISOR}, _place_of(case))


@rule(*WORKERS)
def responsible_unit(actor: Actor, case: Case) -> bool:
    return actor.holds(WORKERS, case.unit_id)


@rule(Role.UNIT_LEADER)
def leader_of_responsible_unit(actor: Actor, case: Case) -> bool:
    return actor.holds({Role.UNIT_LEADER}, case.unit_id)


@rule()
def worked_on_it(actor: Actor, case: Case) -> bool:
    if getattr(case, "_handlers", None) is None:
        note_handlers([case])
    return actor.person_id in case._handlers  # type: ignore[attr-defined]


@rule()
def was_with_own_unit(actor: Actor, case: Case) -> bool:
    """A case that a unit has returned is nobody's for a while, and still the one that unit had."""
    if case.unit_id is not None:
        return actor.belongs_to(case.unit_id)
    if getattr(case, "_had_by", None) is None:
        note_handlers([case])
    return any(actor.belongs_to(unit) for unit in case._had_by)  # type: ignore[attr-defined]


@rule()
def own_unit(actor: Actor, case: Case) -> bool:
    return actor.belongs_to(case.unit_id)


@rule(*WORKERS)
def block_in_charge(actor: Actor, case: Case) -> bool:
    unit = actor.book.units.get(case.unit_id or 0)
    return unit is not None and unit.kind in BLOCKS and actor.holds(WORKERS, case.unit_id)


@rule(*WORKERS)
def whistling_block(actor: Actor, case: Case) -> bool:
    return any(actor.holds(WORKERS, whistle.blown_by_id) for whistle in sides_of(case).whistles)


@rule(*WORKERS)
def called_unit(actor: Actor, case: Case) -> bool:
    return any(actor.holds(WORKERS, call.unit_id) for call in sides_of(case).calls_of_running)


@rule()
def asked_for_it(actor: Actor, case: Case) -> bool:
    pending = sides_of(case).pending_extension
    return pending is not None and pending.asked_by_id == actor.person_id


@rule()
def judged_it(actor: Actor, case: Case) -> bool:
    if getattr(case, "_judges", None) is None:
        note_handlers([case])
    return actor.person_id in case._judges  # type: ignore[attr-defined]


@rule(*REPORTERS, Role.AUDITOR)
def sees(actor: Actor, case: Case) -> bool:
    if actor.sees_all:
        return True
    # A page asks before it shows the case and again for its buttons; what a case reaches only grows.
    known: set[int] = case.__dict__.setdefault("_seen_by", set())
    if actor.person_id in known:
        return True
    if not actor.sight_units or not CaseReach.objects.filter(case=case, unit__in=actor.sight_units).exists():
        return False
    known.add(actor.person_id)
    return True


@rule(*REPORTERS)
def takes_part(actor: Actor, case: Case) -> bool:
    return actor.has(*REPORTERS)


def seen_of(actor: Actor, keys: Iterable[int]) -> frozenset[int]:
    """Of these cases, by number, those the person may see: one statement, none for who sees every case."""
    wanted = frozenset(keys)
    if actor.sees_all or not wanted:
        return wanted
    rows = CaseReach.objects.filter(case__in=sorted(wanted), unit__in=sorted(actor.sight_units))
    return frozenset(rows.order_by().values_list("case_id", flat=True))


def note_handlers(cases: Sequence[Case]) -> None:
    """Remember on each case who has worked on it, on its parts, or on what was merged into it; who has judged it, or spoken
    against a judgement of it; and for which units it was worked on: one statement for all.
    """
    found: dict[int | None, set[int | None]] = {case.pk: set() for case in cases}
    judges: dict[int | None, set[int | None]] = {case.pk: set() for case in cases}
    had_by: dict[int | None, set[int]] = {case.pk: set() for case in cases}
    same = Q(pk__in=list(found)) | Q(parent__in=list(found)) | Q(merged_into__in=list(found))
    # The names are sorted out here: asked for by name, SQLite would walk through all steps of that name in the city.
    steps = CaseStep.objects.filter(case__in=Case.objects.filter(same).order_by().values("pk")).order_by()
    for name, by_id, unit_id, *problems in steps.values_list(
        "name", "by_id", "unit_id", "case_id", "case__parent_id", "case__merged_into_id"
    ):
        for problem in problems if name in HANDLING_STEPS else ():
            found.get(problem, set()).add(by_id)
        if name in HANDLING_STEPS and unit_id is not None:
            had_by.get(problems[0], set()).add(unit_id)
        if name in JUDGING_STEPS:
            judges.get(problems[0], set()).add(by_id)
    for case in cases:
        case._handlers = frozenset(found[case.pk])  # type: ignore[attr-defined]
        case._judges = frozenset(judges[case.pk])  # type: ignore[attr-defined]
        case._had_by = frozenset(had_by[case.pk])  # type: ignore[attr-defined]


somebody_else = ~worked_on_it & ~own_unit
not_ours = ~worked_on_it & ~was_with_own_unit
asks_outside = responsible_unit | dispatcher | supervisor

MAY: dict[str, Rule] = {
    "file": filer,
    "correct": filer,
    "dispatch": dispatcher,
    # Nobody takes his own unit's case out of the counts.
    "recall": (dispatcher | supervisor) & not_ours,
    "split": dispatcher,
    "merge": (filer | dispatcher) & not_ours,
    "void": (filer | dispatcher | supervisor) & not_ours,
    "accept": responsible_unit,
    "rectify": responsible_unit,
    "return": responsible_unit,
    "extend": responsible_unit,
    "grant_extension": (dispatcher | supervisor) & somebody_else & ~asked_for_it,
    "refuse_extension": (dispatcher | supervisor) & somebody_else & ~asked_for_it,
    "suspend": (dispatcher | supervisor) & somebody_else,
    "review": dispatcher | supervisor,
    "resume": dispatcher | supervisor | leader_of_responsible_unit,
    "whistle": block_in_charge,
    "report_in": called_unit,
    "plan_jointly": whistling_block | called_unit,
    "score_whistle": whistling_block,
    "end_whistle": whistling_block,
    "supervise": supervisor,
    "remind": (dispatcher | supervisor) & ~own_unit,
    "answer_supervision": responsible_unit,
    "verify": verifier & somebody_else,
    "send_back": verifier & somebody_else,
    "close": (verifier | filer) & somebody_else,
    "reopen": (verifier | supervisor) & somebody_else,
    "forward_out": asks_outside,
    "remind_forward": asks_outside,
    "answer_forward": asks_outside,
    "take_back_forward": asks_outside,
    "comment": sees & takes_part,
    "appeal": leader_of_responsible_unit,
    "decide_appeal": supervisor & ~own_unit & ~judged_it,
}


def may(actor: Actor, verb: str, case: Case) -> bool:
    """Whether the person may take this step of this case."""
    return MAY[verb](actor, case)


def require(actor: Actor, verb: str, case: Case, *, by: object) -> None:
    """Raise NotAllowed unless `may`; the refusal names the rule and the roles that could."""
    row = MAY[verb]
    if not row(actor, case):
        raise NotAllowed(f"case.{verb}", row.name, who=sorted(row.roles), about=("case", str(case.uid)), by=by)


def require_reporting(actor: Actor, *, by: object) -> None:
    """Whoever takes part in the campaign may report a problem; administrators and auditors do not."""
    if not actor.has(*REPORTERS):
        raise NotAllowed("case.report", "takes_part", who=sorted(REPORTERS), by=by)
