"""Settings of one person: columns, unit, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from civicloop.organisation.models import Appointment
from civicloop.organisation.preferences import chosen
from civicloop.web.desk.settings import SECTIONS
from civicloop.web.ui.casecolumns import COLUMNS, USUAL, columns_of, known

Visit = Callable[..., Any]


def test_every_section_stands_on_the_page_under_its_anchor(city: Any, visitor: Visit) -> None:
    status, text = visitor("filer").get("/settings")

    assert status == 200
    assert all(f'<section id="{section.key}"' in text for section in SECTIONS)


def test_chosen_columns_are_kept_in_the_order_of_the_house(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("dispatched", at=yesterday)
    desk = visitor("filer")

    answer = desk.post("/settings/columns", column=["source", "state", "nonsense"], next="/cases?state=open")

    assert answer["Location"] == "/cases?state=open"
    assert chosen(city.filer, "columns.cases") == ["state", "source"]
    _, text = desk.get("/cases")
    assert '<th scope="col">Source</th>' in text
    assert '<th scope="col">Must act</th>' not in text
    assert '<th scope="col">Must act</th>' in visitor("dispatcher").get("/cases")[1]


def test_every_column_can_be_shown(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    desk = visitor("supervisor")
    desk.post("/settings/columns", column=[column.key for column in COLUMNS])

    _, text = desk.get("/cases")

    head = text.split("<thead>")[1].split("</thead>")[0]
    row = text.split(f">{case.number}</a>")[1].split("</tr>")[0]
    with translation.override("en"):
        assert [column.key for column in COLUMNS if f">{column.word}</th>" not in head] == []
    assert row.count("<td") == len(COLUMNS) + 1
    assert case.category.code in row


@pytest.mark.parametrize("kept", [[], ["nonsense"], "state", {"state": 1}, [1, None]])
def test_a_choice_of_nothing_shows_the_usual_columns(city: Any, kept: Any) -> None:
    from civicloop.organisation.preferences import choose

    choose(key="columns.cases", value=kept, by=city.filer)

    assert columns_of(city.filer) == USUAL


def test_the_usual_columns_come_back_on_asking(city: Any, visitor: Visit) -> None:
    desk = visitor("filer")
    desk.post("/settings/columns", column=["source"])

    desk.post("/settings/columns", column=["source"], usual="1")

    assert columns_of(city.filer) == USUAL


def test_unknown_columns_are_dropped() -> None:
    assert known(["owner", "x", "state"]) == ["state", "owner"]


def two_posts(city: Any) -> None:
    Appointment.objects.create(person=city.handler, role="unit_handler", unit=city.willow, starts_on=date(2026, 1, 1))


def test_who_has_posts_in_two_units_chooses_for_which_he_acts(city: Any, visitor: Visit) -> None:
    two_posts(city)
    desk = visitor("handler")
    assert "You act for" in desk.get("/settings")[1]

    answer = desk.post("/settings/unit", unit=str(city.willow.uid), next="/cases")

    assert answer["Location"] == "/cases"
    assert '<span class="visually-hidden">You act for</span> 柳塘街道' in desk.get("/settings")[1]


def test_the_choice_of_a_unit_leaves_what_he_sees_as_it_was(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    two_posts(city)
    desk = visitor("handler")

    desk.post("/settings/unit", unit=str(city.willow.uid))

    assert desk.get(f"/cases/{case.uid}")[0] == 200
    assert desk.get(f"/cases/{case.uid}/steps/accept")[0] == 200


def test_nobody_acts_for_a_unit_he_has_no_post_in(city: Any, visitor: Visit) -> None:
    two_posts(city)
    desk = visitor("handler")

    desk.post("/settings/unit", unit=str(city.sanitation.uid))

    assert "环卫中心" not in desk.get("/settings")[1]


def test_who_has_one_post_is_offered_no_switch(city: Any, visitor: Visit) -> None:
    assert "You act for" not in visitor("filer").get("/settings")[1]


@pytest.mark.parametrize("address", ["//evil.example/x", "https://evil.example/", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_house(city: Any, visitor: Visit, address: str) -> None:
    answer = visitor("filer").post("/settings/look", theme="dark", next=address)

    assert answer["Location"] == "/settings"


def test_settings_cost_few_statements(city: Any, visitor: Visit) -> None:
    assert visitor("filer").statements("/settings") <= 8


@pytest.mark.parametrize("address", ["/settings", "/settings/columns", "/settings/unit"])
def test_settings_ask_for_a_log_in(client: Any, db: None, address: str) -> None:
    answer = client.get(address) if address == "/settings" else client.post(address)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")
