"""People, units, gaps and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.organisation.actions import end_appointment
from civicloop.organisation.models import Appointment

Visit = Callable[..., Any]
PHONE = "13800000000"


def test_phones_are_masked_wherever_people_are_listed(city: Any, visitor: Visit) -> None:
    person = visitor("dispatcher")

    for path in ("/people", f"/people/{city.handler.uid}", f"/units/{city.lotus.uid}"):
        _, text = person.get(path)
        assert PHONE not in text, path
        assert "138****0000" in text, path


def test_a_phone_is_shown_to_who_says_what_for_and_the_ledger_keeps_it(city: Any, visitor: Visit) -> None:
    answer = visitor("dispatcher").post(f"/people/{city.handler.uid}/contact", purpose="the bridge is blocked")

    assert PHONE in answer.content.decode()
    line = LedgerLine.objects.get(uid=city.handler.uid, verb="personal_data.read")
    assert line.by == city.dispatcher.uid
    assert line.data == {"fields": ["email", "phone"], "purpose": "the bridge is blocked"}


def test_without_a_purpose_nothing_is_shown(city: Any, visitor: Visit) -> None:
    answer = visitor("dispatcher").post(f"/people/{city.handler.uid}/contact", purpose="  ")

    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()
    assert not LedgerLine.objects.filter(verb="personal_data.read").exists()


def test_who_may_not_read_personal_data_is_refused_for_the_record(city: Any, visitor: Visit) -> None:
    answer = visitor("system_admin").post(f"/people/{city.handler.uid}/contact", purpose="curious")

    assert answer.status_code == 403
    assert PHONE not in answer.content.decode()
    assert LedgerLine.objects.filter(verb="refused", by=city.system_admin.uid).exists()


def test_ones_own_phone_is_shown(city: Any, visitor: Visit) -> None:
    assert PHONE in visitor("handler").get(f"/people/{city.handler.uid}")[1]


@pytest.mark.parametrize("words", ["连办", "lb", "handler"])
def test_people_are_found_by_name_initials_and_user_name(city: Any, visitor: Visit, words: str) -> None:
    _, text = visitor("dispatcher").get(f"/people?q={words}")

    assert "连办" in text
    assert "马立" not in text


def test_an_ended_appointment_stays_in_the_history_and_leaves_the_list(city: Any, visitor: Visit) -> None:
    today = timezone.localdate()
    post = Appointment.objects.get(person=city.sponsor)
    end_appointment(appointment=post, last_day=today - timedelta(days=1), by=None, at=timezone.now())

    assert "sponsor leader" in visitor("dispatcher").get(f"/people/{city.sponsor.uid}")[1]
    assert "sponsor leader" not in visitor("dispatcher").get("/people?q=包莲")[1]


def test_the_tree_of_units_shows_what_waits(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("dispatched", at=yesterday - timedelta(days=9))

    _, text = visitor("supervisor").get("/units")

    assert "莲北社区" in text
    assert '<span class="small left late">1</span>' in text


def test_the_page_of_a_unit_has_people_and_work(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

    _, text = visitor("supervisor").get(f"/units/{city.lotus.uid}")

    assert case.number in text
    assert "连长青" in text
    assert "莲南社区" in text


def test_a_unit_without_people_says_what_that_means(city: Any, visitor: Visit) -> None:
    assert "Nobody is appointed here" in visitor("supervisor").get(f"/units/{city.cleaners.uid}")[1]


def test_places_without_an_owner_are_listed(city: Any, visitor: Visit) -> None:
    _, text = visitor("dispatcher").get("/gaps")

    assert "350212001001004" in text
    assert "no responsible unit" in text


@pytest.mark.parametrize("path", ["/people/", "/units/"])
def test_nobody_and_nowhere_are_not_found(city: Any, visitor: Visit, path: str) -> None:
    assert visitor("dispatcher").get(f"{path}00000000-0000-7000-8000-000000000000")[0] == 404


def test_every_rate_has_its_numerator_and_denominator(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("closed", at=timezone.now() - timedelta(days=12))
    city.walk("dispatched", at=timezone.now() - timedelta(days=12), category="parking")

    _, text = visitor("supervisor").get("/numbers")

    assert "50.0%" in text
    assert "1 / 2" in text
    assert "As of" in text


@pytest.mark.parametrize("query", ["from=yesterday", "to=99999-01-01", "from=2026-11-20&to=2026-11-01"])
def test_a_period_that_cannot_be_is_said(city: Any, visitor: Visit, query: str) -> None:
    assert visitor("supervisor").get(f"/numbers?{query}")[0] == 422


def test_numbers_are_of_the_cases_one_may_see(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("dispatched", at=yesterday)

    assert "莲花镇" in visitor("handler").get("/numbers")[1]
    assert "莲花镇" not in visitor("other_handler").get("/numbers")[1]
