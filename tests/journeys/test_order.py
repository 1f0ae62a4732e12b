"""An order in real browsers (点单、派单、接单、评单): a resident without an account on a phone, the centre and the team."""

from __future__ import annotations

import re
from typing import Any

import pytest

from civicloop.volunteers.models import Order
from tests.cast import SOUTH, WEST
from tests.journeys.conftest import PHONE, WIDE, Street, too_wide
from tests.kept import kept
from tests.volunteers.cast import Corps, build_corps

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def corps(street: Street) -> Corps:
    """The small city with its volunteers in the place of the plain one."""
    made = kept(build_corps)
    street.city = made.city
    return made


@pytest.fixture
def city(transactional_db: None) -> Any:
    """The journey begins with an empty house, which `corps` furnishes."""


def order_on_the_phone(page: Any) -> str:
    """A resident orders a haircut; the code he is shown."""
    page.goto("/p/orders")
    page.click(".menu-list a:has-text('上门理发')")
    page.fill("[name=address]", "莲北社区12号3梯")
    page.evaluate(f"document.querySelector('[name=lon]').value = '{WEST + 0.005:.6f}'")
    page.evaluate(f"document.querySelector('[name=lat]').value = '{SOUTH + 0.005:.6f}'")
    page.fill("[name=name]", "欧阳小禾")
    page.fill("[name=phone]", "13912345678")
    page.check("[name=consent]")
    page.click("main button.main")
    page.wait_for_url("**/p/orders/follow/*?new=1")
    return str(page.locator(".big-code").inner_text()).replace("-", "")


def test_a_resident_orders_the_centre_dispatches_the_team_serves_and_the_resident_rates(
    street: Street, corps: Corps
) -> None:
    phone = street.window(PHONE).new_page()
    code = order_on_the_phone(phone)
    assert re.fullmatch(r"[A-Z]{10}", code)
    assert too_wide(phone) == 0
    order = Order.objects.get()

    def step(page: Any, name: str, **typed: str) -> None:
        page.goto(f"/volunteers/orders/{order.uid}")
        page.click(f".now a[href$='/steps/{name}']")
        form = page.locator("#step-form form")
        for field, value in typed.items():
            form.locator(f"[name={field}]").fill(value)
        form.locator("button.main").click()
        page.wait_for_url(f"**/volunteers/orders/{order.uid}")
        page.locator(".told.success").wait_for()

    desk, team = street.enter("order_desk", WIDE), street.enter("mulberry_handler", PHONE)
    step(desk, "approve")
    desk.goto("/volunteers/dispatch")
    if not desk.locator("form[action$='/dispatch/accept'] button").count():
        desk.click("form[action$='/dispatch/propose'] button")
    desk.locator(f"#order-{order.uid}").wait_for()
    assert "桑榆服务队" in desk.locator(f"#order-{order.uid}").inner_text()
    desk.click("form[action$='/dispatch/accept'] button")
    desk.locator(".told.success").wait_for()

    step(team, "accept")
    assert too_wide(team) == 0
    step(team, "begin")
    step(team, "finish", note="头发理好了，老人很满意")

    phone.goto(f"/p/orders/follow/{code}")
    phone.check("[name=score][value='5']")
    phone.check("[name=as_asked][value='1']")
    phone.click("form.rate button.main")
    phone.wait_for_url(f"**/p/orders/follow/{code}")
    phone.locator("form.rate").wait_for(state="detached")
    step(desk, "archive")

    order.refresh_from_db()
    assert (order.state, order.score, order.as_asked) == ("archived", 5, True)
    assert desk.locator(".order-archived").first.is_visible()
    assert desk.locator(".story > li").count() == 9
