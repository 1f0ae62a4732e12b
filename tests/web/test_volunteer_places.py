"""Teams and sites on the desk: set up, changed, closed, with their history; who may, and what stays masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from civicloop.ledger.queries import breaks, history
from civicloop.organisation import actions as organisation
from civicloop.volunteers.models import PracticeSite, Team
from tests.cast import MONDAY_NINE, SOUTH, WEST
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
MOST_STATEMENTS, MOST_BYTES = 15, 120_000
CONTACT, PHONE = "司马小桑", "13812340000"


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


def typed_team(**more: Any) -> dict[str, Any]:
    told = {
        "skills": ["hair", "tutor"], "capacity": "4", "site": "C1", "lon": f"{WEST + 0.004:.6f}", "lat": f"{SOUTH + 0.004:.6f}",
        "datum": "wgs84", "radius_m": "3000", "areas": ["LOTUS"], "contact": CONTACT, "contact_phone": PHONE, "active": "1",
    }  # fmt: skip
    return told | more


def typed_site(**more: Any) -> dict[str, Any]:
    told = {
        "code": "Z1", "level": "station", "name": "莲北站", "parent": "C1", "unit": "LOTUS", "address": "莲北社区1号",
        "lon": f"{WEST + 0.004:.6f}", "lat": f"{SOUTH + 0.004:.6f}", "datum": "wgs84", "opening": "9:00–17:00",
        "services": ["haircut", "repair"],
    }  # fmt: skip
    return told | more


def test_a_leader_changes_his_team_and_the_history_says_what(corps: Corps, enter: Callable[..., Any]) -> None:
    leader, page = enter("mulberry_leader"), f"/volunteers/teams/{corps.mulberry.uid}"
    assert leader.post(f"{page}/edit", **typed_team()).status_code == 302

    team = Team.objects.get(unit=corps.mulberry)
    assert (team.capacity, team.radius_m, team.contact) == (4, 3000, CONTACT)
    assert sorted(one.code for one in team.skills.all()) == ["hair", "tutor"]
    assert [one.code for one in team.areas.all()] == ["LOTUS"]
    text = leader.get(page)[1]
    assert "What was changed" in text
    assert PHONE in text
    said = str(list(history("team", corps.mulberry.uid))[-1].data)
    assert not [word for word in (CONTACT, PHONE) if word in said], "the ledger keeps nobody's number"
    other = enter("plum_handler")
    assert not [word for word in (CONTACT, PHONE, "What was changed") if word in other.get(page)[1]]
    assert other.get(f"{page}/edit")[0] == 403
    assert other.post(f"{page}/edit", **typed_team(capacity="1")).status_code == 403


def test_a_team_is_closed_and_found_among_those_not_in_use(corps: Corps, enter: Callable[..., Any]) -> None:
    desk, page = enter("order_desk"), f"/volunteers/teams/{corps.plum.uid}"
    desk.post(f"{page}/edit", **typed_team(active=""))

    assert "红梅服务队" not in desk.get("/volunteers/teams")[1]
    assert "红梅服务队" in desk.get("/volunteers/teams?idle=1")[1]
    assert "not in use" in desk.get(page)[1]


def test_a_place_outside_the_city_is_refused_and_what_was_typed_stays(corps: Corps, enter: Callable[..., Any]) -> None:
    answer = enter("order_desk").post(f"/volunteers/teams/{corps.plum.uid}/edit", **typed_team(lon="100.0", lat="30.0"))

    assert answer.status_code == 422
    assert "100.0" in answer.content.decode()
    assert Team.objects.get(unit=corps.plum).radius_m == 4000


def test_weekly_times_are_rows_and_an_emptied_row_is_gone(corps: Corps, enter: Callable[..., Any]) -> None:
    leader, page = enter("mulberry_leader"), f"/volunteers/teams/{corps.mulberry.uid}/times"
    rows = {
        "weekday": ["2", "4", "1"],
        "from": ["09:00", "14:00", ""],
        "to": ["11:00", "17:00", ""],
        "orders": ["2", "3", "3"],
    }
    assert leader.post(page, **rows).status_code == 302
    team = Team.objects.get(unit=corps.mulberry)
    assert [(one["weekday"], one["from"], one["orders"]) for one in team.slots] == [(2, "09:00", 2), (4, "14:00", 3)]

    leader.post(page, **{**rows, "from": ["", "14:00", ""], "to": ["", "17:00", ""]})
    team.refresh_from_db()
    assert [one["weekday"] for one in team.slots] == [4]
    wrong = leader.post(page, **{**rows, "to": ["08:00", "17:00", ""]})
    assert wrong.status_code == 422
    assert 'value="08:00"' in wrong.content.decode()
    leader.post(page, weekday=["1"], **{"from": [""], "to": [""], "orders": ["3"]})
    team.refresh_from_db()
    assert team.slots == [], "no row at all is any time"
    assert enter("plum_handler").get(page)[0] == 403


def test_a_unit_of_the_kind_team_is_set_up_by_the_centre_alone(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    assert "Every unit of the kind" in desk.get("/volunteers/teams/new")[1]
    organisation.add_unit(code="PINE", name="青松服务队", kind="team", parent=corps.lotus, by=None, at=MONDAY_NINE)
    assert enter("mulberry_leader").get("/volunteers/teams/new")[0] == 403

    desk.post("/volunteers/teams/new", **typed_team(unit="PINE", lon="", lat=""))

    team = Team.objects.get(unit__code="PINE")
    assert (team.capacity, team.lon) == (4, team.site.lon), "it starts from its site"


def test_a_site_is_added_under_another_changed_and_closed(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    assert desk.post("/volunteers/sites/new", **typed_site()).status_code == 302
    site = PracticeSite.objects.get(code="Z1")
    page = f"/volunteers/sites/{site.uid}"
    assert "上门理发 · 家电维修" in desk.get(page)[1]
    assert "莲北站" in desk.get("/volunteers/sites")[1]
    assert 'value="Z1" selected' in desk.get("/volunteers/sites/new?under=Z1")[1]
    post = typed_site(code="P1", level="practice_post", parent="Z1", name="莲北实践岗")
    desk.post("/volunteers/sites/new", **post)

    refused = desk.post(f"{page}/edit", **typed_site(active=""))
    assert refused.status_code == 409
    assert "still in use" in refused.content.decode()
    below = PracticeSite.objects.get(code="P1")
    desk.post(f"/volunteers/sites/{below.uid}/edit", **{**post, "active": ""})
    desk.post(f"{page}/edit", **typed_site(active="", opening="8:00–12:00"))
    site.refresh_from_db()
    assert (site.active, site.opening) == (False, "8:00–12:00")
    assert "莲北站" not in desk.get("/volunteers/sites")[1]
    assert "莲北站" in desk.get("/volunteers/sites?idle=1")[1]
    assert [line.verb for line in history("site", site.uid)] == ["site.make", "site.change"]
    assert list(breaks()) == []


def test_a_level_that_cannot_stand_there_is_said_at_the_form(corps: Corps, enter: Callable[..., Any]) -> None:
    answer = enter("order_desk").post("/volunteers/sites/new", **typed_site(level="station", parent=""))

    assert answer.status_code == 422
    assert "posts stand under stations" in answer.content.decode()


def test_who_may_not_keep_sites_finds_no_form_and_no_button(corps: Corps, enter: Callable[..., Any]) -> None:
    site = PracticeSite.objects.get(code="C1")
    stranger = enter("mulberry_handler")

    assert stranger.get("/volunteers/sites/new")[0] == 403
    assert stranger.get(f"/volunteers/sites/{site.uid}/edit")[0] == 403
    assert stranger.post(f"/volunteers/sites/{site.uid}/edit", **typed_site()).status_code == 403
    assert f"{site.uid}/edit" not in stranger.get(f"/volunteers/sites/{site.uid}")[1]
    assert enter("town_order_desk").get(f"/volunteers/sites/{site.uid}/edit")[0] == 403, "the centre is not the town's"


def test_every_page_keeps_its_budget(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    site, team = PracticeSite.objects.get(code="C1").uid, corps.mulberry.uid
    found = (
        "teams", "teams/new", f"teams/{team}", f"teams/{team}/edit", f"teams/{team}/times", "sites", "sites?idle=1",
        "sites/new", f"sites/{site}", f"sites/{site}/edit",
    )  # fmt: skip

    for page in found:
        assert desk.statements(f"/volunteers/{page}") <= MOST_STATEMENTS, page
        assert len(desk.get(f"/volunteers/{page}")[1].encode()) <= MOST_BYTES, page
