"""Reporting a problem on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from civicloop.cases.models import Case, Follower
from civicloop.organisation.actions import bump
from civicloop.standards.models import Question
from tests.cast import SOUTH, WEST
from tests.web.test_steps import picture

Visit = Callable[..., Any]
HERE = {"lon": f"{WEST + 0.005:.6f}", "lat": f"{SOUTH + 0.005:.6f}", "datum": "wgs84"}


def form_of(city: Any, name: str = "litter") -> str:
    return f"/cases/new/{city.categories[name].uid}"


def test_categories_are_found_by_words(city: Any, visitor: Visit) -> None:
    _, text = visitor("reporter").get("/cases/new?q=垃圾")

    assert "暴露垃圾" in text
    assert "机动车乱停放" not in text


def test_while_typing_only_the_list_is_sent(city: Any, visitor: Visit) -> None:
    _, text = visitor("reporter").get("/cases/new?q=停放", **{"HX-Request": "true"})

    assert text.lstrip().startswith("<ul")


def test_a_report_with_a_photo_becomes_a_case(city: Any, visitor: Visit) -> None:
    answer = visitor("reporter").post(
        form_of(city, "building"), **HERE, description="a shed on the roof", photos=picture(), photo_kind="far",
        address="莲北路9号", source="patrol", urgent="1",
    )  # fmt: skip
    case = Case.objects.get()

    assert answer["Location"] == f"/cases/{case.uid}"
    assert (case.grid, case.urgent, case.address) == (city.grids[0], True, "莲北路9号")
    assert [row.kind for row in case.evidence.all()] == ["far"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Where is it?"),
        ({"lon": HERE["lon"]}, "both longitude and latitude"),
        ({"lon": HERE["lat"], "lat": HERE["lon"]}, "exchanged"),
        ({"lon": "118.9", "lat": "25.9"}, "outside every grid"),
        ({"lon": "far", "lat": "away"}, "not a number"),
        ({**HERE, "datum": "mars"}, "not one of the choices"),
        ({**HERE, "source": "rumour"}, "not one of the choices"),
    ],
)
def test_a_wrong_place_is_said_and_the_text_is_kept(
    city: Any, visitor: Visit, typed: dict[str, str], said: str
) -> None:
    answer = visitor("reporter").post(form_of(city), description="black bags", **typed)
    text = answer.content.decode()

    assert answer.status_code == 422
    assert said in text
    assert "black bags" in text
    assert not Case.objects.exists()


def test_a_category_that_wants_a_photo_says_so(city: Any, visitor: Visit) -> None:
    answer = visitor("reporter").post(form_of(city, "building"), **HERE)

    assert answer.status_code == 422
    assert 'id="e_photos"' in answer.content.decode()


def test_what_may_be_the_same_problem_is_shown_before_it_is_reported_twice(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    first = city.report(at=yesterday, description="two black bags", lon=float(HERE["lon"]), lat=float(HERE["lat"]))
    person = visitor("reporter")

    answer = person.post(form_of(city), **HERE, description="bags again")
    text = answer.content.decode()

    assert answer.status_code == 409
    assert first.number in text
    assert "two black bags" in text
    assert "bags again" in text
    assert Case.objects.count() == 1

    assert person.post(form_of(city), **HERE, description="bags again", looked="1").status_code == 302
    assert Case.objects.count() == 2


def test_a_form_sent_twice_makes_one_case_and_one_written_anew_another(city: Any, visitor: Visit) -> None:
    person = visitor("reporter")
    (once,) = re.findall(r'name="once" value="([^"]+)"', person.get(form_of(city))[1])
    given = {"address": "莲北路9号", "description": "bags", "once": once}

    first, again = person.post(form_of(city), **given), person.post(form_of(city), **given)
    assert first["Location"] == again["Location"] == f"/cases/{Case.objects.get().uid}"

    assert person.post(form_of(city), **{**given, "description": "more bags"}).status_code == 302
    assert person.post(form_of(city), **given, photos=picture()).status_code == 302
    assert Case.objects.count() == 3
    assert visitor("other_handler").post(form_of(city), **given).status_code == 409
    assert Case.objects.count() == 3


def test_one_can_follow_the_other_case_instead(city: Any, visitor: Visit, yesterday: Any) -> None:
    first = city.report(at=yesterday)

    visitor("grid_worker").post(f"/cases/{first.uid}/follow")

    assert Follower.objects.get().person == city.grid_worker


def test_similar_cases_appear_while_the_place_is_typed(city: Any, visitor: Visit, yesterday: Any) -> None:
    first = city.report(at=yesterday)
    person = visitor("reporter")
    path = f"/cases/new/similar?category={city.litter.uid}"

    assert first.number in person.get(f"{path}&lon={HERE['lon']}&lat={HERE['lat']}")[1]
    assert person.get(f"{path}&lon=11&lat=")[1].strip() == ""
    assert person.get("/cases/new/similar?category=nonsense")[1].strip() == ""


def test_of_similar_cases_one_may_not_see_only_their_number_is_told(city: Any, visitor: Visit, yesterday: Any) -> None:
    first = city.report(at=yesterday, description="别人家的事")
    path = f"/cases/new/similar?category={city.litter.uid}&lon={HERE['lon']}&lat={HERE['lat']}"
    _, text = visitor("town_inspector").get(path)

    assert "in cases you may not open: 1" in text
    assert 'name="looked"' in text
    for word in (first.number, str(first.uid), "别人家的事", " m away"):
        assert word not in text


def test_extra_questions_are_asked_and_answered(city: Any, visitor: Visit) -> None:
    values = [{"key": "1", "name": "左侧", "name_en": "left"}, {"key": "2", "name": "右侧", "name_en": "right"}]
    Question.objects.create(
        category=city.parking, code="side", text="哪一侧", text_en="Which side", datatype="singlevaluelist", required=True,
        values=values,
    )  # fmt: skip
    bump("standards")
    person = visitor("reporter")

    assert "Which side" in person.get(form_of(city, "parking"))[1]
    refused = person.post(form_of(city, "parking"), **HERE)
    assert refused.status_code == 422
    assert re.search(r'class="fault">[^<]*哪一侧', refused.content.decode())
    done = person.post(form_of(city, "parking"), **HERE, **{"answer.side": "2"})

    assert done.status_code == 302
    assert Case.objects.get().answers == {"side": "2"}
    assert "右侧" in person.get(done["Location"])[1]


def test_administrators_do_not_report(city: Any, visitor: Visit) -> None:
    answer = visitor("system_admin").post(form_of(city), **HERE, description="bags")

    assert answer.status_code == 403
    assert "bags" in answer.content.decode()


def test_an_unknown_category_is_not_found(city: Any, visitor: Visit) -> None:
    assert visitor("reporter").get("/cases/new/00000000-0000-7000-8000-000000000000")[0] == 404
