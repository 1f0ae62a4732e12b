"""Who sees which orders, what waits for whom, and how lists are narrowed."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.days import day_of
from civicloop.standards import reference
from civicloop.volunteers import policy, queries
from civicloop.volunteers.models import Order
from civicloop.volunteers.queries import OrderFilters
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, hours
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
WATCHERS = (
    "order_desk", "supervisor", "auditor", "reporter", "filer", "mulberry_handler", "mulberry_leader", "plum_handler", "handler",
    "other_handler", "town_order_desk", "grid_worker", "system_admin", "inspector",
)  # fmt: skip


def actor(corps: Corps, name: str) -> Any:
    return reference.now().actor(corps.city.people[name], day_of(MONDAY_NINE))


@pytest.fixture
def orders(corps: Corps) -> dict[str, Order]:
    far = {"lon": WEST + 0.5 * SIDE, "lat": SOUTH + 1.5 * SIDE, "address": "柳东社区3号"}
    return {
        "new": corps.order(), "portal": corps.order(by=None, source="portal"), "far": corps.order(by="filer", **far),
        "assigned": corps.walk("assigned"), "archived": corps.walk("archived", team="plum"),
    }  # fmt: skip


@pytest.mark.parametrize("name", WATCHERS)
def test_lists_and_single_orders_agree_about_who_sees_what(corps: Corps, orders: dict[str, Order], name: str) -> None:
    who = actor(corps, name)
    listed = set(queries.visible_to(who).values_list("pk", flat=True))

    assert listed == {order.pk for order in orders.values() if policy.sees(who, order)}
    for order in orders.values():
        if order.pk in listed:
            assert queries.get(order.uid, who) == order
        else:
            with pytest.raises(NotFound):
                queries.get(order.uid, who)


def test_who_sees_what(corps: Corps, orders: dict[str, Order]) -> None:
    seen = {
        name: {key for key, order in orders.items() if policy.sees(actor(corps, name), order)}
        for name in WATCHERS
    }  # fmt: skip
    everything = set(orders)

    assert {name for name, found in seen.items() if found == everything} == {"order_desk", "supervisor", "auditor"}
    assert seen["reporter"] == {"new", "assigned", "archived"}  # what she has entered
    assert seen["mulberry_handler"] == {"assigned"}
    assert seen["plum_handler"] == {"archived"}
    assert seen["town_order_desk"] == everything - {"far"}  # the ground of her town, and what its teams have
    for nobody in ("other_handler", "grid_worker", "system_admin", "inspector"):
        assert seen[nobody] == set()


def test_the_inbox_holds_what_a_post_must_act_on(corps: Corps, orders: dict[str, Order]) -> None:
    ref = reference.now()

    def waits(name: str) -> set[str]:
        found = set(queries.inbox(actor(corps, name), ref))
        return {key for key, order in orders.items() if order in found}

    assert waits("order_desk") == {"new", "portal", "far"}
    assert waits("town_order_desk") == {"new", "portal"}
    assert waits("mulberry_handler") == {"assigned"}
    assert waits("plum_handler") == waits("reporter") == waits("auditor") == set()


def test_filters_narrow_the_list(corps: Corps, orders: dict[str, Order]) -> None:
    who, ref = actor(corps, "order_desk"), reference.now()

    def found(**filters: Any) -> set[str]:
        rows = set(queries.listing(who, OrderFilters(**filters), ref))
        return {key for key, order in orders.items() if order in rows}

    assert found(states=["submitted"]) == {"new", "portal", "far"}
    assert found(team_id=corps.teams["mulberry"].pk) == {"assigned"}
    assert found(ground_id=corps.willow.pk) == {"far"}
    assert found(ground_id=corps.lotus.pk) == set(orders) - {"far"}
    assert found(source="portal") == {"portal"}
    assert found(open_only=True) == set(orders) - {"archived"}
    assert found(overdue_at=MONDAY_NINE + hours(500)) == set(orders) - {"archived"}
    assert found(text=orders["far"].number) == found(text=str(orders["far"].pk)) == {"far"}
    assert found(text="柳东") == {"far"}
    assert found(service_id=corps.services["tutor"].pk) == found(urgent=True) == set()


def test_the_steps_open_to_a_person_are_those_of_state_and_permission(corps: Corps, orders: dict[str, Order]) -> None:
    ref = reference.now()

    def steps(name: str, key: str) -> set[str]:
        order = Order.objects.get(pk=orders[key].pk)
        return {one.name for one in queries.steps_open_to(actor(corps, name), order, at=MONDAY_NINE, ref=ref)}

    assert steps("order_desk", "new") == {"approve", "arrange", "return", "reject", "cancel", "comment"}
    assert steps("mulberry_handler", "assigned") == {"accept", "decline", "comment"}
    assert steps("order_desk", "assigned") == {"recall", "cancel", "comment"}
    assert steps("reporter", "archived") == {"comment"}
    assert steps("auditor", "new") == set()


def test_lists_of_the_menu_teams_and_sites(corps: Corps, orders: dict[str, Order]) -> None:
    assert [one.code for one in queries.menu(MONDAY_NINE)] == ["haircut", "repair", "tutor"]
    assert {(team.unit.code, team.busy, team.free) for team in queries.teams()} == {
        ("MULBERRY", 1, 1), ("PLUM", 0, 1), ("BAMBOO", 0, 0),
    }  # fmt: skip
    assert [site.code for site in queries.sites(level="centre")] == ["C1"]
