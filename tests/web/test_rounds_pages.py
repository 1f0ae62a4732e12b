"""Rounds: planned on a page, designed on the next; how far they are; what stays sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from civicloop.inspection.actions.drawing import publish_draw
from civicloop.inspection.actions.rounds import close_round
from civicloop.inspection.models import Draw, Round
from tests.web.inspected import inspected

Visit = Callable[..., Any]
PER_LIST, PER_PAGE = 6, 15


@pytest.fixture
def stage(city: Any) -> Any:
    return inspected(city)


def form(stage: Any, **changed: str) -> dict[str, str]:
    days = {"starts_on": stage.today.isoformat(), "ends_on": (stage.today + timedelta(days=4)).isoformat()}
    names = {"code": "W9", "title": "第九周暗访", "kind": "weekly_visit", "organiser": stage.city.office.code}
    return {**days, **names, "edition": str(stage.edition.pk), **changed}


def test_a_supervisor_plans_a_round_and_is_led_to_its_draw(stage: Any, visitor: Visit) -> None:
    answer = visitor("supervisor").post("/rounds/new", **form(stage))
    made = Round.objects.get()

    assert answer["Location"] == "/rounds/W9/draw"
    assert (made.edition_id, made.organiser_id) == (stage.edition.pk, stage.city.office.pk)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "is needed"),
        ({"starts_on": "soon"}, "not a date"),
        ({"ends_on": "2020-01-01"}, "lies before the first"),
        ({"organiser": "NOBODY"}, "There is no unit"),
        ({"edition": "999999"}, "not one of the choices"),
    ],
)
def test_a_wrong_round_is_said_and_what_was_typed_stays(
    stage: Any, visitor: Visit, changed: dict[str, str], said: str
) -> None:
    answer = visitor("supervisor").post("/rounds/new", **form(stage, **changed))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="W9"' in answer.content.decode()
    assert not Round.objects.exists()


@pytest.mark.parametrize("name", ["reporter", "handler", "inspector", "auditor"])
def test_others_plan_nothing(stage: Any, visitor: Visit, name: str) -> None:
    assert visitor(name).get("/rounds/new")[0] == 403
    assert visitor(name).post("/rounds/new", **form(stage)).status_code == 403


def test_the_design_becomes_a_draw_with_its_seed_fixed(stage: Any, visitor: Visit) -> None:
    stage.plan()
    person = visitor("supervisor")
    opens = (stage.today + timedelta(days=1)).isoformat()
    design = {
        "kind": "points", "allocation": "quota", "minimum": "1", "double": "10", "reserve": "20", "minutes": "15",
        "opens_on": opens, "quota.street": "5", "window.street": "7:00～11:30", "spread": "1",
    }  # fmt: skip

    assert 'name="quota.street"' in person.get("/rounds/W1/draw")[1]
    answer = person.post("/rounds/W1/draw", **design)
    draw = Draw.objects.get()

    assert answer["Location"] == f"/draws/{draw.code}"
    assert draw.design["quota"] == {"street": 5}
    assert draw.design["double_share"] == 0.1
    assert draw.design["windows"] == {"street": ["7:00", "11:30"]}
    assert draw.state == "committed"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"quota.street": "many"}, "quota"), ({"double": "90"}, "double"), ({"opens_on": "2020-01-01"}, "opens_on")],
)
def test_a_wrong_design_draws_nothing_and_keeps_what_was_typed(
    stage: Any, visitor: Visit, changed: dict[str, str], field: str
) -> None:
    stage.plan()
    design = {
        "kind": "points", "allocation": "quota", "minimum": "1", "double": "8", "reserve": "20", "minutes": "17",
        "opens_on": stage.today.isoformat(), "quota.street": "5", **changed,
    }  # fmt: skip
    answer = visitor("supervisor").post("/rounds/W1/draw", **design)

    assert answer.status_code == 422
    assert 'value="17"' in answer.content.decode()
    assert 'class="fault"' in answer.content.decode()
    assert not Draw.objects.exists()


def test_the_page_offers_the_next_step_and_no_other(stage: Any, visitor: Visit) -> None:
    person = visitor("supervisor")
    round_ = stage.plan()

    def offered() -> list[str]:
        text = person.get("/rounds/W1")[1].split("<main")[1]  # the bar above has its own: Report
        return [part.split("<")[0] for part in text.split('button main"')[1:] for part in [part.split(">", 1)[1]]] + [
            part.split("<")[0].strip() for part in text.split('class="main">')[1:]
        ]

    assert offered() == ["Fix the seed"]
    draw = stage.commit(round_)
    assert offered() == ["Draw"]
    person.post(f"/draws/{draw.code}/perform")
    assert offered() == ["Assign inspectors"]
    publish_draw(draw=draw, by=stage.city.supervisor, at=stage.before + timedelta(days=2, hours=12))
    assert offered() == ["Close the round"]
    close_round(round=round_, by=stage.city.supervisor, at=stage.before + timedelta(days=2, hours=13))
    assert offered() == []


def test_which_kinds_and_towns_are_visited_is_sealed_until_the_draw_opens(stage: Any, visitor: Visit) -> None:
    sealed = stage.plan("W2", starts_on=stage.today + timedelta(days=2), ends_on=stage.today + timedelta(days=3))
    stage.commit(sealed, opens_on=stage.today + timedelta(days=2))
    person = visitor("supervisor")
    person.post("/draws/W2-1/perform")
    days = [(stage.today + timedelta(days=2)).isoformat()]
    person.post("/draws/W2-1/assign", inspector=[str(stage.city.inspector.uid)], day=days, starts="08:00", ends="18:00")

    _, text = person.get("/rounds/W2")

    assert sealed.visits.count() == 4
    assert "sealed until the draw opens" in text
    assert "By town" not in text

    stage.assign()
    assert "By town" in person.get("/rounds/W1")[1]


def test_units_hear_of_a_round_once_its_draw_is_published(stage: Any, visitor: Visit) -> None:
    draw = stage.draw()

    assert visitor("handler").get("/rounds/W1")[0] == 404
    assert "第一周暗访" not in visitor("handler").get("/rounds")[1]
    publish_draw(draw=draw, by=stage.city.supervisor, at=stage.before + timedelta(days=2, hours=12))
    assert "第一周暗访" in visitor("handler").get("/rounds")[1]
    assert visitor("handler").get("/rounds/W1")[0] == 200


def test_lists_and_pages_keep_to_their_statements(stage: Any, visitor: Visit) -> None:
    stage.assign("inspector", "other_inspector", double_share=0.5)
    for number in range(2, 8):
        stage.plan(f"W{number}")
    person = visitor("supervisor")

    assert person.statements("/rounds") <= PER_LIST
    assert person.statements("/rounds/W1") <= PER_PAGE
    assert person.statements("/rounds/new") <= PER_PAGE
    assert person.statements("/rounds/W1/draw") <= PER_PAGE
