"""The residents' pages: report, follow, look for all reports; what they take and what they never tell."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.kernel.codes import read_code
from civicloop.residents import actions
from civicloop.residents.keys import feedback_secret, link_secret
from civicloop.residents.models import Complaint, Feedback, Following, MineLink, ReopenRequest, Report
from civicloop.residents.rules.proof import find
from civicloop.web.portal import limits
from tests.cast import SOUTH, WEST, City
from tests.web.reporting import HERE, fill, hidden, litter, picture, say, somebody

pytestmark = pytest.mark.django_db
STATEMENTS = 15


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet(settings: Any) -> None:
    limits.forget()


@pytest.fixture
def resident(city: City) -> Client:
    return somebody()


def test_a_report_becomes_a_case_and_leads_to_its_page(city: City, resident: Client) -> None:
    answer = fill(resident, **litter(city), photos=picture())
    case = Case.objects.get()

    assert answer.status_code == 302
    assert (case.source, case.category, case.evidence.count()) == ("resident", city.litter, 1)
    page = resident.get(answer["Location"])
    text = page.content.decode()
    assert "We have your report" in text
    assert case.number in text
    code = re.search(r"[A-Z]{5}-[A-Z]{5}", text)
    assert code
    assert read_code(code.group()) == answer["Location"].rpartition("/")[2]


def test_public_pages_are_found_by_nobody_and_tell_their_address_to_nobody(city: City, resident: Client) -> None:
    where = fill(resident, **litter(city))["Location"]

    for path in ("/p/", "/p/report", "/p/privacy", "/p/complain", "/p/mine/ask", where):
        page = resident.get(path)
        assert page.status_code == 200
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "same-origin"
        text = page.content.decode()
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", text)


def test_chinese_is_the_first_language(city: City) -> None:
    assert '<html lang="zh-hans"' in Client().get("/p/").content.decode()


def test_without_work_of_the_device_the_report_waits(city: City, resident: Client) -> None:
    answer = fill(resident, solved=False, **litter(city))

    assert Report.objects.get().held_for == ["no_proof"]
    assert "Your report is here" in resident.get(answer["Location"]).content.decode()


def test_a_task_solved_for_one_form_passes_no_other(city: City, resident: Client) -> None:
    first, second = (resident.get("/p/report").content.decode() for _ in range(2))
    challenge = hidden(first, "proof_challenge")
    bits = int(re.search(r'data-proof="(\d+)"', first).group(1))  # type: ignore[union-attr]
    sent = {"csrfmiddlewaretoken": hidden(second, "csrfmiddlewaretoken"), "key": hidden(second, "key"),
            "proof_challenge": challenge, "proof_answer": find(challenge, bits)}  # fmt: skip

    resident.post("/p/report", {**sent, **litter(city)})

    assert Report.objects.get().held_for == ["no_proof"]


def test_sent_twice_it_is_one_report(city: City, resident: Client) -> None:
    text = resident.get("/p/report").content.decode()
    sent = {
        "csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"),
        "key": hidden(text, "key"),
        "looked": "1",
        **litter(city),
    }

    first, second = resident.post("/p/report", sent), resident.post("/p/report", sent)

    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


def test_a_foreign_page_sends_nothing_for_somebody(city: City, resident: Client) -> None:
    answer = resident.post("/p/report", {"key": "k" * 20, **litter(city)})

    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_what_was_typed_and_sent_stays_when_something_is_wrong(city: City, resident: Client) -> None:
    answer = fill(
        resident, **{**litter(city), "description": "长" * 4001, "name": "林", "agreed": "1"}, photos=picture()
    )
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "at most 4000" in text
    assert "Now it has 4001" in text
    assert "长" * 4001 in text
    assert 'value="林"' in text
    assert len(hidden(text, "kept_photo")) == 64
    assert not Report.objects.exists()


def test_html_in_a_text_is_text(city: City, resident: Client) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    fill(resident, **{**litter(city), "description": evil, "address": evil[:190]})
    text = fill(resident, **{**litter(city), "description": evil + "x" * 4000}).content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_words_suggest_a_kind_and_a_report_without_one_asks_for_it(city: City, resident: Client) -> None:
    part = say(resident, "/p/report/suggest", text="路口机动车乱停放").content.decode()
    answer = fill(resident, description="路口机动车乱停放", **HERE)

    assert str(city.parking.uid) in part
    assert "<html" not in part
    assert answer.status_code == 422
    assert "Choose what kind" in answer.content.decode()
    assert str(city.parking.uid) in answer.content.decode()


def test_the_same_problem_nearby_is_shown_and_can_be_followed_instead(city: City, resident: Client) -> None:
    place = {"lon": WEST + 0.005, "lat": SOUTH + 0.005}
    city.report(
        at=timezone.now() - timedelta(hours=3), address="莲花路5号 13812345678", description="内部描述", **place
    )
    answer = fill(resident, **litter(city))
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "Perhaps somebody was faster" in text
    assert "13812345678" not in text
    assert "内部描述" not in text
    followed = resident.post("/p/report/follow", {
        "csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"), "key": hidden(text, "key"),
        "follow": re.search(r'name="follow" value="([^"]+)"', text).group(1),  # type: ignore[union-attr]
    })  # fmt: skip
    assert followed.status_code == 302
    assert Following.objects.count() == 1
    assert resident.get(followed["Location"]).status_code == 200
    assert fill(resident, **litter(city), looked="1").status_code == 302
    assert Case.objects.count() == 2


def test_only_what_was_offered_can_be_followed(city: City, resident: Client) -> None:
    case = city.report(at=timezone.now())
    text = resident.get("/p/report").content.decode()

    answer = resident.post("/p/report/follow", {
        "csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"), "key": "k" * 20, "follow": str(case.uid)
    })  # fmt: skip

    assert answer.status_code == 409
    assert not Following.objects.exists()


def test_the_page_of_a_code_tells_state_promise_and_outcome_and_nobody(city: City, resident: Client) -> None:
    where = fill(resident, **{**litter(city), "name": "林某某", "phone": "13800138000", "agreed": "1"})["Location"]
    case = city.walk("accepted", at=timezone.now() - timedelta(days=1), case=Case.objects.get())
    text = resident.get(where).content.decode()

    assert "莲花镇 promises it for" in text
    assert "The unit has begun" in text
    assert not any(word in text for word in ("连办", "马立", "林某某", "13800138000"))
    assert case.state == "accepted"


def test_not_put_right_reaches_who_checks_and_how_content_is_asked(city: City, resident: Client) -> None:
    where = fill(resident, **litter(city))["Location"]
    case = city.walk("closed", at=timezone.now() - timedelta(days=4), case=Case.objects.get())
    actions.ask_how_content(at=timezone.now())
    text = resident.get(where).content.decode()
    token = {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken")}

    assert "How content are you?" in text
    assert resident.post(where, {**token, "what": "rate", "grade": "9"}).status_code == 422
    assert resident.post(where, {**token, "what": "rate", "grade": "2", "note": "<b>"}).status_code == 302
    assert resident.post(where, {**token, "what": "rate", "grade": "4"}).status_code == 409
    assert resident.post(where, {**token, "what": "not_fixed", "reason": ""}).status_code == 422
    assert resident.post(where, {**token, "what": "not_fixed", "reason": "还在"}).status_code == 302

    assert Feedback.objects.get().grade == 2
    assert ReopenRequest.objects.get().case == case
    text = resident.get(where).content.decode()
    assert "You said: so-so" in text
    assert "Who checks decides" in text
    assert 'name="reason"' not in text


def test_a_link_in_a_message_asks_how_content_one_is(city: City, resident: Client) -> None:
    fill(resident, **litter(city))
    city.walk("closed", at=timezone.now() - timedelta(days=4), case=Case.objects.get())
    actions.ask_how_content(at=timezone.now())
    path = f"/p/rate/{feedback_secret(Feedback.objects.get().uid)}"
    text = resident.get(path).content.decode()

    resident.post(path, {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"), "grade": "4"})

    assert Feedback.objects.get().grade == 4
    assert resident.get(path[:-2]).status_code == 404


def test_a_code_that_is_none_opens_nothing(city: City, resident: Client) -> None:
    assert resident.get("/p/follow/ABCDEFGHJK").status_code == 404
    assert resident.get("/p/follow/nonsense").status_code == 404
    answer = say(resident, "/p/", code="12345")
    assert answer.status_code == 422
    assert "This is not a code" in answer.content.decode()
    assert say(resident, "/p/", code="abcde fghjk")["Location"] == "/p/follow/ABCDEFGHJK"


def test_trying_codes_is_stopped(city: City, resident: Client) -> None:
    answers = [resident.get("/p/follow/ABCDEFGHJK") for _ in range(31)]

    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_all_reports_are_opened_by_a_link_once(city: City, resident: Client, settings: Any) -> None:
    settings.CIVICLOOP_NOTIFY_MAIL, settings.CIVICLOOP_PUBLIC_URL = "mailto://host?to={to}", "https://city.example"
    fill(resident, **{**litter(city), "email": "lin@example.org", "agreed": "1"})
    text = resident.get("/p/mine/ask").content.decode()
    token = {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken")}

    known = resident.post("/p/mine/ask", {**token, "contact": "lin@example.org"}).content.decode()
    unknown = resident.post("/p/mine/ask", {**token, "contact": "nobody@example.org"}).content.decode()
    bad = resident.post("/p/mine/ask", {**token, "contact": "me"})

    assert re.sub(r'value="[^"]{30,}"', "", known) == re.sub(r'value="[^"]{30,}"', "", unknown)
    assert bad.status_code == 422
    path = f"/p/mine/{link_secret(MineLink.objects.get().uid)}"
    assert resident.get(path).status_code == 200
    assert MineLink.objects.get().used_at is None
    opened = resident.post(path, token)
    assert opened["Location"] == "/p/mine"
    rows = resident.get("/p/mine").content.decode()
    assert "暴露垃圾" in rows
    assert "What I follow" not in rows
    case, contact = Case.objects.get(), actions.Contact(email="lin@example.org", agreed=True)
    followed, _code = actions.follow_case(case.uid, sent_key="k" * 20, contact=contact, at=timezone.now())
    assert "What I follow" in resident.get("/p/mine").content.decode()
    assert resident.get(f"/p/mine/report/{followed.uid}").status_code == 200
    assert resident.get(f"/p/mine/report/{Report.objects.get().uid}").status_code == 200
    assert resident.get(path).status_code == 409
    assert Client().get("/p/mine")["Location"] == "/p/mine/ask"
    assert Client().get(f"/p/mine/report/{Report.objects.get().uid}")["Location"] == "/p/mine/ask"


def test_a_complaint_about_the_platform_gets_a_code_and_an_answer(city: City, resident: Client) -> None:
    from civicloop.residents.actions import complaints

    answer = fill(resident, "/p/complain", kind="suggestion", text="字太小")
    complaint = Complaint.objects.get()
    complaints.accept(complaint.uid, nobody=True, by=city.supervisor, at=timezone.now())
    complaints.answer(complaint.uid, note="已加大", by=city.supervisor, at=timezone.now())

    text = resident.get(answer["Location"]).content.decode()
    assert "已加大" in text
    resident.post(answer["Location"], {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"), "what": "content"})
    complaint.refresh_from_db()
    assert complaint.state == "closed"
    assert fill(resident, "/p/complain", kind="complaint", text="x" * 4001).status_code == 422


def test_a_plate_opens_the_form_at_its_place(city: City, resident: Client) -> None:
    plate = actions.make_plate(
        name="莲香面馆", address="莲花路8号", lon=WEST + 0.006, lat=SOUTH + 0.006, by=city.filer, at=timezone.now()
    )
    opened = resident.get(f"/p/q/{plate.code}")

    assert opened["Location"] == f"/p/report?plate={plate.code}"
    assert "莲香面馆" in resident.get(opened["Location"]).content.decode()
    fill(resident, opened["Location"], other_category=str(city.litter.uid), description="门口有垃圾")
    assert Case.objects.get().address == "莲花路8号"
    assert resident.get("/p/q/ABCDEFG").status_code == 404


def test_the_report_page_weighs_little(city: City, resident: Client) -> None:
    text = resident.get("/p/report").content
    linked = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', text)
    names = {name.decode() for name in linked} | {f"civicloop/portal/{one}.js" for one in ("proof", "proving", "exif")}
    weight = len(gzip.compress(text)) + sum(
        len(gzip.compress(open(finders.find(name), "rb").read())) for name in names  # noqa: SIM115
    )  # fmt: skip

    assert len(names) >= 7
    assert weight <= 90_000


def test_each_page_takes_few_statements(city: City, resident: Client) -> None:
    where = fill(resident, **litter(city))["Location"]
    city.walk("closed", at=timezone.now() - timedelta(days=1), case=Case.objects.get())

    for path in ("/p/", "/p/report", "/p/complain", where, "/p/privacy", "/p/map/outlines.json"):
        resident.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert resident.get(path).status_code == 200
        assert len(seen) <= STATEMENTS, path


def test_codes_and_links_stand_in_no_log() -> None:
    from civicloop.api.openrosa.scrub import scrubbed

    told = scrubbed("GET /p/follow/ABCDEFGHJK /p/mine/secret-thing /p/rate/1234:abcd")

    assert "ABCDEFGHJK" not in told
    assert "secret-thing" not in told
    assert "1234:abcd" not in told


def test_the_map_of_the_city_is_there_for_everybody(city: City, resident: Client) -> None:
    shown = resident.get("/p/map/outlines.json").json()

    assert len(shown["features"]) == 4
    assert all(one["properties"] == {} for one in shown["features"])
    assert resident.get("/p/map/base.json").json()["kind"] == django_settings.BASE_MAP.kind
