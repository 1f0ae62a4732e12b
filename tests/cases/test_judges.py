"""Nobody judges what he has worked on, wherever he worked on it: in a part, on the spot when called, in a merged case."""

from __future__ import annotations

import pytest

from civicloop.cases import actions, queries
from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, NotAllowed
from civicloop.organisation import actions as organisation
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(3)


@pytest.fixture
def judge(city: City) -> City:
    """The sweeper has a second post: he verifies for the whole city."""
    organisation.appoint(
        person=city.sweeper, role="verifier", unit=city.checkers, starts_on=AT.date(), by=None, at=MONDAY_NINE
    )
    return city


def refused(city: City, case: Case) -> None:
    with pytest.raises(NotAllowed) as told:
        actions.verify(case.uid, note="看过", by=city.sweeper, at=AT)
    assert "worked_on_it" in told.value.rule
    ref = reference.now()
    offered = queries.moving_steps(ref.actor(city.sweeper, AT.date()), [case], at=AT, ref=ref)
    assert {step.name for step in offered[case.pk]}.isdisjoint({"verify", "send_back", "close"})


def put_right(city: City, case: Case) -> Case:
    return actions.rectify(case.uid, note="好了", photos=[city.photo()], by=city.handler, at=AT)


def test_who_worked_on_a_part_does_not_verify_the_whole(judge: City) -> None:
    whole = actions.split(judge.walk("accepted").uid, unit_ids=[judge.sanitation.pk], by=judge.dispatcher, at=AT)
    part = whole.parts.get()
    actions.accept(part.uid, by=judge.sweeper, at=AT)
    actions.rectify(part.uid, note="好了", photos=[judge.photo()], by=judge.sweeper, at=AT)
    actions.verify(part.uid, note="看过", by=judge.verifier, at=AT)
    actions.close(part.uid, by=judge.filer, at=AT)
    refused(judge, put_right(judge, whole))


def test_who_came_when_called_does_not_verify(judge: City) -> None:
    case = judge.walk("accepted")
    actions.whistle(
        case.uid,
        kind="ordinary",
        unit_ids=[judge.sanitation.pk],
        place="路口",
        meet_at=AT,
        by=judge.handler,
        at=AT,
    )
    actions.report_in(case.uid, by=judge.sweeper, at=AT)
    refused(judge, put_right(judge, case))


def test_who_worked_on_what_was_merged_in_does_not_verify_the_main_case(judge: City) -> None:
    twin, main = judge.walk("accepted", unit="sanitation"), judge.walk("accepted")
    actions.merge(twin.uid, into=main.uid, by=judge.filer, at=AT)
    refused(judge, put_right(judge, main))


def test_who_worked_on_nothing_of_it_verifies(judge: City) -> None:
    case = put_right(judge, judge.walk("accepted"))
    assert actions.verify(case.uid, note="看过", by=judge.sweeper, at=AT).state == "verified"


def test_a_case_is_not_ended_over_the_heads_of_its_open_parts(city: City) -> None:
    whole = actions.split(city.walk("accepted").uid, unit_ids=[city.sanitation.pk], by=city.dispatcher, at=AT)
    with pytest.raises(Conflict, match="parts_still_open"):
        actions.void(whole.uid, reason="误报", by=city.filer, at=AT)
    with pytest.raises(Conflict, match="parts_still_open"):
        actions.merge(whole.uid, into=whole.parts.get().uid, by=city.filer, at=AT)
    actions.void(whole.parts.get().uid, reason="误报", by=city.filer, at=AT)
    assert actions.void(whole.uid, reason="误报", by=city.filer, at=AT).state == "voided"


def test_a_refused_comment_names_only_roles_that_may_comment(city: City) -> None:
    case = city.walk("accepted")
    with pytest.raises(NotAllowed) as told:
        actions.comment(case.uid, note="看", by=city.auditor, at=AT)
    assert "auditor" not in told.value.who
