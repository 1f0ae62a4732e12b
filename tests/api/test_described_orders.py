"""Orders and texts do what the description says, also where a request gets past the first check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from civicloop.organisation.actions import make_token
from tests.api.test_description import OPERATIONS, answered
from tests.kept import kept
from tests.volunteers.cast import HOME, Corps, build_corps

pytestmark = [pytest.mark.once, pytest.mark.slow]
TRIED = settings(max_examples=30, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
LIKELY: dict[str, Any] = {
    "note": "已办", "reason": "另有原因", "team": "MULBERRY", "score": 5, "as_asked": True, "weight": 2, "service": "repair",
    "description": "修水龙头", "place": HOME, "minutes": 60, "people": 1, "urgent": False,
}  # fmt: skip
TEXTS = [
    "莲北路9号门口有垃圾，电话13800138000",
    "路灯不亮；井盖破损",
    "<b>市民</b>反映\x00噪音",
    "車輛亂停",
    "1" * 500,
    "　\n ",
]


@pytest.fixture
def corps(db: None) -> Corps:
    return kept(build_corps)


def token(corps: Corps, name: str) -> str:
    at = timezone.now() - timedelta(days=1)
    return make_token(person=corps.city.people[name], name="test", by=corps.city.people[name], at=at)[1]


def test_every_operation_of_orders_and_texts_is_described() -> None:
    told = {label.replace("/api/v1", "") for label in OPERATIONS}

    assert told >= {
        "GET /services", "GET /orders", "POST /orders", "GET /orders/{uid}", "GET /orders/{uid}/steps",
        "POST /orders/{uid}/steps/{step}", "POST /texts",
    }  # fmt: skip


@TRIED
@given(data=st.data())
def test_whatever_is_ordered_the_answer_is_as_described(corps: Corps, data: Any) -> None:
    case = data.draw(OPERATIONS["POST /api/v1/orders"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    case.body |= {"service": data.draw(st.sampled_from(["haircut", "repair", "tutor"]))}
    case.body |= data.draw(st.sampled_from([{}, HOME, {"lon": None, "lat": None, "address": "西湖路"}]))

    assert answered(case, token(corps, "reporter")) < 500


@TRIED
@given(data=st.data())
def test_whatever_a_step_of_an_order_is_given_the_answer_is_as_described(corps: Corps, data: Any) -> None:
    """Orders in every state, by who may do something and who may not, with what the step needs and what nobody expects."""
    with transaction.atomic():  # teams have their capacity: each example begins with none of their orders
        _try_a_step(corps, data)
        transaction.set_rollback(True)


def _try_a_step(corps: Corps, data: Any) -> None:
    state = data.draw(st.sampled_from(["submitted", "pooled", "assigned", "accepted", "serving", "served", "rated"]))
    order = corps.walk(state, at=timezone.now() - timedelta(hours=4))
    own = token(corps, data.draw(st.sampled_from(["order_desk", "mulberry_handler", "reporter"])))
    told = Client().get(f"/api/v1/orders/{order.uid}", headers={"Authorization": f"Bearer {own}"})
    if told.status_code != 200 or not told.json()["steps"]:
        return
    step = data.draw(st.sampled_from(told.json()["steps"]))
    case = data.draw(OPERATIONS["POST /api/v1/orders/{uid}/steps/{step}"].as_strategy())
    case.path_parameters = {"uid": str(order.uid), "step": step["name"]}
    odd = case.body if isinstance(case.body, dict) else {}
    likely = {name: LIKELY[name] for name in step["needs"] if name in LIKELY}
    case.body = likely | {name: value for name, value in odd.items() if name in {*step["needs"], *step["asks"]}}

    assert answered(case, own) < 500


@TRIED
@given(data=st.data())
def test_whatever_text_is_posted_the_answer_is_as_described(corps: Corps, data: Any) -> None:
    case = data.draw(OPERATIONS["POST /api/v1/texts"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    case.body = {"text": data.draw(st.one_of(st.sampled_from(TEXTS), st.text(min_size=1, max_size=300)))}

    assert answered(case, token(corps, data.draw(st.sampled_from(["filer", "reporter", "order_desk"])))) < 500
