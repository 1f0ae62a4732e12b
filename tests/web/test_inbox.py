"""The inbox as the place where work is done: filters, the case beside the list, the next case, live rows, who works on what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from civicloop.cases import actions

Visit = Callable[..., Any]


def uids(text: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', text)


@pytest.fixture
def waiting(city: Any) -> list[Any]:
    """Three cases that wait for the handler of Lotus, the oldest first."""
    now = timezone.now()
    return [
        city.walk("dispatched", at=now - timedelta(hours=hours), category=category, address=place)
        for hours, category, place in ((30, "litter", "桥头"), (20, "parking", "学校门口"), (2, "litter", "市场"))
    ]


def test_the_list_says_how_many_wait_and_in_which_order(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    _, text = visitor("handler").get("/inbox")

    assert set(uids(text)) == {str(one.uid) for one in waiting}
    assert 'data-many="3"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=学校", {1}), ("state=accepted", set()), ("state=dispatched", {0, 1, 2}), ("urgent=1", set()), ("lens=nobody", {0, 1, 2})],
)  # fmt: skip
def test_filters_narrow_the_inbox(city: Any, visitor: Visit, waiting: list[Any], query: str, found: set[int]) -> None:
    _, text = visitor("handler").get(f"/inbox?{query}")

    assert set(uids(text)) == {str(waiting[one].uid) for one in found}


def test_a_case_beside_the_list_offers_its_steps_and_the_next_case(
    city: Any, visitor: Visit, waiting: list[Any]
) -> None:
    person = visitor("handler")
    first, second, *_ = uids(person.get("/inbox")[1])

    _, part = person.get(f"/inbox/case/{first}?then={second}")

    assert "<html" not in part
    assert f"/cases/{first}/steps/accept?next={quote('/inbox?case=' + second, safe='')}" in part
    assert "data-main" in part


def test_after_a_step_the_next_case_opens(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    person = visitor("verifier")
    for case in waiting[:2]:
        actions.accept(case.uid, by=city.handler, at=timezone.now())
        actions.rectify(case.uid, note="清了", photos=[city.photo()], by=city.handler, at=timezone.now())
    first, second = uids(person.get("/inbox")[1])

    answer = person.post(f"/cases/{first}/steps/verify", note="干净", next=f"/inbox?case={second}")
    _, page = person.get(answer["Location"])

    assert answer["Location"] == f"/inbox?case={second}"
    assert uids(page) == [second]
    assert f'hx-get="/inbox/case/{second}' in page


def test_the_way_on_never_leads_to_another_site(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    answer = visitor("handler").post(f"/cases/{waiting[0].uid}/steps/accept", next="https://elsewhere.example/")

    assert answer["Location"] == f"/cases/{waiting[0].uid}"


def test_a_refused_step_keeps_the_way_on(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    answer = visitor("handler").post(f"/cases/{waiting[0].uid}/steps/return", reason="", next="/inbox?case=x")

    assert answer.status_code in (409, 422)
    assert 'name="next" value="/inbox?case=x"' in answer.content.decode()


def test_an_open_case_that_waits_no_more_gives_way_to_the_most_pressing(
    city: Any, visitor: Visit, waiting: list[Any]
) -> None:
    person = visitor("handler")
    gone = city.walk("closed", at=timezone.now() - timedelta(hours=9))
    _, text = person.get(f"/inbox?case={gone.uid}")

    assert f'hx-get="/inbox/case/{uids(text)[0]}' in text


def test_a_case_nobody_showed_me_cannot_be_opened_beside_the_list(
    city: Any, visitor: Visit, waiting: list[Any]
) -> None:
    assert visitor("other_handler").get(f"/inbox/case/{waiting[0].uid}")[0] == 404
    assert visitor("handler").get(f"/inbox/case/{waiting[0].uid}?then=nonsense")[0] == 200


def test_who_can_act_on_several_cases_may_tick_a_whole_page(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    city.report(at=timezone.now() - timedelta(hours=1))
    city.walk("filed", at=timezone.now() - timedelta(hours=2))

    assert "data-tick-all" in visitor("dispatcher").get("/inbox")[1]
    assert "data-tick-all" not in visitor("handler").get("/inbox")[1]
    assert 'name="case"' not in visitor("handler").get("/inbox")[1]


# Live rows


def test_live_rows_are_sent_only_when_something_changed(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    client = visitor("handler").client
    first = client.get("/inbox/live")
    again = client.get("/inbox/live", headers={"If-None-Match": first["ETag"]})
    actions.accept(waiting[0].uid, by=city.leader, at=timezone.now())
    changed = client.get("/inbox/live", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, changed.status_code) == (200, 200)
    # The stamp changes every two minutes for the sake of the words of time; the test may stand on such a moment.
    assert again.status_code == 304 or again["ETag"] != first["ETag"]
    assert changed["ETag"] != first["ETag"]
    assert b"<html" not in changed.content


def test_the_page_carries_the_stamp_of_its_own_list(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    client = visitor("handler").client
    stamps = {client.get("/inbox/live")["ETag"] for _ in range(2)}
    _, text = visitor("handler").get("/inbox")

    assert re.search(r'data-etag="([^"]+)"', text)[1].replace("&quot;", '"') in stamps | {
        client.get("/inbox/live")["ETag"]
    }


def test_a_new_case_and_somebody_at_work_both_change_the_stamp(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    client = visitor("handler").client
    stamps = [client.get("/inbox/live")["ETag"]]
    visitor("leader").post(f"/cases/{waiting[0].uid}/presence")
    stamps.append(client.get("/inbox/live")["ETag"])
    city.walk("dispatched", at=timezone.now() - timedelta(hours=1))
    stamps.append(client.get("/inbox/live")["ETag"])

    assert len(set(stamps)) == 3


# Who works on what


def test_others_are_named_and_gone_when_they_leave(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    handler, leader = visitor("handler"), visitor("leader")
    address = f"/cases/{waiting[0].uid}/presence"

    assert leader.post(address).content.decode().strip() == ""
    assert city.leader.name in handler.post(address).content.decode()
    assert city.leader.name in handler.get("/inbox")[1]
    assert city.leader.name in handler.get(f"/inbox/case/{waiting[0].uid}")[1]
    assert leader.post(address, leave="1").status_code == 204
    assert city.leader.name not in handler.get("/inbox")[1]


def test_the_page_of_a_case_names_them_as_it_is_drawn_so_that_no_button_moves_under_a_finger(
    city: Any, visitor: Visit, waiting: list[Any]
) -> None:
    visitor("leader").post(f"/cases/{waiting[0].uid}/presence")
    page = visitor("handler").get(f"/cases/{waiting[0].uid}")[1]

    assert city.leader.name in page.partition("data-presence=")[2].partition("</div>")[0]


def test_a_stranger_cannot_say_that_he_works_on_a_case(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    assert visitor("other_handler").post(f"/cases/{waiting[0].uid}/presence").status_code == 404
    assert visitor("handler").get(f"/cases/{waiting[0].uid}/presence")[0] == 405


# Kept filters


def test_a_filter_is_kept_under_a_name_for_its_owner_alone(city: Any, visitor: Visit, waiting: list[Any]) -> None:
    person = visitor("handler")
    answer = person.post("/filters/inbox", name="学校", query="q=学校&after=x&evil=1")

    assert answer["Location"] == "/inbox?q=" + quote("学校")
    assert "学校</a>" in person.get("/inbox")[1]
    assert "学校</a>" not in visitor("leader").get("/inbox")[1]
    person.post("/filters/inbox", name="学校", query="state=dispatched")
    assert person.get("/inbox")[1].count("学校</a>") == 1
    person.post("/filters/inbox", name="学校", remove="1")
    assert "学校</a>" not in person.get("/inbox")[1]


@pytest.mark.parametrize(("name", "query"), [("", "q=a"), ("n", ""), ("n", "evil=1"), ("x" * 41, "q=a")])
def test_a_filter_without_name_or_condition_is_refused(city: Any, visitor: Visit, name: str, query: str) -> None:
    assert visitor("handler").post("/filters/cases", name=name, query=query).status_code == 422


def test_only_so_many_filters_and_only_for_rooms_that_exist(city: Any, visitor: Visit) -> None:
    person = visitor("handler")
    for number in range(20):
        assert person.post("/filters/cases", name=f"n{number}", query="q=a").status_code == 302

    assert person.post("/filters/cases", name="one more", query="q=a").status_code == 422
    assert person.post("/filters/nowhere", name="n", query="q=a").status_code == 404


# What waits for whom: the side affairs


def test_side_affairs_find_their_desk_and_nobody_decides_for_himself(city: Any, visitor: Visit) -> None:
    case = city.walk("accepted", at=timezone.now() - timedelta(hours=2))
    actions.extend(
        case.uid,
        amount=2,
        unit_of_time="work_hour",
        reason="下雨",
        by=city.handler,
        at=timezone.now() - timedelta(hours=1),
    )

    assert str(case.uid) in visitor("dispatcher").get("/inbox")[1]
    assert str(case.uid) in visitor("supervisor").get("/inbox")[1]
    assert str(case.uid) not in visitor("verifier").get("/inbox")[1]
