"""The page of somebody outside who is asked: what it shows, what it takes, and what it never tells."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from civicloop.api.openrosa.scrub import Scrub, scrubbed
from civicloop.cases import actions, links
from civicloop.cases.models import CaseEvidence, CaseStep, Forward
from civicloop.photos import finding
from civicloop.web.outside.limits import ANSWERING, LOOKING, TooOften, Window
from tests.cast import City

pytestmark = pytest.mark.django_db
STATEMENTS = 8


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    LOOKING.forget()
    ANSWERING.forget()


@pytest.fixture
def forward(city: City, yesterday: Any) -> Forward:
    case = city.walk("accepted", at=yesterday, address="莲花桥头3号，电话13812345678", description="王某某的车")
    actions.comment(case.uid, note="内部意见：他家不好惹", by=city.handler, at=yesterday + timedelta(hours=2))
    actions.forward_out(
        case.uid, party="供电公司", contact="13900001111", note="电杆由谁管？", answer_by=timezone.now() + timedelta(days=2),
        by=city.handler, at=timezone.now(),
    )  # fmt: skip
    return Forward.objects.select_related("case").get()


def path_of(forward: Forward) -> str:
    return f"/f/{links.shown_secret(forward)}"


def picture(colour: str = "#345") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile("pole.jpg", out.getvalue(), content_type="image/jpeg")


def test_it_says_who_asks_what_and_until_when_without_a_log_in(forward: Forward) -> None:
    answer = Client().get(path_of(forward), headers={"Accept-Language": "en"})
    text = answer.content.decode()

    assert answer.status_code == 200
    assert all(said in text for said in ("莲花镇", "供电公司", "电杆由谁管？", "暴露垃圾", forward.case.number))
    assert timezone.localtime(forward.answer_by).strftime("%Y-%m-%d %H:%M") in text
    assert Forward.objects.get().opened_at is not None


def test_it_tells_nothing_of_people_and_of_what_was_said_inside(forward: Forward, city: City) -> None:
    text = Client().get(path_of(forward)).content.decode()

    names = [person.name for person in city.people.values() if person.name in text]
    assert names == []
    assert [
        said for said in ("王某某", "内部意见", "13900001111", "13812345678", str(forward.case.uid)) if said in text
    ] == []
    assert "138****5678" in text


def test_it_speaks_the_language_of_the_browser(forward: Forward) -> None:
    english = Client().get(path_of(forward), headers={"Accept-Language": "en-GB,en;q=0.8"})
    chinese = Client().get(path_of(forward), headers={"Accept-Language": "zh-CN,zh;q=0.9"})

    assert '<html lang="en"' in english.content.decode()
    assert '<html lang="zh-hans"' in chinese.content.decode()
    assert "Your answer" in english.content.decode()


def test_nothing_of_it_travels_on(forward: Forward) -> None:
    for path in (path_of(forward), "/f/" + "x" * 43):
        answer = Client().get(path)

        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies
        assert (
            "script-src" in answer["Content-Security-Policy"]
            or "default-src 'self'" in answer["Content-Security-Policy"]
        )


def test_an_answer_with_photos_reaches_the_case_once(forward: Forward) -> None:
    page = Client(enforce_csrf_checks=True)
    sent = page.post(
        path_of(forward), {"answer": "归我们管，明天来修", "name": "老陈", "photos": [picture(), picture("#a11")]}
    )
    again = page.post(path_of(forward), {"answer": "又一次", "name": "老陈"})
    seen = page.get(path_of(forward), headers={"Accept-Language": "en"})

    assert (sent.status_code, again.status_code, seen.status_code) == (200, 410, 410)
    assert "answered already" in seen.content.decode()
    assert "归我们管" not in seen.content.decode()
    assert Forward.objects.get().answer == "归我们管，明天来修"
    assert CaseEvidence.objects.filter(step__name="answer_forward").count() == 2
    assert CaseStep.objects.filter(name="answer_forward").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": "", "name": "陈"}, "Answer"),
        ({"answer": "好", "name": ""}, "name"),
        ({"answer": "好" * 4001, "name": "陈"}, "4000"),
    ],
)
def test_a_refused_answer_keeps_what_was_typed_and_sent(forward: Forward, typed: dict[str, str], said: str) -> None:
    answer = Client().post(path_of(forward), {**typed, "photos": [picture()]}, headers={"Accept-Language": "en"})
    text = answer.content.decode()

    assert answer.status_code == 422
    assert said.lower() in text.lower()
    assert typed["answer"][:100] in text
    kept = re.findall(r'name="kept_photo" value="([0-9a-f]{64})"', text)
    assert len(kept) == 1
    second = Client().post(path_of(forward), {"answer": "好", "name": "陈", "kept_photo": kept})
    assert second.status_code == 200
    assert CaseEvidence.objects.filter(step__name="answer_forward", photo_id=kept[0]).exists()


def test_more_than_five_photos_and_what_is_no_picture_are_refused(forward: Forward) -> None:
    many = Client().post(
        path_of(forward), {"answer": "好", "name": "陈", "photos": [picture(f"#0{n}0") for n in range(6)]}
    )
    wrong = Client().post(
        path_of(forward), {"answer": "好", "name": "陈", "photos": [SimpleUploadedFile("a.jpg", b"MZ...")]}
    )

    assert (many.status_code, wrong.status_code) == (422, 422)
    assert Forward.objects.get().answered_at is None


@pytest.mark.parametrize("end", ["taken_back", "expired", "case"])
def test_a_link_that_has_ended_says_so_plainly(forward: Forward, city: City, end: str) -> None:
    path = path_of(forward)
    if end == "taken_back":
        actions.take_back_forward(
            forward.case.uid, forward=forward.uid, reason="不用了", by=city.handler, at=timezone.now()
        )
    elif end == "expired":
        past = timezone.now() - timedelta(minutes=1)
        Forward.objects.update(sent_at=past - timedelta(days=9), answer_by=past, expires_at=past)
    else:
        actions.void(forward.case.uid, reason="重复", by=city.supervisor, at=timezone.now())
    seen = Client().get(path, headers={"Accept-Language": "en"})
    sent = Client().post(path, {"answer": "好", "name": "陈"})

    said = {"taken_back": "taken back", "expired": "run out", "case": "case has ended"}[end]
    assert (seen.status_code, sent.status_code) == (410, 410)
    assert said in seen.content.decode()
    assert "不用了" not in seen.content.decode()
    assert Forward.objects.get().answered_at is None


def test_what_was_never_a_link_leads_nowhere(forward: Forward) -> None:
    secret = links.shown_secret(forward)
    wrong = ("x" * 43, secret[:-1], secret + "A", secret.swapcase(), forward.digest, str(forward.uid))

    assert [one for one in wrong if Client().get(f"/f/{one}").status_code != 404] == []
    assert Client().get(f"/f/{secret}/photos/99").status_code == 404


def test_whoever_asks_too_often_waits(forward: Forward) -> None:
    page, statuses = Client(), []
    for _ in range(ANSWERING.most + 1):
        statuses.append(page.post(path_of(forward), {"answer": "", "name": ""}).status_code)
    for _ in range(LOOKING.most):
        last = page.get(path_of(forward))

    assert statuses == [422] * ANSWERING.most + [429]
    assert last.status_code == 429
    assert int(last["Retry-After"]) > 0


def test_a_window_counts_each_key_apart_and_begins_anew_when_it_is_over() -> None:
    now = [0.0]
    window = Window(2, 60, clock=lambda: now[0])
    window.count("a")
    window.count("a")
    window.count("b")
    with pytest.raises(TooOften) as refused:
        window.count("a")
    now[0] = 60
    window.count("a")

    assert refused.value.params["seconds"] == 60


def test_the_secret_stands_in_no_log(forward: Forward) -> None:
    path = path_of(forward)
    line = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s", (f"{path}/photos/1",), None)
    Scrub().filter(line)

    assert line.getMessage() == "Gone: /f/…/photos/1" == scrubbed(f"Gone: {path}/photos/1")


def test_photos_are_blurred_or_not_shown_at_all(city: City, yesterday: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = actions_store(city)
    case = city.walk("accepted", at=yesterday, photos=[{"sha256": stored, "kind": "near"}])
    actions.forward_out(
        case.uid,
        party="甲",
        note="谁管？",
        answer_by=timezone.now() + timedelta(days=1),
        by=city.handler,
        at=timezone.now(),
    )
    path = path_of(Forward.objects.get())
    text = Client().get(path).content.decode()
    if not finding.available():
        assert "/photos/1" not in text
        return
    shown = Client().get(f"{path}/photos/1")

    assert f"{path}/photos/1" in text
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert stored not in text
    assert Client().get(f"{path}/photos/2").status_code == 404


def actions_store(city: City) -> str:
    from civicloop.photos.actions import store

    return store(picture().file, sha256=None, by=city.reporter, at=timezone.now()).sha256


def test_the_page_is_cheap(forward: Forward, django_assert_max_num_queries: Any) -> None:
    path = path_of(forward)
    Client().get(path)
    with django_assert_max_num_queries(STATEMENTS):
        assert Client().get(path).status_code == 200


# The desk.


def test_who_may_forward_sees_the_link_and_others_see_how_it_stands(forward: Forward, city: City, visitor: Any) -> None:
    link, page = path_of(forward), f"/cases/{forward.case.uid}"

    assert link in visitor("handler").get(page)[1]
    assert link in visitor("dispatcher").get(page)[1]
    for name in ("auditor", "reporter", "verifier"):
        text = visitor(name).get(page)[1]
        assert "供电公司" in text
        assert link not in text
        assert "13900001111" not in text


def test_the_page_says_that_the_clock_runs_on(forward: Forward, visitor: Any) -> None:
    assert "its time runs on" in visitor("handler").get(f"/cases/{forward.case.uid}")[1]


def test_a_forward_is_made_reminded_of_and_taken_back_at_the_desk(city: City, visitor: Any, yesterday: Any) -> None:
    case, desk = city.walk("accepted", at=yesterday), visitor("handler")
    steps = f"/cases/{case.uid}/steps/"
    form = desk.get(f"{steps}forward_out")[1]
    due = re.search(r'name="answer_by"[^>]*value="([^"]+)"', form)
    assert due, "a day is proposed"
    made = desk.post(f"{steps}forward_out", party="自来水公司", contact="", note="是否漏水？", answer_by=due[1])
    forward = Forward.objects.get()
    asked = desk.get(f"{steps}remind_forward?forward={forward.uid}")[1]
    again = desk.post(f"{steps}remind_forward", forward=str(forward.uid), note="电话催过")
    back = desk.post(f"{steps}take_back_forward", forward=str(forward.uid), reason="已自行查明")

    assert [made.status_code, again.status_code, back.status_code] == [302, 302, 302]
    assert f'<option value="{forward.uid}" selected>' in asked
    assert Client().get(path_of(Forward.objects.get())).status_code == 410
    assert "taken back" in desk.get(f"/cases/{case.uid}")[1]


def test_a_forward_goes_through_the_generic_steps_of_the_api(city: City, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)
    due = (timezone.now() + timedelta(days=2)).isoformat()
    actions.take(
        case.uid,
        "forward_out",
        by=city.handler,
        at=timezone.now(),
        given={"party": "甲", "note": "谁管？", "answer_by": due},
    )
    forward = Forward.objects.get()
    actions.take(
        case.uid, "answer_forward", by=city.handler, at=timezone.now(),
        given={"forward": str(forward.uid), "note": "电话答复：归甲", "answered_by": "值班室"},
    )  # fmt: skip

    forward.refresh_from_db()
    assert (forward.answer, forward.answered_by) == ("电话答复：归甲", "值班室")


def test_the_link_stands_last_and_on_a_line_of_its_own(forward: Forward, visitor: Any) -> None:
    for language in ("en", "zh-hans"):
        text = visitor("handler", language).get(f"/cases/{forward.case.uid}")[1]
        message = re.search(r'<textarea[^>]*class="message"[^>]*>(.*?)</textarea>', text, re.DOTALL)[1]  # type: ignore[index]

        assert message.split("\n")[-1] == f"http://testserver{path_of(forward)}"
