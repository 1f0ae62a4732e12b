"""A resident without an account in a real browser: the photo says where, the form what is there already, and a code follows."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.residents.models import Following, Report
from civicloop.standards import actions as standards
from tests.cast import SOUTH, WEST
from tests.journeys.conftest import PHONE, WIDE, Street, too_wide
from tests.web.reporting import picture, taken

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LON, LAT = WEST + 0.005, SOUTH + 0.005


def begun(page: Any, words: str = "公交站旁有一堆垃圾没人清理") -> None:
    """A photo is chosen and a few words are typed; the page reads the one and suggests a kind for the other."""
    seen = timezone.localtime()
    file = picture("#375", taken(LON, LAT, f"{seen:%Y:%m:%d %H:%M:%S}"))
    page.goto("/p/report")
    page.set_input_files("#photos", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": file.read()})
    page.wait_for_selector("[data-place-told]:has-text('莲北社区')")
    page.fill("#description", words)
    page.wait_for_selector("[name=category]:checked")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_in_under_a_minute_with_a_photo_to_a_code_that_opens_the_page(street: Street, size: dict[str, int]) -> None:
    standards.set_question(
        category=street.city.litter, code="many", text="大约多少", datatype="singlevaluelist", required=True, order=1,
        values=[{"key": "bag", "name": "一袋"}, {"key": "more", "name": "更多"}], by=street.city.supervisor, at=timezone.now(),
    )  # fmt: skip
    page = street.window(size).new_page()
    started = time.monotonic()
    begun(page)
    assert float(page.input_value("[name=lon]")) == pytest.approx(LON, abs=1e-5)
    page.click("text=更多")
    page.click("main button.main")
    page.wait_for_url("**/p/follow/*")
    assert time.monotonic() - started < 60

    assert re.search(r"[A-Z]{5}-[A-Z]{5}", page.inner_text("main"))
    assert too_wide(page) == 0
    case = Case.objects.get()
    assert (case.category, case.answers, case.grid) == (street.city.litter, {"many": "more"}, street.city.grids[0])
    assert Report.objects.get().held_for == []


def test_what_is_there_already_is_followed_instead(street: Street) -> None:
    street.city.report(at=timezone.now(), lon=LON, lat=LAT)
    page = street.window(PHONE).new_page()
    begun(page)
    page.wait_for_selector(".portal-near")
    page.click(".portal-near button")
    page.wait_for_url("**/p/follow/*")

    assert Following.objects.count() == 1
    assert not Report.objects.exists()


def test_no_other_site_learns_the_address_of_a_page_and_our_own_forms_still_work(street: Street) -> None:
    window = street.window(PHONE)
    page = window.new_page()
    begun(page)
    page.wait_for_timeout(500)
    sent: list[dict[str, str]] = []
    page.on("request", lambda one: sent.append(one.all_headers()) if one.method == "POST" else None)
    page.click("main button.main")
    page.wait_for_url("**/p/follow/*")
    assert sent[0]["origin"] == street.url
    elsewhere: list[dict[str, str]] = []

    def answer(route: Any) -> None:
        elsewhere.append(route.request.all_headers())
        route.fulfill(status=200, content_type="text/html", body="<p>elsewhere</p>")

    window.route("http://elsewhere.example/**", answer)
    page.evaluate(
        "const a = document.createElement('a'); a.href = 'http://elsewhere.example/'; document.body.append(a); a.click()"
    )
    page.wait_for_selector("text=elsewhere")

    assert len(elsewhere) >= 1
    assert all("referer" not in one for one in elsewhere)
