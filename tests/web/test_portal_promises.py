"""What the portal promises: what is told to everybody is said before, and nothing typed stands in an address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from civicloop.web.portal import limits
from tests.cast import City
from tests.web.reporting import say, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


@pytest.fixture
def resident(city: City) -> Client:
    return somebody()


def test_it_is_said_that_the_words_and_the_place_are_open_to_everybody(resident: Client) -> None:
    privacy = resident.get("/p/privacy").content.decode()
    form = resident.get("/p/report").content.decode()

    assert "What you write and where it is are open to everybody" in privacy
    assert "do not write names" in privacy
    assert "Names, telephone numbers and number plates in texts are masked." not in privacy  # those alone are not
    assert "Everybody can read what you write here" in form
    assert "do not write names" in form


def test_words_and_codes_stand_in_no_address(resident: Client) -> None:
    assert resident.get("/p/report/suggest", {"text": "路口机动车乱停放"}).status_code == 405
    assert resident.post("/p/report/suggest", {"text": "路口机动车乱停放"}).status_code == 403  # from no page of ours
    assert resident.get("/p/", {"code": "ABCDEFGHJK"}).status_code == 200
    assert '<form method="post" action="/p/"' in resident.get("/p/").content.decode()
    assert say(resident, "/p/", form="/p/", code="ABCDE-FGHJK")["Location"] == "/p/follow/ABCDEFGHJK"


def test_without_an_address_of_its_own_the_house_sends_no_links(resident: Client, settings: Any) -> None:
    settings.CIVICLOOP_NOTIFY_MAIL = "json://127.0.0.1/?to={to}"
    settings.CIVICLOOP_PUBLIC_URL = ""
    assert "sends no mails or text messages yet" in resident.get("/p/mine/ask").content.decode()

    settings.CIVICLOOP_PUBLIC_URL = "https://city.example"
    assert "Send me the link" in resident.get("/p/mine/ask").content.decode()
