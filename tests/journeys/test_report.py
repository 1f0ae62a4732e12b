"""A resident reports with a phone, the desk works, it is not put right, who checks takes it up again; and how content one is."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.residents import actions
from civicloop.residents.models import Feedback, ReopenRequest, Report
from civicloop.web.portal import limits
from tests.cast import SOUTH, WEST, City
from tests.journeys.conftest import PHONE, Street, too_wide
from tests.photos.pictures import as_bytes, camera_exif
from tests.photos.pictures import street as drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_report_by_phone_that_was_not_put_right(street: Street, city: City, tmp_path: Path) -> None:
    limits.forget()
    street.provoked |= {"status of 409", "status of 422"}
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(as_bytes(drawn()))
    here = {"latitude": SOUTH + 0.005, "longitude": WEST + 0.005, "accuracy": 12}
    window = street.window(PHONE, geolocation=here, permissions=["geolocation"])
    page = window.new_page()

    # The resident: first page, photo, words, place, send.
    page.goto("/p/")
    assert too_wide(page) == 0
    page.click("a.button.main")
    page.set_input_files("#photos", str(photo))
    page.fill("#description", "公交站旁有暴露垃圾")
    page.wait_for_selector("[data-suggested] input:checked", state="attached")
    page.click("[data-here]")
    page.wait_for_selector("[data-place-told]:not(:empty)")
    page.click("button.main")
    page.wait_for_url(re.compile(r"/p/follow/[A-Z]{10}$"))
    where = page.url
    assert too_wide(page) == 0
    case = Case.objects.get()
    assert (case.source, case.category, case.state, case.grid) == ("resident", city.litter, "reported", city.grids[0])
    assert Report.objects.get().held_for == []

    # The desk: filed, dispatched, accepted, put right, verified, closed; the page of the code tells it.
    case = city.walk("closed", at=timezone.now() - timedelta(days=4), case=case)
    actions.ask_how_content(at=timezone.now())
    page.goto(where)
    assert "已办结" in page.content() or "It is finished." in page.content()

    # Not put right: who checks reads it and reopens; how content: not.
    page.check("input[name=grade][value='1']")
    page.click("form:has(input[name=grade]) button.main")
    page.wait_for_selector(".told.success")
    page.fill("#reason", "垃圾还在原处")
    page.click("form:has(#reason) button")
    page.wait_for_selector(".told >> nth=0")
    assert ReopenRequest.objects.get().state == "waiting"
    assert Feedback.objects.get().grade == 1

    desk = street.enter("verifier")
    desk.goto("/residents")
    assert "垃圾还在原处" in desk.content()
    desk.click("form[action$='/grant'] button")
    desk.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.reopened_count) == ("dispatched", 1)

    page.goto(where)
    assert ReopenRequest.objects.get().state == "granted"
    assert page.locator(".story > li").count() >= 8


def test_what_was_entered_before_the_script_came_is_read(street: Street, city: City, tmp_path: Path) -> None:
    """A slow line: the form is there and is filled, its script comes afterwards."""
    limits.forget()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(as_bytes(drawn(), exif=camera_exif()))
    page = street.window(PHONE).new_page()
    held: list[Any] = []
    page.route("**/portal/report.js*", lambda route: held.append(route))

    page.goto("/p/report", wait_until="commit")
    page.set_input_files("#photos", str(photo))
    page.fill("#description", "公交站旁有暴露垃圾")
    assert page.locator("[data-suggested] input").count() == 0
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()

    page.wait_for_selector("[data-suggested] input:checked", state="attached")
    page.wait_for_selector("[data-place-told]:not(:empty)")
    assert float(page.input_value("[name=lat]")) == pytest.approx(24.725)


def test_without_scripts_a_report_reaches_the_moderator(street: Street, city: City) -> None:
    limits.forget()
    window = street.window(PHONE, java_script_enabled=False)
    page = window.new_page()
    page.goto("/p/report")
    page.fill("#description", "路灯不亮")
    page.select_option("#other_category", str(city.litter.uid))
    page.fill("#address", "莲花路5号")
    page.click("button.main")

    assert Report.objects.get().held_for == ["no_proof"]
    desk: Any = street.enter("filer")
    desk.goto("/residents")
    desk.click("form[action$='/accept'] button")
    desk.wait_for_load_state()
    assert Case.objects.get().address == "莲花路5号"
