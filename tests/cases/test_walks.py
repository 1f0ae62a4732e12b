"""Random lives of cases: whoever tries whatever, in whatever order, the promises of a loop hold after every try."""

from __future__ import annotations

import contextlib
import itertools
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from civicloop.cases import actions, policy
from civicloop.cases.models import Case, CaseAlarm, CaseReach, CaseStep, Forward
from civicloop.cases.rules.lifecycle import ENDED, LIFECYCLE, OPEN, WITH_UNIT
from civicloop.cases.sweep import sweep
from civicloop.kernel.refusal import Refused
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City

pytestmark = pytest.mark.django_db

MOVES_DUE = {
    "dispatch", "return", "recall", "send_back", "resume", "reopen", "grant_extension",
}  # fmt: skip
UNITS = ("LOTUS", "WILLOW", "SANITATION", "URBAN", "LOTUS_NORTH")


def made_up(step: str, city: City, cases: list[Case], at: datetime, dice: random.Random) -> dict[str, Any]:
    """Something to give with a step, mostly right."""
    values: dict[str, Any] = {
        "category": str(dice.choice(list(city.categories.values())).uid), "unit": dice.choice(UNITS), "note": "说明",
        "reason": "原因", "plan": "计划", "person": str(city.leader.uid), "amount": "1", "unit_of_time": "work_hour",
        "review_on": (at + timedelta(days=dice.choice([0, 3, 30, 200]))).date().isoformat(), "score": dice.randint(-1, 101),
        "into": str(dice.choice(cases).uid), "whistle_kind": "ordinary", "units": dice.sample(UNITS, 2),
        "place": "路口" if step == "whistle" else {"address": "莲花路"}, "meet_at": (at + timedelta(hours=2)).isoformat(),
        "ground": "lateness", "verdict": dice.choice(["granted", "refused"]), "party": "供电公司",
        "answer_by": (at + timedelta(days=dice.choice([0, 2, 5]))).isoformat(), "forward": str(asked_last() or city.leader.uid),
    }  # fmt: skip
    given = {name: values[name] for name in LIFECYCLE[step].needs}
    if "photos" in LIFECYCLE[step].asks and dice.random() < 0.8:
        given["photos"] = [city.photo()]
    if step == "correct":
        given = {"description": "更正", "place": values["place"]}
    if given and dice.random() < 0.05:
        given.pop(next(iter(given)))
    return given


def asked_last() -> Any:
    """The newest question to a party outside."""
    return Forward.objects.order_by("-pk").values_list("uid", flat=True).first()


def snapshot() -> tuple[Any, ...]:
    return (
        list(Case.objects.order_by("pk").values()), CaseStep.objects.count(), LedgerLine.objects.count(),
        CaseReach.objects.count(), CaseAlarm.objects.count(),
    )  # fmt: skip


def check(case: Case) -> None:
    """What holds of every case at every moment."""
    assert case.owner_id is not None
    assert case.state in LIFECYCLE.states
    assert (case.act_by is None) == (case.state in ENDED) == (case.ended_at is not None)
    assert case.state in OPEN or case.alarm_at is None
    if case.state in WITH_UNIT:
        assert (case.owner_id, case.act_by, case.stage_clock) == (case.unit_id, case.due_at, None)
    seqs = list(case.steps.order_by("seq").values_list("seq", "state_before", "state_after"))
    assert [seq for seq, _, _ in seqs] == list(range(1, case.version + 1))
    assert seqs[-1][2] == case.state
    assert all(earlier[2] == later[1] for earlier, later in itertools.pairwise(seqs))
    assert CaseReach.objects.filter(case=case, unit=case.owner_id).exists()
    assert case.extensions.filter(verdict="").count() <= (1 if case.state in WITH_UNIT else 0)
    try:
        case.validate_constraints()
    except ValidationError as fault:
        pytest.fail(str(fault))


def next_try(city: City, case: Case, at: datetime, dice: random.Random) -> tuple[str, Any]:
    """A step and who tries it: mostly one that leads on and somebody who may, but not always."""
    if dice.random() < 0.12:
        return dice.choice([step.name for step in LIFECYCLE]), dice.choice(list(city.people.values()))
    here = [step for step in LIFECYCLE.steps_from(case.state) if step.name not in ("void", "merge", "recall")]
    onward = [step for step in here if step.to is not None]
    step = dice.choice(onward if onward and dice.random() < 0.6 else here)
    ref, people = reference.now(), list(city.people.values())
    dice.shuffle(people)
    able = (one for one in people if policy.may(ref.actor(one, at.date()), step.name, case))
    return step.name, next(able, people[0])


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_the_promises_of_the_loop_hold(city: City, seed: int) -> None:
    dice, at = random.Random(seed), MONDAY_NINE
    cases = [city.report(category=name, at=at, photos=[city.photo("near")]) for name in ("litter", "building")]
    taken = set[str]()
    for _ in range(100):
        at += timedelta(minutes=dice.choice([1, 5, 20, 60, 300]))
        case = Case.objects.get(pk=dice.choice(cases).pk)
        step, by = next_try(city, case, at, dice)
        before = snapshot()
        try:
            after = actions.take(case.uid, step, by=by, at=at, given=made_up(step, city, cases, at, dice))
        except Refused:
            assert snapshot() == before
            continue
        taken.add(step)
        assert after.version == case.version + 1
        if step not in MOVES_DUE:
            assert after.due_at == case.due_at, step
        check(Case.objects.get(pk=case.pk))
        if step == "split":
            cases += Case.objects.filter(parent=case).exclude(pk__in=[one.pk for one in cases])

    for case in Case.objects.all():
        check(case)
    assert list(breaks()) == []
    assert len(taken) >= 11
    assert LedgerLine.objects.filter(kind="case").count() >= CaseStep.objects.count()


@pytest.mark.parametrize("seed", range(2))
def test_the_ladder_may_look_at_any_time_without_disturbing_a_walk(city: City, seed: int) -> None:
    dice, at = random.Random(100 + seed), MONDAY_NINE
    case = city.report()
    for _ in range(50):
        at += timedelta(hours=dice.choice([1, 5, 30]))
        sweep(at=at)
        case = Case.objects.get(pk=case.pk)
        step, by = next_try(city, case, at, dice)
        with contextlib.suppress(Refused):
            actions.take(case.uid, step, by=by, at=at, given=made_up(step, city, [case], at, dice))
        check(Case.objects.get(pk=case.pk))
        sweep(at=at)
        assert sweep(at=at).looked_at == 0

    alarms = list(CaseAlarm.objects.values_list("case", "rung", "deadline"))
    assert len(alarms) == len(set(alarms)) > 0
    assert list(breaks()) == []
