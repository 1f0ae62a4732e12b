"""Voice notes from the phone to the page of the case: kept by content, heard by whoever may see the case, and gone in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.cases import actions as cases
from civicloop.cases.models import Case, CaseEvidence
from civicloop.fieldwork.models import Entry
from civicloop.fieldwork.retaining import retain_voices
from civicloop.ledger.queries import breaks, history
from civicloop.organisation.actions import make_token
from civicloop.photos import queries, voices
from civicloop.photos.models import VoiceEvidence, VoiceNote
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City
from tests.fieldwork.phone import NOON, Phone, named_photo
from tests.inspection.made_up import make_scene
from tests.photos.sounds import ogg, webm
from tests.web.handset import Handset, noted_now

pytestmark = pytest.mark.django_db
Visit = Callable[..., Any]
SAID = webm(12)
ADDRESS = sha256(SAID).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """A store of its own for every test."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "photos"


def listed(data: bytes = SAID, **more: Any) -> dict[str, Any]:
    """A voice note as an entry lists it."""
    return {"sha256": sha256(data).hexdigest(), "size": len(data), "kind": "voice", **more}


def bring(handset: Handset, data: bytes = SAID, address: str = "", query: str = "") -> tuple[int, dict[str, Any]]:
    answer = handset.client.put(
        f"/field/voices/{address or sha256(data).hexdigest()}{query}", data, content_type="audio/webm",
        headers={"X-CSRFToken": handset.token},
    )  # fmt: skip
    return answer.status_code, json.loads(answer.content)


def keep(person: Any, data: bytes = SAID, at: Any = NOON) -> VoiceNote:
    return voices.store(BytesIO(data), sha256=sha256(data).hexdigest(), by=person, at=at)


def spoken_case(city: City, at: Any = None) -> Case:
    """A case reported with a voice note, at a moment; yesterday."""
    at = at or timezone.now() - timedelta(days=1)
    keep(city.handler, at=at)
    phone = Phone(city.handler)
    entry = phone.case(photos=[listed()], noted_at=at.isoformat())
    [row] = phone.send(entry, at=at)
    assert row.state == "applied", row.refusal
    return Case.objects.get(uid=entry["loop"])


# ---- from the phone


def test_a_case_waits_for_its_voice_note_and_carries_it_then(city: City) -> None:
    handset = Handset(city.handler)
    entry = handset.phone.case(photos=[listed(), named_photo("a")], noted_at=noted_now())
    [row] = handset.send(entry)[1]["entries"]
    assert row["entry"]["missing"] == [ADDRESS, named_photo("a")["sha256"]]

    assert handset.put("a", f"?entry={entry['uid']}")[1]["entries"][0]["missing"] == [ADDRESS]
    status, told = bring(handset, query=f"?entry={entry['uid']}")

    assert (status, told["sha256"], told["size"], told["new"]) == (201, ADDRESS, len(SAID), True)
    assert [one["state"] for one in told["entries"]] == ["applied"]
    case = Case.objects.get(uid=entry["loop"])
    assert [row.photo_id for row in CaseEvidence.objects.filter(case=case)] == [named_photo("a")["sha256"]]
    [shown] = voices.of_loop("case", case.uid)[1]
    assert (shown.voice.sha256, shown.voice.seconds) == (ADDRESS, 12)
    assert bring(handset)[0] == 200
    assert VoiceNote.objects.count() == VoiceEvidence.objects.count() == 1


def test_a_step_and_a_comment_carry_theirs_and_the_ledger_names_them(city: City) -> None:
    case = city.walk("accepted", at=NOON - timedelta(hours=2), category="parking")
    other = ogg(4)
    keep(city.handler)
    keep(city.handler, other)
    phone = Phone(city.handler)
    rows = phone.send(
        phone.step(case.uid, "rectify", {"note": "好了"}, photos=[listed()]),
        phone.comment(case.uid, photos=[listed(other, noted_at=NOON.isoformat())]),
    )

    assert [row.state for row in rows] == ["applied", "applied"]
    found = voices.of_loop("case", case.uid)
    steps = {step.seq: step.name for step in case.steps.all()}
    assert {steps[seq]: [one.voice.sha256 for one in told] for seq, told in found.items()} == {
        "rectify": [ADDRESS], "comment": [sha256(other).hexdigest()],
    }  # fmt: skip
    told = [line.data["voices"] for line in history("case", case.uid) if line.verb == "case.voice"]
    assert told == [[ADDRESS], [sha256(other).hexdigest()]]
    assert list(breaks()) == []


def test_a_voice_note_is_no_photo_where_a_photo_is_needed(city: City) -> None:
    keep(city.handler)
    phone = Phone(city.handler)
    category = city.building.code
    [row] = phone.send(phone.case(category, photos=[listed()]))

    assert (row.state, row.refusal["code"]) == ("refused", "photo_needed")
    assert not VoiceEvidence.objects.exists()


def test_nobody_names_the_voice_note_of_another(city: City) -> None:
    keep(city.other_handler)
    phone = Phone(city.handler)
    [row] = phone.send(phone.case(photos=[listed()]))

    assert row.state == "waiting"
    assert Handset(city.handler).client.get(f"/voices/{ADDRESS}").status_code == 404


def test_a_photo_called_a_voice_note_and_the_other_way_round_are_refused(city: City) -> None:
    keep(city.handler)
    handset = Handset(city.handler)
    handset.put("a")
    wrong = [
        handset.phone.case(photos=[listed(kind="near")], noted_at=noted_now()),
        handset.phone.case(photos=[named_photo("a") | {"kind": "voice"}], noted_at=noted_now()),
    ]

    told = [row["entry"] for row in handset.send(*wrong)[1]["entries"]]

    assert [(one["state"], one["code"]) for one in told] == [
        ("refused", "photo_not_sent"), ("refused", "voice_not_sent"),
    ]  # fmt: skip
    assert told[1]["sentence"].startswith("These voice notes have not been sent yet")


def test_a_visit_has_no_voice_note(city: City) -> None:
    scene = make_scene(city)
    phone = Phone(city.inspector)
    handset = Handset(city.inspector)
    entry = phone.visit(scene.visit, photos=[listed()])

    [row] = handset.send(entry)[1]["entries"]
    assert (row["ok"], row["status"], row["field"]) == (False, 422, "photos")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (webm(70), 413, "voice_too_long"),
        (b"\xff\xd8\xff\xe0 picture", 422, "voice_unknown_kind"),
        (webm(film=True), 422, "voice_unknown_kind"),
        (webm(3)[:-2], 422, "voice_broken"),
        (webm(3) + bytes(2 * 1024 * 1024), 413, "voice_too_large"),
    ],
)
def test_what_is_no_voice_note_is_not_kept(city: City, folder: Path, data: bytes, status: int, code: str) -> None:
    found, told = bring(Handset(city.handler), data)

    assert (found, told["code"]) == (status, code)
    assert told["sentence"]
    assert not VoiceNote.objects.exists()
    assert not [one for one in folder.rglob("*") if one.is_file()]


def test_bytes_other_than_announced_are_refused(city: City) -> None:
    assert bring(Handset(city.handler), SAID, "0" * 64)[1]["code"] == "sha256_mismatch"
    assert bring(Handset(city.handler), SAID, "x")[1]["code"] == "sha256_malformed"
    assert bring(Handset(city.handler), b"", ADDRESS)[1]["code"] == "length_missing"


def test_a_voice_note_for_somebody_elses_entry_is_refused(city: City) -> None:
    handset = Handset(city.handler)
    entry = handset.phone.case(photos=[listed()], noted_at=noted_now())
    handset.send(entry)

    assert bring(Handset(city.other_handler), query=f"?entry={entry['uid']}")[0] == 404


# ---- who hears it


def test_whoever_may_see_the_case_hears_it_on_its_page_and_nobody_else(city: City, visitor: Visit) -> None:
    case = spoken_case(city)
    status, text = visitor("supervisor").get(f"/cases/{case.uid}")

    assert status == 200
    assert f'<audio controls preload="none" src="/voices/{ADDRESS}"' in text
    heard = visitor("supervisor").client.get(f"/voices/{ADDRESS}")
    assert (heard.content, heard["Content-Type"]) == (SAID, "audio/webm")
    assert "private" in heard["Cache-Control"]
    assert "media-src 'self'" in heard["Content-Security-Policy"]
    assert visitor("handler").client.get(f"/voices/{ADDRESS}").status_code == 200
    assert visitor("other_handler").client.get(f"/voices/{ADDRESS}").status_code == 404
    assert Client().get(f"/voices/{ADDRESS}").status_code == 302
    assert visitor("supervisor").client.get("/voices/never").status_code == 404


def test_the_case_opened_in_the_inbox_has_it_too(
    city: City, visitor: Visit, django_assert_max_num_queries: Any
) -> None:
    case = spoken_case(city)
    desk = visitor("filer")
    with django_assert_max_num_queries(15):
        status, text = desk.get(f"/inbox/case/{case.uid}")

    assert status == 200
    assert f'<audio controls preload="none" src="/voices/{ADDRESS}"' in text
    assert desk.client.get(f"/voices/{ADDRESS}").status_code == 200


def test_a_program_is_told_that_it_is_there_and_how_long(city: City) -> None:
    case = spoken_case(city)
    _, token = make_token(person=city.supervisor, name="test", by=None, at=MONDAY_NINE)
    program = Client(headers={"Authorization": f"Bearer {token}"})

    def told() -> list[dict[str, Any]]:
        [step] = program.get(f"/api/v1/cases/{case.uid}/steps").json()["items"]
        return step["voices"]  # type: ignore[no-any-return]

    [one] = told()
    assert (one["sha256"], one["media_type"], one["seconds"], one["removed_at"]) == (ADDRESS, "audio/webm", 12, None)
    VoiceNote.objects.update(removed_at=NOON)
    assert told()[0]["removed_at"]


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-1", 206, SAID[:2], f"bytes 0-1/{len(SAID)}"),
        ("bytes=10-", 206, SAID[10:], f"bytes 10-{len(SAID) - 1}/{len(SAID)}"),
        ("bytes=5-999999999", 206, SAID[5:], f"bytes 5-{len(SAID) - 1}/{len(SAID)}"),
        ("bytes=99999999-", 416, b"", f"bytes */{len(SAID)}"),
        ("bytes=0-1,5-6", 200, SAID, None),
        ("lines=1-2", 200, SAID, None),
    ],
)
def test_a_part_that_is_asked_for_is_what_comes(
    city: City, visitor: Visit, asked: str, status: int, part: bytes, told: str | None
) -> None:
    spoken_case(city)
    answer = visitor("handler").client.get(f"/voices/{ADDRESS}", headers={"Range": asked})

    assert (answer.status_code, answer.content, answer.get("Content-Range")) == (status, part, told)


def test_no_door_for_strangers_knows_of_it(city: City) -> None:
    case = spoken_case(city)
    for path in (f"/p/voices/{ADDRESS}", f"/open311/v2/voices/{ADDRESS}", f"/api/v1/voices/{ADDRESS}"):
        assert Client().get(path).status_code in (401, 404), path
    for path in ("/open311/v2/requests.json", f"/open311/v2/requests/{case.number}.json"):
        assert ADDRESS not in Client().get(path).content.decode(), path


def test_the_ledger_page_says_it_in_words(city: City, visitor: Visit) -> None:
    case = spoken_case(city)
    status, text = visitor("auditor").get(f"/cases/{case.uid}/ledger")

    assert status == 200
    assert "add a voice note" in text
    assert "voice notes" in text
    assert f"{ADDRESS[:12]}…" in text


# ---- and in time


def test_it_is_deleted_when_the_time_of_photos_is_over_and_its_hash_stays(
    city: City, folder: Path, visitor: Visit, django_capture_on_commit_callbacks: Any
) -> None:
    case = spoken_case(city, MONDAY_NINE)
    kept = [one for one in folder.rglob("*") if one.name == ADDRESS]
    days = int(reference.now().parameters["residents.keep_media_days"])
    ended = MONDAY_NINE + timedelta(days=1)
    long_after = ended + timedelta(days=days, hours=1)
    assert retain_voices(at=long_after, ref=reference.now()) == {"ended": 0, "unnamed": 0}  # the case is open

    cases.take(case.uid, "void", by=city.filer, at=ended, given={"reason": "重复"})
    assert retain_voices(at=long_after - timedelta(hours=2), ref=reference.now())["ended"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retain_voices(at=long_after, ref=reference.now())["ended"] == 1
    assert retain_voices(at=long_after, ref=reference.now())["ended"] == 0

    assert len(kept) == 1
    assert not kept[0].exists()
    assert VoiceEvidence.objects.get().voice.sha256 == ADDRESS
    assert visitor("handler").client.get(f"/voices/{ADDRESS}").status_code == 404
    assert "deleted: its time was over" in visitor("handler").get(f"/cases/{case.uid}")[1]
    assert list(queries.findings()) == []


def test_what_nothing_names_goes_after_the_days_of_what_was_never_sent(city: City, folder: Path) -> None:
    keep(city.handler, at=MONDAY_NINE)
    awaited = ogg(2)
    keep(city.handler, awaited, at=MONDAY_NINE)
    phone = Phone(city.handler)
    phone.send(phone.case("77777", photos=[listed(awaited)]))
    assert Entry.objects.get().state == "refused"
    days = int(reference.now().parameters["residents.keep_unsent_days"])

    assert retain_voices(at=MONDAY_NINE + timedelta(days=days, hours=-1), ref=reference.now())["unnamed"] == 0
    assert retain_voices(at=MONDAY_NINE + timedelta(days=days, hours=1), ref=reference.now())["unnamed"] == 1
    assert [one.sha256 for one in VoiceNote.objects.filter(removed_at=None)] == [sha256(awaited).hexdigest()]


def test_the_file_stays_while_another_sender_has_it(
    city: City, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    mine, other = keep(city.handler), keep(city.other_handler)
    with django_capture_on_commit_callbacks(execute=True):
        voices.remove(mine, at=NOON)
    assert voices.open_voice(other).read() == SAID

    with django_capture_on_commit_callbacks(execute=True):
        voices.remove(other, at=NOON)
    assert not [one for one in folder.rglob("*") if one.is_file()]
    assert keep(city.handler, at=NOON + timedelta(days=1)).pk == mine.pk
    assert voices.open_voice(mine).read() == SAID


def test_the_check_reads_voice_notes_too(city: City, folder: Path) -> None:
    keep(city.handler)
    [file] = [one for one in folder.rglob("*") if one.name == ADDRESS]
    file.write_bytes(b"changed")

    assert [(one.sha256, one.fault) for one in queries.findings()] == [(ADDRESS, queries.Fault.DAMAGED)]
    file.unlink()
    assert [one.fault for one in queries.findings()] == [queries.Fault.MISSING]
