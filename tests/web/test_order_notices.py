"""A notice about an order leads to the order, for whoever may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.kept import kept
from tests.volunteers.cast import Corps, build_corps

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["mulberry_handler", "plum_handler"])
def test_the_team_finds_its_offer_behind_the_notice(db: Any, name: str) -> None:
    corps: Corps = kept(build_corps)
    order = corps.walk("assigned")
    client = Client()
    client.force_login(corps.city.people[name])
    page = client.get("/notices").content.decode()

    assert (f"/volunteers/orders/{order.uid}" in page) == (name == "mulberry_handler")
    assert (order.number in page) == (name == "mulberry_handler")
