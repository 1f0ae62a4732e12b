"""The dispatch board: decisions by hand stay, what fell is said, what is offered stays, and who sees how much of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.volunteers.actions import places
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.models import DispatchEdit, Order
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
BOARD = "/volunteers/dispatch"
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


def pooled(corps: Corps, **given: Any) -> Any:
    return corps.walk("pooled", at=timezone.now() - timedelta(hours=3), **given)


def test_a_change_kept_on_the_board_holds_over_new_proposals_and_can_be_taken_back(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    order, desk = pooled(corps), enter("order_desk")
    desk.post(f"{BOARD}/propose")
    page = f"{BOARD}/{order.uid}"
    desk.post(page, team="PLUM")
    for _ in range(2):
        propose(by=None, at=timezone.now())

    text = desk.get(BOARD)[1]
    assert "Changed by hand" in text
    assert "instead of 桑榆服务队" in text
    assert "Decided by hand" in desk.get(page)[1]
    desk.post(f"{page}/back")
    assert "Changed by hand" not in desk.get(BOARD)[1]
    assert desk.post(f"{page}/back").status_code == 404


def test_a_change_that_fell_is_said_with_its_reason_until_it_was_read(corps: Corps, enter: Callable[..., Any]) -> None:
    order, desk = pooled(corps), enter("order_desk")
    desk.post(f"{BOARD}/propose")
    desk.post(f"{BOARD}/{order.uid}", team="PLUM")
    places.change_team(team=corps.teams["plum"], changes={"skills": []}, by=None, at=timezone.now())
    propose(by=None, at=timezone.now())

    text = desk.get(BOARD)[1]
    assert "1 change made by hand could not stand" in text
    assert "the team has not the skill any more" in text
    desk.post(f"{BOARD}/noted")
    assert "could not stand" not in desk.get(BOARD)[1]


def test_what_cannot_be_offered_has_a_price_and_no_button(corps: Corps, enter: Callable[..., Any]) -> None:
    order, desk = pooled(corps, service="tutor"), enter("order_desk")
    desk.post(f"{BOARD}/propose")

    text = desk.get(f"{BOARD}/{order.uid}?team=MULBERRY")[1]

    assert "the team lacks the skill" in text
    assert "Keep this change" not in text
    refused = desk.post(f"{BOARD}/{order.uid}", team="MULBERRY")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.content.decode()
    assert "Back to the proposal" in refused.content.decode(), "one is still at the form"
    assert desk.post(f"{BOARD}/{order.uid}", team="").status_code == 422
    assert not DispatchEdit.objects.exists()


def test_what_is_offered_stands_on_the_board_while_the_team_may_answer(corps: Corps, enter: Callable[..., Any]) -> None:
    offered = corps.walk("assigned", at=timezone.now() - timedelta(minutes=40))
    pooled(corps)
    desk = enter("order_desk")
    desk.post(f"{BOARD}/propose")

    text = desk.get(BOARD)[1]

    assert "Offered, not answered yet" in text
    assert offered.number in text


def test_the_urgent_are_offered_alone_at_one_press(corps: Corps, enter: Callable[..., Any]) -> None:
    urgent, other = pooled(corps, urgent=True), pooled(corps)
    desk = enter("order_desk")
    desk.post(f"{BOARD}/propose")
    text = desk.get(BOARD)[1]
    assert "Offer only the urgent one" in text

    desk.post(f"{BOARD}/accept", proposal=text.split('name="proposal" value="')[1].split('"')[0], urgent="1")

    assert [Order.objects.get(pk=one.pk).state for one in (urgent, other)] == ["assigned", "pooled"]
    assert other.number in desk.get(BOARD)[1], "a new proposal stands there at once"


def test_a_towns_desk_reads_what_is_proposed_for_its_own_orders_and_no_more(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    own, other = pooled(corps), pooled(corps, lon=118.105, lat=24.726, address="柳东街2号")
    propose(by=corps.order_desk, at=timezone.now())
    town = enter("town_order_desk")

    text = town.get(BOARD)[1]

    assert own.number in text
    assert other.number not in text
    assert "For 1 of your 1 waiting orders" in text
    assert not [word for word in ("Offer all", "Propose anew", "What it gains", "Change<") if word in text]
    for path in (f"{BOARD}/{own.uid}", f"{BOARD}/{other.uid}"):
        assert town.get(path)[0] == 403
        assert town.post(path, team="PLUM").status_code == 403
    assert town.post(f"{BOARD}/noted").status_code == 403


def test_who_oversees_the_city_reads_the_board_and_moves_nothing(corps: Corps, enter: Callable[..., Any]) -> None:
    order = pooled(corps)
    propose(by=corps.order_desk, at=timezone.now())
    text = enter("supervisor").get(BOARD)[1]

    assert order.number in text
    assert not [word for word in ("Offer all", "Propose anew", 'class="button small"') if word in text]


def test_who_may_not_look_at_the_board_is_not_led_there(corps: Corps, enter: Callable[..., Any]) -> None:
    assert f'href="{BOARD}"' not in enter("mulberry_handler").get("/volunteers/teams")[1]
    assert f'href="{BOARD}"' in enter("order_desk").get("/volunteers/teams")[1]


def test_the_board_says_why_not_the_others_and_sums_what_is_missing(corps: Corps, enter: Callable[..., Any]) -> None:
    pooled(corps)
    pooled(corps, skills=[corps.skills["tutor"]], service="repair")
    places.change_team(team=corps.teams["plum"], changes={"skills": [corps.skills["hair"]]}, by=None, at=timezone.now())
    places.change_team(team=corps.teams["bamboo"], changes={"active": False}, by=None, at=timezone.now())
    desk = enter("order_desk")
    desk.post(f"{BOARD}/propose")

    text = desk.get(BOARD)[1]

    assert "Why not the others" in text
    assert "辅导 <strong>1</strong>" in text


def test_the_board_says_into_which_weekly_time_an_order_was_planned(corps: Corps, enter: Callable[..., Any]) -> None:
    order, at = pooled(corps), timezone.localtime() + timedelta(days=2)
    slot = {"weekday": at.isoweekday(), "from": "08:00", "to": "20:00", "orders": 9}
    places.change_team(team=corps.teams["mulberry"], changes={"slots": [slot]}, by=None, at=timezone.now())
    places.change_team(team=corps.teams["plum"], changes={"active": False}, by=None, at=timezone.now())
    desk = enter("order_desk")
    desk.post(f"{BOARD}/propose")

    text = desk.get(BOARD)[1]
    assert order.number in text
    assert f"{at:%Y-%m-%d} 08:00 – 20:00" in text


def test_the_board_keeps_its_budget_with_everything_on_it(corps: Corps, enter: Callable[..., Any]) -> None:
    orders = [pooled(corps) for _ in range(3)]
    corps.walk("assigned", at=timezone.now() - timedelta(minutes=40), team="mulberry")
    desk = enter("order_desk")
    desk.post(f"{BOARD}/propose")
    desk.post(f"{BOARD}/{orders[0].uid}", team="PLUM")
    desk.post(f"{BOARD}/{orders[1].uid}", team="-")

    places.change_team(
        team=corps.teams["mulberry"], changes={"slots": [{"weekday": 1, "from": "08:00", "to": "20:00", "orders": 9}]}, by=None,
        at=timezone.now(),
    )  # fmt: skip

    # With a price the whole pool is read and solved, in as many statements however large it is.
    for path in (BOARD, f"{BOARD}/{orders[0].uid}", f"{BOARD}/{orders[0].uid}?team=MULBERRY"):
        assert desk.statements(path) <= MOST_STATEMENTS, path
        assert len(desk.get(path)[1].encode()) <= MOST_BYTES
