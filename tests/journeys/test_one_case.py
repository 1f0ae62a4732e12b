"""One case from report to close in a real browser, by the people whose work it is; on a wide screen and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cast import SOUTH, WEST
from tests.journeys.conftest import PHONE, WIDE, too_wide
from tests.photos.pictures import as_bytes, street

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def size(request: Any) -> dict[str, int]:
    return request.param


def test_a_case_is_reported_filed_dispatched_put_right_verified_and_closed(visit: Any, tmp_path: Path) -> None:
    picture = tmp_path / "after.jpg"
    picture.write_bytes(as_bytes(street()))

    reporter = visit("reporter")
    reporter.goto("/cases/new")
    reporter.fill("#f_q", "垃圾")
    reporter.click("#categories a:has-text('暴露垃圾')")
    reporter.fill("[name=lon]", f"{WEST + 0.005:.6f}")
    reporter.fill("[name=lat]", f"{SOUTH + 0.005:.6f}")
    reporter.fill("[name=address]", "莲花桥头")
    reporter.click("main button.main")
    reporter.wait_for_url("**/cases/*-*")
    address = reporter.url

    def step(name: str, button: str, **typed: str) -> Any:
        page = visit(name)
        page.goto(address)
        page.click(f".now a[href$='/{button}']")
        form = page.locator("#step-form form")
        for field, value in typed.items():
            control = form.locator(f"[name={field}]")
            if field == "unit":
                control.select_option(label=value)
            elif field == "photos":
                control.set_input_files(value)
            else:
                control.fill(value)
        form.locator("button.main").click()
        page.wait_for_url(address)
        return page

    # Who has done his step goes: otherwise the next one is told, a moment later, that somebody works on the case.
    step("filer", "file").close()
    step("dispatcher", "dispatch", unit="莲花镇").close()
    step("handler", "accept").close()
    step("handler", "rectify", note="已清理", photos=str(picture)).close()
    step("verifier", "verify", note="现场整洁").close()
    page = step("filer", "close")

    assert page.locator(".state-closed").first.is_visible()
    assert page.locator(".story > li").count() == 7
    assert page.locator(".story img").evaluate("image => image.naturalWidth") > 0


def test_typed_text_survives_a_conflict(visit: Any, city: Any, yesterday_case: Any) -> None:
    first, second = visit("handler"), visit("leader")
    for page in (first, second):
        page.goto(f"/cases/{yesterday_case.uid}/steps/accept")
    second.click("main button.main")
    second.wait_for_url(f"**/cases/{yesterday_case.uid}")

    first.fill("[name=note]", "马上到场")
    with first.expect_response(lambda answer: answer.request.method == "POST") as sent:
        first.click("main button.main")

    assert sent.value.status in (409, 412)
    assert first.input_value("[name=note]") == "马上到场"


@pytest.fixture
def yesterday_case(city: Any) -> Any:
    from datetime import timedelta

    from django.utils import timezone

    return city.walk("dispatched", at=timezone.now() - timedelta(days=1))


def test_no_page_sticks_out_of_its_window(visit: Any, yesterday_case: Any) -> None:
    page, case = visit("handler"), f"/cases/{yesterday_case.uid}"
    steps = [f"{case}/steps/{step}" for step in ("accept", "extend", "whistle", "return")]

    for path in ("/", "/cases", "/cases/new", "/units", "/people", "/gaps", "/numbers", "/notices", case, *steps):
        page.goto(path)
        assert (path, too_wide(page)) == (path, 0)


def test_the_slash_key_leads_to_the_search(visit: Any) -> None:
    page = visit("filer")
    page.goto("/cases")
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "search"
