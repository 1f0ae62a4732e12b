"""The entrance: who comes in, who does not, and what the ledger keeps of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from civicloop.ledger.actions import HOUSE
from civicloop.ledger.models import LedgerLine
from tests.cast import PASSWORD


def verbs(uid: Any) -> list[str]:
    return list(LedgerLine.objects.filter(uid=uid).order_by("seq").values_list("verb", flat=True))


def log_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/login", {"username": name, "password": password})


def test_every_page_asks_for_a_log_in_and_comes_back_to_itself(db: None) -> None:
    answer = Client().get("/cases?q=x")

    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=/cases%3Fq%3Dx"


def test_the_page_is_chinese_whatever_the_browser_wishes(db: None) -> None:
    answer = Client().get("/login", headers={"Accept-Language": "fr,en;q=0.8"})

    assert answer["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans" ' in answer.content.decode()


def test_nothing_inline_and_nothing_from_elsewhere_may_run(db: None) -> None:
    policy = Client().get("/login")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_log_in_and_log_out_are_in_the_ledger(city: Any) -> None:
    client = Client()

    assert log_in(client, "filer")["Location"] == "/"
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/").status_code == 302
    assert verbs(city.filer.uid)[-2:] == ["login", "logout"]


def test_a_wrong_password_is_told_and_kept(city: Any) -> None:
    answer = log_in(Client(), "filer", "not-the-password")

    assert answer.status_code == 422
    assert 'value="filer"' in answer.content.decode()
    assert verbs(city.filer.uid)[-1] == "login.failed"


def test_a_name_nobody_has_is_kept_without_the_name(city: Any) -> None:
    log_in(Client(), "my-secret-password")

    line = LedgerLine.objects.filter(uid=HOUSE).last()
    assert line is not None
    assert line.verb == "login.failed"
    assert "my-secret-password" not in str(line.data)


def test_five_wrong_passwords_close_the_door_for_the_right_one_as_well(city: Any) -> None:
    client = Client()
    for _ in range(5):
        log_in(client, "filer", "not-the-password")

    answer = log_in(client, "filer")

    assert answer.status_code == 429
    assert "30" in answer.content.decode()
    assert "login.locked" in verbs(city.filer.uid)
    assert "_auth_user_id" not in client.session


def test_somebody_who_has_left_does_not_come_in(city: Any) -> None:
    city.filer.is_active = False
    city.filer.save()

    assert log_in(Client(), "filer").status_code == 422


def test_the_language_chosen_stays_and_follows_the_person(city: Any) -> None:
    client = Client()
    log_in(client, "filer")
    answer = client.post("/language", {"language": "en", "next": "/cases"})
    city.filer.refresh_from_db()

    assert answer["Location"] == "/cases"
    assert city.filer.language == "en"
    assert client.get("/")["Content-Language"] == "en"

    elsewhere = Client()
    log_in(elsewhere, "filer")
    assert elsewhere.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_language_form_leads_nowhere_else(db: None, back: str) -> None:
    assert Client().post("/language", {"language": "en", "next": back})["Location"] == "/"


def test_an_unknown_language_changes_nothing(db: None) -> None:
    client = Client()
    client.post("/language", {"language": "xx", "next": "/login"})

    assert client.get("/login")["Content-Language"] == "zh-hans"


def test_a_form_without_its_token_is_refused_politely(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login", {"username": "a", "password": "b"})

    assert answer.status_code == 403
    assert "<style" not in answer.content.decode()
