"""What is heard at the door becomes a case, a suggestion, or is set aside."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.surveys import actions, queries
from civicloop.surveys.models import DoorOpinion
from tests.cast import MONDAY_NINE, SOUTH, WEST, City
from tests.threads import at_once


def heard(city: City, **more: Any) -> DoorOpinion:
    told = {
        "unit_id": city.lotus_north.pk, "kind": "problem", "words": "楼下垃圾几天没人清", "heard_on": date(2026, 11, 22),
        "by": city.grid_worker, "at": MONDAY_NINE, "lon": WEST + 0.005, "lat": SOUTH + 0.005,
    }  # fmt: skip
    return actions.note_opinion(**{**told, **more})


def test_it_becomes_an_ordinary_case_reported_by_a_person(city: City) -> None:
    opinion = actions.open_case(
        opinion_uid=heard(city).uid, category_id=city.litter.pk, by=city.handler, at=MONDAY_NINE
    )
    case = Case.objects.get()

    assert opinion.case == case
    assert (case.state, case.source, case.reporter, case.description) == (
        "reported",
        "other",
        city.handler,
        "楼下垃圾几天没人清",
    )
    with pytest.raises(Conflict):
        actions.open_case(opinion_uid=opinion.uid, category_id=city.litter.pk, by=city.handler, at=MONDAY_NINE)


def test_it_is_passed_on_to_a_unit_that_answers(city: City) -> None:
    opinion = heard(city, kind="suggestion", words="小区门口装个路灯")
    actions.pass_on(opinion_uid=opinion.uid, unit_id=city.urban.pk, by=city.handler, at=MONDAY_NINE)
    answered = actions.answer_opinion(opinion_uid=opinion.uid, answer="下月安装", by=city.urban_handler, at=MONDAY_NINE)

    assert (answered.state, answered.answer) == ("answered", "下月安装")


def test_it_is_set_aside_with_a_reason_only(city: City) -> None:
    opinion = heard(city)
    with pytest.raises(Invalid):
        actions.set_aside(opinion_uid=opinion.uid, reason=" ", by=city.handler, at=MONDAY_NINE)
    assert (
        actions.set_aside(opinion_uid=opinion.uid, reason="重复", by=city.handler, at=MONDAY_NINE).state == "set_aside"
    )


def test_another_town_neither_reads_nor_decides(city: City) -> None:
    opinion = heard(city)
    with pytest.raises(NotAllowed):
        actions.set_aside(opinion_uid=opinion.uid, reason="x", by=city.other_handler, at=MONDAY_NINE)
    from civicloop.organisation.days import day_of
    from civicloop.standards import reference

    ref = reference.now()
    seen = {
        name: queries.opinions(ref.actor(city.people[name], day_of(MONDAY_NINE))).count()
        for name in ("other_handler", "handler", "filer")
    }
    assert seen == {"other_handler": 0, "handler": 1, "filer": 1}


def test_a_day_to_come_and_an_empty_word_are_refused(city: City) -> None:
    for more in ({"heard_on": date(2026, 11, 24)}, {"words": " \n"}, {"kind": "gossip"}):
        with pytest.raises(Invalid):
            heard(city, **more)


def test_the_unit_it_is_passed_on_to_is_told_once_and_reads_nothing_of_it_before_opening_it(city: City) -> None:
    opinion = heard(city, kind="suggestion", words="小区门口装个路灯")
    for _ in range(2):
        actions.pass_on(opinion_uid=opinion.uid, unit_id=city.urban.pk, by=city.handler, at=MONDAY_NINE)
    told = Notice.objects.get(person=city.urban_handler)

    assert (told.kind, told.loop_kind, told.loop_uid) == ("opinion.passed_on", "opinion", opinion.uid)
    assert "路灯" not in str(told.data)
    assert not Notice.objects.filter(person=city.other_handler).exists()


def test_a_form_sent_twice_is_one_opinion_and_changed_words_are_another(city: City) -> None:
    key = uuid4()
    first, again = heard(city, sent=key), heard(city, sent=key)
    changed = heard(city, sent=key, words="路灯不亮")
    others = heard(city, sent=key, by=city.handler)

    assert first == again
    assert len({first.pk, changed.pk, others.pk}) == DoorOpinion.objects.count() == 3
    assert LedgerLine.objects.filter(verb="opinion.note").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_opinion(city: City) -> None:
    key = uuid4()
    faults = at_once(*[lambda: heard(city, sent=key)] * 4)

    assert faults == [None] * 4
    assert DoorOpinion.objects.count() == LedgerLine.objects.filter(verb="opinion.note").count() == 1


def test_the_same_words_at_two_doors_are_two_opinions(city: City) -> None:
    heard(city, sent=uuid4())
    heard(city, sent=uuid4())
    heard(city)

    assert DoorOpinion.objects.count() == 3
