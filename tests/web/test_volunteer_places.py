"""Teams and sites on the desk: set up, changed, closed, with their history; who may, and what stays masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict
from civicloop.ledger.queries import breaks, history
from civicloop.organisation import actions as organisation
from civicloop.volunteers.actions import places
from civicloop.volunteers.models import PracticeSite, Team
from civicloop.web.desk.volunteers import sites
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
    again = desk.post(f"/volunteers/sites/{below.uid}/edit", **post)
    assert again.status_code in (409, 422), "nothing is opened below what is closed"
    with pytest.raises(Conflict, match="site_above_closed"):
        places.change_site(site=below, changes={"active": True}, by=None, at=MONDAY_NINE)


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


def test_the_history_says_skills_levels_and_units_in_words(corps: Corps, visitor: Callable[..., Any]) -> None:
    desk = visitor("order_desk", language="zh-hans")
    team = f"/volunteers/teams/{corps.mulberry.uid}"
    desk.post(f"{team}/edit", **typed_team())
    desk.post("/volunteers/sites/new", **typed_site(level="position_post"))
    made = PracticeSite.objects.get(code="Z1")
    desk.post(f"/volunteers/sites/{made.uid}/edit", **typed_site(level="position_post", services=["tutor"]))

    for page in (team, f"{team}/edit"):
        told = changes(desk.get(page)[1])
        assert "理发、辅导" in told
        assert not [code for code in ("hair", "tutor", "LOTUS", "C1") if code in told], page
        assert "莲花镇" in told
    told = changes(desk.get(f"/volunteers/sites/{made.uid}")[1])
    assert "阵地岗" in told
    assert "作业辅导" in told
    assert not [code for code in ("position_post", "tutor", "haircut", "LOTUS") if code in told]


def changes(text: str) -> str:
    """The part of a page that says what was changed."""
    return text[text.index('id="history"') :].split("</section>")[0] if 'id="history"' in text else ""


def grown(corps: Corps, stations: int) -> None:
    """Two institutes below the centre, with stations below the first."""
    told: dict[str, Any] = {"unit": corps.lotus, "by": None, "at": MONDAY_NINE}
    centre = PracticeSite.objects.get(code="C1")
    first, second = (
        places.make_site(code=f"I{n}", name=name, level="institute", parent=centre, **told)
        for n, name in enumerate(("莲花所", "柳溪所"))
    )
    for number in range(stations):
        places.make_site(
            code=f"S{number:03}",
            name=f"第{number}站",
            level="station",
            parent=first,
            address=f"莲北路{number}号",
            **told,
        )
    places.make_site(code="T1", name="柳东站", level="station", parent=second, **told)


def test_the_sites_stand_folded_by_institute_and_open_without_a_script(corps: Corps, enter: Callable[..., Any]) -> None:
    grown(corps, 3)
    text = enter("order_desk").get("/volunteers/sites")[1]

    assert text.count('<details class="site-group">') == 2
    first = text.split('<details class="site-group">')[1]
    assert first.index("莲花所") < first.index("</summary>"), "the fold is called by the institute"
    assert "3 below" in first
    assert "第2站" in first.split("</details>")[0]


def test_a_site_is_found_by_name_address_level_or_institute_and_the_rest_by_leafing(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    grown(corps, 60)
    desk = enter("order_desk")

    found = desk.get("/volunteers/sites?q=柳东")[1]
    assert "柳东站" in found
    assert "第1站" not in found
    assert "莲北路7号" in desk.get("/volunteers/sites?q=莲北路7号")[1]
    assert "柳东站" not in desk.get("/volunteers/sites?level=institute")[1]
    assert "柳东站" in desk.get("/volunteers/sites?under=I1")[1]
    first = desk.get("/volunteers/sites?under=I0")[1]
    assert ("第48站" in first, "第49站" in first) == (True, False)
    later = desk.get("/volunteers/sites?under=I0&after=S048")[1]
    assert ("第48站" in later, "第59站" in later) == (False, True)
    assert 'href="?under=I0&amp;after=S048"' in first
    assert "No site fits" in desk.get("/volunteers/sites?q=nowhere&level=nonsense")[1]
    for path in ("", "?q=站", "?under=I0"):
        assert desk.statements(f"/volunteers/sites{path}") <= MOST_STATEMENTS
        assert len(desk.get(f"/volunteers/sites{path}")[1].encode()) <= MOST_BYTES


def test_where_there_are_very_many_sites_the_folds_lead_to_lists(corps: Corps, enter: Callable[..., Any]) -> None:
    grown(corps, 2)
    unit, over = corps.lotus, PracticeSite.objects.get(code="I0")
    rows = [
        PracticeSite(code=f"X{n:04}", name=f"第{n}点", level="station", parent=over, unit=unit)
        for n in range(sites.MOST_SHOWN)
    ]
    PracticeSite.objects.bulk_create(rows)
    text = enter("order_desk").get("/volunteers/sites")[1]

    assert "第7点" not in text
    assert 'href="?under=I0"' in text
    assert f"{sites.MOST_SHOWN + 2} below" in text
    assert len(text.encode()) <= MOST_BYTES
