"""Pasting a text: what is suggested is shown with its reasons, corrected, and reported part by part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from civicloop.cases.models import Case
from civicloop.textintake.models import Suggestion
from tests.cast import MONDAY_NINE

Visit = Callable[..., Any]
ORDER = (
    "来电人：王小明，电话13800000000，反映莲花镇莲北社区：1、门口垃圾一堆没人清，臭；2、小车违停堵住路口，老人摔倒。"
)


@pytest.fixture
def pasted(city: Any, visitor: Visit) -> tuple[Any, str]:
    filer = visitor("filer")
    return filer, filer.post("/texts", text=ORDER)["Location"]


def test_a_pasted_text_is_shown_as_its_problems_with_reasons(pasted: tuple[Any, str]) -> None:
    filer, at = pasted
    status, text = filer.get(at)

    assert status == 200
    assert "2 problems in the text" in text
    assert [word for word in ("暴露垃圾", "机动车乱停放", "莲北社区", "环卫中心", "摔倒") if word not in text] == []
    assert [word for word in ("13800000000", "王小明") if word in text] == []
    assert not Case.objects.exists()


def test_a_part_is_reported_as_a_person_corrected_it(city: Any, pasted: tuple[Any, str]) -> None:
    filer, at = pasted
    first = Suggestion.objects.get(seq=1)
    answer = filer.post(
        f"/texts/parts/{first.uid}", what="file", category="other", other="06001 私搭乱建", address="莲北路9号",
        description="加盖", source="resident", urgent="1",
    )  # fmt: skip
    case = Case.objects.get()
    first.refresh_from_db()

    assert answer["Location"] == f"{at}#part-1"
    assert (case.category, case.address, case.source, case.urgent) == (city.building, "莲北路9号", "resident", True)
    assert (first.outcome, first.case, first.rank) == ("filed", case, 0)
    assert case.number in filer.get(at)[1]


def test_a_part_may_be_no_case(pasted: tuple[Any, str]) -> None:
    filer, at = pasted
    filer.post(f"/texts/parts/{Suggestion.objects.get(seq=2).uid}", what="drop")

    assert "Not a case." in filer.get(at)[1]
    assert not Case.objects.exists()


def test_what_was_typed_is_still_there_when_something_is_missing(pasted: tuple[Any, str]) -> None:
    filer, _ = pasted
    uid = Suggestion.objects.get(seq=1).uid
    answer = filer.post(f"/texts/parts/{uid}", what="file", category="06010", address="", description="still here")

    assert answer.status_code == 422
    assert "still here" in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("typed", [{"category": "other"}, {"category": "other", "other": "nonsense"}, {"category": ""}])
def test_a_report_needs_a_category_that_exists(pasted: tuple[Any, str], typed: dict[str, str]) -> None:
    filer, _ = pasted
    answer = filer.post(f"/texts/parts/{Suggestion.objects.get(seq=1).uid}", what="file", address="x", **typed)

    assert answer.status_code == 422


def test_a_text_is_its_giver_s_alone(pasted: tuple[Any, str], visitor: Visit) -> None:
    _, at = pasted
    uid = Suggestion.objects.get(seq=1).uid
    other = visitor("supervisor")

    assert other.get(at)[0] == 404
    assert other.post(f"/texts/parts/{uid}", what="drop").status_code == 404
    assert visitor("auditor").get("/texts")[0] == 403
    assert Client().get(at).status_code == 302


def test_an_empty_text_is_refused_with_a_sentence(city: Any, visitor: Visit) -> None:
    answer = visitor("filer").post("/texts", text="  ")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_pages_take_few_statements_and_stay_small(pasted: tuple[Any, str]) -> None:
    filer, at = pasted

    assert filer.statements("/texts") <= 15
    assert filer.statements(at) <= 15
    assert len(filer.get(at)[1].encode()) < 120_000


def test_the_api_suggests_and_keeps_and_answers_the_same_twice(city: Any, db: None) -> None:
    from civicloop.organisation.actions import make_token

    _, token = make_token(person=city.filer, name="hotline", by=None, at=MONDAY_NINE)
    sent = {"data": {"text": ORDER}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "order-1"}
    first = Client().post("/api/v1/texts", headers=headers, **sent)
    again = Client().post("/api/v1/texts", headers=headers, **sent)
    parts = first.json()["parts"]

    assert first.status_code == 200
    assert [part["categories"][0]["code"] for part in parts] == ["06010", "09009"]
    assert (parts[0]["place"]["block"], parts[0]["unit"]["code"]) == ("LOTUS_NORTH", "SANITATION")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert Suggestion.objects.count() == 2
    assert "13800000000" not in first.content.decode()
    assert Client().post("/api/v1/texts", **sent).status_code == 401


def api(city: Any) -> dict[str, str]:
    from civicloop.organisation.actions import make_token

    return {"Authorization": f"Bearer {make_token(person=city.filer, name='hotline', by=None, at=MONDAY_NINE)[1]}"}


def test_a_case_reported_through_the_api_is_linked_back_to_its_part_once(city: Any, db: None) -> None:
    headers, json = api(city), {"content_type": "application/json"}
    part = Client().post("/api/v1/texts", headers=headers, data={"text": ORDER}, **json).json()["parts"][0]
    told = {
        "category": "06010", "pack": part["categories"][0]["pack"], "description": part["text"], "address": "莲北社区",
        "source": "hotline", "suggestion": part["id"],
    }  # fmt: skip
    first = Client().post("/api/v1/cases", headers=headers, data=told, **json)
    again = Client().post("/api/v1/cases", headers=headers, data=told, **json)
    row = Suggestion.objects.get(seq=1)

    assert first.status_code == 201, first.content
    assert (row.outcome, row.rank, str(row.case.uid)) == ("filed", 1, first.json()["case"]["uid"])
    assert (again.status_code, again.json()["code"]) == (409, "text_decided")
    assert Case.objects.count() == 1


def test_a_part_of_somebody_else_is_nobody_s_to_report(city: Any, pasted: tuple[Any, str]) -> None:
    from civicloop.organisation.actions import make_token

    _, token = make_token(person=city.dispatcher, name="other", by=None, at=MONDAY_NINE)
    told = {
        "category": "06010",
        "address": "x",
        "source": "hotline",
        "suggestion": str(Suggestion.objects.get(seq=1).uid),
    }
    answer = Client().post(
        "/api/v1/cases", headers={"Authorization": f"Bearer {token}"}, data=told, content_type="application/json"
    )

    assert answer.status_code == 404
    assert not Case.objects.exists()


def test_a_text_whose_words_are_gone_still_has_a_page(city: Any, pasted: tuple[Any, str]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from civicloop.textintake import actions

    filer, at = pasted
    filer.post(f"/texts/parts/{Suggestion.objects.get(seq=2).uid}", what="drop")
    actions.retain(at=timezone.now() + timedelta(days=31))
    status, text = filer.get(at)

    assert status == 200
    assert "The words were removed" in text
    assert "words removed" in filer.get("/texts")[1]
