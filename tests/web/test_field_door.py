"""The phone's endpoints: always JSON of this server, stored before applied, one bad entry among good ones."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from civicloop.cases import actions as cases
from civicloop.cases.models import Case
from civicloop.fieldwork import actions
from civicloop.fieldwork.models import Entry
from civicloop.inspection.models import Observation
from civicloop.photos.models import Photo
from tests.cast import City
from tests.fieldwork.phone import named_photo
from tests.inspection.made_up import jpeg
from tests.web.handset import Handset, handset, noted_now, today_scene

__all__ = ["handset"]
pytestmark = pytest.mark.django_db


# ---- who speaks


def test_the_ping_names_the_server_whoever_asks(city: City) -> None:
    status, told = Handset(None).get("/field/ping")
    assert (status, told["ok"], told["server"], told["person"]) == (200, True, "civicloop", None)

    assert Handset(city.handler).get("/field/ping")[1]["person"]["uid"] == str(city.handler.uid)


@pytest.mark.parametrize("path", ["/field/parcel", "/field/entries"])
def test_whoever_is_logged_out_is_told_in_json_and_sent_nowhere(city: City, path: str) -> None:
    status, told = Handset(None).get(path)

    assert (status, told["ok"], told["server"], told["code"]) == (401, False, "civicloop", "logged_out")
    assert told["login"].startswith("/login?next=")
    assert told["sentence"]


def test_a_wrong_token_is_told_in_json_too(handset: Handset) -> None:
    handset.token = "x" * 64
    status, told = handset.send()

    assert (status, told["server"], told["code"]) == (403, "civicloop", "csrf_failed")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<html>hotel</html>", 400, "not_json"),
        (b"[1]", 422, "not_an_object"),
        (b'{"device": 1}', 422, "not_a_uid"),
        (b'{"device": "%b", "entries": {}}' % b"00000000-0000-4000-8000-000000000001", 422, "not_a_list"),
        (b'{"x": "' + b"y" * 2_200_000 + b'"}', 413, "too_large"),
    ],
)
def test_nonsense_is_refused_in_json(handset: Handset, body: bytes, status: int, code: str) -> None:
    answer = handset.client.post(
        "/field/entries", body, content_type="application/json", headers={"X-CSRFToken": handset.token}
    )

    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)


def test_other_methods_are_refused_in_json(handset: Handset) -> None:
    answer = handset.client.delete("/field/entries", headers={"X-CSRFToken": handset.token})

    assert (answer.status_code, json.loads(answer.content)["code"]) == (405, "wrong_method")


# ---- sending


def test_a_days_work_is_sent_in_one_piece(city: City) -> None:
    handset, scene = Handset(city.inspector), today_scene(city)
    loop, phone = uuid4(), handset.phone
    visit = phone.visit(scene.visit, noted_at=noted_now())
    visit["content"]["noted_at"] = noted_now()
    case = phone.case(loop=loop, noted_at=noted_now())
    assert handset.states(visit, case, phone.comment(loop, noted_at=noted_now())) == ["applied"] * 3

    assert (Observation.objects.count(), Case.objects.get().version) == (6, 2)


def test_one_bad_entry_is_set_aside_and_the_others_go_on(city: City, handset: Handset) -> None:
    phone = handset.phone
    of_another = phone.case() | {"by": str(city.leader.uid)}
    states = handset.states(
        phone.case(noted_at=noted_now()),
        {"uid": "?"},
        17,
        of_another,
        phone.case("77777", noted_at=noted_now()),  # type: ignore[arg-type]
    )

    assert states == ["applied", "unknown_choice", "not_an_object", "entry_of_another", "refused"]


def test_an_answer_that_was_lost_is_given_again(handset: Handset) -> None:
    entry = handset.phone.case(noted_at=noted_now())
    first, again = handset.send(entry)[1]["entries"][0], handset.send(entry)[1]["entries"][0]

    assert (first["new"], again["new"]) == (True, False)
    assert first["entry"] == again["entry"]
    assert Case.objects.count() == 1


def test_other_content_under_the_same_id_is_told_with_both_digests_and_what_is_kept(handset: Handset) -> None:
    entry = handset.phone.case(noted_at=noted_now())
    handset.send(entry)
    [row] = handset.send(entry | {"seq": 99})[1]["entries"]

    assert (row["ok"], row["status"], row["code"], row["entry"]["state"]) == (False, 409, "entry_differs", "applied")
    assert row["digest"]["kept"] == row["entry"]["digest"] != row["digest"]["sent"]


def test_fifty_at_most(handset: Handset) -> None:
    status, told = handset.send(*[handset.phone.case() for _ in range(51)])

    assert (status, told["code"]) == (413, "too_many")
    assert not Entry.objects.exists()


def test_the_clocks_offset_is_that_of_the_sending(handset: Handset) -> None:
    behind = timezone.now() - timedelta(hours=3)
    entry = handset.phone.case(noted_at=(behind - timedelta(minutes=5)).isoformat())
    [row] = handset.send(entry, clock=behind.isoformat())[1]["entries"]

    assert abs(row["entry"]["clock_offset_s"] - 3 * 3600) < 60
    assert [one["code"] for one in row["entry"]["warnings"]] == ["clock"]
    assert timezone.now() - Case.objects.get().reported_at < timedelta(minutes=10)


def test_what_was_stored_is_answered_even_when_nothing_can_be_applied(handset: Handset) -> None:
    def busy(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "cases_case"'):
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    entry = handset.phone.case(noted_at=noted_now())
    with connection.execute_wrapper(busy):
        [row] = handset.send(entry)[1]["entries"]
    assert (row["ok"], row["entry"]["state"], row["entry"]["code"]) == (True, "held", "not_yet_tried")

    actions.apply_waiting(at=timezone.now())
    assert handset.phone.state(entry) == "applied"


# ---- photos


def test_a_photo_is_receipted_and_applies_what_waited(handset: Handset) -> None:
    entry = handset.phone.case(photos=[named_photo("a")], noted_at=noted_now())
    [row] = handset.send(entry)[1]["entries"]
    assert (row["entry"]["state"], row["entry"]["missing"]) == ("waiting", [named_photo("a")["sha256"]])
    assert row["entry"]["photos"] == {"wanted": 1, "here": 0}

    status, told = handset.put("a", f"?entry={entry['uid']}")
    assert (status, told["new"], told["size"]) == (201, True, len(jpeg("a")))
    assert [one["state"] for one in told["entries"]] == ["applied"]
    status, told = handset.put("a")
    assert (status, told["new"], Photo.objects.count()) == (200, False, 1)


def test_bytes_that_are_not_what_they_are_called_are_refused(handset: Handset) -> None:
    assert handset.put("a", data=jpeg("b"))[1]["code"] == "sha256_mismatch"
    assert handset.put("a", data=b"no picture")[0] == 422
    assert not Photo.objects.exists()


def test_a_photo_for_somebody_elses_entry_is_refused(city: City, handset: Handset) -> None:
    entry = handset.phone.case(photos=[named_photo("a")], noted_at=noted_now())
    handset.send(entry)

    assert Handset(city.other_handler).put("a", f"?entry={entry['uid']}")[0] == 404


# ---- how it stands


def test_a_refusal_is_told_with_the_sentence_who_could_and_where_the_case_is(city: City, handset: Handset) -> None:
    case = city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    cases.take(case.uid, "accept", by=city.leader, at=timezone.now(), given={})
    [row] = handset.send(handset.phone.step(case.uid, "accept", version=case.version, noted_at=noted_now()))[1][
        "entries"
    ]

    told = row["entry"]
    assert (told["state"], told["code"]) == ("needs_you", "step_not_from_here")
    assert told["sentence"] == "“accept” cannot be taken now: the case is accepted."
    assert (told["now"]["state"], told["now"]["since"][0]["label"]) == ("accepted", "Accept")
    assert told["now"]["since"][0]["by"] == "连*青"
    assert "rectify" in told["now"]["steps"]
    assert told["may"] == ["withdraw", "retry", "resend"]


def test_who_could_is_told_in_the_askers_language(city: City) -> None:
    case = city.walk("rectified", at=timezone.now() - timedelta(hours=2))
    for language, role in (("en", "verifier"), ("zh-hans", "核查员")):
        handset = Handset(city.handler, language)
        [row] = handset.send(handset.phone.step(case.uid, "verify", {"note": "好"}, noted_at=noted_now()))[1]["entries"]
        assert (row["entry"]["code"], row["entry"]["who"]) == ("not_allowed", [role])


def test_what_has_changed_is_asked_for_by_the_last_answer(handset: Handset) -> None:
    first = handset.phone.case("77777", noted_at=noted_now())
    handset.send(first)
    _, told = handset.get("/field/entries")
    assert [one["uid"] for one in told["entries"]] == [first["uid"]]

    Entry.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    _, told = handset.get(f"/field/entries?since={told['until']}")
    assert (told["entries"], told["more"]) == ([], False)
    _, told = handset.get(f"/field/entries?uid={first['uid']}")
    assert len(told["entries"]) == 1


def test_nobody_is_told_of_others_entries(city: City, handset: Handset) -> None:
    entry = handset.phone.case("77777", noted_at=noted_now())
    handset.send(entry)
    stranger = Handset(city.other_handler)

    assert stranger.get(f"/field/entries?uid={entry['uid']}")[1]["entries"] == []
    assert stranger.post(f"/field/entries/{entry['uid']}/settle", {"what": "withdraw"})[0] == 404


def test_a_person_settles_what_was_refused(handset: Handset) -> None:
    loop = uuid4()
    first, second = (
        handset.phone.case("77777", loop, noted_at=noted_now()),
        handset.phone.comment(loop, noted_at=noted_now()),
    )
    assert handset.states(first, second) == ["refused", "needs_you"]
    body = {"what": "resend", "content": first["content"] | {"category": "09009"}, "photos": []}
    for _ in range(2):
        status, told = handset.post(f"/field/entries/{first['uid']}/settle", body)
        assert (status, told["entry"]["state"], told["entry"]["revision"]) == (200, "applied", 1)

    assert handset.phone.state(second) == "applied"
    assert (
        handset.post(f"/field/entries/{first['uid']}/settle", {"what": "withdraw"})[1]["code"] == "entry_not_settled_so"
    )
