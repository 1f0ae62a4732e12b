"""Something comes of what is heard at a door in time: each has one unit and one end, and being late is told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel import worktime
from civicloop.kernel.worktime import Limit
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.standards import reference
from civicloop.surveys import actions, queries
from civicloop.surveys.models import DoorOpinion
from civicloop.surveys.models.opinions import OPEN, STATE_LABELS
from civicloop.surveys.sweeps import tell_of_late_opinions
from tests.cast import MONDAY_NINE, City
from tests.surveys.test_opinions import heard
from tests.threads import at_once


def after(working_days: int, since: datetime = MONDAY_NINE) -> datetime:
    """The end of so many working days by the city's calendar."""
    return worktime.start(Limit(working_days, "work_day"), since, reference.now().calendar_for(None)).due_at


def passed_on(city: City, unit: Any, opinion: DoorOpinion, at: datetime = MONDAY_NINE) -> DoorOpinion:
    return actions.pass_on(opinion_uid=opinion.uid, unit_id=unit.pk, by=city.handler, at=at)


def test_the_community_has_three_working_days_and_the_unit_it_is_passed_on_to_ten(city: City) -> None:
    opinion = heard(city, kind="suggestion")
    assert (opinion.owner_id, opinion.act_by) == (city.lotus_north.pk, after(3))

    later = MONDAY_NINE + timedelta(hours=2)
    opinion = passed_on(city, city.urban, opinion, later)
    assert (opinion.owner_id, opinion.act_by) == (city.urban.pk, after(10, later))


def test_passing_it_on_to_the_unit_that_has_it_wins_no_time(city: City) -> None:
    opinion = passed_on(city, city.urban, heard(city))
    again = passed_on(city, city.urban, opinion, MONDAY_NINE + timedelta(days=3))

    assert again.act_by == opinion.act_by


def test_praise_promises_nothing(city: City) -> None:
    assert heard(city, kind="praise").act_by is None
    assert tell_of_late_opinions(at=MONDAY_NINE + timedelta(days=365)) == 0


def test_being_late_is_told_once_to_the_unit_and_to_the_citys_desk(city: City) -> None:
    opinion = passed_on(city, city.urban, heard(city, kind="suggestion"))
    end = opinion.act_by
    assert end is not None
    assert tell_of_late_opinions(at=end) == 0
    assert [tell_of_late_opinions(at=end + timedelta(minutes=one)) for one in (1, 11)] == [1, 0]

    told = Notice.objects.filter(kind="opinion.late")
    assert {one.person for one in told} >= {city.urban_handler, city.supervisor}
    assert city.handler not in {one.person for one in told}
    assert told.count() == told.values("person").distinct().count()
    assert "垃圾" not in str([one.data for one in told])
    line = LedgerLine.objects.get(verb="opinion.late")
    assert (line.uid, line.by, line.data) == (opinion.uid, None, {"unit": city.urban.pk})


def test_another_unit_that_gets_it_late_has_its_own_time_and_is_told_again(city: City) -> None:
    opinion = passed_on(city, city.urban, heard(city))
    late = MONDAY_NINE + timedelta(days=30)
    assert tell_of_late_opinions(at=late) == 1
    moved = passed_on(city, city.lotus, opinion, late)

    assert tell_of_late_opinions(at=late + timedelta(minutes=1)) == 0
    assert moved.act_by is not None
    assert tell_of_late_opinions(at=moved.act_by + timedelta(minutes=1)) == 1


@pytest.mark.parametrize("ending", ["answer", "set_aside", "open_case"])
def test_what_is_dealt_with_is_late_no_more_and_who_noted_it_hears(city: City, ending: str) -> None:
    opinion, at = heard(city), MONDAY_NINE + timedelta(hours=1)
    told: dict[str, Any] = {"opinion_uid": opinion.uid, "by": city.handler, "at": at}
    if ending == "answer":
        actions.answer_opinion(**told, answer="已安排")
    elif ending == "set_aside":
        actions.set_aside(**told, reason="重复")
    else:
        actions.open_case(**told, category_id=city.litter.pk)

    assert tell_of_late_opinions(at=MONDAY_NINE + timedelta(days=30)) == 0
    assert [one.person for one in Notice.objects.filter(kind="opinion.decided")] == [city.grid_worker]
    assert not DoorOpinion.objects.get().is_late(MONDAY_NINE + timedelta(days=30))


def test_who_decides_his_own_is_not_told_of_it(city: City) -> None:
    opinion = heard(city, by=city.handler)
    actions.answer_opinion(opinion_uid=opinion.uid, answer="已安排", by=city.handler, at=MONDAY_NINE)

    assert not Notice.objects.filter(kind="opinion.decided").exists()


def test_the_late_ones_are_a_list_of_their_own(city: City) -> None:
    from civicloop.organisation.days import day_of

    late, at = heard(city), MONDAY_NINE + timedelta(days=8)
    heard(city, at=at)
    actor = reference.now().actor(city.handler, day_of(at))

    assert list(queries.opinions(actor, late=at)) == [late]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(city: City) -> None:
    heard(city)
    at = MONDAY_NINE + timedelta(days=30)
    faults = at_once(*[lambda: tell_of_late_opinions(at=at)] * 3)

    assert faults == [None] * 3
    assert LedgerLine.objects.filter(verb="opinion.late").count() == 1


@given(state=st.sampled_from(sorted(STATE_LABELS)), end=st.integers(-5, 5), decided=st.integers(-5, 5))
def test_late_is_what_was_or_is_open_after_its_end(state: str, end: int, decided: int) -> None:
    def moment(minutes: int) -> datetime:
        return MONDAY_NINE + timedelta(minutes=minutes)

    row = DoorOpinion(state=state, act_by=moment(end), decided_at=None if state in OPEN else moment(decided))
    assert row.is_late(MONDAY_NINE) == ((0 if state in OPEN else decided) > end)
