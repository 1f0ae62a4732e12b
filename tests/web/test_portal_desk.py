"""The residents' desk: moderation, requests, complaints, plates, what is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from civicloop.cases.models import Case
from civicloop.ledger.models import LedgerLine
from civicloop.photos.actions import store
from civicloop.residents import actions
from civicloop.residents.actions import Contact, Problem, complaints
from civicloop.residents.actions.reporting import bring_photos
from civicloop.residents.models import Block, Complaint, Plate, ReopenRequest, Report
from tests.cast import SOUTH, WEST, City

pytestmark = pytest.mark.django_db
Visit = Callable[..., Any]
# Who reads the queue, and who of them decides about a case that is said not to be put right.
DECIDERS = {"filer": False, "auditor": False, "verifier": True, "supervisor": True}


def sent(city: City, *, proved: bool = False, key: str = "key-of-this-form", **given: Any) -> Report:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#654").save(out, "JPEG")
    photo = store(BytesIO(out.getvalue()), sha256=None, by=None, at=timezone.now()).sha256
    problem = Problem(
        city.litter.pk, given.pop("text", "<b>垃圾</b>"), lon=WEST + 0.005, lat=SOUTH + 0.005, photos=[photo]
    )  # fmt: skip
    return actions.receive(
        problem, sent_key=key, contact=Contact("林某某", "13800138000", "", agreed=True), sender="203.0.113.9", proved=proved,
        at=timezone.now() - timedelta(hours=1),
    ).report  # fmt: skip


def test_the_queue_shows_what_waits_and_why_and_hides_who_sent_it(city: City, visitor: Visit) -> None:
    report = sent(city)
    _, text = visitor("filer").get("/residents")

    assert "sent without proof of work" in text
    assert "&lt;b&gt;垃圾&lt;/b&gt;" in text
    assert "13800138000" not in text
    assert "林某某" not in text
    assert f"/residents/reports/{report.uid}/accept" in text
    assert visitor("auditor").get("/residents")[0] == 200
    assert f"/residents/reports/{report.uid}/accept" not in visitor("auditor").get("/residents")[1]
    assert visitor("handler").get("/residents")[0] == 403


def test_only_who_checks_is_offered_to_reopen(city: City, visitor: Visit) -> None:
    case = city.walk("closed", at=timezone.now() - timedelta(hours=3))
    request = actions.ask_reopen(case.uid, reason="垃圾还在", at=timezone.now())
    offered = {
        name: f"/residents/reports/{request.uid}/grant" in visitor(name).get("/residents")[1] for name in DECIDERS
    }

    assert offered == DECIDERS


def test_a_moderator_accepts_refuses_hides_and_blocks(city: City, visitor: Visit) -> None:
    first, second = sent(city), sent(city, key="key-of-another-form", text="广告")
    desk = visitor("filer")
    photo = first.photos.get().photo_id

    desk.post(f"/residents/reports/{first.uid}/hide", photo=photo)
    desk.post(f"/residents/reports/{first.uid}/accept")
    desk.post(f"/residents/reports/{second.uid}/refuse", reason="")
    assert Report.objects.get(pk=second.pk).state == "waiting"
    desk.post(f"/residents/reports/{second.uid}/block", kind="contact", days="7", reason="广告")
    desk.post(f"/residents/reports/{second.uid}/refuse", reason="与城市管理无关")

    assert Case.objects.get().evidence.count() == 0
    assert Report.objects.get(pk=second.pk).refusal == "与城市管理无关"
    assert Block.objects.get().kind == "contact"
    assert visitor("inspector").post(f"/residents/reports/{first.uid}/accept").status_code in (302, 403)
    assert desk.post(f"/residents/reports/{first.uid}/nonsense").status_code == 404


def test_of_several_photos_only_the_one_that_was_looked_at_is_let_out(city: City, visitor: Visit) -> None:
    report = sent(city, proved=True)
    other = BytesIO()
    Image.new("RGB", (64, 48), "#911").save(other, "JPEG")
    bring_photos(report, [store(BytesIO(other.getvalue()), sha256=None, by=None, at=timezone.now()).sha256])
    desk = visitor("filer")
    names = re.findall(r'/show".*?name="photo" value="([0-9a-f]{64})"', desk.get("/residents")[1], re.DOTALL)
    assert len(set(names)) == 2

    desk.post(f"/residents/reports/{report.uid}/show", photo=names[0])

    assert {one.photo_id: one.state for one in report.photos.all()} == {names[0]: "accepted", names[1]: "waiting"}


def test_a_photo_that_waits_is_seen_by_moderators_only(city: City, visitor: Visit) -> None:
    report = sent(city)
    path = f"/residents/reports/{report.uid}/photos/{report.photos.get().photo_id}"

    assert visitor("filer").client.get(path)["Content-Type"] == "image/jpeg"
    assert visitor("handler").get(path)[0] == 403
    assert visitor("filer").get(f"/photos/{report.photos.get().photo_id}/thumb")[0] == 404


def test_a_contact_is_shown_once_with_a_purpose_that_the_ledger_keeps(city: City, visitor: Visit) -> None:
    report = sent(city)
    path = f"/residents/reports/{report.uid}/contact"

    assert visitor("filer").post(path, purpose="").status_code == 422
    assert visitor("auditor").post(path, purpose="curious").status_code == 403
    shown = visitor("filer").post(path, purpose="核实位置").content.decode()

    assert "13800138000" in shown
    line = LedgerLine.objects.get(verb="personal_data.read")
    assert line.data["purpose"] == "核实位置"
    assert "13800138000" not in str(line.data)


def test_a_request_is_granted_or_refused_by_who_may_reopen(city: City, visitor: Visit) -> None:
    sent(city, proved=True)
    case = city.walk("closed", at=timezone.now() - timedelta(days=2), case=Case.objects.get())
    request = actions.ask_reopen(case.uid, reason="还在", at=timezone.now())

    visitor("filer").post(f"/residents/reports/{request.uid}/grant")
    assert Case.objects.get().state == "closed"
    visitor("verifier").post(f"/residents/reports/{request.uid}/grant", reason="现场看过")

    assert Case.objects.get().state == "dispatched"
    assert ReopenRequest.objects.get().state == "granted"


def test_complaints_are_taken_up_and_answered_on_their_page(city: City, visitor: Visit) -> None:
    complaint, _ = complaints.submit(kind="complaint", text="<i>慢</i>", sent_key="key-of-complaint", at=timezone.now())
    desk = visitor("supervisor")

    assert "诉" in desk.get("/residents/complaints")[1]
    page = f"/residents/complaints/{complaint.uid}"
    assert "&lt;i&gt;慢" in desk.get(page)[1]
    assert desk.post(f"{page}/accept", about="", note="").status_code == 422  # about whom, or about nobody
    desk.post(f"{page}/accept", about="verifier", note="")
    assert desk.post(f"{page}/answer", note="").status_code == 409
    assert desk.post(f"{page}/answer", note="已加快").status_code == 302

    complaint.refresh_from_db()
    assert (complaint.state, complaint.about) == ("answered", city.verifier)
    assert visitor("verifier").get(page)[0] == 404
    assert "may ask again until" in desk.get(page)[1]
    assert "/close" not in desk.get(page)[1]
    assert desk.post(f"{page}/close").status_code == 409
    assert desk.post(f"{page}/accept", about="nobody").status_code in (409, 422)
    assert Complaint.objects.get().answer == "已加快"


def test_plates_are_made_printed_and_retired(city: City, visitor: Visit) -> None:
    desk = visitor("filer")
    desk.post("/residents/plates", name="莲香面馆", address="莲花路8号")
    plate = Plate.objects.get()

    assert "莲香面馆" in desk.get("/residents/plates")[1]
    sheet = desk.get(f"/residents/plates/sheet?code={plate.code}")[1]
    assert "<svg" in sheet
    assert "style=" not in sheet
    assert plate.code in sheet
    answer = desk.client.get(f"/residents/plates/{plate.code}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert desk.post("/residents/plates", point="NONE").status_code == 422
    assert desk.post("/residents/plates", name="店", lon="x").status_code == 422
    desk.post(f"/residents/plates/{plate.uid}/retire")
    assert not Plate.objects.get().active


def test_answers_blocks_and_retention_stand_on_one_page(city: City, visitor: Visit) -> None:
    desk = visitor("supervisor")
    desk.post("/residents/keeping/words", word="赌场", days="30", reason="广告")
    desk.post("/residents/keeping/words", word="x", days="30", reason="too short")
    sent(city)
    actions.retain(at=timezone.now() + timedelta(days=20))
    text = desk.get("/residents/keeping")[1]

    assert "赌场" in text
    assert Block.objects.count() == 1
    assert "Last done" in text
    desk.post(f"/residents/blocks/{Block.objects.get().uid}/lift")
    assert not Block.objects.exists()


def test_each_page_takes_few_statements(city: City, visitor: Visit) -> None:
    sent(city)
    sent(city, proved=True, key="key-of-another-form")
    complaint, _ = complaints.submit(kind="complaint", text="慢", sent_key="key-of-complaint", at=timezone.now())
    desk = visitor("supervisor")

    for path in ("/residents", "/residents/complaints", f"/residents/complaints/{complaint.uid}", "/residents/plates",
                 "/residents/keeping", "/residents/plates/sheet"):  # fmt: skip
        assert desk.statements(path) <= 15, path


def test_a_moderator_meets_what_waits_on_today_and_in_the_inbox(city: City, visitor: Visit) -> None:
    for name in ("filer", "supervisor", "verifier"):
        assert 'data-number="residents"' not in visitor(name).get("/")[1]
    sent(city)
    sent(city, proved=True, key="key-of-another-form")
    case = city.walk("closed", at=timezone.now() - timedelta(days=2), case=Case.objects.get())
    actions.ask_reopen(case.uid, reason="还在", at=timezone.now())

    def many(name: str, path: str) -> str:
        found = re.search(r'data-number="residents">(\d+)<', visitor(name).get(path)[1])
        return found.group(1) if found else ""

    for path in ("/", "/inbox"):
        assert [many(name, path) for name in ("filer", "supervisor", "verifier")] == ["1", "2", "1"], path
        assert many("dispatcher", path) == ""
    assert 'href="/residents"' in visitor("filer").get("/")[1]
    assert visitor("verifier").get("/residents")[0] == 200
    assert visitor("supervisor").statements("/") <= 15
    assert visitor("supervisor").statements("/inbox") <= 15
