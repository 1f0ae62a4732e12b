"""Surveys at the desk and at the door of strangers: what pages show, what they hide, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.surveys import actions
from civicloop.surveys.models import DoorOpinion, Invitation, Response, Survey
from tests.cast import City
from tests.surveys.conftest import answers, plan, questionnaire  # noqa: F401  (fixtures)
from tests.web.conftest import Visitor
from tests.web.reporting import hidden
from tests.web.surveying import MOST_BYTES, MOST_STATEMENTS, closed, opened, tokens, typed


@pytest.fixture
def survey(city: City, plan: Callable[..., Survey]) -> Survey:  # noqa: F811
    """A survey that is open just now."""
    return opened(city, plan)


# The door of strangers


def test_a_stranger_answers_once_and_is_thanked(survey: Survey, city: City) -> None:
    door = f"/p/survey/{tokens(survey, city)[0]}"
    page = Client().get(door)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert page.content.decode().count("<fieldset") == 12
    assert Client().post(door, typed()).status_code == 200
    assert Response.objects.get().answers["know"] == "a"
    again = Client().post(door, typed())
    assert again.status_code == 409
    assert Response.objects.count() == 1


def test_what_was_ticked_stays_when_something_is_missing(survey: Survey, city: City) -> None:
    door = f"/p/survey/{tokens(survey, city)[0]}"
    told = typed()
    del told["q.support"]
    page = Client().post(door, told)
    text = page.content.decode()

    assert page.status_code == 422
    assert re.search(r'name="q.know" value="a" checked', text)
    assert 'href="#q2"' in text, "the fault leads to its question"
    assert not Response.objects.exists()


@pytest.mark.parametrize("token", ["ABCDEFGHJK", "x", "%27--"])
def test_a_wrong_link_is_a_page_and_no_more(token: str, survey: Survey) -> None:
    assert Client().get(f"/p/survey/{token}").status_code == 404


def test_a_poster_is_answered_once_by_each_telephone_and_a_kiosk_by_everybody(survey: Survey, city: City) -> None:
    poster, kiosk = (f"/p/survey/{tokens(survey, city, channel=channel)[0]}" for channel in ("qr", "kiosk"))
    telephone, other, machine = Client(), Client(), Client()

    assert [one.post(poster, typed()).status_code for one in (telephone, telephone, other)] == [200, 409, 200]
    assert [machine.post(kiosk, typed()).status_code for _ in range(3)] == [200, 200, 200]


def test_a_form_of_another_site_is_refused(survey: Survey, city: City) -> None:
    door = f"/p/survey/{tokens(survey, city)[0]}"
    assert Client(enforce_csrf_checks=True).post(door, typed()).status_code == 403


def test_the_page_speaks_english_too(survey: Survey, city: City) -> None:
    stranger = Client()
    stranger.cookies["django_language"] = "en"
    text = stranger.get(f"/p/survey/{tokens(survey, city)[0]}").content.decode()

    assert "Do you support the campaign?" in text
    assert "您支持" not in text


# The desk


def test_a_survey_is_planned_opened_and_closed_at_the_desk(visitor: Callable[..., Visitor], questionnaire: Any) -> None:  # noqa: F811
    desk, today = visitor("supervisor"), timezone.localdate()
    told = {
        "title": "四季度", "questionnaire": str(questionnaire.uid), "starts_on": today.isoformat(), "ends_on": today.isoformat(),
        "margin": "5", "response": "50", "allocation": "proportional", "aim": "whole", "group": "age",
        "strata": "莲花镇 9000 3000 4000 2000 0\n柳塘街道，1000",
    }  # fmt: skip
    answer = desk.post("/surveys/new", **told)
    survey = Survey.objects.get()
    assert answer.status_code == 302
    assert survey.strata.first().groups == {"18-34": 3000, "35-59": 4000, "60+": 2000, "none": 0}
    assert desk.post(f"/surveys/{survey.uid}/steps/open").status_code == 302
    assert desk.post(f"/surveys/{survey.uid}/steps/close").status_code == 302
    assert Survey.objects.get().state == "closed"


def test_a_plan_with_a_fault_keeps_what_was_typed(visitor: Callable[..., Visitor], questionnaire: Any) -> None:  # noqa: F811
    told = {
        "title": "四季度",
        "questionnaire": str(questionnaire.uid),
        "starts_on": "2026-11-01",
        "ends_on": "2026-11-02",
    }
    answer = visitor("supervisor").post("/surveys/new", **told, margin="x", response="50", strata="莲花镇 9000")

    assert answer.status_code == 422
    assert "四季度" in answer.content.decode()


def test_rates_are_shown_to_those_who_read_results_once_it_has_closed(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    page = f"/surveys/{survey.uid}"
    assert "95 %" not in visitor("supervisor").get(page)[1]
    closed(survey, city)
    text = visitor("supervisor").get(page)[1]
    assert "95 %" in text
    assert "75.0 %" in text
    assert "too few answers" in text, "the four who are over sixty, and whoever would tell them"
    assert "75.0 %" not in visitor("grid_worker").get(page)[1]
    assert "75.0 %" in visitor("leader").get("/surveys")[1]
    assert "75.0 %" not in visitor("grid_worker").get("/surveys")[1]


def test_the_file_has_rates_and_no_persons(visitor: Callable[..., Visitor], survey: Survey, city: City) -> None:
    closed(survey, city)
    desk = visitor("leader").client.get(f"/surveys/{survey.uid}.csv")
    lines = desk.content.decode("utf-8-sig").splitlines()

    assert desk["Content-Type"].startswith("text/csv")
    assert len(lines) > 40
    assert "75.0" in lines[1]
    assert not any(str(one) in desk.content.decode() for one in Response.objects.values_list("uid", flat=True))
    assert visitor("grid_worker").get(f"/surveys/{survey.uid}.csv")[0] == 403


def test_codes_are_shown_once_with_their_pictures_or_as_a_file(visitor: Callable[..., Visitor], survey: Survey) -> None:
    desk, stratum = visitor("supervisor"), survey.strata.first().pk
    few = desk.post(f"/surveys/{survey.uid}/invite", stratum=stratum, channel="qr", many=2, most=50)
    text = few.content.decode()
    assert text.count("<svg") > 2
    assert "style=" not in text
    assert Invitation.objects.filter(most=50).count() == 2
    many = desk.post(f"/surveys/{survey.uid}/invite", stratum=stratum, channel="household", many=30)
    assert many["Content-Type"].startswith("text/csv")
    assert len(many.content.decode().splitlines()) == 31


def test_an_interviewer_on_a_telephone_takes_answers_down(visitor: Callable[..., Visitor], survey: Survey) -> None:
    worker, page = visitor("grid_worker"), f"/surveys/{survey.uid}/enter"
    assert worker.get(page)[0] == 200
    answer = worker.post(page, channel="street", stratum=survey.strata.first().pk, **typed())
    assert answer.status_code == 302
    assert Response.objects.get().entered_by.username == "grid_worker"
    again = worker.post(page, channel="household", serial="1", **typed())
    assert again.status_code == 409


def test_what_a_form_sends_twice_is_written_down_once(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    worker, page = visitor("grid_worker"), f"/surveys/{survey.uid}/enter"
    asked = {"channel": "street", "stratum": str(survey.strata.first().pk), **typed()}
    heard = {"kind": "praise", "words": "路面干净", "unit": "LOTUS_NORTH", "heard_on": timezone.localdate().isoformat()}
    for address, told, kept in ((page, asked, Response), ("/opinions/new", heard, DoorOpinion)):
        key = hidden(worker.get(address)[1], "sent")
        assert [worker.post(address, **told, sent=key).status_code for _ in range(2)] == [302, 302]
        assert kept.objects.count() == 1
        assert worker.post(address, **told, sent=hidden(worker.get(address)[1], "sent")).status_code == 302
        assert worker.post(address, **told, sent="nothing of the kind").status_code == 302
        assert kept.objects.count() == 3


def test_an_opinion_is_noted_and_becomes_a_case(visitor: Callable[..., Visitor], city: City) -> None:
    worker = visitor("grid_worker")
    told = {
        "kind": "problem",
        "words": "楼道堆物 13800001111",
        "unit": "LOTUS_NORTH",
        "heard_on": timezone.localdate().isoformat(),
        "address": "莲北路",
    }
    assert worker.post("/opinions/new", **told).status_code == 302
    opinion = DoorOpinion.objects.get()
    assert "138****1111" in worker.get("/opinions")[1]
    assert "optgroup" not in worker.get(f"/opinions/{opinion.uid}")[1], (
        "no word of it speaks for a category of this small city"
    )
    DoorOpinion.objects.update(words="门口垃圾一堆没人清")
    assert re.search(
        r'<optgroup[^>]*><option value="[^"]*">06010 ', visitor("handler").get(f"/opinions/{opinion.uid}")[1]
    )
    answer = visitor("handler").post(f"/opinions/{opinion.uid}", step="open_case", category=str(city.litter.uid))
    assert answer.status_code == 302
    assert DoorOpinion.objects.get().case is not None
    assert visitor("other_handler").get(f"/opinions/{opinion.uid}")[0] == 404


@pytest.mark.parametrize("person", ["supervisor", "grid_worker"])
def test_pages_of_surveys_are_light(person: str, visitor: Callable[..., Visitor], survey: Survey, city: City) -> None:
    closed(survey, city)
    desk = visitor(person)
    for page in ("/surveys", f"/surveys/{survey.uid}", f"/surveys/{survey.uid}/enter", "/opinions", "/opinions/new"):
        status, text = desk.get(page)
        assert status == 200, page
        assert len(text.encode()) < MOST_BYTES, page
        assert desk.statements(page) <= MOST_STATEMENTS, page


def test_a_survey_is_raked_by_several_features_from_the_form(
    visitor: Callable[..., Visitor],
    questionnaire: Any,  # noqa: F811
) -> None:
    desk, today = visitor("supervisor"), timezone.localdate().isoformat()
    told = {
        "title": "四季度", "questionnaire": str(questionnaire.uid), "starts_on": today, "ends_on": today, "margin": "5",
        "response": "50", "allocation": "proportional", "aim": "whole", "group": "raking", "strata": "莲花镇 9000\n柳塘街道 1000",
        "per_cluster": "5", "alike": "0.1", "m.age.18-34": "30", "m.age.35-59": "45", "m.age.60+": "25",
        "m.sex.f": "50", "m.sex.m": "50",
    }  # fmt: skip
    assert desk.post("/surveys/new", **told).status_code == 302
    survey = Survey.objects.get()

    assert survey.margins == {"age": {"18-34": 30, "35-59": 45, "60+": 25}, "sex": {"f": 50, "m": 50}}
    assert (survey.group, survey.design["effect"], survey.design["per_cluster"]) == ("", 1.4, 5)
    assert "design effect 1.40" in desk.get(f"/surveys/{survey.uid}")[1]


@pytest.mark.parametrize(
    ("more", "words"),
    [({"m.age.18-34": "30"}, "two answers at least"), ({}, "margins"), ({"m.age.18-34": "x"}, "whole number")],
)
def test_a_feature_that_weighs_nothing_is_refused_and_what_was_typed_stays(
    more: dict[str, str],
    words: str,
    visitor: Callable[..., Visitor],
    questionnaire: Any,  # noqa: F811
) -> None:
    today = timezone.localdate().isoformat()
    told = {
        "title": "四季度", "questionnaire": str(questionnaire.uid), "starts_on": today, "ends_on": today, "margin": "5",
        "response": "50", "allocation": "proportional", "aim": "whole", "group": "raking", "strata": "莲花镇 9000",
    }  # fmt: skip
    answer = visitor("supervisor").post("/surveys/new", **told, **more)

    assert answer.status_code == 422
    assert all(f'value="{value}"' in answer.content.decode() for value in more.values())
    assert not Survey.objects.exists()


def test_a_two_way_table_and_the_cost_of_weights_stand_on_the_page(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    closed(survey, city)
    desk = visitor("supervisor")
    text = desk.get(f"/surveys/{survey.uid}?q=know&by=channel")[1]

    assert "design effect" in text
    assert "What each group chose" in desk.get(f"/surveys/{survey.uid}")[1] or "survey-cross" not in text
    assert desk.statements(f"/surveys/{survey.uid}?q=know&by=age") <= MOST_STATEMENTS


def test_open_channels_stand_beside_the_rates_on_the_page_and_in_the_file(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    poster = tokens(survey, city, channel="qr")[0]
    for _ in range(12):
        actions.answer(token=poster, answers=answers("c"), at=timezone.now())
    text = visitor("supervisor").get(f"/surveys/{survey.uid}")[1]
    assert "12 answers by open channels stand beside them" in text
    closed(survey, city)
    text = visitor("supervisor").get(f"/surveys/{survey.uid}?q=know")[1]

    assert "75.0 %" in text, "as if nobody had passed the poster"
    assert "12 answers came by open channels (QR code)" in text
    assert "Beside it: what open channels said" in text
    rows = visitor("leader").client.get(f"/surveys/{survey.uid}.csv").content.decode("utf-8-sig").splitlines()
    beside = [row for row in rows if "open channel" in row]
    assert len(beside) == 20
    assert all(",0.0,,,12," in row for row in beside), "a share and a count, no bounds"


def test_a_survey_by_posters_alone_shows_what_was_said_and_no_rate(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    poster = tokens(survey, city, channel="qr")[0]
    for place in range(20):
        actions.answer(token=poster, answers=answers("a" if place % 4 else "c"), at=timezone.now())
    actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=timezone.now())
    text = visitor("supervisor").get(f"/surveys/{survey.uid}")[1]

    assert "too few answers" in text
    assert "75.0 %" in text
    assert "Beside it: what open channels said" in text
    assert "75.0 %" not in visitor("supervisor").get("/surveys")[1]


def test_letters_of_drawn_buildings_come_with_the_buildings_number(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    desk, stratum = visitor("supervisor"), survey.strata.first().pk
    told = {"stratum": str(stratum), "channel": "household", "many": "30", "clusters": "6"}
    lines = desk.post(f"/surveys/{survey.uid}/invite", **told).content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in (lines[1], lines[5], lines[6], lines[30])] == ["1", "1", "2", "6"]

    answer = desk.post(f"/surveys/{survey.uid}/invite", **{**told, "channel": "qr"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "drawn by nobody" in text
    assert 'name="clusters" inputmode="numeric" maxlength="4" value="6"' in text
