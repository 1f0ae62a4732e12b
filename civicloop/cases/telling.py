"""Who hears of what: notices to handlers, leaders, reporters and followers. Told twice, a fact makes one notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from civicloop.cases.models import Case, Follower, Forward
from civicloop.cases.queries import holders_of
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference

# Steps after which somebody must act or wants to know; the others speak through the page.
TOLD = {
    "extend": (Role.DISPATCHER, Role.SUPERVISOR), "appeal": (Role.SUPERVISOR,), "rectify": (Role.VERIFIER,),
    "send_back": (Role.UNIT_HANDLER, Role.UNIT_LEADER), "grant_extension": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
    "refuse_extension": (Role.UNIT_HANDLER, Role.UNIT_LEADER), "supervise": (Role.UNIT_LEADER, Role.UNIT_HANDLER),
    "remind": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
    "return": (Role.DISPATCHER,), "resume": (Role.UNIT_HANDLER, Role.UNIT_LEADER), "reopen": (Role.UNIT_LEADER, Role.UNIT_HANDLER),
    "suspend": (Role.UNIT_LEADER,), "decide_appeal": (Role.UNIT_LEADER,),
    "answer_forward": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
}  # fmt: skip


def tell_unit(case_uid: str, unit_id: int, at: str) -> None:
    """A unit has become responsible."""
    case = _case(case_uid)
    if case is not None and case.unit_id == unit_id:
        moment = datetime.fromisoformat(at)
        people = holders_of(case, (Role.UNIT_HANDLER, Role.UNIT_LEADER), reference.now(), day_of(moment))
        _tell(case, "case.dispatched", people, moment, key=f"dispatched:{case.uid}:{at}")


def tell_step(case_uid: str, step: str, seq: int, at: str) -> None:
    """A step was taken that others wait for; a whistle calls the units it names."""
    case = _case(case_uid)
    if case is None:
        return
    ref, moment = reference.now(), datetime.fromisoformat(at)
    if step == "whistle":
        people: Iterable[int] = _called(case, ref, moment)
    elif step in TOLD:
        people = holders_of(case, TOLD[step], ref, day_of(moment))
        if step == "answer_forward":
            people = sorted({*people, *_who_asked(case, moment)})
    else:
        return
    _tell(case, f"case.{step}", people, moment, key=f"step:{case.uid}:{seq}")


def tell_end(case_uid: str, state: str, at: str) -> None:
    """A case has ended: whoever reported or follows it hears it."""
    case = _case(case_uid)
    if case is None:
        return
    people = {case.reporter_id} | set(Follower.objects.filter(case=case).values_list("person_id", flat=True))
    moment = datetime.fromisoformat(at)
    _tell(case, f"case.{state}", sorted(one for one in people if one), moment, key=f"ended:{case.uid}:{at}")


def _who_asked(case: Case, at: datetime) -> list[int]:
    """Who sent the forward that was answered at this moment."""
    return list(Forward.objects.filter(case=case, answered_at=at).values_list("sent_by_id", flat=True))


def _called(case: Case, ref: reference.Reference, at: datetime) -> list[int]:
    running = case.whistles.filter(ended_at=None).first()
    units = set(running.calls.values_list("unit_id", flat=True)) if running else set()
    roles = (Role.UNIT_HANDLER, Role.UNIT_LEADER)
    return sorted({person for role in roles for person in ref.org.holders(role, units, day_of(at))})


def _case(uid: str) -> Case | None:
    return Case.objects.filter(uid=uid).select_related("category", "unit").first()


def _tell(case: Case, kind: str, people: Iterable[int], at: datetime, *, key: str) -> None:
    data: dict[str, Any] = {"number": case.number, "category": case.category.name, "place": case.address}
    tell(people, kind=kind, loop_kind="case", loop_uid=case.uid, data=data, at=at, key=key)
