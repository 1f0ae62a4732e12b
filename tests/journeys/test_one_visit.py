"""One visit in a real browser on a phone: the inspector opens the next place of his route, answers, and a fault becomes a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.inspection.models import Observation
from tests.journeys.conftest import PHONE, too_wide
from tests.photos.pictures import as_bytes, street
from tests.web.inspected import CODES, inspected

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def size() -> dict[str, int]:
    return PHONE


@pytest.fixture
def visits(city: Any) -> list[Any]:
    return inspected(city).assign()


def test_a_visit_is_answered_and_its_fault_becomes_a_case(visit: Any, visits: list[Any], tmp_path: Path) -> None:
    shown = tmp_path / "near.jpg"
    shown.write_bytes(as_bytes(street()))

    page = visit("inspector")
    page.goto("/visits")
    assert too_wide(page) == 0
    page.click("main a.button.main")
    page.wait_for_url("**/visits/*-*")
    assert too_wide(page) == 0

    for code in CODES[1:5]:
        page.check(f"[name='{code}.answer'][value='{'not_met' if code == 'STREET-02' else 'met'}']")
    page.fill("[name='STREET-01.count']", "3")
    page.fill("[name='STREET-01.length']", "500")
    assert page.locator("[data-left]").inner_text().startswith(("1 ", "还有 1 ", "1"))
    page.fill("[name='STREET-06.count']", "0")
    # What is not met opens the place for its photo and note by itself.
    page.fill("[name='STREET-02.note']", "桥头三袋垃圾")
    page.set_input_files("[name='STREET-02.photos']", str(shown))
    page.click("main button.main")
    page.wait_for_selector(".found .answer-not_met")

    assert too_wide(page) == 0
    assert page.locator(".found img").first.evaluate("image => image.naturalWidth") > 0
    page.wait_for_selector(".measure small")
    page.click(".found a[href^='/cases/']")
    page.wait_for_url("**/cases/*-*")
    assert "桥头三袋垃圾" in page.inner_text("main")

    assert Case.objects.get().source == "inspection"
    assert Observation.objects.count() == 6


def test_what_was_forgotten_is_asked_for_and_nothing_is_lost(visit: Any, visits: list[Any]) -> None:
    page = visit("inspector")
    page.goto(f"/visits/{visits[0].uid}")
    page.fill("[name='note']", "小雨")
    page.check("[name='STREET-05.answer'][value='met']")
    page.locator("form[data-sheet]").evaluate("form => form.requestSubmit()")
    page.wait_for_selector(".told.error")

    assert page.locator(".item.faulty").count() == 5
    assert page.input_value("[name='note']") == "小雨"
    assert page.is_checked("[name='STREET-05.answer'][value='met']")
    assert Observation.objects.count() == 0


def test_no_page_of_inspection_sticks_out_of_its_window(visit: Any, visits: list[Any]) -> None:
    page, code = visit("supervisor"), visits[0].drawn.draw.code
    round_ = f"/rounds/{visits[0].round.code}"

    for path in ("/rounds", "/rounds/new", round_, f"{round_}/draw", f"/draws/{code}", f"/draws/{code}/assign",
                 "/visits", f"/visits/{visits[0].uid}", "/standards"):  # fmt: skip
        page.goto(path)
        assert (path, too_wide(page)) == (path, 0)
