"""A place picked on the map of the desk's report form: by mouse, by keyboard, and without a map."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.kernel.geo import to_wgs84
from tests.cast import SIDE, SOUTH, WEST, City
from tests.journeys.conftest import PHONE, Street, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A browser that draws nothing by WebGL, as many office machines do not.
NO_WEBGL = """
const ask = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith("webgl") ? null : ask.call(this, kind, ...more);
};
"""


def place_of(page: Any) -> tuple[float, float]:
    return float(page.input_value("input[name=lon]") or "nan"), float(page.input_value("input[name=lat]") or "nan")


def near(place: tuple[float, float], lon: float, lat: float, within: float) -> bool:
    return abs(place[0] - lon) < within and abs(place[1] - lat) < within


def test_a_place_is_picked_with_the_mouse_and_moved_with_the_keys(street: Street, city: City) -> None:
    page = street.enter("supervisor")
    page.goto(f"/cases/new/{city.litter.uid}")
    page.select_option("select[name=datum]", "gcj02")
    page.click("[data-pick]")
    canvas = page.locator("[data-map-room] canvas")
    canvas.wait_for()
    page.wait_for_timeout(1000)
    assert page.get_attribute("[data-pick]", "aria-expanded") == "true"

    canvas.click()

    page.wait_for_selector("[data-place-told]:not(:empty)")
    middle = (WEST + SIDE, SOUTH + SIDE)  # of the four grids, which fill the map
    assert near(place_of(page), *middle, within=SIDE / 4)
    assert page.input_value("select[name=datum]") == "wgs84"

    before = place_of(page)
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('input[name=lon]').value > before", arg=f"{before[0]:.6f}")
    assert place_of(page)[1] == pytest.approx(before[1], abs=1e-4)

    page.fill("textarea[name=description]", "桥头有暴露垃圾")
    page.click("button.main[type=submit]")
    page.wait_for_url("**/cases/*-*")
    case = Case.objects.get()
    assert case.datum == "wgs84"
    assert near((case.lon, case.lat), *middle, within=SIDE)


def test_what_is_typed_moves_the_map_whatever_it_was_read_from(street: Street, city: City) -> None:
    page = street.enter("supervisor", PHONE)
    page.goto(f"/cases/new/{city.litter.uid}")
    page.select_option("select[name=datum]", "gcj02")
    page.fill("input[name=lon]", "118.104900")
    page.fill("input[name=lat]", "24.702300")
    page.click("[data-pick]")
    canvas = page.locator("[data-map-room] canvas")
    canvas.wait_for()
    page.wait_for_timeout(1000)
    assert too_wide(page) == 0

    canvas.click()  # its middle, where the map was brought to

    page.wait_for_selector("[data-place-told]:not(:empty)")
    # GCJ-02 lies some 500 m away from WGS-84 there: kernel.geo says where exactly.
    assert near(place_of(page), *to_wgs84(118.1049, 24.7023, "gcj02"), within=5e-5)


def test_without_webgl_the_form_says_so_and_its_fields_remain(street: Street, city: City) -> None:
    page = street.enter("supervisor")
    page.add_init_script(NO_WEBGL)
    page.goto(f"/cases/new/{city.litter.uid}")
    page.click("[data-pick]")

    page.wait_for_selector("[data-place-told]:not(:empty)")
    assert page.is_hidden("[data-pick]")
    assert page.is_hidden("[data-map-room]")
    assert page.is_visible("input[name=lon]")
