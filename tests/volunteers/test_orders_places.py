"""The menu, the teams and the sites: who keeps them, what is refused, and that each change is a line of the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.queries import breaks, history
from civicloop.organisation.uids import named_uid
from civicloop.volunteers import queries
from civicloop.volunteers.actions import menu, places
from tests.cast import MONDAY_NINE, SOUTH, WEST, hours
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE


def test_a_service_is_made_published_changed_and_withdrawn(corps: Corps) -> None:
    by = corps.order_desk
    made = menu.make_service(code="walk", name="陪同就医", skills=[corps.skills["repair"]], minutes=180, by=by, at=AT)
    assert made not in queries.menu(AT)
    menu.publish_service(service=made, by=by, at=AT)
    with pytest.raises(Conflict):
        menu.publish_service(service=made, by=by, at=AT)
    menu.change_service(service=made, changes={"minutes": 120, "skills": [corps.skills["tutor"]]}, by=by, at=AT)
    assert made in queries.menu(AT)
    menu.withdraw_service(service=made, by=by, at=AT + hours(1))
    assert made in queries.menu(AT)
    assert made not in queries.menu(AT + hours(1))
    with pytest.raises(Conflict):
        menu.withdraw_service(service=made, by=by, at=AT + hours(2))

    lines = list(history("service", made.uid))
    assert [line.verb for line in lines] == ["service.make", "service.publish", "service.change", "service.withdraw"]
    assert lines[2].data == {
        "before": {"minutes": 180, "skills": ["repair"]},
        "after": {"minutes": 120, "skills": ["tutor"]},
    }
    assert list(breaks()) == []


def test_only_the_desk_of_the_centre_keeps_the_menu(corps: Corps) -> None:
    haircut = corps.services["haircut"]
    for who in (corps.town_order_desk, corps.mulberry_leader, corps.system_admin, corps.filer):
        with pytest.raises(NotAllowed):
            menu.withdraw_service(service=haircut, by=who, at=AT)
        with pytest.raises(NotAllowed):
            menu.make_skill(code="x", name="其他", by=who, at=AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"minutes": 0}, "minutes"), ({"people": "many"}, "people"), ({"code": "x"}, "code"), ({"name": ""}, "name")],
)
def test_a_service_is_not_changed_into_nonsense(corps: Corps, changes: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        menu.change_service(service=corps.services["haircut"], changes=changes, by=corps.order_desk, at=AT)

    assert refused.value.field == field


def test_a_code_is_given_once(corps: Corps) -> None:
    for make in (menu.make_service, menu.make_skill):
        with pytest.raises(Conflict) as refused:
            make(code="haircut" if make is menu.make_service else "hair", name="又一个", by=None, at=AT)
        assert refused.value.code == "code_taken"


def test_a_teams_leader_changes_his_own_team_and_no_other(corps: Corps) -> None:
    team = places.change_team(
        team=corps.teams["mulberry"], changes={"capacity": 5, "skills": [corps.skills["tutor"]], "areas": [corps.lotus]},
        by=corps.mulberry_leader, at=AT,
    )  # fmt: skip

    assert (team.capacity, [one.code for one in team.skills.all()]) == (5, ["tutor"])
    line = history("team", corps.mulberry.uid).last()
    assert line is not None
    assert line.data["before"] == {"capacity": 2, "skills": ["hair", "repair"], "areas": []}
    for who in (corps.mulberry_handler, corps.other_leader, corps.system_admin):
        with pytest.raises(NotAllowed):
            places.change_team(team=team, changes={"capacity": 1}, by=who, at=AT)
    places.change_team(team=team, changes={"capacity": 0}, by=corps.town_order_desk, at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"capacity": -1}, "number_out_of_bounds"),
        ({"capacity": True}, "number_out_of_bounds"),
        ({"radius_m": 10**6}, "number_out_of_bounds"),
        ({"lon": None}, "half_a_place"),
        ({"lon": 500.0}, "out_of_range"),
        ({"unit": None}, "not_editable"),
        ({"slots": [{"weekday": 8, "from": "09:00", "to": "10:00", "orders": 1}]}, "bad_slots"),
        ({"slots": [{"weekday": 1, "from": "10:00", "to": "09:00", "orders": 1}]}, "bad_slots"),
        ({"slots": [{"weekday": 1, "from": "x", "to": "09:00", "orders": 1}]}, "bad_slots"),
        ({"slots": [{"weekday": 1}]}, "bad_slots"),
        ({"slots": "always"}, "bad_slots"),
    ],
)
def test_a_team_is_not_changed_into_nonsense(corps: Corps, changes: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        places.change_team(team=corps.teams["mulberry"], changes=changes, by=corps.order_desk, at=AT)

    assert refused.value.code == code
    corps.teams["mulberry"].refresh_from_db()
    assert corps.teams["mulberry"].capacity == 2


def test_only_a_unit_of_the_kind_team_becomes_one_and_once(corps: Corps) -> None:
    with pytest.raises(Invalid) as refused:
        places.make_team(unit=corps.lotus, by=corps.order_desk, at=AT)
    assert refused.value.code == "unit_is_no_team"
    with pytest.raises(Conflict):
        places.make_team(unit=corps.mulberry, by=corps.order_desk, at=AT)


def test_each_level_stands_under_one_above_it(corps: Corps) -> None:
    centre = corps.teams["plum"].site
    make = {"unit": corps.lotus, "by": corps.order_desk, "at": AT}
    station = places.make_site(code="Z1", name="莲北站", level="station", parent=centre, lon=WEST, lat=SOUTH, **make)
    post = places.make_site(code="P1", name="阵地岗", level="position_post", parent=station, **make)

    for wrong in ({"parent": post}, {"parent": None}):
        with pytest.raises(Invalid) as refused:
            places.make_site(code="Z2", name="柳东站", level="station", **wrong, **make)
        assert refused.value.code == "site_level_wrong"
    with pytest.raises(Invalid):
        places.make_site(code="Z3", name="别处", level="palace", parent=centre, **make)
    with pytest.raises(Invalid):
        places.change_site(site=station, changes={"parent": station}, by=corps.order_desk, at=AT)
    with pytest.raises(Conflict, match="site_in_use"):
        places.change_site(site=station, changes={"active": False}, by=corps.order_desk, at=AT)
    places.change_site(site=post, changes={"active": False}, by=corps.order_desk, at=AT)
    moved = places.change_site(
        site=station, changes={"opening": "9:00–17:00", "active": False}, by=corps.order_desk, at=AT
    )
    assert (moved.opening, list(queries.sites(level="station"))) == ("9:00–17:00", [])
    assert [line.verb for line in history("site", station.uid)] == ["site.make", "site.change"]
    assert history("skill", named_uid("skill:hair")).count() == 1
    with pytest.raises(NotAllowed):
        places.change_site(site=station, changes={"active": True}, by=corps.mulberry_leader, at=AT)


def test_a_team_without_a_place_of_its_own_starts_from_its_site_and_the_offer_says_how_far(corps: Corps) -> None:
    places.change_team(team=corps.teams["mulberry"], changes={"lon": None, "lat": None}, by=None, at=AT)

    order = corps.walk("assigned", lon=WEST + 0.01, lat=SOUTH + 0.01)

    assert order.team is not None
    assert order.team.start == (WEST + 0.01, SOUTH + 0.01)
    assert order.steps.get(name="assign").data["metres"] == 0
