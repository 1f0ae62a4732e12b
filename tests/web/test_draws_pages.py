"""The protocol of a draw: promises before, places after opening, everything after publication."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.inspection import published
from civicloop.inspection.actions.drawing import perform_draw, publish_draw
from civicloop.inspection.models import Draw, DrawnPoint
from civicloop.inspection.models import Visit as VisitRow
from tests.web.inspected import inspected

Visit = Callable[..., Any]
PER_PAGE = 15


@pytest.fixture
def stage(city: Any) -> Any:
    return inspected(city)


def publish(stage: Any, draw: Draw) -> None:
    publish_draw(draw=draw, by=stage.city.supervisor, at=timezone.now())


def test_before_its_day_a_draw_shows_its_promise_and_nothing_else(stage: Any, visitor: Visit) -> None:
    draw = stage.commit(opens_on=stage.today + timedelta(days=1))
    perform_draw(draw=draw, by=stage.city.supervisor, at=stage.before)
    draw.refresh_from_db()

    _, text = visitor("supervisor").get(f"/draws/{draw.code}")

    assert draw.commitment in text
    assert draw.result_digest in text
    assert draw.secret not in text
    assert "sealed until" in text
    assert not any(point.name in text for point in stage.points)


def test_after_opening_the_citys_desks_read_what_came_out_but_not_the_seed(stage: Any, visitor: Visit) -> None:
    draw = stage.draw()
    names = list(draw.drawn.values_list("point__name", flat=True))

    for person in ("supervisor", "auditor"):
        _, text = visitor(person).get(f"/draws/{draw.code}")
        assert all(name in text for name in names)
        assert draw.secret not in text
    for person in ("handler", "inspector", "reporter"):
        assert visitor(person).get(f"/draws/{draw.code}")[0] == 404


def test_after_publication_anybody_can_draw_again_from_the_files(stage: Any, visitor: Visit) -> None:
    draw = stage.draw()
    person = visitor("handler")
    assert person.get(f"/draws/{draw.code}/files/draw.zip")[0] == 404
    publish(stage, draw)

    assert draw.secret in person.get(f"/draws/{draw.code}")[1]
    answer = person.client.get(f"/draws/{draw.code}/files/draw.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        files = {name: folder.read(name) for name in folder.namelist()}

    assert published.check(files, commitment=draw.commitment).same
    assert person.client.get(f"/draws/{draw.code}/files/frame.csv").content == files["frame.csv"]
    assert person.get(f"/draws/{draw.code}/files/secret.txt")[0] == 404


def test_a_draw_that_waits_for_a_public_value_asks_for_it(stage: Any, visitor: Visit) -> None:
    draw = stage.commit(beacon_source="当日开奖号码")
    person = visitor("supervisor")

    assert "当日开奖号码" in person.get("/rounds/W1")[1]
    assert person.post(f"/draws/{draw.code}/perform").status_code == 422
    assert person.post(f"/draws/{draw.code}/perform", beacon="03 11 27").status_code == 302
    draw.refresh_from_db()
    assert (draw.state, draw.beacon) == ("drawn", "03 11 27")


def test_a_draw_is_cancelled_with_a_reason_only(stage: Any, visitor: Visit) -> None:
    draw = stage.draw(opens_on=stage.today + timedelta(days=1))
    person = visitor("supervisor")

    assert person.post(f"/draws/{draw.code}/cancel", reason=" ").status_code == 422
    assert person.post(f"/draws/{draw.code}/cancel", reason="抽样框有误").status_code == 302
    draw.refresh_from_db()
    assert draw.state == "cancelled"


def test_inspectors_and_days_are_chosen_and_the_lot_does_the_rest(stage: Any, visitor: Visit) -> None:
    draw = stage.draw()
    person, asked = visitor("supervisor"), {"starts": "08:30", "ends": "17:30", "speed": "20"}
    people = [str(stage.city.people[name].uid) for name in ("inspector", "other_inspector")]
    path = f"/draws/{draw.code}/assign"

    assert "訾查" in person.get(path)[1]
    answer = person.post(path, inspector=people, day=[stage.today.isoformat()], **asked)

    assert answer.status_code == 200
    assert VisitRow.objects.filter(day=stage.today).count() == 4
    assert "訾查" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"day": []}, 422), ({"inspector": []}, 409), ({"day": ["2020-01-01"]}, 422), ({"ends": "07:00"}, 422)],
)
def test_an_assignment_without_people_or_days_is_refused(
    stage: Any, visitor: Visit, asked: dict[str, Any], status: int
) -> None:
    draw = stage.draw()
    whole = {
        "inspector": [str(stage.city.inspector.uid)], "day": [stage.today.isoformat()], "starts": "08:30",
        "ends": "17:30", "speed": "20",
    }  # fmt: skip
    answer = visitor("supervisor").post(f"/draws/{draw.code}/assign", **{**whole, **asked})

    assert answer.status_code == status
    assert not VisitRow.objects.exists()


def test_what_does_not_fit_is_told_with_its_reason(stage: Any, visitor: Visit) -> None:
    draw = stage.draw(minutes={"*": 120})
    whole = {
        "inspector": [str(stage.city.inspector.uid)], "day": [stage.today.isoformat()], "starts": "08:30",
        "ends": "11:30", "speed": "20",
    }  # fmt: skip
    text = visitor("supervisor").post(f"/draws/{draw.code}/assign", **whole).content.decode()

    assert VisitRow.objects.count() < 4
    assert "What could not be fitted" in text
    assert "the days are full" in text


def test_a_reserve_takes_the_place_of_one_that_cannot_be_visited(stage: Any, visitor: Visit) -> None:
    visits = stage.assign()
    draw, drawn = visits[0].drawn.draw, visits[0].drawn
    person = visitor("supervisor")
    path = f"/draws/{draw.code}/places/{drawn.order}/substitute"

    assert drawn.point.name in person.get(path)[1]
    assert person.post(path, reason="").status_code == 422
    assert person.post(path, reason="道路封闭施工").status_code == 302
    taken = DrawnPoint.objects.get(replaces=drawn)
    text = person.get(f"/draws/{draw.code}")[1]

    assert f"takes the place of no. {drawn.order}: 道路封闭施工" in text
    assert taken.point.name in text
    assert visitor("auditor").get(path)[0] == 403


def test_the_protocol_keeps_to_its_statements(stage: Any, visitor: Visit) -> None:
    draw = stage.assign("inspector", "other_inspector", double_share=0.5)[0].drawn.draw
    person = visitor("supervisor")

    assert person.statements(f"/draws/{draw.code}") <= PER_PAGE
    assert person.statements(f"/draws/{draw.code}/assign") <= PER_PAGE
    publish(stage, draw)
    assert person.statements(f"/draws/{draw.code}") <= PER_PAGE
