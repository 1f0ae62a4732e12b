"""Two people, or two workers, do the same thing at the same moment: one wins, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseAlarm, CaseStep, Supervision
from civicloop.cases.sweep import sweep
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.loops.models import Notice
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, build_city, hours
from tests.kept import kept
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = MONDAY_NINE + hours(2)


@pytest.fixture
def town() -> City:
    return kept(build_city)


def test_of_two_who_take_the_same_step_one_wins(town: City) -> None:
    case = town.walk("dispatched")
    faults = at_once(*(partial(actions.accept, case.uid, by=one, at=AT) for one in (town.handler, town.leader)))

    assert sorted(type(fault) for fault in faults if fault) == [StepRefused]
    assert CaseStep.objects.filter(case=case, name="accept").count() == 1
    assert list(breaks()) == []


def test_of_five_who_take_different_steps_each_stands_behind_the_one_before(town: City) -> None:
    case = town.walk("accepted")
    say: list[Callable[[], object]] = [
        partial(actions.comment, case.uid, note=f"第{n}句", by=town.handler, at=AT) for n in range(4)
    ]
    faults = at_once(*say, partial(actions.supervise, case.uid, note="快", by=town.supervisor, at=AT))

    assert faults == [None] * 5
    case.refresh_from_db()
    assert list(case.steps.order_by("seq").values_list("seq", flat=True)) == list(range(1, 10))
    assert (case.version, case.supervised) == (9, True)
    assert list(breaks()) == []


def test_two_who_merge_two_cases_into_each_other_do_not_lock_up(town: City) -> None:
    one, other = town.report(), town.report(at=MONDAY_NINE + hours(1))
    faults = at_once(
        partial(actions.merge, one.uid, into=other.uid, by=town.filer, at=AT),
        partial(actions.merge, other.uid, into=one.uid, by=town.filer, at=AT),
    )

    assert None in faults
    assert [fault.code for fault in faults if isinstance(fault, Invalid)] == ["merge_into_ended"]
    assert sorted(Case.objects.values_list("state", flat=True)) == ["merged", "reported"]


def test_the_same_key_sent_twice_at_once_makes_one_case(town: City) -> None:
    def send() -> None:
        actions.report(
            category_id=town.litter.pk, by=town.reporter, at=AT, lon=WEST + 0.005, lat=SOUTH + 0.005,
            source="hotline", external_key="12345-1",
        )  # fmt: skip

    faults = at_once(send, send, send)
    assert [type(fault) for fault in faults if fault] == [Conflict, Conflict]
    assert Case.objects.count() == CaseStep.objects.count() == 1
    assert LedgerLine.objects.filter(kind="case").count() == 1


def test_two_workers_who_sweep_at_once_alarm_each_case_once(town: City) -> None:
    cases = [town.walk("dispatched", at=MONDAY_NINE + timedelta(seconds=n)) for n in range(12)]
    late = Case.objects.get(pk=cases[-1].pk).due_at + timedelta(days=2)
    notices = Notice.objects.count()
    faults = at_once(*(partial(sweep, at=late, batch=2) for _ in range(3)))

    assert faults == [None] * 3
    assert CaseAlarm.objects.count() == 12 * 3
    assert Supervision.objects.count() == 12
    assert LedgerLine.objects.filter(verb__startswith="alarm.").count() == 12 * 3
    # soon: handler, leader; due: leader; a day late: both supervisors.
    assert Notice.objects.count() - notices == 12 * 5
    assert not Case.objects.filter(alarm_at__lte=late).exists()
    assert list(breaks()) == []


def test_a_step_and_a_sweep_at_once_end_well_in_either_order(town: City) -> None:
    cases = [town.walk("accepted", at=MONDAY_NINE + timedelta(seconds=n)) for n in range(4)]
    late = Case.objects.get(pk=cases[-1].pk).due_at + timedelta(hours=1)
    photo = town.photo()
    steps = [
        partial(actions.rectify, case.uid, note="好了", photos=[photo], by=town.handler, at=late) for case in cases
    ]
    faults = at_once(partial(sweep, at=late, batch=1), *steps)

    assert faults == [None] * 5
    for case in Case.objects.all():
        assert (case.state, case.owner_id) == ("rectified", town.checkers.pk)
        assert case.alarm_at is not None
        assert case.alarm_at > late
    assert list(breaks()) == []
