"""What residents say of a result reaches its place: the head of the closed case, and from "all my reports" as from a code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.documents.casefile import case_document
from civicloop.documents.rules.body import Table
from civicloop.residents import actions
from civicloop.residents.keys import link_secret
from civicloop.residents.models import Complaint, Feedback, MineLink, ReopenRequest, Report
from civicloop.standards import reference
from civicloop.web.portal import limits
from tests.cast import City
from tests.web.reporting import fill, hidden, litter, somebody

pytestmark = pytest.mark.django_db
MAIL = "lin@example.org"


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


@pytest.fixture
def resident(city: City, settings: Any) -> Client:
    settings.CIVICLOOP_NOTIFY_MAIL, settings.CIVICLOOP_PUBLIC_URL = "mailto://host?to={to}", "https://city.example"
    return somebody()


def reported(city: City, resident: Client) -> Case:
    """A report with a mail address, whose case was closed four days ago."""
    fill(resident, **{**litter(city), "email": MAIL, "agreed": "1"})
    return city.walk("closed", at=timezone.now() - timedelta(days=4), case=Case.objects.get())


def let_in(resident: Client, contact: str = MAIL) -> None:
    """The link is asked for and opened."""
    actions.ask_link(contact, at=timezone.now())
    path = f"/p/mine/{link_secret(MineLink.objects.latest('pk').uid)}"
    token = hidden(resident.get(path).content.decode(), "csrfmiddlewaretoken")
    assert resident.post(path, {"csrfmiddlewaretoken": token})["Location"] == "/p/mine"


def test_a_closed_case_says_at_its_head_that_a_resident_finds_it_not_put_right(city: City, visitor: Any) -> None:
    case = city.walk("closed", at=timezone.now() - timedelta(days=2))
    quiet = visitor("verifier").get(f"/cases/{case.uid}")[1]
    request = actions.ask_reopen(case.uid, reason="垃圾还在", at=timezone.now())

    _, text = visitor("verifier").get(f"/cases/{case.uid}")
    head = text.partition('id="near"')[0].partition('class="story"')[0]
    assert "A resident says it is not put right" in head
    assert "Closed, but a resident waits for an answer" in head
    assert f'href="/residents#request-{request.uid}"' in head
    assert f'id="request-{request.uid}"' in visitor("verifier").get("/residents")[1]
    # Who cannot answer it reads it, without a link that would be refused.
    _, read = visitor("handler").get(f"/cases/{case.uid}")
    assert "A resident says it is not put right" in read
    assert "/residents#request-" not in read
    assert "A resident says it is not put right" not in quiet
    assert "a resident waits" not in quiet


def test_what_residents_did_is_told_as_theirs(city: City, resident: Client, visitor: Any) -> None:
    case = reported(city, resident)
    actions.ask_reopen(case.uid, reason="垃圾还在", at=timezone.now())

    page = visitor("verifier").get(f"/cases/{case.uid}")[1].partition('class="story"')[2].partition("</ol>")[0]
    told = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in page.split("<li")[1:]]

    assert "Report a resident" in told[0]
    assert "Says it is not put right a resident" in told[-1]
    assert not [one for one in told if "the system" in one]
    blocks = case_document(case, ref=reference.now(), at=timezone.now(), by="马立").walk()
    rows = [row for block in blocks if isinstance(block, Table) for row in block.rows]
    assert [row[2] for row in rows if row[3:4] == ("群众",)] == ["上报", "反映未解决"]


def test_a_request_that_was_answered_stands_no_longer_at_the_head(city: City, visitor: Any) -> None:
    case = city.walk("closed", at=timezone.now() - timedelta(days=2))
    request = actions.ask_reopen(case.uid, reason="垃圾还在", at=timezone.now())
    actions.refuse_reopen(request.uid, answer="现场已清理", by=city.verifier, at=timezone.now())

    assert "A resident says it is not put right" not in visitor("verifier").get(f"/cases/{case.uid}")[1]


@pytest.mark.parametrize("path", ["/p/mine", "/p/mine/report/00000000-0000-4000-8000-000000000000"])
def test_without_a_link_the_page_asks_where_to_send_one(resident: Client, path: str) -> None:
    answer = resident.get(path, follow=True)
    text = answer.content.decode()

    assert answer.status_code == 200
    assert 'name="contact"' in text
    assert 'action="/p/mine/ask"' in text
    assert "Send me the link" in text


def test_from_all_my_reports_one_says_how_content_one_is_and_what_is_not_put_right(
    city: City, resident: Client
) -> None:
    case = reported(city, resident)
    actions.ask_how_content(at=timezone.now())
    let_in(resident)
    path = f"/p/mine/report/{Report.objects.get().uid}"
    text = resident.get(path).content.decode()
    token = {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken")}

    assert "How content are you?" in text
    assert "What is still wrong?" in text
    assert resident.post(path, {**token, "what": "rate", "grade": "9"}).status_code == 422
    assert resident.post(path, {**token, "what": "rate", "grade": "1"})["Location"] == path
    assert resident.post(path, {**token, "what": "not_fixed", "reason": "还在"})["Location"] == path
    assert Feedback.objects.get().grade == 1
    assert ReopenRequest.objects.get().case == case
    assert "Who checks decides" in resident.get(path).content.decode()


def test_what_is_followed_is_answered_from_there_as_well(city: City, resident: Client) -> None:
    case = city.report(at=timezone.now() - timedelta(days=9))
    contact = actions.Contact(email=MAIL, agreed=True)
    followed, _ = actions.follow_case(case.uid, sent_key="k" * 20, contact=contact, at=timezone.now())
    city.walk("closed", at=timezone.now() - timedelta(days=4), case=case)
    let_in(resident)
    path = f"/p/mine/report/{followed.uid}"
    token = hidden(resident.get(path).content.decode(), "csrfmiddlewaretoken")

    resident.post(path, {"csrfmiddlewaretoken": token, "what": "not_fixed", "reason": "还在"})

    assert ReopenRequest.objects.get().reporter == followed.reporter


def test_nobody_answers_for_somebody_else(city: City, resident: Client) -> None:
    reported(city, resident)
    path = f"/p/mine/report/{Report.objects.get().uid}"
    other = somebody()
    fill(other, **{**litter(city), "email": "other@example.org", "agreed": "1", "looked": "1"})
    let_in(other, "other@example.org")
    token = hidden(other.get("/p/mine/ask").content.decode(), "csrfmiddlewaretoken")
    said = {"csrfmiddlewaretoken": token, "what": "not_fixed", "reason": "还在"}

    assert other.post(path, said).status_code == 404
    nobody = somebody()
    token = hidden(nobody.get("/p/mine/ask").content.decode(), "csrfmiddlewaretoken")
    assert nobody.post(path, {**said, "csrfmiddlewaretoken": token})["Location"] == "/p/mine/ask"
    assert not ReopenRequest.objects.exists()


def test_who_complains_may_say_which_unit_it_is_about(city: City, resident: Client) -> None:
    form = resident.get("/p/complain").content.decode()
    assert f'value="{city.lotus.code}"' in form
    kept = fill(
        resident, "/p/complain", kind="complaint", text="长" * 4001, about_unit=city.lotus.code
    ).content.decode()
    assert f'value="{city.lotus.code}" lang="zh-hans" selected' in kept
    assert fill(resident, "/p/complain", kind="complaint", text="慢", about_unit="nowhere").status_code == 422

    answer = fill(resident, "/p/complain", kind="complaint", text="态度不好", about_unit=city.lotus.code)

    assert "About: 莲花镇" in resident.get(answer["Location"]).content.decode()
    assert Complaint.objects.get().about_unit == city.lotus
