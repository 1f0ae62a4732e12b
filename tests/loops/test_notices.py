"""Notices: told twice, a fact makes one; seen is seen."""

from __future__ import annotations

from uuid import uuid4

import pytest

from civicloop.cases import tasks
from civicloop.loops.models import Notice
from civicloop.loops.notices import mark_seen, tell
from tests.cast import MONDAY_NINE, City

pytestmark = pytest.mark.django_db


def say(city: City, *people: str, key: str = "k") -> None:
    tell(
        [city.people[name].pk for name in people], kind="case.x", loop_kind="case", loop_uid=uuid4(), data={},
        at=MONDAY_NINE, key=key,
    )  # fmt: skip


def test_the_same_fact_told_twice_makes_one_notice_for_each(city: City) -> None:
    say(city, "handler", "leader", "handler")
    say(city, "handler", "leader")
    say(city, "handler", key="another")
    assert Notice.objects.filter(person=city.handler).count() == 2
    assert Notice.objects.filter(person=city.leader).count() == 1


def test_seen_is_counted_once_and_only_up_to_what_was_shown(city: City) -> None:
    say(city, "handler")
    shown = Notice.objects.get().pk
    say(city, "handler", key="later")
    assert mark_seen(person_id=city.handler.pk, at=MONDAY_NINE, upto=shown) == 1
    assert mark_seen(person_id=city.handler.pk, at=MONDAY_NINE) == 1
    assert mark_seen(person_id=city.handler.pk, at=MONDAY_NINE) == 0


def test_every_job_of_the_case_loop_may_run_twice(city: City) -> None:
    case = city.walk("closed")
    told = Notice.objects.count()
    assert told > 0
    for step in case.steps.all():
        tasks.tell_step(case_uid=str(case.uid), step=step.name, seq=step.seq, at=step.at.isoformat())
    tasks.tell_end(case_uid=str(case.uid), state="closed", at=case.closed_at.isoformat())
    tasks.tell_unit(case_uid=str(case.uid), unit_id=case.unit_id, at=case.dispatched_at.isoformat())
    assert Notice.objects.count() == told


def test_a_job_about_a_case_that_is_gone_does_nothing(city: City) -> None:
    uid, at = str(uuid4()), MONDAY_NINE.isoformat()
    tasks.tell_step(case_uid=uid, step="rectify", seq=1, at=at)
    tasks.tell_end(case_uid=uid, state="closed", at=at)
    tasks.tell_unit(case_uid=uid, unit_id=1, at=at)
    tasks.propose_unit_for(case_uid=uid, at=at)
    assert Notice.objects.count() == 0


def test_the_unit_hears_of_its_case_and_the_reporter_of_its_end(city: City) -> None:
    city.walk("closed")
    heard = {(one.person.username, one.kind) for one in Notice.objects.select_related("person")}
    assert {("handler", "case.dispatched"), ("leader", "case.dispatched"), ("reporter", "case.closed")} <= heard
    assert ("verifier", "case.rectify") in heard
