"""Input that is not meant well, or not read by many: each is a plain refusal in the format asked for, and opens nothing."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.cases import actions
from civicloop.organisation.actions import bump
from civicloop.residents import actions as residents
from civicloop.residents.models import Report
from civicloop.standards.models import Question
from tests.cast import City
from tests.open311.conftest import HERE, ROOT, Program, program_with
from tests.open311.test_reading import set_parameter
from tests.open311.test_sending import case_of

pytestmark = pytest.mark.django_db


def ask(city: City, code: str, datatype: str) -> None:
    Question.objects.create(category=city.litter, code=code, text=code, datatype=datatype, required=False, values=[])
    bump("standards")


def sent(program: Program, **fields: Any) -> Any:
    given = {"api_key": program.key, "service_code": "06010", "description": "Rubbish", **HERE, **fields}
    return program.raw("post", "requests.xml", given)


@pytest.mark.parametrize(
    ("datatype", "value"), [("datetime", "2026-02-30T10:00:00"), ("number", "1e300"), ("number", "nan")]
)
def test_an_answer_that_reads_like_one_and_is_none_is_refused(
    city: City, program: Program, datatype: str, value: str
) -> None:
    ask(city, "Q", datatype)

    assert sent(program, **{"attribute[Q]": value}).status_code == 400
    assert not Report.objects.exists()


def test_a_form_in_another_encoding_is_refused(program: Program) -> None:
    kind = "application/x-www-form-urlencoded; charset=gbk"
    answer = Client().post(f"{ROOT}/requests.xml", f"api_key={program.key}&service_code=06010", content_type=kind)

    assert answer.status_code == 400
    assert ElementTree.fromstring(answer.content).tag == "errors"


@pytest.mark.parametrize("path", ["services/%01.xml", "requests/%0B.xml", "tokens/%01.xml"])
def test_an_error_that_repeats_an_odd_sign_is_still_xml(city: City, path: str) -> None:
    answer = Client().get(f"{ROOT}/{path}")

    assert answer.status_code == 404
    assert ElementTree.fromstring(answer.content).tag == "errors"


def test_a_voided_case_is_not_found_by_what_is_withheld_of_it(city: City, program: Program) -> None:
    number = program.report(description="骂人的话")
    actions.void(case_of(number).uid, reason="辱骂", by=city.filer, at=timezone.now())
    shown = program.get(f"requests/{number}.json")[0]

    assert (shown["lat"], shown["long"], shown["address"], shown["description"]) == (None, None, None, None)
    assert program.get("requests.json", q="骂人的话") == []
    assert program.get("requests.json", **HERE) == []
    assert program.get("requests.json", bbox="118,24,119,25") == []
    assert len(program.get("requests.json")) == 1


def test_a_place_of_another_jurisdiction_is_refused(city: City, program: Program) -> None:
    set_parameter(city, "open311.jurisdictions", {"lotus.example": "LOTUS", "willow.example": "WILLOW"})
    theirs = program_with(jurisdiction="willow.example")

    assert sent(theirs, jurisdiction_id="willow.example").status_code == 400
    assert sent(program, jurisdiction_id="lotus.example").status_code == 201


def test_what_is_blocked_waits_in_an_answer_too(city: City, program: Program) -> None:
    ask(city, "NOTE", "text")
    given = {"reason": "spam", "days": 7, "by": city.filer, "at": timezone.now()}
    residents.block(kind="word", word="线上赌场", **given)
    sent(program, **{"attribute[NOTE]": "线上赌场"})

    assert Report.objects.get().held_for == ["words"]
