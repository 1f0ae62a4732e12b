"""The phone program opens without a network, quickly on a slow phone, and in browsers that lack half of what it likes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from civicloop.fieldwork.models import Entry
from tests.journeys.conftest import PHONE, Street, too_wide
from tests.journeys.serving import Server, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SLOWER, WITHIN = 4, 1000
"""A phone with a quarter of this machine's speed, and the milliseconds it may take until the day's list is drawn."""
OPENED = "performance.getEntriesByName('field:open')[0]"
NO_SIGNAL = {"net::ERR_CONNECTION_REFUSED", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION_RESET"}


@pytest.fixture(scope="module")
def one_server(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Server]:
    """One process for all of this file: it keeps nothing between two requests."""
    with django_db_blocker.unblock():
        made = Server(tmp_path_factory.mktemp("server") / "server.log")
        yield made
        made.kill()


@pytest.fixture
def server(one_server: Server, transactional_db: None) -> Server:
    """It runs, also after a test that has killed it."""
    if one_server.process is None:
        one_server.start()
    return one_server


@pytest.fixture
def phone(street: Street, server: Server) -> Any:
    """The reporter's phone after the first opening: everything it needs is on it."""
    street.url = server.url
    page = street.enter("reporter", PHONE)
    page.goto("/field/")
    page.wait_for_selector("#app nav a")
    wait_until(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "no service worker")
    page.wait_for_selector(".as-of")
    return page


def open_again(page: Any) -> float:
    """Close and open; milliseconds from the tap until the list is drawn, by the page's own clock."""
    page.goto("about:blank")
    page.goto("/field/")
    page.wait_for_selector(".as-of")
    return float(page.evaluate(f"{OPENED}.startTime"))


def test_without_a_network_it_opens_within_a_second_on_a_slow_phone(phone: Any, server: Server, street: Street) -> None:
    street.provoked |= NO_SIGNAL
    server.kill()
    phone.context.new_cdp_session(phone).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    # The best of three: a machine that runs tests is busy with others, a phone is not.
    assert min(open_again(phone) for _ in range(3)) < WITHIN
    assert phone.inner_text(".chip")


def test_it_works_in_a_browser_without_service_workers(street: Street, server: Server) -> None:
    """As inside WeChat: no worker, no locks, no background sync; what is handed in arrives all the same."""
    street.url = server.url
    window = street.window(PHONE)
    window.add_init_script(
        "for (const name of ['serviceWorker', 'locks', 'storage']) Object.defineProperty(navigator, name, {value: undefined})"
    )
    street.log_in(window, "reporter")
    page = window.new_page()
    page.goto("/field/#/report")
    page.fill("#category-words", "09009")
    page.click(".lines a")
    page.fill("textarea", "没有后台服务的浏览器")
    page.fill("input[maxlength='200']", "莲花路 1 号")
    page.click(".finish button.main")
    page.wait_for_url("**/field/#/")
    page.goto("/field/#/outbox")
    page.wait_for_selector("main .mark.applied, main .mark.refused, main .mark.needs_you")
    assert Entry.objects.count() == 1
    window.close()  # before the server goes: the program asks it again and again


def test_what_the_worker_keeps_is_the_program_and_nothing_of_a_person(phone: Any) -> None:
    kept = phone.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
          }
          return found;
        }"""
    )

    assert "/field/" in kept
    assert "/static/field/app.js" in kept
    assert [path for path in kept if not path.startswith(("/static/", "/field/words/"))] == ["/field/"]


@pytest.mark.parametrize("width", [320, 360, 430])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_view_is_wider_than_the_phone(street: Street, server: Server, width: int, language: str) -> None:
    street.url = server.url
    page = street.enter("reporter", {"width": width, "height": 700}, language)
    page.goto("/field/")
    page.wait_for_selector(".as-of")
    for view in ("#/", "#/nearby", "#/report", "#/outbox", "#/settings"):
        page.goto(f"/field/{view}")
        page.wait_for_timeout(300)
        assert too_wide(page) == 0, view
