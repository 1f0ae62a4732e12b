"""Who works on a loop just now: entered, seen by others, gone by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from civicloop.loops import presence
from civicloop.loops.models import Presence
from civicloop.organisation.models import Person
from tests.cast import MONDAY_NINE

AT = MONDAY_NINE
SOON = timedelta(seconds=30)


def enter(uid: Any, person: Any, at: Any = AT) -> None:
    presence.enter(loop_kind="case", loop_uid=uid, person_id=person.pk, at=at)


def names(uid: Any, person: Any, at: Any = AT) -> list[str]:
    return [one.name for one in presence.others([uid], person_id=person.pk, at=at).get(uid, [])]


def test_others_see_who_works_on_a_case_and_nobody_sees_himself(city: Any) -> None:
    uid = uuid4()

    enter(uid, city.filer)

    assert names(uid, city.dispatcher) == [city.filer.name]
    assert names(uid, city.filer) == []


def test_a_presence_ends_by_itself_and_a_sign_of_life_keeps_it(city: Any) -> None:
    uid = uuid4()
    enter(uid, city.filer)

    assert names(uid, city.dispatcher, AT + presence.LASTS + SOON) == []
    enter(uid, city.filer, AT + SOON)
    assert names(uid, city.dispatcher, AT + presence.LASTS + timedelta(seconds=1)) == [city.filer.name]


def test_a_sign_of_life_does_not_move_the_beginning(city: Any) -> None:
    uid = uuid4()
    enter(uid, city.filer)
    enter(uid, city.filer, AT + SOON)

    assert Presence.objects.get(loop_uid=uid).since == AT


def test_who_comes_back_after_it_ran_out_begins_anew(city: Any) -> None:
    uid, later = uuid4(), AT + timedelta(hours=1)
    enter(uid, city.filer)
    enter(uid, city.filer, later)

    assert Presence.objects.get(loop_uid=uid).since == later


def test_leaving_is_seen_at_once_and_leaving_twice_is_no_fault(city: Any) -> None:
    uid = uuid4()
    enter(uid, city.filer)

    presence.leave(loop_uid=uid, person_id=city.filer.pk)
    presence.leave(loop_uid=uid, person_id=city.filer.pk)

    assert names(uid, city.dispatcher) == []


def test_what_ran_out_leaves_no_row_behind(city: Any) -> None:
    enter(uuid4(), city.filer)
    enter(uuid4(), city.dispatcher, AT + timedelta(hours=1))

    assert Presence.objects.count() == 1


def test_many_cases_are_asked_in_one_statement(city: Any, django_assert_num_queries: Any) -> None:
    uids = [uuid4() for _ in range(30)]
    for uid in uids:
        enter(uid, city.filer)

    with django_assert_num_queries(1):
        assert len(presence.others(uids, person_id=city.dispatcher.pk, at=AT)) == 30


class SignsOfLife(TestCase):
    """However they come, the last one alone decides until when."""

    @given(st.lists(st.integers(0, 600), min_size=1, max_size=8).map(sorted), st.integers(0, 900))
    def test_present_as_long_as_the_last_sign_lasts(self, seconds: list[int], asked: int) -> None:
        Presence.objects.all().delete()
        person, _ = Person.objects.get_or_create(username="somebody", defaults={"name": "某某"})
        uid, moment = uuid4(), AT + timedelta(seconds=max(asked, seconds[-1]))
        for one in seconds:
            enter(uid, person, AT + timedelta(seconds=one))

        present = bool(presence.others([uid], person_id=None, at=moment))

        assert present == (moment <= AT + timedelta(seconds=seconds[-1]) + presence.LASTS)
