"""How orders come in: what is refused, what is one order, what is mended and handed in again."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.loops.models import Notice
from civicloop.volunteers import actions
from civicloop.volunteers.actions import menu
from civicloop.volunteers.models import Order
from tests.cast import MONDAY_NINE, hours
from tests.volunteers.cast import HOME, Corps

pytestmark = pytest.mark.django_db

AT = MONDAY_NINE + hours(3)


def heard(order: Any, kind: str) -> set[str]:
    return set(Notice.objects.filter(loop_uid=order.uid, kind=kind).values_list("person__username", flat=True))


def test_an_order_sent_twice_is_one_order(corps: Corps) -> None:
    uid, at = new_uid(), MONDAY_NINE
    how = {"service": corps.services["haircut"], "by": corps.reporter, "at": at, **HOME}
    first = actions.create(**how, uid=uid)
    again = actions.create(**how, uid=uid)
    keyed = actions.create(**how, external_key="12345-77")

    assert (first.known, again.known, again.order.pk) == (False, True, first.order.pk)
    assert actions.create(**how, external_key="12345-77").order == keyed.order
    with pytest.raises(Conflict) as other:
        actions.create(**{**how, "service": corps.services["repair"]}, external_key="12345-77")
    with pytest.raises(Conflict):
        actions.create(**{**how, "by": corps.filer}, uid=uid)
    assert other.value.code == "order_known"
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"lon": 113.0, "lat": 23.0}, "place", "outside_grids"),
        ({"lon": 118.1}, "place", "half_a_place"),
        ({"address": ""}, "place", "place_missing"),
        ({"description": "长" * 4001}, "description", "too_long"),
        ({"wanted_to": MONDAY_NINE - hours(1)}, "wanted_to", "wanted_is_past"),
        ({"wanted_from": AT + hours(3), "wanted_to": AT + hours(2)}, "wanted_to", "wanted_wrong_way_round"),
        ({"weight": 3}, "weight", "unknown_choice"),
        ({"people": 0}, "people", "number_out_of_bounds"),
        ({"minutes": 100_000}, "minutes", "number_out_of_bounds"),
        ({"source": "rumour"}, "source", "unknown_choice"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(corps: Corps, given: Any, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        corps.order(**given)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert Order.objects.count() == 0


def test_what_is_not_on_the_menu_cannot_be_ordered_and_what_runs_goes_on(corps: Corps) -> None:
    order = corps.order()
    menu.withdraw_service(service=corps.services["haircut"], by=corps.order_desk, at=AT)

    with pytest.raises(Invalid) as refused:
        corps.order(at=AT + hours(1))
    assert refused.value.code == "service_not_on_menu"
    assert actions.approve(order.uid, by=corps.order_desk, at=AT + hours(1)).state == "pooled"


def test_a_draft_may_lack_its_place_and_gets_it_before_it_is_handed_in(corps: Corps) -> None:
    draft = corps.order(address="", submit=False)
    assert (draft.state, draft.act_by) == ("draft", None)
    with pytest.raises(Invalid):
        actions.hand_in(draft.uid, by=corps.reporter, at=AT)

    actions.amend(draft.uid, place=HOME, description="老人行动不便", by=corps.reporter, at=AT)
    handed = actions.hand_in(draft.uid, by=corps.reporter, at=AT)
    assert (handed.state, handed.grid_id, handed.description) == ("submitted", corps.grids[0].pk, "老人行动不便")
    with pytest.raises(StepRefused):
        actions.amend(draft.uid, description="别的", by=corps.reporter, at=AT)


def test_what_was_returned_is_told_mended_and_handed_in_again(corps: Corps) -> None:
    order = corps.order()
    returned = actions.return_(order.uid, reason="请写明楼层", by=corps.order_desk, at=AT)

    assert heard(order, "order.returned") == {"reporter"}
    assert returned.act_by is not None
    assert actions.hand_in(order.uid, by=corps.reporter, at=AT + hours(1)).state == "submitted"


def test_the_desk_may_put_an_order_under_another_service_and_says_how_much_it_matters(corps: Corps) -> None:
    order = actions.take(
        corps.order().uid, "approve", by=corps.order_desk, at=AT, given={"service": "repair", "urgent": "true"}
    )

    assert (order.service.code, order.urgent, order.weight) == ("repair", True, 4)
    assert order.steps.get(name="approve").data["service_before"] == "haircut"
    assert order.act_by == AT + hours(1)
