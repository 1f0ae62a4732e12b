"""Displays and honours at the desk, and honours in public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from civicloop.cases.models import Case
from civicloop.publicity import actions
from civicloop.publicity.models import Display, Honour
from civicloop.standards import actions as standards
from civicloop.web.portal import honours
from tests.cast import SOUTH, WEST, City
from tests.web.conftest import Visitor

NEW = {
    "kind": "led",
    "code": "LED-9",
    "name": "莲北便利店屏",
    "unit": "LOTUS_NORTH",
    "content": "讲文明",
    "lon": str(WEST + 0.005),
    "lat": str(SOUTH + 0.005),
}


@pytest.fixture
def hung(city: City) -> Display:
    standards.set_parameter(name="publicity.broken_category", value="06010", by=city.supervisor, at=timezone.now())
    at = timezone.now() - timedelta(days=9)
    made = actions.plan_display(
        kind="led",
        code="LED-1",
        name="屏",
        unit_id=city.lotus_north.pk,
        lon=WEST + 0.005,
        lat=SOUTH + 0.005,
        by=city.grid_worker,
        at=at,
    )
    return actions.put_up(uid=made.uid, by=city.grid_worker, at=at)


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (120, 30, 30)).save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


def test_a_display_is_entered_put_up_and_found_on_the_list_and_the_map(
    visitor: Callable[..., Visitor], city: City
) -> None:
    worker = visitor("grid_worker")
    assert worker.post("/displays/new", **NEW).status_code == 302
    display = Display.objects.get()
    assert (
        worker.post(f"/displays/{display.uid}", step="put_up", version=display.version, photos=picture()).status_code
        == 302
    )
    text = worker.get("/displays")[1]

    assert Display.objects.get().state == "in_use"
    assert "莲北便利店屏" in text
    assert '"label": "LED-9"' in text
    assert 'data-map="points"' in text


def test_the_map_of_the_register_gathers_near_ones_and_marks_those_somebody_must_see_to(
    visitor: Callable[..., Visitor], hung: Display
) -> None:
    """`hung` is due; another is not."""
    text = visitor("handler").get("/displays")[1]
    assert "data-cluster" in text
    assert '"tone": "wanted"' in text
    hung.act_by = timezone.now() + timedelta(days=1)
    hung.save(update_fields=["act_by"])

    assert '"tone": "wanted"' not in visitor("handler").get("/displays")[1]


def test_a_look_that_is_due_is_marked_and_can_be_asked_for_alone(
    visitor: Callable[..., Visitor], hung: Display
) -> None:
    text = visitor("handler").get("/displays?due=1")[1]

    assert "LED-1" in text
    assert "1 due to be looked at" in text
    actions.check(uid=hung.uid, by=hung.steps.first().by, at=timezone.now())
    assert "LED-1" not in visitor("handler").get("/displays?due=1")[1]


def test_a_broken_screen_is_a_case_with_a_link_both_ways(visitor: Callable[..., Visitor], hung: Display) -> None:
    worker = visitor("grid_worker")
    assert (
        worker.post(
            f"/displays/{hung.uid}", step="find_broken", note="黑屏", version=hung.version, photos=picture()
        ).status_code
        == 302
    )
    case = Case.objects.get()
    text = worker.get(f"/displays/{hung.uid}")[1]

    assert str(case.uid) in text
    assert case.evidence.count() == 1
    assert text.count("display-photo") == 1, "the latest photo stands beside what it is"
    assert "1 broken" in worker.get("/displays")[1]


def test_what_somebody_else_changed_is_told(visitor: Callable[..., Visitor], hung: Display) -> None:
    answer = visitor("grid_worker").post(f"/displays/{hung.uid}", step="check", version="1", note="正常")

    assert answer.status_code == 412
    assert "正常" in answer.content.decode()


def test_another_town_finds_no_such_display(visitor: Callable[..., Visitor], hung: Display) -> None:
    assert visitor("other_handler").get(f"/displays/{hung.uid}")[0] == 404
    assert "LED-1" not in visitor("other_handler").get("/displays")[1]


def family(city: City, days: int = 20) -> Honour:
    then = timezone.now() - timedelta(days=days)
    made = actions.apply_for(
        kind="family",
        holder="司马某某家庭",
        unit_id=city.lotus.pk,
        year=then.year,
        grounds="邻里互助，电话13800001111",
        by=city.handler,
        at=then,
    )
    actions.recommend(uid=made.uid, note="同意", by=city.supervisor, at=then)
    return actions.examine(uid=made.uid, note="符合", by=city.other_supervisor, at=then)


def test_an_honour_goes_its_way_by_the_pages(visitor: Callable[..., Visitor], city: City) -> None:
    told = {
        "kind": "village",
        "holder": "莲花镇",
        "unit": "LOTUS",
        "year": str(timezone.localdate().year),
        "grounds": "环境整洁",
    }
    assert visitor("handler").post("/honours/new", **told).status_code == 302
    honour = Honour.objects.get()
    page = f"/honours/{honour.uid}"
    assert visitor("supervisor").post(page, step="recommend", note="同意", version=1).status_code == 302
    assert visitor("supervisor").post(page, step="examine", note="好", version=2).status_code == 403
    assert visitor("other_supervisor").post(page, step="examine", note="好", version=2).status_code == 302
    text = visitor("other_supervisor").get(page)[1]
    assert "On public notice until" in text
    assert 'value="award"' not in text
    assert visitor("other_supervisor").post(page, step="award", version=3).status_code == 409


def test_a_family_is_masked_in_every_list_and_in_public(visitor: Callable[..., Visitor], city: City) -> None:
    honour = family(city)
    awarded = actions.award(uid=honour.uid, by=city.other_supervisor, at=timezone.now())
    pages = {name: visitor(name).get("/honours")[1] for name in ("supervisor", "handler", "other_handler", "auditor")}
    public = Client().get("/p/honours").content.decode()
    other = visitor("other_handler").get(f"/honours/{honour.uid}")[1]

    assert all("司马某某" not in text and "司****庭" in text for text in (*pages.values(), public, other))
    assert "13800001111" not in public + other
    assert "司马某某家庭" in visitor("handler").get(f"/honours/{honour.uid}")[1]
    assert f"· {awarded.certificate}<" in public


def test_a_certificate_is_found_by_its_number_and_told_when_revoked(city: City) -> None:
    honour = actions.award(uid=family(city).uid, by=city.other_supervisor, at=timezone.now())
    door = f"/p/honours?number={honour.certificate}"
    assert "已授予" in Client().get(door).content.decode() or "awarded" in Client().get(door).content.decode()
    actions.revoke(uid=honour.uid, reason="弄虚作假", by=city.other_supervisor, at=timezone.now())
    page: Any = Client(headers={"accept-language": "en"}).get(door).content.decode()
    assert f"<strong>{honour.certificate}</strong>" in page
    assert "弄虚作假" not in page
    stranger = Client()
    stranger.cookies["django_language"] = "en"
    listed: Any = stranger.get("/p/honours").content.decode()
    assert "Revoked within a year" in listed
    assert "No honour has been awarded yet." in listed, "it is among those that stand no longer"
    Honour.objects.update(ended_at=timezone.now() - timedelta(days=400))
    assert "Revoked within a year" not in stranger.get("/p/honours").content.decode()
    assert Client().get("/p/honours?number=荣证2026999999").status_code == 200


def test_what_the_public_may_object_to_is_not_crowded_out_by_what_was_awarded(city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr(honours, "MOST", 2)
    then = timezone.now()
    told = {
        "kind": "unit",
        "unit": city.lotus,
        "year": then.year,
        "grounds": "环境整洁",
        "owner": city.lotus,
        "created_at": then,
    }
    Honour.objects.bulk_create(
        Honour(
            **told, holder=f"单位{number}", state="awarded", certificate=f"荣证{number}", awarded_at=then, ended_at=then
        )
        for number in range(3)
    )
    on_notice = family(city)  # of a kind that comes later in the list
    Honour.objects.filter(pk=on_notice.pk).update(
        year=then.year - 1, notice_until=timezone.localdate() + timedelta(days=2)
    )
    stranger = Client()
    stranger.cookies["django_language"] = "en"
    page = stranger.get("/p/honours").content.decode()

    assert "司****庭" in page
    assert ("单位1" in page, "单位2" in page) == (True, False)
    assert page.count("The latest 2 are shown.") == 1


@pytest.mark.parametrize("person", ["supervisor", "grid_worker"])
def test_pages_of_publicity_are_light(person: str, visitor: Callable[..., Visitor], hung: Display, city: City) -> None:
    honour = family(city)
    desk = visitor(person)
    for page in (
        "/displays",
        "/displays/new",
        f"/displays/{hung.uid}",
        "/honours",
        "/honours/new",
        f"/honours/{honour.uid}",
    ):
        status, text = desk.get(page)
        assert status == 200, page
        assert len(text.encode()) < 120_000, page
        assert desk.statements(page) <= 15, page
