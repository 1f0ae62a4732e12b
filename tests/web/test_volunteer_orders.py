"""The volunteers' room: orders, dispatch, teams, sites, the menu; who sees whom, and what stays masked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.models import Order
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
PHONE, NAME = "13912345678", "欧阳小禾"
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def asked(corps: Corps, yesterday: Any) -> Any:
    """An order of a resident, with his name and phone, that waits for review."""
    who = {"name": NAME, "phone": PHONE}
    return corps.order(by=None, requester=who, at=yesterday, source="portal", description="给老人理发")


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


def pages(order: Any, corps: Corps) -> list[str]:
    from civicloop.volunteers.models import PracticeSite

    team = corps.teams["mulberry"].unit.uid
    site = PracticeSite.objects.get(code="C1").uid
    return [
        "/volunteers", f"/volunteers/orders/{order.uid}", "/volunteers/orders/new", "/volunteers/dispatch", "/volunteers/teams",
        f"/volunteers/teams/{team}", "/volunteers/sites", f"/volunteers/sites/{site}", "/volunteers/menu",
        f"/volunteers/menu/{order.service.uid}", f"/volunteers/orders/{order.uid}/steps/approve",
    ]  # fmt: skip


def test_every_page_opens_for_the_desk_within_its_budget(corps: Corps, asked: Any, enter: Callable[..., Any]) -> None:
    corps.walk("pooled", at=timezone.now() - timedelta(hours=3))
    propose(by=corps.order_desk, at=timezone.now())
    desk = enter("order_desk")

    for page in pages(asked, corps):
        assert desk.statements(page) <= MOST_STATEMENTS, page
        assert len(desk.get(page)[1].encode()) <= MOST_BYTES, page


def test_a_list_never_names_who_asked(corps: Corps, asked: Any, enter: Callable[..., Any]) -> None:
    status, text = enter("order_desk").get("/volunteers?q=莲北")

    assert status == 200
    assert asked.number in text
    assert NAME not in text
    assert PHONE not in text


def test_the_page_masks_who_asked_until_somebody_says_why_and_the_ledger_keeps_it(
    corps: Corps, asked: Any, enter: Callable[..., Any]
) -> None:
    desk, page = enter("order_desk"), f"/volunteers/orders/{asked.uid}"

    assert NAME not in desk.get(page)[1]
    assert "139****5678" in desk.get(page)[1]
    assert desk.post(f"{page}/requester", purpose=" ").status_code == 422
    shown = desk.post(f"{page}/requester", purpose="回访")

    assert NAME in shown.content.decode()
    assert PHONE in shown.content.decode()
    line = LedgerLine.objects.filter(verb="personal_data.read").latest("pk")
    assert line.uid == asked.uid
    assert line.data["purpose"] == "回访"


def test_a_team_reads_who_asked_only_once_it_has_promised_to_come(corps: Corps, enter: Callable[..., Any]) -> None:
    order = corps.walk(
        "assigned", by=None, requester={"name": NAME, "phone": PHONE}, at=timezone.now() - timedelta(hours=2)
    )
    team, ask = enter("mulberry_handler"), f"/volunteers/orders/{order.uid}/requester"

    assert team.post(ask, purpose="上门").status_code == 403
    team.post(f"/volunteers/orders/{order.uid}/steps/accept", version=order.version)
    assert PHONE in team.post(ask, purpose="上门").content.decode()


@pytest.mark.parametrize("name", ["handler", "plum_handler", "reporter", "system_admin"])
def test_whom_an_order_does_not_concern_finds_no_such_page(
    corps: Corps, asked: Any, enter: Callable[..., Any], name: str
) -> None:
    corps.city.people["reporter"] = corps.city.people["reporter"]
    stranger = enter(name)

    assert stranger.get(f"/volunteers/orders/{asked.uid}")[0] == 404
    assert stranger.post(f"/volunteers/orders/{asked.uid}/requester", purpose="看看").status_code == 404
    assert asked.number not in stranger.get("/volunteers")[1]


def test_who_is_not_logged_in_is_led_to_the_log_in(corps: Corps, asked: Any) -> None:
    for page in pages(asked, corps):
        assert Client().get(page).status_code == 302, page


def test_the_desk_approves_with_a_form_and_may_give_it_another_service(
    corps: Corps, asked: Any, enter: Callable[..., Any]
) -> None:
    desk = enter("order_desk")
    form = f"/volunteers/orders/{asked.uid}/steps/approve"
    assert "Approve" in desk.get(form)[1]

    done = desk.post(form, version=asked.version, service="repair", weight="2", note="改为维修")

    asked.refresh_from_db()
    assert done.status_code == 302
    assert (asked.state, asked.service.code, asked.weight, asked.urgent) == ("pooled", "repair", 2, False)


def test_a_refused_form_keeps_what_was_typed_and_says_which_rule(
    corps: Corps, asked: Any, enter: Callable[..., Any]
) -> None:
    again = enter("order_desk").post(
        f"/volunteers/orders/{asked.uid}/steps/return", version=asked.version + 3, reason="缺楼栋号"
    )

    assert again.status_code == 412
    assert "缺楼栋号" in again.content.decode()


def test_the_board_says_why_and_offers_all_at_one_press(corps: Corps, enter: Callable[..., Any]) -> None:
    order = corps.walk("pooled", at=timezone.now() - timedelta(hours=3))
    lost = corps.walk(
        "pooled", service="tutor", at=timezone.now() - timedelta(hours=3), lon=118.139, lat=24.739, address=""
    )
    desk = enter("order_desk")
    desk.post("/volunteers/dispatch/propose")

    text = desk.get("/volunteers/dispatch")[1]
    assert order.number in text
    assert "桑榆服务队" in text
    assert "The nearest that could" in text
    assert lost.number in text

    proposal = text.split('name="proposal" value="')[1].split('"')[0]
    desk.post("/volunteers/dispatch/accept", proposal=proposal)
    order.refresh_from_db()
    assert order.state == "assigned"


def test_an_edit_is_priced_before_it_is_kept_and_then_carried_out(corps: Corps, enter: Callable[..., Any]) -> None:
    order = corps.walk("pooled", at=timezone.now() - timedelta(hours=3))
    desk = enter("order_desk")
    desk.post("/volunteers/dispatch/propose")
    page = f"/volunteers/dispatch/{order.uid}"

    assert "Keep this change" not in desk.get(page)[1]
    priced = desk.get(f"{page}?team=PLUM")[1]
    assert "Keep this change" in priced
    assert "<dd>±0</dd>" in priced, "what does not change is no nought of orders served"
    desk.post(page, team="PLUM")
    text = desk.get("/volunteers/dispatch")[1]
    assert "Offer all, with these changes" in text
    desk.post("/volunteers/dispatch/accept", proposal=text.split('name="proposal" value="')[1].split('"')[0])

    order.refresh_from_db()
    assert (order.state, order.team.unit.code) == ("assigned", "PLUM")


@pytest.mark.parametrize("name", ["mulberry_handler", "handler", "system_admin"])
def test_the_board_is_for_the_desk_and_those_who_oversee_it(corps: Corps, enter: Callable[..., Any], name: str) -> None:
    assert enter(name).get("/volunteers/dispatch")[0] == 403
    assert enter(name).post("/volunteers/dispatch/propose").status_code == 403


def test_a_service_is_published_and_withdrawn_by_the_desk_alone(corps: Corps, enter: Callable[..., Any]) -> None:
    service = corps.services["haircut"]
    assert enter("mulberry_handler").post(f"/volunteers/menu/{service.uid}/withdraw").status_code == 403

    enter("order_desk").post(f"/volunteers/menu/{service.uid}/withdraw")
    assert service.name not in Client().get("/p/orders").content.decode()
    enter("order_desk").post(f"/volunteers/menu/{service.uid}/publish")
    assert service.name in Client().get("/p/orders").content.decode()


def test_no_name_is_kept_without_consent(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    typed = {"service": "haircut", "address": "莲北社区3号", "source": "hotline", "name": NAME, "phone": PHONE}

    assert desk.post("/volunteers/orders/new", **typed).status_code == 422
    assert desk.post("/volunteers/orders/new", **typed, consent="1").status_code == 302


def test_the_same_form_sent_twice_is_one_order_and_other_words_are_another(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    desk = enter("order_desk")
    key = re.search(r'name="once" value="([0-9a-f-]{36})"', desk.get("/volunteers/orders/new")[1])
    assert key
    typed = {"service": "haircut", "address": "莲北社区3号", "source": "hotline", "once": key[1]}
    first, again = (desk.post("/volunteers/orders/new", **typed) for _ in range(2))
    assert first["Location"] == again["Location"]
    other = desk.post("/volunteers/orders/new", **typed | {"address": "莲北社区4号"})
    assert other["Location"] != first["Location"]
    assert Order.objects.count() == 2
    faulty = desk.post("/volunteers/orders/new", **typed | {"address": ""})
    assert (faulty.status_code, key[1] in faulty.content.decode()) == (422, True)


def test_the_desk_sets_another_time_and_a_place_with_a_form(corps: Corps, enter: Callable[..., Any]) -> None:
    now = timezone.now().replace(second=7)
    order = corps.walk(
        "pooled",
        at=now - timedelta(hours=5),
        address="莲北社区12号",
        wanted_to=now - timedelta(hours=2),
        source="hotline",
    )
    desk, page = enter("order_desk"), f"/volunteers/orders/{order.uid}"
    assert "Set another time or the place" in desk.get(page)[1]
    status, form = desk.get(f"{page}/steps/arrange")
    assert status == 200
    assert all(f'name="{name}"' in form for name in ("address", "lon", "lat", "wanted_from", "wanted_to", "note"))
    until = timezone.localtime(now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    typed = {"address": "莲北社区12号", "lon": "118.105", "lat": "24.705", "wanted_to": until, "note": "后天也行"}
    assert desk.post(f"{page}/steps/arrange", **typed | {"note": ""}).status_code in (409, 422)
    answer = desk.post(f"{page}/steps/arrange", **typed)
    order.refresh_from_db()

    assert answer.status_code == 302, answer.content.decode()
    assert (order.lon, order.address, order.wanted_to > now) == (118.105, "莲北社区12号", True)
    assert order.steps.get(name="arrange").data["changed"] == ["place", "wanted_to"]


def test_today_tells_the_desk_and_the_team_how_many_orders_wait(
    corps: Corps, asked: Any, enter: Callable[..., Any]
) -> None:
    corps.walk("assigned", at=timezone.now() - timedelta(hours=2))

    assert '<span class="many" data-number="orders">1</span>' in enter("order_desk").get("/")[1]
    assert '<span class="many" data-number="orders">1</span>' in enter("mulberry_handler").get("/")[1]
    assert 'data-number="orders"' not in enter("handler").get("/")[1]
