"""Ordering a service, looking, and taking steps through the door; who asks stays masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.loops import receipts
from civicloop.loops.models import Receipt
from civicloop.organisation.actions import make_token
from civicloop.standards import reference
from civicloop.volunteers.models import Order
from tests.api.conftest import Program
from tests.api.test_door import assert_problem
from tests.cast import MONDAY_NINE, SOUTH, WEST, noon
from tests.kept import kept
from tests.volunteers.cast import HOME, Corps, build_corps

WHO = {"name": "李四海", "phone": "13912345678", "consent": True}
ORDER = {"service": "haircut", "description": "老人行动不便，电话13912345678", "requester": WHO, **HOME}


@pytest.fixture
def corps(db: None) -> Corps:
    return kept(build_corps)


@pytest.fixture
def caller(corps: Corps) -> Callable[[str], Program]:
    """The program of somebody of the cast, by name."""
    return lambda name: Program(
        make_token(person=corps.city.people[name], name="test", by=corps.city.people[name], at=MONDAY_NINE)[1]
    )


def test_a_service_is_ordered_and_goes_its_way(corps: Corps, caller: Callable[[str], Program]) -> None:
    desk, team = caller("order_desk"), caller("mulberry_handler")
    made = caller("reporter").post("/orders", ORDER)
    assert made.status_code == 201, made.content
    url = made.json()["url"]
    assert made["Location"] == url

    for program, step, given in (
        (desk, "approve", {"weight": 2}), (desk, "assign", {"team": "MULBERRY"}), (team, "accept", {}), (team, "begin", {}),
        (team, "finish", {"note": "好了"}), (desk, "rate", {"score": 5, "as_asked": True}), (desk, "archive", None),
    ):  # fmt: skip
        answer = program.post(f"{url}/steps/{step}", given)
        assert answer.status_code == 200, answer.content
    body = desk.get(url).json()
    assert (body["state"], body["score"], body["team"]["code"]) == ("archived", 5, "MULBERRY")
    names = [one["name"] for one in desk.get(f"{url}/steps").json()["items"]]
    assert names == ["create", "submit", "approve", "assign", "accept", "begin", "finish", "rate", "archive"]


def test_the_menu_names_what_may_be_ordered(corps: Corps, caller: Callable[[str], Program]) -> None:
    items = caller("reporter").get("/services").json()["items"]

    assert [(one["code"], one["skills"]) for one in items] == [
        ("haircut", ["理发"]),
        ("repair", ["维修"]),
        ("tutor", ["辅导"]),
    ]


def test_who_asks_is_masked_in_lists_orders_and_stories(corps: Corps, caller: Callable[[str], Program]) -> None:
    desk = caller("order_desk")
    url = caller("reporter").post("/orders", ORDER).json()["url"]
    desk.post(f"{url}/steps/comment", {"note": "回电13912345678"})

    for path in ("/orders", url, f"{url}/steps"):
        text = desk.get(path).content.decode()
        assert "李四海" not in text
        assert "13912345678" not in text
    assert desk.get(url).json()["requester"] == {"name": "李*海", "phone": "139****5678"}
    assert "address" not in desk.get("/orders").json()["items"][0]


def test_a_request_sent_again_with_its_key_makes_one_order(corps: Corps, caller: Callable[[str], Program]) -> None:
    reporter = caller("reporter")
    first = reporter.post("/orders", ORDER, Idempotency_Key="k-1")
    again = reporter.post("/orders", ORDER, Idempotency_Key="k-1")
    keyed = reporter.post("/orders", {**ORDER, "external_key": "12345-1"})
    known = reporter.post("/orders", {**ORDER, "external_key": "12345-1"})

    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (201, first.content, "true")
    assert (keyed.status_code, known.status_code, known.json()["uid"]) == (201, 200, keyed.json()["uid"])
    assert Order.objects.count() == 2
    assert_problem(
        reporter.post("/orders", {**ORDER, "service": "repair"}, Idempotency_Key="k-1"),
        409,
        "key_used_for_other_content",
    )
    assert_problem(
        reporter.post("/orders", {**ORDER, "service": "repair", "external_key": "12345-1"}), 409, "order_known"
    )


def test_the_first_answer_is_kept_for_its_days_and_goes(corps: Corps, caller: Callable[[str], Program]) -> None:
    reporter = caller("reporter")
    first = reporter.post("/orders", ORDER, Idempotency_Key="k-1")
    kept = Receipt.objects.get()
    assert receipts.drop_old(at=kept.created_at + timedelta(days=30), ref=reference.now()) == 0
    assert reporter.post("/orders", ORDER, Idempotency_Key="k-1").content == first.content
    assert receipts.drop_old(at=kept.created_at + timedelta(days=30, seconds=1), ref=reference.now()) == 1
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": "unknown"}, "service"),
        ({"lon": 100.0}, "place"),
        ({"lon": None}, "place"),
        ({"lon": None, "lat": None, "address": ""}, "place"),
        ({"weight": 3}, "weight"),
        ({"people": 0}, "people"),
        ({"wanted_to": "2020-01-01T00:00:00+08:00"}, "wanted_to"),
        ({"requester": {"name": "李四海", "consent": True, "age": 80}}, "age"),
        ({"requester": {"name": "李四海"}}, "consent"),
        ({"requester": {"name": "李四海", "consent": False}}, "consent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_order_that_cannot_be_taken_is_not_kept(
    corps: Corps, caller: Callable[[str], Program], change: Any, field: str
) -> None:  # fmt: skip
    response = caller("reporter").post("/orders", {**ORDER, **change})

    assert response.status_code == 422, response.content
    assert field in str([one["field"] for one in response.json()["errors"]])
    assert not Order.objects.exists()


def test_a_step_is_refused_with_its_reason(corps: Corps, caller: Callable[[str], Program]) -> None:
    order = corps.walk("pooled")
    desk, url = caller("order_desk"), f"/orders/{order.uid}"

    assert_problem(desk.post(f"{url}/steps/assign", {"team": "BAMBOO"}), 409, "team_full")
    assert_problem(desk.post(f"{url}/steps/assign", {}), 409, "step_needs")
    assert_problem(desk.post(f"{url}/steps/assign", {"team": "NOBODY"}), 422, "unknown_team")
    assert_problem(desk.post(f"{url}/steps/assign", {"team": "PLUM"}, If_Match='"1-000000000000"'), 412, "stale")
    assert_problem(desk.post(f"{url}/steps/finish", {"note": "x"}), 403, "not_allowed")
    assert_problem(caller("plum_handler").post(f"{url}/steps/accept", {}), 403, "not_allowed")
    for step in ("lapse", "rate_by_time", "dance"):
        assert_problem(desk.post(f"{url}/steps/{step}", {}), 404, "not_found")
    assert_problem(caller("other_handler").get(url), 404, "not_found")


def test_a_refused_step_speaks_of_the_order_and_not_of_a_case(corps: Corps, caller: Callable[[str], Program]) -> None:
    order = corps.walk("pooled")
    detail = caller("order_desk").post(f"/orders/{order.uid}/steps/approve", {}).json()["detail"]

    assert detail == "“approve” cannot be taken now; state of the order: waits for a team."


def test_lists_are_paged_and_narrowed(corps: Corps, caller: Callable[[str], Program]) -> None:
    now = timezone.now()
    orders = [corps.order(at=now + timedelta(seconds=number), urgent=number == 0) for number in range(5)]
    desk = caller("order_desk")
    first = desk.get("/orders?limit=2").json()
    second = desk.get(first["next"]).json()

    assert [one["number"] for one in first["items"] + second["items"]] == [one.number for one in reversed(orders[1:])]
    assert [one["number"] for one in desk.get("/orders?urgent=true").json()["items"]] == [orders[0].number]
    assert len(desk.get("/orders?state=submitted&service=haircut").json()["items"]) == 5
    assert desk.get("/orders?team=PLUM").json()["items"] == []
    assert_problem(desk.get("/orders?service=none"), 422, "unknown_service")
    assert_problem(desk.get("/orders?colour=red"), 422, "unknown_parameter")
    assert caller("other_handler").get("/orders").json()["items"] == []


def test_an_order_not_changed_since_is_not_sent_again(corps: Corps, caller: Callable[[str], Program]) -> None:
    order = corps.order()
    desk = caller("order_desk")
    seen = desk.get(f"/orders/{order.uid}")

    assert desk.get(f"/orders/{order.uid}", If_None_Match=seen["ETag"]).status_code == 304


def test_who_served_is_told_with_the_last_step_and_recorded(corps: Corps, caller: Callable[[str], Program]) -> None:
    from civicloop.volunteers.models import ServiceRecord
    from tests.volunteers.folk import volunteer

    one, end = volunteer(corps), noon(1)
    order = corps.walk("serving", at=end - timedelta(hours=3))
    row = {"volunteer": str(one.uid), "starts_at": (end - timedelta(hours=1)).isoformat(), "ends_at": end.isoformat()}
    team, step = caller("mulberry_handler"), f"/orders/{order.uid}/steps/finish"

    assert_problem(team.post(step, {"note": "好了", "served": [row | {"who": "x"}]}), 422, "invalid")
    assert_problem(team.post(step, {"note": "好了", "served": [row | {"hours": 9}]}), 422, "hours_more_than_time")
    assert_problem(
        team.post(step, {"note": "好了", "served": [row | {"volunteer": str(order.uid)}]}), 422, "unknown_volunteer"
    )
    answer = team.post(step, {"note": "好了", "served": [row]})

    assert answer.status_code == 200, answer.content
    assert ServiceRecord.objects.get().order == order


@pytest.mark.parametrize("step", ["arrange", "amend"])
def test_a_step_that_gives_coordinates_alone_leaves_the_address(
    corps: Corps, caller: Callable[[str], Program], step: str
) -> None:
    """A place is given in parts: what is not said of it stays."""
    desk, home = caller("order_desk"), {**HOME, "address": "莲北社区 3 栋 201"}
    url = desk.post("/orders", {**ORDER, **home, "submit": step == "arrange"}).json()["url"]
    note = {"note": "来电确认"} if step == "arrange" else {}

    answer = desk.post(f"{url}/steps/{step}", {**note, "place": {"lon": WEST + 0.015, "lat": SOUTH + 0.01}})

    assert answer.status_code == 200, answer.content
    assert (answer.json()["address"], answer.json()["lon"]) == (home["address"], pytest.approx(WEST + 0.015))
    moved = desk.post(f"{url}/steps/{step}", {**note, "place": {"address": ""}}).json()
    assert (moved["address"], moved["lon"]) == ("", pytest.approx(WEST + 0.015)), "an empty one is said on purpose"
