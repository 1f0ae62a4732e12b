"""Updates in both directions: what happened here is told, what others tell is written down once."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.kernel.refusal import Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.photos.models import Photo
from civicloop.residents.actions.open311keys import revoke_key
from civicloop.residents.actions.open311push import TRIES, push_again, send_pushes, subscribe
from civicloop.residents.models import Open311Push, Open311Subscription, Open311Update, ReopenRequest, ReportPhoto
from civicloop.standards import reference
from tests.cast import City
from tests.open311.conftest import Program, ago, key_row, program_with, told, untyped
from tests.open311.test_reading import W3C
from tests.open311.test_sending import case_of, picture
from tests.photos.pictures import as_bytes, street

pytestmark = pytest.mark.django_db


def closed(city: City, program: Program, **much: float) -> Case:
    case = case_of(program.report())
    return city.walk("closed", case=case, at=timezone.now() - timedelta(**(much or {"hours": 1.6})))


def update(case: Case, **more: Any) -> dict[str, Any]:
    sent = {"update_id": "7", "status": "OPEN", "description": "还在", "updated_datetime": ago(minutes=1)}
    return {"service_request_id": case.number, **sent, **more}


def tell(program: Program, sent: dict[str, Any], form: str = "xml") -> Any:
    answer = program.raw("post", f"servicerequestupdates.{form}", {"api_key": program.key, **sent})
    assert answer.status_code == 201, answer.content
    return told(answer)


def test_what_happened_is_told_step_by_step_in_the_words_of_the_extension(city: City, program: Program) -> None:
    case = closed(city, program)
    found = program.get("servicerequestupdates.json")
    steps = [one for one in found if one["external_status_code"] != "report"]

    assert [one["status"] for one in steps] == [
        "investigating", "action_scheduled", "in_progress", "in_progress", "in_progress", "fixed",
    ]  # fmt: skip
    assert {one["service_request_id"] for one in found} == {case.number}
    assert steps[1]["description"] == "Passed on to: 莲花镇."
    assert all(set(one) >= {"update_id", "updated_datetime", "description", "media_url"} for one in found)
    assert all(W3C.fullmatch(one["updated_datetime"]) for one in found)
    assert len({one["update_id"] for one in found}) == len(found)
    assert untyped(found) == program.get("servicerequestupdates.xml")


def test_a_window_of_time_holds_what_happened_in_it(city: City, program: Program) -> None:
    closed(city, program, hours=30)
    window = {"start_date": ago(hours=31), "end_date": ago(hours=28)}

    assert [one["external_status_code"] for one in program.get("servicerequestupdates.json")] == ["report"]
    assert len(program.get("servicerequestupdates.json", **window)) == 6
    program.refused("servicerequestupdates.xml", 400, start_date=ago(hours=1))
    program.refused("servicerequestupdates.json", 400, start_date=ago(days=91), end_date=ago(days=0))
    program.refused("servicerequestupdates.json", 403, api_key="wrong")


def test_one_client_hears_of_its_private_requests_and_nobody_else(city: City, program: Program) -> None:
    number = program.report(non_public="true")
    other = program_with()

    assert [one["service_request_id"] for one in program.get("servicerequestupdates.json", api_key=program.key)] == [
        number
    ]
    assert program.get("servicerequestupdates.json") == []
    assert other.get("servicerequestupdates.json", api_key=other.key) == []


@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_update_becomes_a_remark_once_however_often_it_is_sent(city: City, program: Program, form: str) -> None:
    case = city.walk("accepted", case=case_of(program.report()), at=timezone.now())
    first = tell(program, update(case, description="我的电话 13800138000\r\n再看看"), form)
    again = tell(program, update(case, description="我的电话 13800138000"), form)
    remark = CaseStep.objects.get(case=case, name="comment")

    assert first == again
    assert list(first[0]) == ["update_id"]
    assert remark.note == "我的电话 138****8000\n再看看"
    assert (remark.by, remark.data["open311"]) == (None, "FixMyStreet")
    case.refresh_from_db()
    assert case.state == "accepted"
    other = program_with()
    assert tell(other, update(case), form) != first


def test_that_a_closed_case_is_not_put_right_becomes_a_request_to_reopen(city: City, program: Program) -> None:
    case = closed(city, program)
    tell(program, update(case, description="没有清走"))
    tell(program, update(case, update_id="8", status="open", description="还是没有"))

    assert ReopenRequest.objects.get().reason == "没有清走"
    assert [one.note for one in CaseStep.objects.filter(case=case, name="comment").order_by("seq")] == [
        "没有清走",
        "还是没有",
    ]
    case.refresh_from_db()
    assert case.state == "closed"


def test_an_update_that_changes_nothing_says_nothing(program: Program) -> None:
    case = case_of(program.report())
    tell(program, update(case, status="UNCHANGED", description=""))

    assert Open311Update.objects.count() == 1
    assert not CaseStep.objects.filter(case=case, name="comment").exists()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"update_id": ""}, 400), ({"update_id": "x" * 101}, 400), ({"status": "WHATEVER"}, 400), ({"updated_datetime": ""}, 400),
        ({"updated_datetime": "2026-01-01"}, 400), ({"description": "字" * 4001}, 400), ({"service_request_id": ""}, 400),
        ({"service_request_id": "A999999"}, 404), ({"service_request_id": "x"}, 404), ({"api_key": "wrong"}, 403),
    ],
)  # fmt: skip
def test_updates_that_cannot_be_taken_are_refused(program: Program, wrong: dict[str, str], status: int) -> None:
    case = case_of(program.report())
    for form in ("json", "xml"):
        sent = {"api_key": program.key, **update(case), **wrong}
        answer = program.raw("post", f"servicerequestupdates.{form}", sent)
        assert (answer.status_code, str(told(answer)[0]["code"])) == (status, str(status))
    assert not Open311Update.objects.exists()


class Peer(BaseHTTPRequestHandler):
    """A FixMyStreet that takes updates, or answers as it is told to."""

    taken: list[tuple[str, dict[str, str]]]
    answers: list[int]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        type(self).taken.append((self.path, fields))
        status = type(self).answers.pop(0) if type(self).answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"<service_request_updates/>")

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def peer() -> Iterator[tuple[str, type[Peer]]]:
    Peer.taken, Peer.answers = [], []
    server = HTTPServer(("127.0.0.1", 0), Peer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/open311/v2", Peer
    server.shutdown()
    thread.join()
    server.server_close()


def subscribed(address: str, **how: Any) -> Open311Subscription:
    at = timezone.now() - timedelta(hours=4)
    return subscribe(key=key_row(), address=address, secret="their-key", by=None, at=at, **how)


def pushed(at: datetime | None = None) -> Any:
    return send_pushes(at=at or timezone.now(), ref=reference.now())


def test_a_subscriber_is_told_each_step_of_its_requests_once(city: City, program: Program, peer: Any) -> None:
    address, fms = peer
    subscribed(address + "/", jurisdiction="fms.example")
    case = closed(city, program)
    city.report(source="resident", at=timezone.now())

    assert (pushed().sent, pushed().sent) == (7, 0)
    paths, fields = zip(*fms.taken, strict=True)
    assert set(paths) == {"/open311/v2/servicerequestupdates.xml"}
    assert [one["status"] for one in fields if one["status"] != "OPEN"][-1] == "FIXED"
    assert set(fields[0]) == {
        "api_key", "jurisdiction_id", "service_request_id", "update_id", "status", "updated_datetime", "description",
    }  # fmt: skip
    assert {one["api_key"] for one in fields} == {"their-key"}
    assert {one["service_request_id"] for one in fields} == {case.number}
    assert not {person.name for person in city.people.values()} & set("".join(str(fields)).split())


def test_who_copies_everything_is_told_of_every_public_case_and_of_no_other(
    city: City, program: Program, peer: Any
) -> None:
    address, fms = peer
    subscribed(address, own_only=False)
    mine, hidden = program.report(), program.report(non_public="1")
    public = city.report(source="resident", at=timezone.now())
    city.report(source="patrol", at=timezone.now())

    pushed()
    assert {fields["service_request_id"] for _, fields in fms.taken} == {mine, public.number}
    assert hidden not in str(fms.taken)


def test_what_was_not_taken_is_tried_again_later_and_given_up_at_last(program: Program, peer: Any) -> None:
    address, fms = peer
    subscribed(address)
    program.report()
    fms.answers[:] = [500] * (len(TRIES) + 1)
    at = timezone.now()

    assert pushed(at).sent == 0
    assert pushed(at).sent == 0
    assert len(fms.taken) == 1, "not again at once"
    for minutes in TRIES:
        at += timedelta(minutes=minutes, seconds=1)
        pushed(at)
    row = Open311Push.objects.get()
    assert (row.state, row.failure, len(fms.taken)) == ("failed", "http_500", len(TRIES) + 1)


def test_a_server_that_is_away_or_leads_elsewhere_gets_no_key_twice(program: Program, peer: Any) -> None:
    address, fms = peer
    subscribed(address)
    program.report()
    fms.answers[:] = [302]
    pushed()
    assert (Open311Push.objects.get().failure, len(fms.taken)) == ("http_302", 1)

    Open311Subscription.objects.update(address="http://127.0.0.1:9")
    pushed(timezone.now() + timedelta(hours=1))
    assert Open311Push.objects.get().failure == "no_connection"


def test_a_subscription_that_is_off_or_whose_key_is_revoked_is_told_nothing(
    city: City, program: Program, peer: Any
) -> None:
    address, fms = peer
    subscribed(address)
    program.report()
    subscribe(key=key_row(), address=address, secret="", active=False, by=None, at=timezone.now())
    assert pushed().sent == 0
    subscribe(key=key_row(), address=address, secret="", by=None, at=timezone.now())
    revoke_key(key=key_row(), by=city.security_admin, at=timezone.now())
    assert (pushed().sent, fms.taken) == (0, [])


def test_their_key_is_kept_encrypted_and_never_in_the_ledger(program: Program) -> None:
    subscribed("https://fms.example/open311/v2")

    assert "their-key" not in Open311Subscription.objects.get().secret
    assert "their-key" not in str(LedgerLine.objects.filter(kind="open311_subscription").values())


@pytest.mark.parametrize(
    "address", ["ftp://x", "fms.example", "https://user:word@fms.example", "https://fms.example/?a=b", "http://[", ""]
)
def test_addresses_that_are_none_are_refused(program: Program, address: str) -> None:
    with pytest.raises(Invalid):
        subscribed(address)


def test_void_and_reopen_are_told_too(city: City, program: Program) -> None:
    gone, back = case_of(program.report()), closed(city, program)
    actions.void(gone.uid, reason="不属实 张三 13900001111", by=city.filer, at=timezone.now())
    actions.reopen(back.uid, reason="复发", by=city.verifier, at=timezone.now())
    found = program.get("servicerequestupdates.json")

    assert {"no_further_action", "open"} <= {one["status"] for one in found}
    assert "张三" not in str(found)
    assert program.get("requests.json", service_request_id=back.number)[0]["status"] == "open"


@pytest.mark.parametrize("name", ["media", "photo1", "file_a"])
def test_pictures_of_an_update_stand_with_the_remark_and_wait_for_a_moderator(
    city: City, program: Program, name: str
) -> None:
    case = case_of(program.report())
    tell(program, update(case, description="又有了", **{name: picture()}))
    step = CaseStep.objects.get(case=case, name="comment")

    assert CaseEvidence.objects.get(case=case).step == step
    assert ReportPhoto.objects.get().state == "waiting"
    assert program.get("requests.json", extensions="true")[0]["media_url"] is None


def test_a_picture_alone_or_in_the_address_is_an_update_too(program: Program) -> None:
    case = case_of(program.report())
    raw = base64.b64encode(as_bytes(street((64, 48)))).decode()
    sent = update(case, description="", status="UNCHANGED", media_url=f"data:image/jpeg;base64,{raw}")
    tell(program, sent)
    tell(program, sent)

    assert CaseEvidence.objects.filter(case=case).count() == 1
    assert CaseStep.objects.get(case=case, name="comment").note == "FixMyStreet: unchanged"
    bad = program.raw("post", "servicerequestupdates.xml", {
        "api_key": program.key, **update(case, update_id="9"), "media_url": "file:///etc/passwd",
    })  # fmt: skip
    assert (bad.status_code, told(bad)[0]["code"]) == (400, "400")


def test_a_title_does_where_there_are_no_words(program: Program) -> None:
    case = case_of(program.report())
    tell(program, update(case, description="", title="还在"))

    assert CaseStep.objects.get(case=case, name="comment").note == "还在"


def test_who_tells_is_no_person(city: City, program: Program) -> None:
    case = case_of(program.report())
    tell(program, update(case, first_name="三", last_name="张", email="zhang@mail.example", phone="13812345678",
                         service_code="06010", **{"attribute[x]": "y"}))  # fmt: skip
    kept = str(CaseStep.objects.filter(case=case).values()) + str(Open311Update.objects.values())

    for word in ("张", "zhang@mail.example", "13812345678"):
        assert word not in kept


def test_at_the_endpoint_for_tests_an_update_is_checked_and_forgotten(city: City, program: Program) -> None:
    case, photos = closed(city, program), Photo.objects.count()
    trying = program_with(root="/open311/test/v2", test=True)
    answer = tell(trying, update(case, media=picture(), description="没有清走"))

    assert answer[0]["update_id"]
    assert not Open311Update.objects.exists()
    assert not ReopenRequest.objects.exists()
    assert not CaseStep.objects.filter(case=case, name="comment").exists()
    assert Photo.objects.count() == photos
    wrong = trying.raw("post", "servicerequestupdates.xml", {"api_key": trying.key, **update(case, status="X")})
    assert wrong.status_code == 400


def test_what_was_given_up_is_told_again_on_request(city: City, program: Program, peer: Any) -> None:
    address, fms = peer
    there = subscribed(address)
    program.report()
    fms.answers[:] = [403] * (len(TRIES) + 1)
    at = timezone.now()
    for minutes in (0, *TRIES):
        at += timedelta(minutes=minutes, seconds=1)
        pushed(at)
    assert Open311Push.objects.get().state == "failed"

    assert push_again(subscription=there, by=city.security_admin, at=at) == 1
    assert push_again(subscription=there, by=city.security_admin, at=at) == 0
    assert pushed(at).sent == 1
    assert LedgerLine.objects.filter(verb="open311_subscription.again").count() == 1
    with pytest.raises(NotAllowed):
        push_again(subscription=there, by=city.filer, at=at)
