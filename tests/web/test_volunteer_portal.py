"""Residents order by the menu, follow by the code, rate; volunteers sign up; anybody checks a certificate. Nobody logs in."""

from __future__ import annotations

import gzip
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civicloop.api.openrosa.scrub import scrubbed
from civicloop.volunteers import actions
from civicloop.volunteers.actions import certificates, events, hours, people, projects
from civicloop.volunteers.models import Order, SignUp
from civicloop.web.portal import again
from civicloop.web.portal.limits import forget
from tests.cast import noon
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
NAME, PHONE = "欧阳小禾", "13912345678"
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    forget()


@pytest.fixture
def resident(corps: Corps) -> Client:
    """A browser without an account, in English so that tests read like sentences."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def typed(client: Client, service: Any, **more: str) -> dict[str, str]:
    """The form of a service, filled."""
    text = client.get(f"/p/orders/new/{service.uid}").content.decode()
    key = re.search(r'name="key" value="([0-9a-f]{64})"', text)
    assert key
    return {
        "key": key[1], "address": "莲北社区12号", "name": NAME, "phone": PHONE, "consent": "1",
        "description": "老人下不了楼", **more,
    }  # fmt: skip


def ordered(client: Client, corps: Corps, **more: str) -> str:
    """An order placed; its code."""
    service = corps.services["haircut"]
    answer = client.post(f"/p/orders/new/{service.uid}", typed(client, service, **more))
    assert answer.status_code == 302, answer.content.decode()
    found = re.search(r"/p/orders/follow/([A-Z]{10})\?new=1", answer["Location"])
    assert found
    return found[1]


def served(corps: Corps, code: str, state: str = "served") -> Order:
    return corps.walk(state, order=actions.order_of_code(code), at=timezone.now() - timedelta(hours=3))


def test_a_resident_orders_by_the_menu_and_gets_a_code(corps: Corps, resident: Client) -> None:
    assert "上门理发" in resident.get("/p/orders").content.decode()

    code = ordered(resident, corps, day=(timezone.localdate() + timedelta(days=2)).isoformat(), part="morning")

    order = Order.objects.get()
    text = resident.get(f"/p/orders/follow/{code}?new=1").content.decode()
    assert (order.state, order.source, order.requester.phone) == ("submitted", "portal", PHONE)
    assert timezone.localtime(order.wanted_from).hour == 8
    assert f"{code[:5]}-{code[5:]}" in text
    assert code not in str(vars(order))


def test_the_same_form_sent_twice_is_one_order_with_one_code(corps: Corps, resident: Client) -> None:
    service = corps.services["haircut"]
    filled = typed(resident, service)

    first, second = (resident.post(f"/p/orders/new/{service.uid}", filled)["Location"] for _ in range(2))

    assert first == second
    assert Order.objects.count() == 1


def test_back_and_the_same_words_again_lead_to_the_order_that_is_there(corps: Corps, resident: Client) -> None:
    service = corps.services["haircut"]
    code = ordered(resident, corps)

    answer = resident.post(f"/p/orders/new/{service.uid}", typed(resident, service))
    once_more = resident.post(f"/p/orders/new/{service.uid}", typed(resident, service))

    assert answer["Location"] == once_more["Location"] == f"/p/orders/follow/{code}?again=1"
    text = resident.get(answer["Location"]).content.decode()
    assert "nothing was ordered twice" in text
    assert f"{code[:5]}-{code[5:]}" in text
    assert Order.objects.count() == 1


def test_other_words_another_browser_or_an_order_that_ended_make_a_new_one(corps: Corps, resident: Client) -> None:
    first = ordered(resident, corps)

    other_words = ordered(resident, corps, description="两位老人下不了楼")
    other_browser = ordered(Client(), corps, description="两位老人下不了楼")
    actions.take_by_code(other_words, "cancel", at=timezone.now(), given={"reason": "不需要了"})
    after_its_end = ordered(resident, corps, description="两位老人下不了楼")

    assert len({first, other_words, other_browser, after_its_end}) == Order.objects.count() == 4


def test_what_the_browser_remembers_names_nobody_and_ends(
    corps: Corps, resident: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ordered(resident, corps)
    kept = resident.cookies["civicloop_ordered"]

    assert not [one for one in (NAME, PHONE, first) if one in kept.value]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 1800)
    monkeypatch.setattr(again, "LASTS", -1)
    assert ordered(resident, corps) != first


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"consent": ""}, "has agreed to it"), ({"phone": " "}, "is needed"), ({"address": ""}, "Where is it?"),
        ({"day": "2020-01-01"}, "between today and 60 days"), ({"description": "长" * 4001}, "at most 4000"),
        ({"lon": "abc"}, "not a number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    corps: Corps, resident: Client, wrong: dict[str, str], said: str
) -> None:
    service = corps.services["haircut"]

    answer = resident.post(f"/p/orders/new/{service.uid}", typed(resident, service, **wrong))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert NAME in answer.content.decode()
    assert not Order.objects.exists()


def test_markup_in_what_was_typed_stays_text(corps: Corps, resident: Client) -> None:
    code = ordered(resident, corps, description="<script>alert(1)</script>")

    assert "<script>alert" not in resident.get(f"/p/orders/follow/{code}").content.decode()


def test_the_page_of_a_code_shows_neither_name_nor_phone(corps: Corps, resident: Client) -> None:
    text = resident.get(f"/p/orders/follow/{ordered(resident, corps)}").content.decode()

    assert NAME not in text
    assert PHONE not in text


def test_a_code_that_is_nobodys_leads_nowhere(corps: Corps, resident: Client) -> None:
    assert resident.get("/p/orders/follow/ABCDEFGHJK").status_code == 404
    assert resident.get("/p/orders/follow/not-a-code").status_code == 404
    assert resident.post("/p/orders/follow/ABCDEFGHJK/cancel", {"reason": "x"}).status_code == 404


def test_a_resident_rates_what_was_served(corps: Corps, resident: Client) -> None:
    code = ordered(resident, corps)
    served(corps, code)
    assert "How was it?" in resident.get(f"/p/orders/follow/{code}").content.decode()

    resident.post(f"/p/orders/follow/{code}/rate", {"score": "4", "as_asked": "1", "note": "来得准时"})

    order = Order.objects.get()
    assert (order.state, order.score, order.as_asked) == ("rated", 4, True)


@pytest.mark.parametrize(
    ("step", "state", "typed", "other"),
    [
        (
            "rate",
            "served",
            {"score": "4", "as_asked": "1", "note": "很好"},
            {"score": "1", "as_asked": "1", "note": "很好"},
        ),
        ("rate", "served", {"score": "4", "as_asked": "1"}, {"score": "4", "as_asked": "0"}),
        ("not_served", "served", {"reason": "没有人来"}, {"reason": "来了没做"}),
        ("cancel", "pooled", {"reason": "不需要了"}, {"reason": "改日再约"}),
    ],
)
def test_two_clicks_are_one_step_and_other_words_afterwards_are_refused(
    corps: Corps, resident: Client, step: str, state: str, typed: dict[str, str], other: dict[str, str]
) -> None:
    code = ordered(resident, corps)
    served(corps, code, state)

    first, again = (resident.post(f"/p/orders/follow/{code}/{step}", typed) for _ in range(2))

    assert (first.status_code, again.status_code, first["Location"]) == (302, 302, again["Location"])
    assert Order.objects.get().steps.filter(name=step).count() == 1
    assert resident.post(f"/p/orders/follow/{code}/{step}", other).status_code == 409


def test_a_resident_says_that_nobody_came(corps: Corps, resident: Client) -> None:
    code = ordered(resident, corps)
    served(corps, code)

    resident.post(f"/p/orders/follow/{code}/not_served", {"reason": "没有人来"})

    assert Order.objects.get().state == "serving"


def test_what_was_sent_back_is_completed_and_handed_in_again(corps: Corps, resident: Client) -> None:
    code = ordered(resident, corps)
    actions.return_(Order.objects.get().uid, reason="请写楼栋号", by=corps.order_desk, at=timezone.now())
    assert "请写楼栋号" in resident.get(f"/p/orders/follow/{code}").content.decode()

    resident.post(f"/p/orders/follow/{code}/submit", {"description": "12号楼3梯502"})

    order = Order.objects.get()
    assert (order.state, order.description) == ("submitted", "12号楼3梯502")
    sent = [
        resident.post(f"/p/orders/follow/{code}/submit", {"description": words}).status_code
        for words in ("12号楼3梯502", "13号楼")
    ]
    assert sent == [302, 409], "two clicks are one step; other words come too late"


@pytest.mark.parametrize("step", ["approve", "assign", "archive", "rate_by_time", "nothing"])
def test_a_code_opens_only_the_steps_of_whoever_ordered(corps: Corps, resident: Client, step: str) -> None:
    code = ordered(resident, corps)

    assert resident.post(f"/p/orders/follow/{code}/{step}", {"reason": "x", "note": "x"}).status_code == 404
    assert Order.objects.get().state == "submitted"


def test_why_a_team_declined_is_not_told_to_whoever_ordered(corps: Corps, resident: Client) -> None:
    code = ordered(resident, corps)
    order = served(corps, code, "assigned")
    actions.decline(order.uid, reason="内部原因不外传", by=corps.mulberry_handler, at=timezone.now())

    text = resident.get(f"/p/orders/follow/{code}").content.decode()

    assert "Another team is being found" in text
    assert "内部原因不外传" not in text
    assert "桑服" not in text


def event_of(corps: Corps, *, begins: timedelta = timedelta(days=2), room: int = 1) -> Any:
    """A published event with one shift."""
    at = timezone.now()
    shift = events.ShiftGiven(at + begins, at + begins + timedelta(hours=2), room, 1)
    made = events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.centre, in_charge=corps.order_desk, shifts=[shift],
        by=corps.order_desk, at=at - timedelta(days=1),
    )  # fmt: skip
    return events.publish_event(event=made, by=corps.order_desk, at=at - timedelta(hours=5))


def volunteer_of(corps: Corps, number: str = "11010519491231002X", phone: str = "13812345678") -> Any:
    return people.register(
        name="司徒青", birth_on=date(1949, 12, 31), id_number=number, phone=phone, consent=True, unit=corps.centre,
        by=corps.order_desk, at=timezone.now() - timedelta(days=30),
    )  # fmt: skip


def test_a_volunteer_signs_up_with_phone_and_last_four_and_takes_it_back(corps: Corps, resident: Client) -> None:
    event = event_of(corps)
    volunteer_of(corps)
    shift = event.shifts.get()
    assert "清洁家园" in resident.get("/p/events").content.decode()

    answer = resident.post(f"/p/events/{event.uid}", {"shift": shift.uid, "phone": "13812345678", "last4": "002X"})
    found = re.search(r"/p/signup/([A-Z]{10})", answer["Location"])
    assert found
    assert "You have a place." in resident.get(f"/p/signup/{found[1]}").content.decode()
    answers = [resident.post(f"/p/signup/{found[1]}/cancel").status_code for _ in range(2)]

    assert (SignUp.objects.get().state, answers) == ("cancelled", [302, 302]), "two clicks take it back once"


def test_two_clicks_are_one_sign_up_with_one_code_and_who_signs_up_anew_gets_another(
    corps: Corps, resident: Client
) -> None:
    event = event_of(corps)
    volunteer_of(corps)
    key = re.search(r'name="key" value="([^"]+)"', resident.get(f"/p/events/{event.uid}").content.decode())
    assert key
    typed = {"key": key[1], "shift": event.shifts.get().uid, "phone": "13812345678", "last4": "002X"}

    first, again = (resident.post(f"/p/events/{event.uid}", typed) for _ in range(2))

    assert (first.status_code, first["Location"]) == (302, again.get("Location")), (
        "the answer that is shown is the second"
    )
    assert SignUp.objects.count() == 1
    assert resident.post(f"/p/events/{event.uid}", {**typed, "key": ""}).status_code == 409
    resident.post(f"{first['Location'].partition('?')[0]}/cancel")
    anew = resident.post(f"/p/events/{event.uid}", typed)
    assert anew["Location"] != first["Location"]
    assert sorted(SignUp.objects.values_list("state", flat=True)) == ["cancelled", "signed"]


def test_a_wrong_last_four_signs_nobody_up_and_tries_are_counted(corps: Corps, resident: Client) -> None:
    event = event_of(corps)
    volunteer_of(corps)
    wrong = {"shift": event.shifts.get().uid, "phone": "13812345678", "last4": "1111"}

    assert resident.post(f"/p/events/{event.uid}", wrong).status_code == 422
    assert [resident.post(f"/p/events/{event.uid}", wrong).status_code for _ in range(6)][-1] == 429
    assert not SignUp.objects.exists()


def test_tries_for_one_telephone_are_counted_from_wherever_they_come(corps: Corps, resident: Client) -> None:
    event = event_of(corps)
    volunteer_of(corps)
    shift = event.shifts.get().uid
    answers = [
        resident.post(
            f"/p/events/{event.uid}", {"shift": shift, "phone": phone, "last4": f"{number:04}"}, REMOTE_ADDR=f"10.1.2.{number}"
        ).status_code
        for number, phone in enumerate(["138 1234 5678", "+86 13812345678"] * 6)
    ]  # fmt: skip

    assert answers == [422] * 10 + [429] * 2
    other = {"shift": shift, "phone": "13812345679", "last4": "002X"}
    assert resident.post(f"/p/events/{event.uid}", other, REMOTE_ADDR="10.1.2.3").status_code == 422, "of another phone"


def test_brand_projects_that_run_are_shown_and_drafts_are_not(corps: Corps, resident: Client) -> None:
    at = timezone.now() - timedelta(days=1)
    for code, name in (("P1", "银龄陪伴"), ("P2", "未发布的项目")):
        project = projects.keep_project(
            code=code, name=name, unit=corps.centre, brand=True, description="陪老人说话", by=corps.order_desk, at=at
        )
        if code == "P1":
            projects.publish_project(project=project, by=corps.order_desk, at=at)

    page = resident.get("/p/events").content.decode()

    assert "银龄陪伴" in page
    assert "陪老人说话" in page
    assert "未发布的项目" not in page


def test_a_certificate_is_checked_by_number_and_code_and_the_name_is_masked(corps: Corps, resident: Client) -> None:
    at, one = timezone.now(), volunteer_of(corps)
    begins = noon(2)
    hours.record(
        volunteer=one, starts_at=begins, ends_at=begins + timedelta(hours=2), hours=Decimal(2), title="清洁家园", place="莲北社区",
        unit=corps.centre, by=corps.order_desk, at=at,
    )  # fmt: skip
    made = certificates.issue(volunteer=one, unit=corps.centre, by=corps.order_desk, at=at)

    by_code = resident.get(f"/p/certificate/{made.code}").content.decode()
    both = resident.get("/p/certificate", {"number": made.number, "code": made.code}).content.decode()
    assert "It is real and holds." in by_code
    assert "It is real and holds." in both
    assert "司徒青" not in by_code
    assert resident.get("/p/certificate", {"number": "志证2026999999", "code": made.code}).status_code == 404

    certificates.revoke(certificate=made, reason="误发", by=corps.order_desk, at=at)
    assert "was revoked" in resident.get(f"/p/certificate/{made.code}").content.decode()


def test_every_public_page_is_small_quick_uncached_and_unfound(corps: Corps, resident: Client) -> None:
    code, event = ordered(resident, corps), event_of(corps)
    found = [
        "/p/orders", f"/p/orders/new/{corps.services['haircut'].uid}", f"/p/orders/follow/{code}",
        "/p/events", f"/p/events/{event.uid}",
        "/p/certificate",
    ]  # fmt: skip
    for page in found:
        with CaptureQueriesContext(connection) as seen:
            answer = resident.get(page)
        assert answer.status_code == 200, page
        assert len(seen) <= MOST_STATEMENTS, page
        assert len(answer.content) <= MOST_BYTES, page
        assert len(gzip.compress(answer.content)) <= 90_000, page
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]


def test_codes_in_addresses_go_into_no_log() -> None:
    for door in ("orders/follow", "signup", "certificate"):
        assert "ABCDEFGHJK" not in scrubbed(f'"GET /p/{door}/ABCDEFGHJK/rate HTTP/1.1" 200')
