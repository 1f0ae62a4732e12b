"""Days away on the desk: entered without a script, refused on the same page, the orders in them listed, said on the team's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from civicloop.organisation.days import day_of
from civicloop.volunteers.actions.days_away import add_days_away
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.models import DaysAway, Order, Team
from tests.cast import hours
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
CITY = ZoneInfo("Asia/Shanghai")
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


def ahead(days: int) -> date:
    """So many days from today; far enough that no midnight in between matters."""
    return day_of(timezone.now()) + timedelta(days=days)


def page(corps: Corps) -> str:
    return f"/volunteers/teams/{corps.mulberry.uid}/away"


def typed(first: int, last: int | None, reason: str = "") -> dict[str, str]:
    return {"first": f"{ahead(first)}", "last": f"{ahead(last)}" if last is not None else "", "reason": reason}


def wanted(days: int) -> dict[str, datetime]:
    nine = datetime.combine(ahead(days), time(9), CITY)
    return {"wanted_from": nine, "wanted_to": nine + hours(3)}


def test_days_away_are_entered_and_stand_on_the_teams_page_with_their_history(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    leader, team = enter("mulberry_leader"), f"/volunteers/teams/{corps.mulberry.uid}"
    assert "none entered" in leader.get(team)[1]
    assert "Also on public holidays" in leader.get(team)[1]
    assert leader.post(page(corps), **typed(5, 7, "集中培训")).status_code == 302
    assert leader.post(page(corps), **typed(9, None)).status_code == 302

    assert [(one.first_day, one.last_day) for one in DaysAway.objects.all()] == [
        (ahead(5), ahead(7)),
        (ahead(9), ahead(9)),
    ]
    text = leader.get(team)[1]
    assert f"{ahead(5)} – {ahead(7)}" in text
    assert "enter days away" in text, "the history"
    for visitor in (leader, enter("plum_handler")):
        assert "集中培训" in visitor.get(team)[1]
    stranger = enter("plum_handler")
    assert page(corps) not in stranger.get(team)[1]
    assert stranger.get(page(corps))[0] == 403
    assert stranger.post(page(corps), **typed(20, 21)).status_code == 403


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        (typed(7, 5, "搬家"), 422, "lies before the first"),
        (typed(-9, -8, "搬家"), 422, "These days are over"),
        (typed(3, 5, "电话 138 1234 0000"), 422, "leave telephone and identity numbers out"),
        ({"first": "tomorrow", "last": "", "reason": "搬家"}, 422, "not a date"),
        ({"first": "", "last": "", "reason": "搬家"}, 422, "not right yet"),
        (typed(31, 33, "搬家"), 409, "away already"),
    ],
)
def test_what_is_refused_stands_on_the_same_page_with_what_was_typed(
    corps: Corps, enter: Callable[..., Any], given: dict[str, str], status: int, told: str
) -> None:
    leader = enter("mulberry_leader")
    leader.post(page(corps), **typed(30, 32))

    answer = leader.post(page(corps), **given)

    text = answer.content.decode()
    assert answer.status_code == status
    assert told in text
    assert all(f'value="{value}"' in text for value in given.values() if value)
    assert DaysAway.objects.count() == 1


def test_a_team_that_rests_on_public_holidays_says_so_on_its_pages(corps: Corps, enter: Callable[..., Any]) -> None:
    leader, team = enter("mulberry_leader"), f"/volunteers/teams/{corps.mulberry.uid}"
    typed = {"capacity": "3", "radius_m": "5000", "datum": "wgs84", "active": "1"}
    assert "Serves on public holidays" in leader.get(f"{team}/edit")[1]

    assert leader.post(f"{team}/edit", **typed).status_code == 302

    assert not Team.objects.get(unit=corps.mulberry).on_holidays
    text = leader.get(team)[1]
    assert "Not on public holidays." in text
    assert "serves on public holidays" in text, "the history"
    assert "it rests without their being entered" in leader.get(page(corps))[1]
    assert "They do not hold on public holidays." in leader.get(f"{team}/times")[1]
    leader.post(f"{team}/edit", **typed, on_holidays="1")
    assert "Also on public holidays" in leader.get(team)[1]


def test_the_answer_lists_the_accepted_orders_that_lie_in_the_days(corps: Corps, enter: Callable[..., Any]) -> None:
    inside, outside = corps.walk("accepted", **wanted(6)), corps.walk("accepted", **wanted(20))
    leader = enter("mulberry_leader")
    leader.post(page(corps), **typed(5, 7))

    text = leader.get(page(corps))[1]

    assert "1 order of the team lies in them" in text
    assert f">{inside.number}</a>" in text
    assert "no other day is left" in text
    assert f">{outside.number}</a>" not in text
    assert Order.objects.get(pk=inside.pk).state == "accepted"
    # The town's desk keeps the team, but this order lies on nobody's ground that it oversees.
    Order.objects.filter(pk=inside.pk).update(grid=None, owner=corps.mulberry)
    Order.objects.filter(pk=inside.pk).update(owner=corps.command)
    text = enter("town_order_desk").get(page(corps))[1]
    assert f">{inside.number}</a>" not in text
    assert "And 1 more that is not shown to you." in text


def test_days_away_are_ended_by_a_button(corps: Corps, enter: Callable[..., Any]) -> None:
    leader, now = enter("mulberry_leader"), timezone.now()
    made = [
        add_days_away(team=corps.teams["mulberry"], first=ahead(first), last=ahead(last), by=None, at=now).days
        for first, last in ((-3, 3), (8, 9))
    ]
    text = leader.get(page(corps))[1]
    assert ("Back from today" in text, "Take out" in text, "away now" in text) == (True, True, True)
    assert enter("plum_handler").post(f"/volunteers/teams/away/{made[0].uid}/end").status_code == 403
    for one in made:
        assert leader.post(f"/volunteers/teams/away/{one.uid}/end").status_code == 302

    assert [one.first_day for one in DaysAway.objects.all()] == [ahead(-3)]
    assert "No days away are entered." in leader.get(page(corps))[1]
    assert leader.post(f"/volunteers/teams/away/{made[1].uid}/end").status_code == 404
    again = leader.post(f"/volunteers/teams/away/{made[0].uid}/end")
    assert (again.status_code, "These days are over" in again.content.decode()) == (409, True)


def test_board_and_edit_page_say_who_is_away_and_do_not_let_him_be_chosen(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    order = corps.walk("pooled", **wanted(6))
    add_days_away(team=corps.teams["mulberry"], first=ahead(5), last=ahead(7), by=None, at=timezone.now())
    propose(by=None, at=timezone.now())
    desk = enter("order_desk")

    assert f"away until {ahead(7)}" in desk.get("/volunteers/dispatch")[1]
    text = desk.get(f"/volunteers/dispatch/{order.uid}?team=MULBERRY")[1]
    assert "This cannot be:" in text
    assert "the team is away on all those days" in text
    answer = desk.post(f"/volunteers/dispatch/{order.uid}", team="MULBERRY")
    assert (answer.status_code, f"away until {ahead(7)}" in answer.content.decode()) == (409, True)
    step = desk.post(f"/volunteers/orders/{order.uid}/steps/assign", team="MULBERRY", version=f"{order.version}")
    assert f"away until {ahead(7)}" in step.content.decode()
    assert Order.objects.get(pk=order.pk).state == "pooled"


def test_the_pages_keep_their_budgets(corps: Corps, enter: Callable[..., Any]) -> None:
    for one in range(2):
        corps.walk("accepted", **wanted(6 + one))
    for first in range(5, 45, 2):
        add_days_away(
            team=corps.teams["mulberry"], first=ahead(first), last=ahead(first), by=None, at=timezone.now()
        )  # fmt: skip
    for who in ("order_desk", "mulberry_leader", "town_order_desk"):
        visitor = enter(who)
        for address in (page(corps), f"/volunteers/teams/{corps.mulberry.uid}"):
            assert visitor.statements(address) <= MOST_STATEMENTS, (who, address)
            assert len(visitor.get(address)[1].encode()) <= MOST_BYTES
