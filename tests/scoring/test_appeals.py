"""Appeals: who may, in which stages, until when; what is granted stands beside the old value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.inspection.models import Observation
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Appointment, Person
from civicloop.scoring import actions, queries
from civicloop.scoring.models import Adjustment, AppealStep
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import reference
from civicloop.standards.rules.assessment import Deduction, LadderStep, ScoringRules
from civicloop.standards.rules.shapes import Text
from tests.cast import MONDAY_NINE, SINCE, City, hours
from tests.scoring.town import Town, all_met, build, edition

LATER = MONDAY_NINE + timedelta(days=2)


@pytest.fixture
def town(city: City) -> Town:
    made = build(city, edition())
    made.visit("STREET-lotus-0", all_met("STREET", i4="not_met"))
    return made


@pytest.fixture
def third(city: City) -> Person:
    person = Person.objects.create(username="third", name="第三")
    Appointment.objects.create(person=person, role="supervisor", unit=city.command, starts_on=SINCE)
    return person


def fault() -> Observation:
    return Observation.objects.get(answer="not_met")


def lodge(town: Town, **how: Any) -> Any:
    given = {
        "observation_uid": fault().uid, "reason": "当天施工已报备", "by": town.city.leader, "at": MONDAY_NINE + hours(3),
        **how,
    }  # fmt: skip
    return actions.lodge_appeal(**given)


def review(appeal: Any, step: str, by: Person, **how: Any) -> Any:
    given = {"note": "核实过", "at": LATER, **how}
    return actions.review_appeal(appeal_uid=appeal.uid, step=step, by=by, **given)


def city_value(town: Town, as_of: Any = LATER) -> Any:
    return queries.score(Scope((town.round.pk,)), as_of=as_of, ref=reference.now()).city


def test_a_granted_appeal_changes_the_score_and_leaves_the_old_value_visible(town: Town, third: Person) -> None:
    appeal = lodge(town)
    review(appeal, "take_up", town.city.supervisor, note="")
    review(appeal, "forward", town.city.other_supervisor)
    granted = review(appeal, "grant", third, answer="met")

    after = city_value(town)
    assert granted.state == "granted"
    assert (after.value, after.before) == (100, pytest.approx(60))
    assert fault().answer == "not_met"
    leaf = queries.node(
        Scope((town.round.pk,)), "point:STREET-lotus-0/item:STREET-4", as_of=LATER, ref=reference.now()
    ).children[0]
    assert (leaf.said["answer"], leaf.said["answer_before"], leaf.before) == ("met", "not_met", 0.0)
    assert city_value(town, LATER - hours(1)).value == pytest.approx(60)
    assert list(AppealStep.objects.values_list("seq", "name")) == [(1, "take_up"), (2, "forward"), (3, "grant")]
    verbs = (
        LedgerLine.objects.filter(kind="score_appeal", uid=appeal.uid).order_by("seq").values_list("verb", flat=True)
    )
    assert [verb.split(".")[1] for verb in verbs] == ["lodge", "take_up", "forward", "grant"]


def test_only_the_leader_of_the_responsible_unit_or_above_it_lodges(town: Town) -> None:
    for who in ("other_leader", "handler", "supervisor", "filer"):
        with pytest.raises(NotAllowed):
            lodge(town, by=town.city.people[who])

    assert lodge(town).unit == town.city.lotus_north


def test_each_stage_is_taken_by_somebody_else(town: Town) -> None:
    appeal = lodge(town)
    review(appeal, "take_up", town.city.supervisor)

    with pytest.raises(NotAllowed):
        review(appeal, "forward", town.city.supervisor)


def test_nobody_reviews_his_own_unit_or_his_own_judgement(town: Town) -> None:
    appeal = lodge(town)
    Appointment.objects.create(person=town.inspectors[0], role="supervisor", unit=town.city.command, starts_on=SINCE)
    Appointment.objects.create(person=town.city.leader, role="supervisor", unit=town.city.lotus, starts_on=SINCE)

    for who in (town.inspectors[0], town.city.leader, town.city.auditor, town.city.other_leader):
        with pytest.raises(NotAllowed):
            review(appeal, "take_up", who)


def test_stages_come_in_order_and_need_their_reasons(town: Town, third: Person) -> None:
    appeal = lodge(town)

    with pytest.raises(StepRefused):
        review(appeal, "grant", town.city.supervisor, answer="met")
    review(appeal, "take_up", town.city.supervisor)
    with pytest.raises(StepRefused):
        review(appeal, "forward", town.city.other_supervisor, note="")
    review(appeal, "forward", town.city.other_supervisor)
    with pytest.raises(StepRefused):
        review(appeal, "grant", third)
    with pytest.raises(Invalid):
        review(appeal, "grant", third, answer="not_met")
    assert not Adjustment.objects.exists()


def test_an_appeal_comes_within_the_window_and_only_once(town: Town) -> None:
    with pytest.raises(StepRefused, match="appeal_too_late"):
        lodge(town, at=MONDAY_NINE + timedelta(days=10))
    lodge(town)
    with pytest.raises(Conflict, match="appeal_pending"):
        lodge(town)


def test_what_stands_already_and_what_nobody_judged_cannot_be_appealed(town: Town) -> None:
    with pytest.raises(Invalid):
        lodge(town, wanted="not_met")
    with pytest.raises(Invalid):
        lodge(town, wanted="perhaps")
    with pytest.raises(Invalid):
        lodge(town, reason="  ")
    with pytest.raises(NotFound):
        lodge(town, observation_uid=town.round.uid)


def test_a_withdrawn_or_dismissed_appeal_changes_nothing(town: Town) -> None:
    withdrawn = actions.withdraw_appeal(appeal_uid=lodge(town).uid, by=town.city.leader, at=MONDAY_NINE + hours(4))
    again = lodge(town)
    review(again, "take_up", town.city.supervisor)
    dismissed = review(again, "dismiss", town.city.other_supervisor)

    assert (withdrawn.state, dismissed.state) == ("withdrawn", "refused")
    assert city_value(town).before is None


def test_points_that_a_rule_took_can_be_given_back(city: City, third: Person) -> None:
    deduction = Deduction("found", Text("暗访发现"), "found", (LadderStep(1, 2.0),), "low")
    town = build(city, edition("p", ScoringRules(methods={"site": 1.0}, sure="low", deductions=(deduction,))))
    town.visit("STREET-lotus-0", all_met("STREET"))
    city.walk("dispatched", unit="lotus")
    at = MONDAY_NINE + timedelta(days=7, hours=2)
    appeal = actions.lodge_appeal(
        unit_id=city.lotus.pk, round_id=town.round.pk, deduction="found", reason="不是我方责任", by=city.leader, at=at
    )
    for step, who, how in (
        ("take_up", city.supervisor, {}), ("forward", city.other_supervisor, {}), ("grant", third, {"points": 1.5}),
    ):  # fmt: skip
        review(appeal, step, who, at=at + hours(1), **how)
    book = queries.score(Scope((town.round.pk,)), as_of=at + hours(2), ref=reference.now())
    lotus = book.unit(city.lotus.pk)

    assert lotus is not None
    assert lotus.value == pytest.approx(99.5)
    assert lotus.before == pytest.approx(98)


def test_appeals_are_seen_by_their_unit_and_those_above(town: Town) -> None:
    appeal = lodge(town)
    ref = reference.now()

    def seen(who: str) -> bool:
        actor = ref.actor(town.city.people[who], MONDAY_NINE.date())
        return queries.appeals(actor).filter(uid=appeal.uid).exists()

    assert [seen(who) for who in ("leader", "supervisor", "auditor", "other_leader")] == [True, True, True, False]
    actor = ref.actor(town.city.supervisor, MONDAY_NINE.date())
    assert queries.steps_of(actor, queries.appeal(actor, appeal.uid)) == ("take_up",)
