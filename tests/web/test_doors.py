"""Nobody is shown the way to a page that refuses him: not in the rail, not in the settings, not in the tabs of a room."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.cast import PEOPLE, City
from tests.furnished import furnish
from tests.kept import kept

# One person of each role of the cast.
CAST = {role: name for name, _, role, _ in reversed(PEOPLE)} | {"order_desk": "order_desk"}
PLACES = (
    re.compile(r'<nav class="(?:rail|tabs)\b.*?</nav>', re.S),
    re.compile(r'<div class="settings">.*?</main>', re.S),
)
HREF = re.compile(r'<a\b[^>]*?href="(/[^"#?]*)')


@pytest.fixture
def town(db: None) -> City:
    return kept(furnish).city


def ways(page: str) -> set[str]:
    """Where rail, tabs and settings of a page lead."""
    return {found for place in PLACES for part in place.findall(page) for found in HREF.findall(part)}


def walked(client: Client) -> dict[str, int]:
    """Every such address that can be reached from the settings, and how it answers."""
    answers: dict[str, int] = {}
    waiting = {"/settings"}
    while waiting:
        at = waiting.pop()
        response: Any = client.get(at, follow=True)
        answers[at] = response.status_code
        if response.status_code == 200 and not response.streaming:
            waiting |= ways(response.content.decode()) - set(answers)
    return answers


@pytest.mark.parametrize("role", sorted(CAST))
def test_no_rail_tab_or_setting_leads_to_a_closed_door(role: str, town: City) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(town.people[CAST[role]], backend="django.contrib.auth.backends.ModelBackend")

    answers = walked(client)

    assert {at: status for at, status in answers.items() if status != 200} == {}
    assert len(answers) >= 20


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("supervisor", {"/residents", "/screen"}, {"/grids/edit", "/import"}),
        ("system_admin", {"/grids/edit", "/import"}, {"/residents", "/screen", "/surveys", "/volunteers/measures"}),
    ],
)
def test_who_may_enter_is_led_there(who: str, shown: set[str], hidden: set[str], town: City) -> None:
    client = Client()
    client.force_login(town.people[who], backend="django.contrib.auth.backends.ModelBackend")

    answers = walked(client)

    assert shown <= set(answers)
    assert not hidden & set(answers)
