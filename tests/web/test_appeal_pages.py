"""Appeals on pages: lodged from the item that was not met, taken along their stages, the old value in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from civicloop.organisation.models import Appointment, Person
from civicloop.scoring.models import Appeal
from tests.cast import SINCE
from tests.scoring.town import Town
from tests.web.scored import fault, scored

Visit = Callable[..., Any]
PER_PAGE, PER_LIST = 15, 6
POINT = "/scores/open?round=W48&path=unit:LOTUS_NORTH/type:STREET/area:LOTUS/point:STREET-lotus-0"


@pytest.fixture
def town(city: Any) -> Town:
    return scored(city)


def lodged(town: Town, visitor: Visit) -> Appeal:
    visitor("leader").post("/appeals/new", observation=str(fault(town).uid), wanted="met", reason="施工已报备")
    return Appeal.objects.get()


def test_a_leader_is_led_from_the_item_to_the_form_and_lodges(town: Town, visitor: Visit) -> None:
    leader = visitor("leader")
    assert f"/appeals/new?observation={fault(town).uid}" in leader.get(POINT)[1]
    status, form = leader.get(f"/appeals/new?observation={fault(town).uid}")
    answer = leader.post("/appeals/new", observation=str(fault(town).uid), wanted="met", reason="施工已报备")

    assert status == 200
    assert "Possible until" in form
    assert answer["Location"] == f"/appeals/{Appeal.objects.get().uid}"
    assert "施工已报备" in leader.get(answer["Location"])[1]


@pytest.mark.parametrize(
    ("changed", "status"), [({"reason": " "}, 422), ({"wanted": "not_met"}, 422), ({"wanted": "?"}, 422)]
)
def test_a_wrong_appeal_is_said_and_what_was_typed_stays(
    town: Town, visitor: Visit, changed: dict[str, str], status: int
) -> None:
    typed = {"observation": str(fault(town).uid), "wanted": "met", "reason": "施工已报备", **changed}
    answer = visitor("leader").post("/appeals/new", **typed)

    assert answer.status_code == status
    assert not Appeal.objects.exists()
    assert typed["reason"].strip() in answer.content.decode()


def test_others_lodge_nothing_and_see_no_appeal(town: Town, visitor: Visit) -> None:
    uid = fault(town).uid
    assert visitor("other_leader").get(f"/appeals/new?observation={uid}")[0] == 404
    assert visitor("supervisor").post("/appeals/new", observation=str(uid), wanted="met", reason="x").status_code == 403
    assert visitor("leader").get("/appeals/new?observation=nonsense")[0] == 404
    found = lodged(town, visitor)

    assert visitor("other_leader").get(f"/appeals/{found.uid}")[0] == 404
    assert "STREET" not in visitor("other_leader").get("/appeals")[1].split("<main")[1]


def test_the_stages_are_taken_by_different_people_and_the_score_shows_both_values(town: Town, visitor: Visit) -> None:
    third = Person.objects.create(username="third", name="第三")
    Appointment.objects.create(person=third, role="supervisor", unit=town.city.command, starts_on=SINCE)
    town.city.people["third"] = third
    found = lodged(town, visitor)
    first = visitor("supervisor")

    assert first.get(f"/appeals/{found.uid}")[1].count('class="main"') == 1
    first.post(f"/appeals/{found.uid}/take_up", note="")
    assert 'class="main"' not in first.get(f"/appeals/{found.uid}")[1]
    assert first.post(f"/appeals/{found.uid}/forward", note="x").status_code == 403
    assert visitor("other_supervisor").post(f"/appeals/{found.uid}/forward", note="").status_code in (409, 422)
    visitor("other_supervisor").post(f"/appeals/{found.uid}/forward", note="转部门核实")
    assert visitor("third").post(f"/appeals/{found.uid}/grant", note="属实", answer="met").status_code == 302

    found.refresh_from_db()
    text = visitor("supervisor").get(f"/appeals/{found.uid}")[1]
    assert found.state == "granted"
    assert "<del>not met</del>" in text
    assert "转部门核实" in text
    opened = visitor("supervisor").get(POINT)[1]
    assert "<del>not met</del>" in opened
    assert "the old value stays" in opened


def test_the_leader_withdraws(town: Town, visitor: Visit) -> None:
    found = lodged(town, visitor)
    visitor("leader").post(f"/appeals/{found.uid}/withdraw", note="")
    found.refresh_from_db()

    assert found.state == "withdrawn"
    assert "withdrawn" in visitor("leader").get("/appeals?state=withdrawn")[1]


def test_pages_keep_to_their_statements(town: Town, visitor: Visit) -> None:
    found = lodged(town, visitor)
    person = visitor("supervisor")

    assert person.statements("/appeals") <= PER_LIST
    assert person.statements(f"/appeals/{found.uid}") <= PER_PAGE
    assert visitor("leader").statements(f"/appeals/new?observation={fault(town).uid}") <= PER_PAGE
