"""Orders that take another turn: taken back from a team that had begun, put under another service, served twice, agreed upon anew;
and the engine that drives them, which knows none of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import civicloop.loops as loops_app
from civicloop.kernel.refusal import Invalid, NotAllowed, StepRefused
from civicloop.loops.models import Notice
from civicloop.volunteers import actions
from civicloop.volunteers.actions import places
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.rules.lifecycle import LIFECYCLE, OrderState
from tests.cast import MONDAY_NINE, hours
from tests.volunteers.cast import HOME, Corps

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(3)


def heard(order: Any, kind: str) -> set[str]:
    return set(Notice.objects.filter(loop_uid=order.uid, kind=kind).values_list("person__username", flat=True))


def test_the_engine_was_given_no_word_of_orders() -> None:
    """Neither by import nor by what stands in its strings: names of apps, kinds, states and steps. Docstrings may explain."""
    words = {ORDERS.name, "case", "survey", "display", "honour", "event", "volunteers"}
    words |= {*OrderState, *(one.name for one in LIFECYCLE)}
    # Any kind may be written down and counted anew; a returned answer is one of HTTP as well.
    words -= {"create", "begin", "finish", "comment"}
    said = {
        (path.name, one)
        for path in Path(loops_app.__file__).parent.rglob("*.py")
        if "migrations" not in path.parts
        for one in _literals(ast.parse(path.read_text(encoding="utf-8")))
        if one in words or one.startswith(("civicloop.volunteers", "order.", "order:"))
    }
    assert said == set()


def _literals(tree: ast.Module) -> Iterator[str]:
    """The strings of a module but its docstrings, and the modules it imports from."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def test_the_desk_takes_back_what_a_team_has_begun_and_then_given_up(corps: Corps) -> None:
    order = corps.walk("serving")
    places.change_team(team=corps.teams["mulberry"], changes={"active": False}, by=None, at=AT)
    back = actions.recall(order.uid, reason="服务队解散", by=corps.order_desk, at=AT)

    assert (back.state, back.team_id, back.begun_at, back.due_at) == ("pooled", None, None, None)
    assert heard(order, "order.recalled") == {"mulberry_handler", "mulberry_leader"}
    with pytest.raises(NotAllowed):
        actions.recall(corps.walk("serving", team="plum").uid, reason="不想去", by=corps.plum_handler, at=AT)


def test_another_service_brings_its_own_minutes_and_what_the_requester_said_stays(corps: Corps) -> None:
    usual, own = corps.order(), corps.order(minutes=25, people=3)
    for order in (usual, own):
        actions.approve(order.uid, service=corps.services["tutor"], by=corps.order_desk, at=AT)
        order.refresh_from_db()

    assert (usual.minutes, usual.people) == (90, 1)
    assert (own.minutes, own.people) == (25, 3)


def test_whoever_goes_a_second_time_is_not_credited_with_the_time_between(corps: Corps) -> None:
    order = corps.walk("served")
    actions.not_served(order.uid, reason="没有人来", by=corps.reporter, at=AT + timedelta(days=3))
    again = actions.finish(order.uid, note="补上了", by=corps.mulberry_handler, at=AT + timedelta(days=3, hours=1))

    assert [row.data.get("minutes") for row in again.steps.filter(name="finish").order_by("seq")] == [15, None]


def test_the_desk_agrees_upon_another_time_with_the_requester(corps: Corps) -> None:
    order = corps.walk("pooled", wanted_from=MONDAY_NINE, wanted_to=MONDAY_NINE + hours(2))
    later = AT + timedelta(days=1)
    with pytest.raises(StepRefused):
        actions.take(order.uid, "arrange", by=corps.order_desk, at=AT, given={"wanted_to": later})
    with pytest.raises(NotAllowed):
        actions.arrange(order.uid, note="他说明天", wanted_to=later, by=corps.reporter, at=AT)
    given = {"wanted_from": later, "wanted_to": later + hours(2), "note": "电话里说明天也行"}
    moved = actions.take(order.uid, "arrange", by=corps.order_desk, at=AT, given=given)

    assert (moved.state, moved.wanted_from, moved.wanted_to) == ("pooled", later, later + hours(2))
    step = moved.steps.get(name="arrange")
    assert (step.note, step.data["changed"]) == ("电话里说明天也行", ["wanted_from", "wanted_to"])
    assert heard(order, "order.arranged") == {"reporter"}


def test_a_new_beginning_drops_the_end_that_is_over(corps: Corps) -> None:
    order = corps.walk("pooled", wanted_to=MONDAY_NINE + hours(2))
    moved = actions.arrange(order.uid, note="都行", wanted_from=AT + hours(5), by=corps.order_desk, at=AT)
    assert moved.wanted_to is None
    for wrong, code in (({}, "nothing_to_arrange"), ({"wanted_to": AT - hours(1)}, "wanted_wrong_way_round")):
        with pytest.raises(Invalid) as refused:
            actions.arrange(order.uid, note="都行", by=corps.order_desk, at=AT, **wrong)
        assert refused.value.code == code


def test_the_desk_puts_an_order_with_an_address_alone_on_the_map(corps: Corps) -> None:
    order = corps.walk("pooled", address="莲北社区12号")
    assert propose(by=None, at=AT).content[0]["why_not"] == "no_place"
    place = {"lon": HOME["lon"], "lat": HOME["lat"]}
    moved = actions.arrange(order.uid, note="就在莲北社区", place=place, by=corps.order_desk, at=AT)

    assert (moved.address, moved.grid is not None) == ("莲北社区12号", True)
    assert propose(by=None, at=AT).content[0]["team"] == "MULBERRY"
