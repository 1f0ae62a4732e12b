"""An honour from the application to the certificate; nobody judges his own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.loops.sweep import sweep
from civicloop.organisation import actions as organisation
from civicloop.organisation.days import day_of
from civicloop.publicity import actions, queries
from civicloop.publicity.kinds import HONOURS
from civicloop.publicity.models import Honour
from civicloop.publicity.rules.honour import LIFECYCLE
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SINCE, City

AFTER = MONDAY_NINE + timedelta(days=15)


@pytest.fixture
def community(city: City) -> City:
    """Lotus North has a handler of its own, who applies."""
    person = organisation.add_person(
        username="north", name="北办", phone="13800000000", password="lotus-pond-2026", by=None, at=MONDAY_NINE
    )
    organisation.appoint(
        person=person, role="unit_handler", unit=city.lotus_north, starts_on=SINCE, by=None, at=MONDAY_NINE
    )
    city.people["north"] = person
    return city


def applied(city: City, **more: Any) -> Honour:
    told = {
        "kind": "community", "holder": "莲北社区", "unit_id": city.lotus_north.pk, "year": 2026, "grounds": "连续三年无回潮",
        "by": city.north, "at": MONDAY_NINE,
    }  # fmt: skip
    return actions.apply_for(**{**told, **more})


def on_notice(city: City, **more: Any) -> Honour:
    honour = applied(city, **more)
    actions.recommend(uid=honour.uid, note="同意推荐", by=city.leader, at=MONDAY_NINE)
    return actions.examine(uid=honour.uid, note="符合条件", by=city.supervisor, at=MONDAY_NINE)


def awarded(city: City, **more: Any) -> Honour:
    return actions.award(uid=on_notice(city, **more).uid, by=city.supervisor, at=AFTER)


def test_the_whole_way_has_five_hands_and_one_certificate(community: City) -> None:
    honour = awarded(community)

    assert honour.state == "awarded"
    assert honour.certificate == f"荣证2026{honour.pk:06d}"
    assert [step.name for step in reversed(queries.story(honour))] == ["apply_for", "recommend", "examine", "award"]


def test_the_level_above_has_it_then_the_city(community: City) -> None:
    honour = applied(community)
    assert honour.owner == community.lotus
    recommended = actions.recommend(uid=honour.uid, note="同意", by=community.leader, at=MONDAY_NINE)
    assert recommended.owner == community.command


def test_nobody_recommends_what_he_applied_for(community: City) -> None:
    honour = applied(community, kind="village", holder="莲花镇", unit_id=community.lotus.pk, by=community.leader)
    with pytest.raises(NotAllowed):
        actions.recommend(uid=honour.uid, note="很好", by=community.leader, at=MONDAY_NINE)


@pytest.mark.parametrize("person", ["north", "leader", "handler", "other_leader", "auditor", "filer", "grid_worker"])
def test_only_the_citys_supervisors_examine(person: str, community: City) -> None:
    honour = applied(community)
    actions.recommend(uid=honour.uid, note="同意", by=community.leader, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        actions.examine(uid=honour.uid, note="好", by=community.people[person], at=MONDAY_NINE)


def test_a_supervisor_who_works_in_the_unit_does_not_judge_it(community: City) -> None:
    organisation.appoint(
        person=community.supervisor,
        role="unit_handler",
        unit=community.lotus_north,
        starts_on=SINCE,
        by=None,
        at=MONDAY_NINE,
    )
    honour = applied(community)
    actions.recommend(uid=honour.uid, note="同意", by=community.leader, at=MONDAY_NINE)
    with pytest.raises(NotAllowed) as refused:
        actions.examine(uid=honour.uid, note="好", by=community.supervisor, at=MONDAY_NINE)
    assert "not own_unit" in refused.value.rule
    assert (
        actions.examine(uid=honour.uid, note="好", by=community.other_supervisor, at=MONDAY_NINE).state == "on_notice"
    )


def test_a_supervisor_who_recommended_does_not_examine(community: City) -> None:
    honour = applied(community)
    actions.recommend(uid=honour.uid, note="同意", by=community.supervisor, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        actions.examine(uid=honour.uid, note="好", by=community.supervisor, at=MONDAY_NINE)


def test_it_is_shown_to_the_public_before_it_is_awarded(community: City) -> None:
    honour = on_notice(community)
    assert honour.notice_until is not None
    with pytest.raises(StepRefused) as refused:
        actions.award(uid=honour.uid, by=community.supervisor, at=MONDAY_NINE + timedelta(days=2))
    assert refused.value.code == "notice_not_over"
    assert list(queries.published(day_of(MONDAY_NINE))) == [honour]
    assert honour.notice_until > day_of(MONDAY_NINE) + timedelta(days=4)


def test_an_objection_is_answered_or_it_is_not_awarded(community: City) -> None:
    honour = on_notice(community)
    actions.object_to(uid=honour.uid, note="公示期间来电：有卫生死角", by=community.supervisor, at=MONDAY_NINE)
    with pytest.raises(StepRefused):
        actions.award(uid=honour.uid, by=community.supervisor, at=AFTER)
    assert actions.award(uid=honour.uid, note="已核实整改", by=community.supervisor, at=AFTER).state == "awarded"


def test_what_is_revoked_keeps_its_number_and_its_reason(community: City) -> None:
    honour = awarded(community)
    with pytest.raises(StepRefused):
        actions.revoke(uid=honour.uid, reason="", by=community.supervisor, at=AFTER)
    revoked = actions.revoke(uid=honour.uid, reason="弄虚作假", by=community.other_supervisor, at=AFTER)
    found = queries.by_certificate(honour.certificate or "")

    assert found is not None
    assert (found.state, found.certificate) == ("revoked", honour.certificate)
    assert revoked.ended_at == AFTER
    assert [one.state for one in queries.published(day_of(AFTER))] == ["revoked"]
    assert list(queries.published(day_of(AFTER) + timedelta(days=366))) == []


def test_once_a_year_and_again_after_it_was_turned_down(community: City) -> None:
    first = applied(community)
    with pytest.raises(Conflict):
        applied(community)
    actions.turn_down(uid=first.uid, reason="材料不全", by=community.supervisor, at=MONDAY_NINE)
    assert applied(community).state == "applied"


def test_a_year_far_away_is_refused(community: City) -> None:
    with pytest.raises(Invalid):
        applied(community, year=2019)
    with pytest.raises(Invalid):
        applied(community, year=2027)


def test_the_unit_withdraws_and_another_does_not(community: City) -> None:
    honour = applied(community)
    with pytest.raises(NotAllowed):
        actions.withdraw_honour(uid=honour.uid, reason="x", by=community.other_handler, at=MONDAY_NINE)
    assert (
        actions.withdraw_honour(uid=honour.uid, reason="暂不申报", by=community.north, at=MONDAY_NINE).state
        == "withdrawn"
    )


def test_a_family_is_named_to_those_who_handle_it_and_masked_to_all_others(community: City) -> None:
    honour = awarded(community, kind="family", holder="欧阳某某家庭")
    ref = reference.now()

    def named(name: str) -> str:
        return queries.shown_name(honour, ref.actor(community.people[name], day_of(AFTER)))

    assert queries.public_name(honour) == "欧****庭"
    assert [named(name) for name in ("north", "supervisor", "other_handler", "auditor")] == [
        "欧阳某某家庭", "欧阳某某家庭", "欧****庭", "欧****庭",
    ]  # fmt: skip
    lines = str([line.data for line in LedgerLine.objects.filter(kind="honour")])
    assert "欧阳" not in lines


def test_what_lies_too_long_is_told(community: City) -> None:
    applied(community)
    assert sweep(HONOURS, at=MONDAY_NINE + timedelta(days=20)).taken >= 1


def test_every_state_of_the_table_can_be_reached() -> None:
    reached = {LIFECYCLE.start}
    for _ in LIFECYCLE:
        reached |= {step.to for step in LIFECYCLE if step.to and step.origin & reached}
    assert reached == LIFECYCLE.states
