"""The catalogue of building blocks shows every block, whole and in every look; a browser finds nothing to complain of."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from civicloop.cases.models.case import STATE_LABELS
from civicloop.web.ui.samples import GROUPS
from tests.environment import ROOT
from tests.house.sources import PACKAGE

Visit = Callable[..., Any]
BLOCKS = [block for _title, blocks in GROUPS for block in blocks]
AXE = ROOT / "tests" / "vendor" / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def test_every_block_is_shown_with_its_markup(city: Any, visitor: Visit) -> None:
    status, text = visitor("filer").get("/ui")

    assert status == 200
    assert [key for key in (block.key for block in BLOCKS) if f'<section class="block" id="{key}"' not in text] == []
    assert text.count("<pre") == len(BLOCKS)


def test_no_sample_lies_about_unused() -> None:
    samples = {path.stem for path in (PACKAGE / "web" / "templates" / "ui" / "samples").glob("*.html")}

    assert samples == {block.key for block in BLOCKS}


def test_every_state_of_a_case_has_its_shape_in_the_styles() -> None:
    styles = (PACKAGE / "web" / "static" / "civicloop" / "parts.css").read_text(encoding="utf-8")

    assert [state for state in STATE_LABELS if f".state-{state}::before" not in styles] == []


def test_the_markup_quoted_is_the_markup_drawn(city: Any, visitor: Visit) -> None:
    _, text = visitor("filer").get("/ui")

    quoted = re.findall(r"<code>(.*?)</code></pre>", text, re.DOTALL)
    assert any("{% state_mark state %}" in one for one in quoted)
    assert all("<script" not in one for one in quoted)


def test_the_catalogue_is_light(city: Any, visitor: Visit) -> None:
    assert visitor("filer").statements("/ui") <= 6
    assert len(visitor("filer").get("/ui")[1].encode()) < 120_000


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # its own event loop makes Django think the tests are asynchronous
    with playwright.sync_playwright() as started:
        window = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield window
        window.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opened(browser: Any, live_server: Any, city: Any, visitor: Visit) -> Iterator[Callable[..., Any]]:
    """`opened("/ui", theme="dark")` is the page in a browser; complaints of the browser fail the test."""
    complaints: list[str] = []
    contexts = []

    def go(path: str, theme: str = "light", text: str = "usual", width: int = 1440) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url)
        contexts.append(context)
        session = visitor("filer").client.cookies["sessionid"].value
        wanted = {"sessionid": session, "civicloop_look": f"{theme}.{text}", "django_language": "en"}
        context.add_cookies([{"name": key, "value": value, "url": live_server.url} for key, value in wanted.items()])
        page = context.new_page()
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def faults_of(page: Any) -> list[str]:
    """What axe finds. It comes in by the debugger's door, which the content policy leaves open."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", ["usual", "large"])
@pytest.mark.parametrize("width", [1440, 380])
def test_axe_finds_nothing_in_any_look(opened: Callable[..., Any], theme: str, text: str, width: int) -> None:
    page = opened("/ui", theme, text, width)

    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "something sticks out"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_axe_finds_what_is_wrong(opened: Callable[..., Any]) -> None:
    page = opened("/settings")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")

    assert any(fault.startswith("label") for fault in faults_of(page))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_menu_opens_by_key_and_escape_leads_back_to_its_word(opened: Callable[..., Any]) -> None:
    page = opened("/settings")
    word = page.locator(".who > details.menu:last-child > summary")
    word.focus()

    page.keyboard.press("Enter")
    assert page.locator(".who details.menu[open]").count() == 1
    page.keyboard.press("Escape")

    assert page.locator(".who details.menu[open]").count() == 0
    assert word.evaluate("summary => summary === document.activeElement")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_stroke_leads_to_the_search_from_every_page_but_not_from_a_field(opened: Callable[..., Any]) -> None:
    page = opened("/settings")

    page.keyboard.press("/")
    page.keyboard.type("a/b")

    assert page.locator("#search").input_value() == "a/b"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_in_large_text_everything_to_press_is_56_high(opened: Callable[..., Any]) -> None:
    page = opened("/settings", text="large")

    low = page.evaluate(
        """() => [...document.querySelectorAll('button, .button, .rail a, summary, select, .segments label, .choices label')]
        .filter(one => one.offsetParent && one.getBoundingClientRect().height < 56)
        .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert low == []
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
