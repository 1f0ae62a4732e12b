"""The volunteers' room: orders, dispatch, teams, sites, the menu; who sees whom, and what stays masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.volunteers.actions.proposing import propose
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
