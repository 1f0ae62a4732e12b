"""Search everything: each kind in its group, and nothing that the asker may not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from civicloop.organisation.models import Point

Visit = Callable[..., Any]
MOST_STATEMENTS = 10


def group(text: str, key: str) -> str:
    """The part of the page that holds one group; empty when there is none."""
    found = re.search(rf'<section aria-labelledby="g_{key}">(.*?)</section>', text, re.DOTALL)
    return found.group(1) if found else ""


@pytest.fixture
def filled(city: Any, yesterday: Any) -> Any:
    city.case = city.walk("dispatched", at=yesterday, address="莲花镇北街 12 号")
    Point.objects.create(code="DW01", name="莲花市场", point_type="market", unit=city.lotus)
    return city


def test_one_word_finds_cases_points_and_units_in_their_groups(filled: Any, visitor: Visit) -> None:
    _, text = visitor("supervisor").get("/search?q=莲花")

    assert filled.case.number in group(text, "cases")
    assert "莲花市场" in group(text, "points")
    assert "莲花镇" in group(text, "units")
    assert group(text, "people") == ""


def test_people_are_found_by_their_name_and_told_by_their_posts(filled: Any, visitor: Visit) -> None:
    _, text = visitor("supervisor").get("/search?q=连办")

    assert "莲花镇" in group(text, "people")
    assert f"/people/{filled.handler.uid}" in group(text, "people")


def test_a_whole_number_leads_to_the_case(filled: Any, visitor: Visit) -> None:
    answer = visitor("supervisor").client.get("/search", {"q": filled.case.number.lower()})

    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{filled.case.uid}"


def test_nobody_finds_a_case_of_others(filled: Any, visitor: Visit) -> None:
    status, text = visitor("other_handler").get(f"/search?q={filled.case.number}")

    assert status == 200
    assert filled.case.number not in group(text, "cases")
    assert str(filled.case.uid) not in text


def test_nothing_typed_and_nothing_found_say_what_to_do(filled: Any, visitor: Visit) -> None:
    assert "The key / leads to it" in visitor("supervisor").get("/search")[1]
    assert "Fewer words find more" in visitor("supervisor").get("/search?q=zzzz")[1]


def test_what_was_typed_is_shown_as_text(filled: Any, visitor: Visit) -> None:
    _, text = visitor("supervisor").get("/search?q=<script>alert(1)</script>")

    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_too_long_a_text_is_refused_in_words(filled: Any, visitor: Visit) -> None:
    status, _ = visitor("supervisor").get("/search?q=" + "x" * 101)

    assert status == 422


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "*", "(", "NEAR", "%00"])
def test_signs_with_a_meaning_elsewhere_are_just_signs(filled: Any, visitor: Visit, words: str) -> None:
    status, text = visitor("supervisor").get(f"/search?q={words}")

    assert status == 200
    assert filled.case.number not in group(text, "cases")


def test_searching_everything_takes_few_statements(filled: Any, visitor: Visit) -> None:
    assert visitor("supervisor").statements("/search?q=莲花") <= MOST_STATEMENTS


def test_a_visitor_is_asked_to_log_in(client: Any, db: None) -> None:
    assert client.get("/search?q=x").status_code == 302
