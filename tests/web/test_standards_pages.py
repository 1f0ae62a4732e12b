"""Standards as people read them: editions side by side, every item with its count and its exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from civicloop.standards import actions, editions
from civicloop.standards.rules.pack import load_pack, shipped_packs
from tests.cast import MONDAY_NINE
from tests.inspection.made_up import make_edition

Visit = Callable[..., Any]
PER_PAGE = 15


@pytest.fixture
def shipped(city: Any) -> Any:
    """The shipped pack of the civilised city, loaded."""
    editions.book.cache_clear()
    actions.load_pack(pack=load_pack(shipped_packs() / "wenming"), by=None, at=MONDAY_NINE)
    return editions.current("wenming")


def test_editions_stand_side_by_side(city: Any, visitor: Visit) -> None:
    make_edition(name="2021")
    make_edition(name="2026", items=())

    _, text = visitor("reporter").get("/standards")

    assert "2021" in text
    assert "2026" in text
    assert visitor("reporter").statements("/standards") <= 6


def test_an_edition_shows_its_kinds_of_place_and_its_checklists(city: Any, visitor: Visit) -> None:
    editions.book.cache_clear()
    edition = make_edition()

    _, text = visitor("handler").get(f"/standards/{edition.uid}")

    assert "主干道" in text
    assert f"/standards/{edition.uid}/checklists/STREET" in text


def test_a_checklist_says_what_is_counted_and_what_becomes_of_a_fault(city: Any, visitor: Visit) -> None:
    editions.book.cache_clear()
    edition = make_edition()

    _, text = visitor("handler").get(f"/standards/{edition.uid}/checklists/STREET")

    assert "公益广告: at least 1 pieces per 200 m" in text
    assert "06010 暴露垃圾" in text
    assert "our assumption" in text
    assert visitor("handler").get(f"/standards/{edition.uid}/checklists/NOTHING")[0] == 404
    assert visitor("handler").get("/standards/00000000-0000-7000-8000-000000000000")[0] == 404


def test_the_shipped_standard_is_shown_whole(shipped: Any, visitor: Visit) -> None:
    person, book = visitor("reporter"), editions.book(shipped.pk)

    _, text = person.get(f"/standards/{shipped.uid}")

    for part in ("Tree of criteria", "The sample assessors draw", "Rules of scoring", "Negative list"):
        assert part in text
    assert text.count("/checklists/") >= len(book.checklists)
    assert person.statements(f"/standards/{shipped.uid}") <= PER_PAGE
    for checklist in book.checklists:
        status, page = person.get(f"/standards/{shipped.uid}/checklists/{checklist.code}")
        assert status == 200
        assert all(f'id="{item.code}"' in page for item in checklist.items)
