"""The map with its list, and the big screen through five hours of its own clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.furnished import Furnished, furnish
from tests.journeys.conftest import PHONE, Street, too_wide
from tests.kept import kept

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MINUTE = 60_000
# Five hours of a screen whose clock leaps a minute at a time; what it holds after the first hour is what it needs.
HOURS = 5
MAY_GROW = 1.25


def ready(page: Any) -> None:
    page.wait_for_selector("[data-map-page][data-ready]", timeout=60_000)


def test_a_case_is_found_on_the_map_and_in_the_list_beside_it(street: Street) -> None:
    at = timezone.now() - timedelta(days=1)
    case = street.city.walk("dispatched", at=at, address="莲花桥头", lon=118.107, lat=24.707)
    page = street.enter("supervisor")
    page.goto(f"/map#map=17/{case.lat}/{case.lon}&which=open&show=cases")
    ready(page)

    page.locator("#map-list", has_text=case.number).wait_for()
    page.wait_for_timeout(1500)
    box = page.locator("[data-map-canvas] canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    popup = page.locator(".maplibregl-popup")
    popup.locator(f"a[href$='{case.uid}']").first.wait_for()
    assert case.number in popup.inner_text()


def test_cases_that_lie_on_one_another_are_all_told(street: Street) -> None:
    at = timezone.now() - timedelta(days=1)
    place = {"lon": 118.107, "lat": 24.707}
    cases = [street.city.walk("dispatched", at=at, description=text, **place) for text in ("one", "two", "three")]
    page = street.enter("supervisor")
    page.goto(f"/map#map=17/{place['lat']}/{place['lon']}&which=open&show=cases")
    ready(page)
    page.wait_for_timeout(1500)

    page.locator("[data-map-canvas] canvas").focus()
    page.keyboard.press("Enter")

    popup = page.locator(".maplibregl-popup")
    popup.locator(f"a[href$='{cases[0].uid}']").first.wait_for()
    assert all(case.number in popup.inner_text() for case in cases)


def test_the_grids_by_rate_stand_in_the_list_beside_the_shaded_map(street: Street) -> None:
    street.city.walk("accepted", at=timezone.now() - timedelta(days=1))
    page = street.enter("supervisor")
    page.goto("/map#show=rate-open")
    ready(page)

    page.locator("#map-list a.what", has_text=street.city.grids[0].name).wait_for()
    assert page.locator("#map-list-head").inner_text() != ""


def test_the_list_says_the_same_without_a_map(street: Street) -> None:
    case = street.city.walk("dispatched", at=timezone.now() - timedelta(days=1))
    page = street.enter("handler", PHONE, java_script_enabled=False)
    page.goto("/map/list?which=open")

    assert case.number in page.inner_text("main")
    assert too_wide(page) == 0


@pytest.fixture
def city(request: Any, transactional_db: None) -> Any:
    """The plain city, or an empty house where the journey furnishes it itself."""
    from tests.cast import build_city

    return None if "made" in request.fixturenames else kept(build_city)


@pytest.fixture
def made(street: Street) -> Furnished:
    found = kept(furnish)
    street.city = found.city
    return found


def held(page: Any, wire: Any) -> dict[str, float]:
    """What the page holds in memory after the rubbish is carried away: bytes, DOM nodes, listeners."""
    for _ in range(2):
        wire.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in wire.send("Performance.getMetrics")["metrics"]}
    return {name: told[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}


def test_the_big_screen_holds_no_more_after_five_hours_than_after_one(street: Street, made: Furnished) -> None:
    page = street.enter("supervisor", {"width": 1920, "height": 1080})
    page.clock.install()
    page.goto("/screen")
    page.wait_for_selector("[data-screen]")
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    flying: set[Any] = set()
    asked = []
    page.on("request", lambda request: flying.add(request))
    page.on("requestfinished", lambda request: flying.discard(request))
    page.on("requestfailed", lambda request: flying.discard(request))
    page.on("response", lambda answer: asked.append(answer.status) if "/screen/data.json" in answer.url else None)

    after = []
    for _ in range(HOURS):
        for _ in range(60):
            page.clock.fast_forward(MINUTE)
            while flying:
                page.wait_for_timeout(5)
        after.append(held(page, wire))

    assert len(asked) >= HOURS * 50
    assert set(asked) == {200}
    for name in after[0]:
        assert after[-1][name] <= after[0][name] * MAY_GROW, (name, [one[name] for one in after])
    assert page.inner_text("[data-number=open]").strip() not in ("", "–")
