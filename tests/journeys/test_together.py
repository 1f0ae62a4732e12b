"""Several people and one house: two on one case, somebody outside, many cases at once, and hands that never touch a mouse."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.models import Case, Forward
from tests.cast import PASSWORD, City
from tests.journeys.conftest import PHONE, Street
from tests.journeys.serving import wait_until
from tests.photos.pictures import as_bytes
from tests.photos.pictures import street as drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def standing(city: City, state: str, many: int = 1) -> list[Any]:
    """Cases of yesterday that stand in a state, a hundred metres apart."""
    at = timezone.now() - timedelta(days=1)
    return [
        city.walk(state, at=at + timedelta(minutes=n), lon=118.101 + n / 1000, lat=24.705, address=f"莲花路{n + 1}号")
        for n in range(many)
    ]


def tab_to(page: Any, what: str, most: int = 90) -> None:
    """Press Tab until the focus stands on what is meant, which must show that it does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            seen = page.evaluate("""() => { const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none' }""")
            assert seen, f"the focus on {what} cannot be seen"
            return
    raise AssertionError(f"Tab does not lead to {what}")


def test_two_people_on_one_case_see_each_other(street: Street) -> None:
    (case,) = standing(street.city, "dispatched")
    first, second = street.enter("handler", language="en"), street.enter("leader", language="en")

    first.goto(f"/cases/{case.uid}")
    first.wait_for_load_state("networkidle")
    second.goto(f"/cases/{case.uid}")

    second.locator(".presence", has_text=street.city.handler.name).wait_for()
    assert street.city.leader.name not in second.locator(".presence").inner_text()


def test_a_question_goes_outside_and_its_answer_comes_back_once(street: Street, tmp_path: Path) -> None:
    (case,) = standing(street.city, "accepted")
    picture = tmp_path / "pole.jpg"
    picture.write_bytes(as_bytes(drawn()))
    handler = street.enter("handler", language="en")
    handler.goto(f"/cases/{case.uid}/steps/forward_out")
    link = asked_outside(handler, street)

    stranger = street.window(PHONE).new_page()
    stranger.goto(link)
    told = stranger.inner_text("body")
    assert "电杆由谁管" in told
    assert not re.search(r"1\d{10}", told)
    assert not any(person.name in told for person in street.city.people.values())
    stranger.fill("#answer", "由供电公司管，明天来修")
    stranger.fill("#name", "供电公司值班室")
    stranger.set_input_files("#photos", str(picture))
    stranger.click("button.main")
    stranger.wait_for_selector(".told.success")

    handler.goto(f"/cases/{case.uid}")
    assert "明天来修" in handler.inner_text("main")
    street.provoked.add("status of 4")
    stranger.goto(link)
    assert stranger.locator("form").count() == 0
    assert Forward.objects.filter(answered_at__isnull=False).count() == 1


def asked_outside(page: Any, street: Street) -> str:
    """Fill the form of a question, send it, and give the link that the page shows for it."""
    form = page.locator("#step-form form, main form[method=post]").first
    for name, value in (("party", "供电公司"), ("contact", "95598"), ("note", "电杆由谁管？")):
        form.locator(f"[name={name}]").fill(value)
    until = form.locator("[name=answer_by]")
    if until.count() and not until.input_value():
        until.fill((timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    form.locator("button.main").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]+$"))
    found = re.search(r"/f/[\w-]+", page.content())
    assert found, "the page shows no link to hand on"
    return street.url + found[0]


def test_a_link_that_was_taken_back_says_so(street: Street) -> None:
    (case,) = standing(street.city, "accepted")
    handler = street.enter("handler", language="en")
    handler.goto(f"/cases/{case.uid}/steps/forward_out")
    link = asked_outside(handler, street)
    stranger = street.window(PHONE).new_page()
    stranger.goto(link)
    handler.goto(f"/cases/{case.uid}")
    handler.locator("a[href*='take_back_forward']").first.click()
    note = handler.locator("#asked-form [name=reason]").first
    note.fill("已另行联系")
    handler.locator("#asked-form button.main").click()
    handler.wait_for_url(re.compile(r"/cases/[0-9a-f-]+$"))

    street.provoked.add("status of 4")
    stranger.fill("#answer", "晚了")
    stranger.fill("#name", "供电公司值班室")
    stranger.click("button.main")
    stranger.wait_for_load_state()

    assert stranger.locator(".told.success").count() == 0
    assert Forward.objects.get().answered_at is None


def test_ticked_cases_are_dispatched_at_once_and_a_wrong_one_comes_back(street: Street) -> None:
    cases = standing(street.city, "filed", 3)
    page = street.enter("dispatcher", language="en")
    page.goto("/inbox")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    assert page.locator("[name=case]:checked").count() == 3
    page.click("button[value=dispatch]")
    page.check("[name=to][value=one]")
    page.locator("select[name=unit]").select_option(label="莲花镇")
    page.click("main button.main")
    page.wait_for_url("**/inbox/bulk/result*")

    assert set(Case.objects.values_list("state", "unit__name")) == {("dispatched", "莲花镇")}
    page.check(f"[name=case][value='{cases[1].uid}']")
    page.click("main details summary")
    page.click("main button.grave")
    page.wait_for_url("**/inbox/bulk/re*")
    wait_until(lambda: Case.objects.filter(state="filed").exists(), "nothing comes back", 30)
    assert sorted(Case.objects.values_list("state", flat=True)) == ["dispatched", "dispatched", "filed"]


def test_what_is_dispatched_meanwhile_appears_without_loading_the_page_anew(street: Street) -> None:
    first, second = standing(street.city, "filed", 2)
    at = timezone.now() - timedelta(hours=1)
    actions.take(first.uid, "dispatch", by=street.city.dispatcher, at=at, given={"unit": "LOTUS"})
    page = street.enter("handler", language="en")
    page.clock.install()
    page.goto("/inbox")
    page.evaluate("window.notReloaded = true")
    assert page.locator("[data-row]").count() == 1
    actions.take(second.uid, "dispatch", by=street.city.dispatcher, at=at, given={"unit": "LOTUS"})
    page.clock.fast_forward(20_000)

    page.wait_for_selector(f"[data-row='{second.uid}']")
    assert page.evaluate("window.notReloaded")


def test_the_keyboard_alone_leads_from_the_log_in_to_a_closed_case(street: Street) -> None:
    (case,) = standing(street.city, "verified")
    page = street.window(language="en").new_page()
    page.goto("/login")
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "#id_username")
    page.keyboard.type("filer")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{street.url}/")
    tab_to(page, "a[href='/inbox']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox*")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_selector("#detail [data-uid]")
    page.keyboard.press("e")
    page.wait_for_selector("#step-form form button.main")
    tab_to(page, "#step-form form button.main")
    page.keyboard.press("Enter")

    wait_until(lambda: Case.objects.get(pk=case.pk).state == "closed", "the case stays open", 30)
    page.wait_for_load_state("networkidle")
    assert Case.objects.get(pk=case.pk).state == "closed"
