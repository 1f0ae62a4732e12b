"""What the photo says of itself, what the place says of the kind, and what a kind asks besides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.residents.models import Report
from civicloop.standards import actions as standards
from civicloop.web.portal import limits
from tests.cast import SOUTH, WEST, City
from tests.web.reporting import HERE, fill, hidden, litter, picture, say, somebody, taken

pytestmark = pytest.mark.django_db
LON, LAT = WEST + 0.005, SOUTH + 0.005
LID = [{"key": "missing", "name": "缺失", "name_en": "Missing"}, {"key": "broken", "name": "断裂", "name_en": "Broken"}]


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


@pytest.fixture
def resident(city: City) -> Client:
    return somebody()


def asks(city: City, code: str, datatype: str, **more: Any) -> None:
    given = {"text": f"{code}?", "required": False, "values": [], "order": 1, **more}
    standards.set_question(
        category=city.litter, code=code, datatype=datatype, by=city.supervisor, at=timezone.now(), **given
    )


def test_the_photo_says_where_and_when_if_nobody_else_does(city: City, resident: Client) -> None:
    seen = timezone.localtime() - timedelta(hours=5)
    exif = taken(LON, LAT, f"{seen:%Y:%m:%d %H:%M:%S}")

    answer = fill(
        resident, other_category=str(city.litter.uid), description="垃圾", photos=picture("#254", exif), looked="1"
    )

    case = Case.objects.get()
    assert answer.status_code == 302
    assert (case.lon, case.lat) == pytest.approx((LON, LAT), abs=1e-5)
    assert case.grid == city.grids[0]
    assert case.reported_at == seen.replace(microsecond=0)


def test_a_photo_from_elsewhere_or_with_a_wrong_clock_is_a_photo_still(city: City, resident: Client) -> None:
    far = taken(2.2945, 48.8584, "2003:01:01 00:00:00")
    common = {"other_category": str(city.litter.uid), "description": "垃圾"}

    told = fill(resident, **common, photos=picture("#254", far))
    by_page = {"place_from": "photo", "lon": "2.294500", "lat": "48.858400"}
    done = fill(resident, **common, **by_page, address="莲花路5号", photos=picture("#254", far))
    marked = fill(resident, **common, lon="2.294500", lat="48.858400", address="莲花路5号")

    assert told.status_code == 422
    assert "Where is it?" in told.content.decode()
    assert done.status_code == 302
    case = Case.objects.get()
    assert (case.lon, case.address) == (None, "莲花路5号")
    assert timezone.now() - case.reported_at < timedelta(minutes=5)
    assert marked.status_code == 422  # who marks a place himself is told that it lies outside


def test_place_and_hour_decide_where_words_say_nothing(city: City, resident: Client) -> None:
    night = timezone.localtime().replace(hour=22, minute=0, second=0, microsecond=0) - timedelta(days=5)
    for days in range(4):
        city.report(category="parking", lon=LON, lat=LAT, at=night - timedelta(days=days))
        city.report(category="litter", lon=LON, lat=LAT, at=night - timedelta(days=days, hours=12))
    there = {"lon": HERE["lon"], "lat": HERE["lat"]}

    def order(**given: str) -> list[str]:
        text = say(resident, "/p/report/suggest", **given).content.decode()
        found = {text.find(str(one.uid)): name for name, one in city.categories.items() if str(one.uid) in text}
        return [name for _at, name in sorted(found.items())]

    assert order(**there, taken=f"{night:%Y-%m-%dT%H:%M:%S}")[:2] == ["parking", "litter"]
    assert order(**there, taken=f"{night - timedelta(hours=12):%Y-%m-%dT%H:%M:%S}")[:2] == ["litter", "parking"]
    assert order(text="有一堆垃圾没人清理", **there, taken=f"{night:%Y-%m-%dT%H:%M:%S}")[0] == "litter"
    assert order(lon="118.130000", lat="24.730000") == []
    assert order(**there, taken="nonsense")[:1] != []
    offered = say(resident, "/p/report/suggest", **there).content.decode()
    assert "often reported at this place" in offered
    assert "data-by-words" not in offered


def test_without_javascript_a_photo_alone_leads_to_the_kinds_of_its_place(city: City, resident: Client) -> None:
    for days in range(3):
        city.report(category="parking", lon=LON, lat=LAT, at=timezone.now() - timedelta(days=3 + days))
    exif = taken(LON, LAT, f"{timezone.localtime():%Y:%m:%d %H:%M:%S}")

    answer = fill(resident, photos=picture("#254", exif))

    assert answer.status_code == 422
    assert f'name="category" value="{city.parking.uid}"' in answer.content.decode()


def test_a_kind_that_asks_something_asks_it_once_and_keeps_the_answer(city: City, resident: Client) -> None:
    asks(city, "lid", "singlevaluelist", required=True, values=LID)
    asks(city, "said", "text", order=2)

    first = fill(resident, **litter(city), photos=picture())
    text = first.content.decode()

    assert first.status_code == 422
    assert "this kind asks something more" in text
    assert "Missing" in text
    assert "公交站旁有垃圾" in text
    assert not Report.objects.exists()

    kept = {
        name: hidden(text, name) for name in ("key", "csrfmiddlewaretoken", "proof_challenge", "asked", "kept_photo")
    }
    none = resident.post("/p/report", {**litter(city), **kept})
    wrong = resident.post("/p/report", {**litter(city), **kept, "answer.lid": "melted"})
    done = resident.post(
        "/p/report", {**litter(city), **kept, "answer.lid": "broken", "answer.said": "找我13812345678"}
    )

    assert (none.status_code, wrong.status_code, done.status_code) == (422, 422, 302)
    assert "answers.lid" not in none.content.decode()
    assert 'id="e_answer.lid"' in none.content.decode()
    report = Report.objects.get()
    assert report.content["answers"] == {"lid": "broken", "said": "找我138****5678"}
    assert report.photos.count() == 1


def test_answers_given_stand_in_the_case_as_the_desk_would_have_them(city: City, resident: Client) -> None:
    asks(city, "lid", "multivaluelist", values=LID)
    asks(city, "many", "number", order=2)
    told = {"asked": str(city.litter.uid), "answer.lid": ["missing", "broken"], "answer.many": "3"}

    assert fill(resident, **litter(city), **told).status_code == 302
    assert Case.objects.get().answers == {"lid": ["missing", "broken"], "many": 3}


def test_the_questions_come_as_a_part_of_the_form_in_the_readers_language(city: City, resident: Client) -> None:
    asks(city, "lid", "singlevaluelist", values=LID, hint="从上面看")
    asks(city, "note", "string", order=2, part="notice", text="有危险请先拨打12345")

    part = resident.get("/p/report/questions", {"category": str(city.litter.uid)}).content.decode()

    assert "Missing" in part
    assert "从上面看" in part
    assert 'name="answer.note"' not in part
    assert "有危险请先拨打12345" in part
    assert "<html" not in part
    assert resident.get("/p/report/questions", {"category": str(city.parking.uid)}).content.strip() == b""
    assert resident.get("/p/report/questions", {"category": "x"}).status_code == 200


def test_the_same_form_once_more_is_the_same_report_and_not_its_own_neighbour(city: City, resident: Client) -> None:
    text = resident.get("/p/report").content.decode()
    sent = {name: hidden(text, name) for name in ("csrfmiddlewaretoken", "key")} | litter(city)
    first = resident.post("/p/report", {**sent, "looked": "1"})
    Report.objects.update(received_at=datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone()))

    again = resident.post("/p/report", sent)

    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_end_of_all_time_is_none(city: City, resident: Client, moment: str) -> None:
    answer = say(resident, "/p/report/suggest", text="", taken=moment, **HERE)

    assert answer.status_code == 200
    assert fill(resident, taken=moment, **litter(city)).status_code == 302
