"""What a resident typed and sent, at every door that is open to everybody; and bad input at the portal's own door."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.cases import actions as cases
from civicloop.cases.models import Case
from civicloop.residents import actions
from civicloop.residents.keys import key_of
from civicloop.residents.models import Report
from civicloop.web.portal import limits
from tests.cast import SOUTH, WEST, City
from tests.web.reporting import HERE, fill, litter, picture, somebody

pytestmark = pytest.mark.django_db
WORDS = "我叫张建国，电话 138 0013 8000，身份证350212199001011234，闽D12345挡住消防通道"
PLACE = "凤祥一里3号 联系人：王小明 lin@example.org"
SECRETS = ("建国", "0013", "1990", "D12345", "小明", "lin@")


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


@pytest.fixture
def resident(city: City) -> Client:
    return somebody()


def test_names_numbers_and_plates_are_told_at_no_door(
    city: City, resident: Client, visitor: Callable[..., Any]
) -> None:
    where = fill(resident, **{**litter(city), "description": WORDS, "address": PLACE})["Location"]
    city.walk("verified", at=timezone.now() - timedelta(days=1), case=Case.objects.get())
    near = resident.get("/p/report/near", {**HERE, "category": str(city.litter.uid)})
    doors = {
        "follow": resident.get(where), "near": near, "form": fill(resident, **litter(city)),
        "open311": Client().get("/open311/v2/requests.json", {"extensions": "true"}),
    }  # fmt: skip

    for name, page in doors.items():
        text = page.content.decode()
        assert Case.objects.get().number in text or "Follow this one" in text or "service_request_id" in text, name
        assert [one for one in SECRETS if one in text] == [], name
    shown = json.loads(doors["open311"].content)
    assert "挡住消防通道" in json.dumps(shown, ensure_ascii=False)
    # Who works on it needs to know which car it is; numbers are masked for him as well.
    _status, desk = visitor("filer").get(f"/cases/{Case.objects.get().uid}")
    assert "D12345" in desk
    assert "138 0013" not in desk


def test_what_was_done_names_nobody_outside(city: City, resident: Client) -> None:
    where = fill(resident, **litter(city))["Location"]
    case = city.walk("accepted", at=timezone.now() - timedelta(days=1), case=Case.objects.get())
    cases.take(case.uid, step="rectify", by=city.handler, at=timezone.now(),
               given={"note": "已清理，联系人陈秀英 13912345678", "photos": [city.photo()]})  # fmt: skip

    text = resident.get(where).content.decode()

    assert "已清理" in text
    assert "秀英" not in text
    assert "13912345678" not in text


def test_a_photo_that_offends_is_shown_to_nobody(city: City, resident: Client, visitor: Callable[..., Any]) -> None:
    where = fill(resident, **litter(city), photos=picture())["Location"]
    report = Report.objects.get()
    sha256 = report.photos.get().photo_id
    number = f"A{Case.objects.get().pk:06d}"

    def told() -> str:
        pages = (resident.get(where), Client().get("/open311/v2/requests.json"))
        return "".join(page.content.decode() for page in pages)

    assert sha256 not in told()
    assert Client().get(f"/open311/v2/media/{number}/{sha256}.jpg").status_code == 404
    visitor("filer").post(f"/residents/reports/{report.uid}/hide", photo=sha256)
    assert sha256 not in told()
    assert Client().get(f"/open311/v2/media/{number}/{sha256}.jpg").status_code == 404
    assert resident.get(f"{where}/photos/1").status_code == 404


def test_a_sender_who_floods_is_told_so_and_keeps_what_he_typed(city: City, resident: Client) -> None:
    Report.objects.bulk_create(
        Report(
            code_digest=f"{n:064d}", key=f"{n:064d}", category=city.litter, received_at=timezone.now(),
            sender_key=key_of("address", "127.0.0.1"),
        )
        for n in range(50)
    )  # fmt: skip

    answer = fill(resident, **{**litter(city), "address": "莲花路5号"}, photos=picture())
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "There were too many from you today" in text
    assert all(word in text for word in ("公交站旁有垃圾", "莲花路5号", HERE["lon"]))
    assert 'name="kept_photo"' in text
    assert Report.objects.count() == 50


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"lon": "east"}, 422, "not a number"), ({"lat": ""}, 422, "both longitude and latitude"),
        ({"phone": "1380"}, 422, "not a telephone number"), ({"agreed": ""}, 422, "agree"),
        ({"plate": "NOSUCH1"}, 404, ""), ({"other_category": "x"}, 422, "Choose what kind"),
        ({"description": "  "}, 422, "Say what is wrong"), ({"address": "号" * 201}, 422, "at most 200"),
        ({"kept_photo": "nonsense"}, 422, ""), ({"datum": "mars"}, 422, ""),
    ],
)  # fmt: skip
def test_each_mistake_is_told_in_a_sentence_beside_what_was_typed(
    city: City, resident: Client, typed: dict[str, str], status: int, said: str
) -> None:
    given = {**litter(city), "address": "莲花路<b>5</b>号", "name": "林某", "agreed": "1", **typed}
    answer = fill(resident, **given)
    text = answer.content.decode()

    assert answer.status_code == status
    assert said.lower() in text.lower()
    assert re.search(r'class="told error" role="alert">[^<]{10,}', text)
    assert "what you typed is still here" in text
    assert 'value="林某"' in text
    assert "<b>5</b>" not in text
    assert not Report.objects.exists()


def test_following_with_a_mistake_in_the_contact_keeps_the_form(city: City, resident: Client) -> None:
    city.report(at=timezone.now() - timedelta(hours=3), lon=WEST + 0.005, lat=SOUTH + 0.005)
    text = fill(resident, **litter(city)).content.decode()
    ticket = re.search(r'name="follow" value="([^"]+)"', text)
    assert ticket
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    common = {"csrfmiddlewaretoken": token[1], "key": "k" * 20, **litter(city)}

    wrong = resident.post("/p/report/follow", {**common, "follow": ticket[1], "phone": "12", "agreed": "1"})
    old = resident.post("/p/report/follow", {**common, "follow": "nonsense"})

    assert (wrong.status_code, old.status_code) == (422, 409)
    for answer in (wrong, old):
        assert "公交站旁有垃圾" in answer.content.decode()
        assert "Follow this one" in answer.content.decode()


def test_a_code_nobody_was_given_leads_back_to_the_field_for_codes(city: City, resident: Client) -> None:
    answer = resident.get("/p/follow/ABCDEFGHJK")

    assert answer.status_code == 404
    assert "Nothing opens with this code" in answer.content.decode()
    assert 'value="ABCDEFGHJK"' in answer.content.decode()


def test_the_map_says_in_words_where_a_place_lies(city: City, resident: Client) -> None:
    named = resident.get("/p/map/outlines.json").json()["places"]

    assert {"name": "莲北社区", "kind": "community"}.items() <= named[0].items() or len(named) >= 3
    assert resident.get("/p/map/where.json", HERE).json() == {"name": "莲花镇 莲北社区", "outside": ""}
    assert "outside" in resident.get("/p/map/where.json", {"lon": "2", "lat": "48"}).json()
    assert resident.get("/p/map/where.json", {"lon": "2", "lat": "48"}).json()["outside"] != ""
    assert resident.get("/p/map/where.json", {"lon": "x"}).json()["outside"] != ""


def test_every_page_tells_its_address_to_no_other_site_and_asks_no_other_server(city: City, resident: Client) -> None:
    where = fill(resident, **litter(city))["Location"]
    waits = fill(resident, **litter(city), solved=False, looked="1")["Location"]
    actions.make_plate(name="莲香面馆", address="莲花路8号", by=city.filer, at=timezone.now())

    for path in ("/p/", "/p/report", "/p/privacy", "/p/complain", "/p/mine/ask", "/p/mine", "/p/honours", "/p/events",
                 "/p/certificate", "/p/orders", "/p/follow/ABCDEFGHJK", where, waits):  # fmt: skip
        page = resident.get(path)
        assert page["Referrer-Policy"] == "same-origin", path
        assert page["Cross-Origin-Opener-Policy"] == "same-origin", path
        outside = re.findall(r'(?:href|src|action)="((?:https?:)?//[^"]*)"', page.content.decode())
        assert outside == [], path
