"""The map page and the grid editor without a browser: what is there for whoever cannot see a map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.organisation.actions import appoint
from civicloop.organisation.models import Grid
from civicloop.standards.models import Category
from tests.cast import SIDE, SOUTH, WEST

AT = datetime(2020, 1, 1, tzinfo=UTC)
Visit = Callable[..., Any]
MIDDLE = WEST + SIDE / 2
LINE = {"type": "LineString", "coordinates": [[MIDDLE, SOUTH - 0.01], [MIDDLE, SOUTH + SIDE + 0.01]]}


def data(text: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found, name
    return json.loads(found.group(1))


def test_the_map_page_leads_to_its_list_twin_and_carries_its_words(city: Any, visitor: Visit) -> None:
    status, text = visitor("handler").get("/map")

    assert status == 200
    assert 'href="/map/list"' in text
    assert 'href="#map-list"' in text
    assert "no WebGL" in data(text, "map-words")["no_webgl"]
    assert len(text.encode()) < 120_000
    assert "style=" not in text
    assert "onclick" not in text


def test_words_come_in_the_readers_language(city: Any, visitor: Visit) -> None:
    english = data(visitor("handler").get("/map")[1], "map-words")
    chinese = data(visitor("handler", language="zh-hans").get("/map")[1], "map-words")
    assert set(english) == set(chinese)
    assert english["locale"]["Popup.Close"] == "Close"


def test_the_map_page_costs_few_statements(city: Any, visitor: Visit) -> None:
    assert visitor("handler").statements("/map") <= 15


def test_only_who_may_sees_the_ways_to_the_editor_and_the_screen(city: Any, visitor: Visit) -> None:
    handler, administrator, supervisor = (
        visitor(name).get("/map")[1] for name in ("handler", "system_admin", "supervisor")
    )
    assert "/grids/edit" not in handler
    assert '"/screen"' not in handler
    assert "/grids/edit" in administrator
    assert '"/screen"' in supervisor


def test_the_editor_is_for_the_system_administrator(city: Any, visitor: Visit) -> None:
    assert visitor("system_admin").get("/grids/edit")[0] == 200
    assert visitor("supervisor").get("/grids/edit")[0] == 403
    assert visitor("supervisor").post("/grids/edit", what="merge", codes="x", do="save").status_code == 403


def test_a_grid_is_split_with_the_form_alone(city: Any, visitor: Visit) -> None:
    code, admin = city.grids[0].code, visitor("system_admin")
    typed = {"what": "split", "codes": code, "geometry": json.dumps(LINE)}

    preview = admin.post("/grids/edit", **typed, do="preview").content.decode()
    assert len(data(preview, "editor-data")["made"]) == 2
    assert "No new overlap and no new gap." in preview
    assert [f'class="s{step}"' in preview for step in (1, 2)] == [True, True]  # its two parts, drawn without a map
    assert Grid.objects.filter(active=True).count() == 4

    seen = re.search(r'name="seen" value="([^"]*)"', preview)
    assert seen
    answer = admin.post("/grids/edit", **typed, seen=seen.group(1).replace("&quot;", '"'), do="save")
    assert answer.status_code == 302
    assert Grid.objects.filter(active=True).count() == 5
    assert "350212001001006" in admin.get(answer["Location"])[1]


def test_a_preview_of_a_split_proposes_codes_that_may_be_changed_and_says_who_would_answer(
    city: Any, visitor: Visit
) -> None:
    code, admin = city.grids[0].code, visitor("system_admin")
    typed = {"what": "split", "codes": code, "geometry": json.dumps(LINE)}
    assert "Nobody is appointed to this ground" in admin.post("/grids/edit", **typed, do="preview").content.decode()
    appoint(
        person=city.grid_worker, role="grid_worker", unit=city.lotus_north, grid=city.grids[0],
        starts_on=date(2020, 1, 1), by=None, at=AT,
    )  # fmt: skip

    preview = admin.post("/grids/edit", **typed, do="preview").content.decode()

    assert re.findall(r'name="part_code"[^>]*value="([^"]*)"', preview) == ["350212001001005", "350212001001006"]
    assert f"{city.grid_worker.name} · " in preview
    taken = {**typed, "part_code": ["350212001001301", city.grids[1].code]}
    refused = admin.post("/grids/edit", **taken, do="save")
    assert refused.status_code == 409
    kept = re.findall(r'name="part_code"[^>]*value="([^"]*)"', refused.content.decode())
    assert kept == taken["part_code"]

    chosen = {**typed, "part_code": ["350212001001301", "350212001001302"]}
    saved = admin.post("/grids/edit", **chosen, do="save")
    assert saved.status_code == 302
    assert "Whoever answered before answers on" in admin.get(saved["Location"])[1]
    assert set(Grid.objects.filter(active=True).values_list("code", flat=True)) >= set(chosen["part_code"])
    assert set(chosen["part_code"]).isdisjoint(re.findall(r"\b\d{15}\b", admin.get("/gaps")[1]))


def test_a_preview_says_which_faults_a_change_would_bring(city: Any, visitor: Visit) -> None:
    wide = [
        [WEST, SOUTH],
        [WEST + SIDE + 0.005, SOUTH],
        [WEST + SIDE + 0.005, SOUTH + SIDE],
        [WEST, SOUTH + SIDE],
        [WEST, SOUTH],
    ]
    typed = {
        "what": "reshape",
        "codes": city.grids[0].code,
        "geometry": json.dumps({"type": "Polygon", "coordinates": [wide]}),
    }
    admin = visitor("system_admin")

    forced = admin.post("/grids/edit", **typed, do="preview").content.decode()
    assert "It would leave new faults:" in forced
    assert data(forced, "editor-data")["faults"][0]["properties"]["kind"] == "overlap"

    fitted = admin.post("/grids/edit", **typed, fit="1", do="preview").content.decode()
    assert "No new overlap and no new gap." in fitted


def test_what_was_typed_stays_when_it_is_refused(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    for typed, words in (
        ({"what": "split", "codes": city.grids[0].code, "geometry": "not json"}, "This is not JSON."),
        ({"what": "split", "codes": city.grids[0].code}, "is needed"),
        ({"what": "split", "codes": "", "geometry": json.dumps(LINE)}, "Choose one grid"),
        ({"what": "merge", "codes": city.grids[0].code}, "Choose two grids"),
        ({"what": "merge", "codes": ", ".join(one.code for one in city.grids[:2])}, "different units"),
        ({"what": "reshape", "codes": "350212001001099", "geometry": json.dumps(LINE)}, "no such"),
        (
            {"what": "draw", "geometry": json.dumps(LINE), "unit": "LOTUS_NORTH", "code": "350212001001098"},
            "GeoJSON polygon",
        ),
    ):
        for do in ("preview", "save"):
            answer = admin.post("/grids/edit", **typed, do=do)
            text = answer.content.decode()
            assert answer.status_code == 422, (typed, do)
            assert words in text, (typed, do)
            if typed.get("codes") and typed["what"] != "draw":
                assert typed["codes"].split(",")[0] in text


def test_who_saves_over_a_newer_outline_is_told(city: Any, visitor: Visit) -> None:
    code = city.grids[0].code
    answer = visitor("system_admin").post(
        "/grids/edit", what="split", codes=code, geometry=json.dumps(LINE), seen=json.dumps({code: "0" * 16}), do="save"
    )
    assert answer.status_code == 412
    assert Grid.objects.filter(active=True).count() == 4


def test_a_grid_moves_to_another_unit_and_is_renamed(city: Any, visitor: Visit) -> None:
    code = city.grids[0].code
    answer = visitor("system_admin").post(
        "/grids/edit", what="move", codes=code, name="渡口", unit="LOTUS_SOUTH", do="save"
    )
    assert answer.status_code == 302
    found = Grid.objects.get(code=code)
    assert (found.name, found.unit.code, found.area_class) == ("渡口", "LOTUS_SOUTH", "A")


def test_a_grid_is_drawn_from_a_pasted_feature(city: Any, visitor: Visit) -> None:
    west = WEST + 2 * SIDE
    ring = [[west, SOUTH], [west + SIDE, SOUTH], [west + SIDE, SOUTH + SIDE], [west, SOUTH + SIDE], [west, SOUTH]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    answer = visitor("system_admin").post(
        "/grids/edit", what="draw", geometry=json.dumps({"type": "FeatureCollection", "features": [feature]}), name="东滩",
        unit="LOTUS_NORTH", code="350212001001077", fit="1", do="save",
    )  # fmt: skip
    assert answer.status_code == 302
    assert Grid.objects.get(code="350212001001077").name == "东滩"


def test_the_editor_costs_few_statements_and_little_html(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    assert admin.statements(f"/grids/edit?what=reshape&codes={city.grids[0].code}") <= 15
    assert len(admin.get("/grids/edit")[1].encode()) < 120_000


def test_a_case_with_a_place_has_a_small_map_that_is_fetched_when_it_is_seen(city: Any, visitor: Visit) -> None:
    placed, told = city.report(), city.report(lon=None, lat=None, address="莲花路口")
    page = visitor("handler").get(f"/cases/{placed.uid}")[1]
    assert 'data-map="case"' in page
    assert f'data-lon="{placed.lon:.6f}"' in page
    assert page.count("map/mini.js") == 1
    assert "maplibre-gl" not in page
    assert "map/mini.js" not in visitor("handler").get(f"/cases/{told.uid}")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/map/list?bbox=-1e308,-1e308,1e308,1e308", "/map/rates.json?month=0001-01",
        "/map/list?after=0001-01-01T00:00:00%2B14:00~1",
        "/cases?after=2026-01-01T00:00:00~1", "/inbox?after=2026-01-01T00:00:00%2B00:00~99999999999999999999",
    ],
)  # fmt: skip
def test_what_lies_beyond_earth_and_calendar_is_refused(city: Any, visitor: Any, path: str) -> None:
    assert visitor("filer").get(path)[0] in (400, 422)


def judged(city: Any, many: int, lon: float, closed_late: int = 0) -> None:
    """Cases in one grid that were due and closed, some of them late."""
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for number in range(many):
        case = city.walk("closed", at=at, lon=lon, lat=SOUTH + 0.004)
        Case.objects.filter(pk=case.pk).update(due_at=at + timedelta(days=1))
        late = at + timedelta(days=3 if number < closed_late else 0, hours=3)
        Case.objects.filter(pk=case.pk).update(rectified_at=late, closed_at=late, ended_at=late)


def test_the_grids_by_rate_are_told_in_words_the_worst_first_and_too_few_last(city: Any, visitor: Visit) -> None:
    judged(city, 5, WEST + 0.004, closed_late=1)
    judged(city, 5, WEST + SIDE + 0.004, closed_late=3)
    judged(city, 1, WEST + 0.004 + 2e-5)
    page = visitor("supervisor").get("/map/rates?rate=on_time&month=2026-03")[1]
    shown = re.findall(r'<a class="what"[^>]*grid=(\d+)', page)

    assert shown == [city.grids[1].code, city.grids[0].code]
    assert "<strong>40%</strong>" in page
    assert "of 5" in page
    assert "In 2 grids there is nothing to judge." in page
    assert "too few to say" not in page
    _kept, *rest = Case.objects.filter(grid=city.grids[1]).order_by("pk")
    Case.objects.filter(pk__in=[one.pk for one in rest]).update(due_at=datetime(2026, 5, 4, tzinfo=UTC))
    again = visitor("supervisor").get("/map/rates?rate=on_time&month=2026-03")[1]
    assert re.findall(r'<a class="what"[^>]*grid=(\d+)', again) == [city.grids[0].code, city.grids[1].code]
    assert again.count("too few to say") == 1


def test_the_list_of_rates_holds_what_the_map_is_shaded_by_and_nothing_beyond_a_persons_sight(
    city: Any, visitor: Visit
) -> None:
    for _ in range(3):
        city.walk("accepted")
    shaded = json.loads(visitor("supervisor").get("/map/rates.json?rate=open")[1])["grids"]
    page = visitor("supervisor").get("/map/rates?rate=open")[1]
    assert set(re.findall(r"grid=(\d+)", page)) == set(shaded) == {city.grids[0].code}
    assert "3 open cases" in page
    assert "open cases</td>" not in visitor("other_handler").get("/map/rates?rate=open")[1]
    assert visitor("supervisor").statements("/map/rates?rate=open") <= 15
    part = visitor("supervisor").get("/map/rates?rate=open", **{"HX-Request": "true"})[1]
    assert part.lstrip().startswith('<div id="map-list">')
    for wrong in ("rate=best", "start=-1", "start=x", "month=2026-13"):
        assert visitor("supervisor").get(f"/map/rates?{wrong}")[0] in (400, 422)


def test_the_list_of_a_group_of_categories_holds_that_group(city: Any, visitor: Visit) -> None:
    case = city.report()
    code = city.litter.code
    assert case.number in visitor("supervisor").get(f"/map/list?group={code[:2]}")[1]
    others = {one.code[:2] for one in Category.objects.all()} - {code[:2]}
    assert case.number not in visitor("supervisor").get(f"/map/list?group={min(others)}")[1]
    assert visitor("supervisor").get("/map/list?group=zz")[0] in (400, 422)
    assert 'name="group"' in visitor("supervisor").get(f"/map/list?group={code[:2]}")[1]
