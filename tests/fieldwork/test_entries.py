"""An entry is stored first, applied once by the ordinary actions, and says how it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from civicloop.cases.models import Case, CaseStep
from civicloop.fieldwork import actions
from civicloop.fieldwork.actions.doing import _judged
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.queries.standing import ways_on
from civicloop.inspection.models import Observation, Submission
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, TooLarge
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.standards import reference
from tests.cast import City, hours
from tests.fieldwork.phone import NOON, TEN, Phone, named_photo
from tests.inspection.made_up import answer, make_scene, stored

pytestmark = pytest.mark.django_db


def test_a_case_first_seen_on_the_phone_keeps_the_id_the_phone_gave_it(city: City, phone: Phone) -> None:
    entry = phone.case()
    [row] = phone.send(entry)

    case = Case.objects.get(uid=entry["loop"])
    assert (row.state, row.result["case"]["number"]) == ("applied", case.number)
    assert (case.reporter, case.source, case.reported_at, case.received_at) == (city.handler, "patrol", TEN, NOON)


def test_a_case_of_the_phone_is_the_loop_of_what_follows(city: City, phone: Phone) -> None:
    loop = uuid4()
    rows = phone.send(phone.case(loop=loop), phone.comment(loop), phone.comment(loop, "还在"))

    assert [row.state for row in rows] == ["applied"] * 3
    assert [step.note for step in Case.objects.get(uid=loop).steps.order_by("seq")] == ["", "已到现场", "还在"]


def test_a_step_is_taken_in_the_name_of_who_noted_it_and_with_the_devices_time(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    [row] = phone.send(phone.step(case.uid, "accept", version=case.version))

    step = CaseStep.objects.get(case=case, name="accept")
    assert (row.state, step.by, step.noted_at, step.at) == ("applied", city.handler, TEN, NOON)
    assert (row.result["version"], row.result["state"]) == (step.seq, "accepted")
    assert list(breaks()) == []


def test_the_same_entry_again_is_the_same_row(phone: Phone) -> None:
    entry = phone.case()
    phone.send(entry)
    taken = actions.receive(given=entry, by=phone.person, at=NOON + hours(5), device=phone.device)
    actions.apply_entries(by=phone.person, at=NOON + hours(5))

    assert (taken.new, taken.entry.received_at) == (False, NOON)
    assert (Entry.objects.count(), Case.objects.count()) == (1, 1)


def test_the_same_id_with_other_content_is_refused_with_both_digests(phone: Phone) -> None:
    entry = phone.case()
    phone.send(entry)
    with pytest.raises(Conflict) as told:
        phone.send(entry | {"content": entry["content"] | {"description": "后来想到"}})

    assert told.value.code == "entry_differs"
    assert told.value.params["kept"] != told.value.params["sent"]
    assert Entry.objects.get().digest == told.value.params["kept"]


def test_the_clocks_offset_is_no_part_of_what_was_said(phone: Phone) -> None:
    entry = phone.case()
    phone.send(entry, clock_offset_s=1.0)

    assert phone.send(entry | {"clock_offset_s": 7.0})[0].clock_offset_s == 1.0


def test_an_entry_belongs_to_who_made_it_whoever_is_logged_in(city: City, phone: Phone) -> None:
    entry = phone.case()
    with pytest.raises(NotAllowed) as told:
        actions.receive(given=entry, by=city.other_handler, at=NOON, device=phone.device)

    assert told.value.code == "entry_of_another"
    assert not Entry.objects.exists()


def test_an_id_somebody_else_has_used_tells_nothing_of_his_entry(city: City, phone: Phone) -> None:
    entry = phone.case()
    phone.send(entry)
    with pytest.raises(Conflict) as told:
        Phone(city.other_handler).send(entry | {"by": str(city.other_handler.uid)})

    assert (told.value.code, set(told.value.params)) == ("entry_uid_taken", {"uid"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"uid": "17"}, "uid"),
        ({"kind": "dance"}, "kind"),
        ({"seq": -1}, "seq"),
        ({"seq": True}, "seq"),
        ({"noted_at": "2026-11-23T09:00:00"}, "noted_at"),
        ({"noted_at": None}, "noted_at"),
        ({"lon": 118.1}, "lon"),
        ({"content": []}, "content"),
        ({"content": {"note": "a\x00b"}}, "content"),
        ({"after": ["x"]}, "after"),
        ({"photos": [{"sha256": "abc"}]}, "photos.0.sha256"),
        ({"extra": 1}, "extra"),
        ({"content": {"answers": [{"photos": [{"sha256": "a" * 64}]}]}}, "photos"),
    ],
)
def test_an_envelope_that_cannot_be_read_is_told_by_its_field(phone: Phone, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        phone.send(phone.case() | wrong)

    assert told.value.field == field
    assert not Entry.objects.exists()


def test_an_entry_has_a_limit(phone: Phone) -> None:
    with pytest.raises(TooLarge):
        phone.send(phone.comment(uuid4(), "长" * 100_000))


def test_what_is_wrong_with_the_content_is_told_after_it_is_kept(phone: Phone) -> None:
    [row] = phone.send(phone.case(category="77777"))

    assert (row.state, row.refusal["code"], row.refusal["field"]) == ("refused", "unknown_category", "category")
    assert row.content["description"] == "三轮车占道"
    assert ways_on(row) == ("withdraw", "retry", "resend")


# ---- photos


def test_an_entry_waits_for_its_photos_and_is_applied_by_the_last_one(city: City, phone: Phone) -> None:
    photos = [named_photo("a"), named_photo("b", kind="far")]
    [row] = phone.send(phone.case(photos=photos))
    assert (row.state, Case.objects.count()) == ("waiting", 0)
    stored("a", by=city.handler)
    row.refresh_from_db()
    assert (row.state, EntryPhoto.objects.filter(arrived_at=None).count()) == ("waiting", 1)

    stored("b", by=city.handler)
    row.refresh_from_db()
    assert row.state == "applied"
    assert [one.kind for one in Case.objects.get().evidence.order_by("id")] == ["near", "far"]


def test_photos_may_come_first(phone: Phone) -> None:
    stored("a")

    assert phone.send(phone.case(photos=[named_photo("a")]))[0].state == "applied"


def test_what_the_camera_knew_is_kept_with_the_evidence(city: City, phone: Phone) -> None:
    stored("a")
    told = {"lon": WEST_LON, "lat": 24.7051, "accuracy_m": 8.5, "noted_at": TEN.isoformat()}
    phone.send(phone.case(photos=[named_photo("a", **told)]))

    photo = Case.objects.get().evidence.get()
    assert (photo.lon, photo.lat, photo.accuracy_m, photo.noted_at) == (WEST_LON, 24.7051, 8.5, TEN)


WEST_LON = 118.1051


def test_what_follows_waits_while_the_first_waits_for_photos(phone: Phone) -> None:
    loop = uuid4()
    entries = phone.case(loop=loop, photos=[named_photo("a")]), phone.comment(loop), phone.case()
    rows = phone.send(*entries)
    assert [row.state for row in rows] == ["waiting", "held", "applied"]

    stored("a", by=phone.person)
    assert [phone.state(one) for one in entries] == ["applied"] * 3


# ---- visits


def test_a_visit_goes_the_way_of_every_sheet(city: City) -> None:
    scene = make_scene(city)
    [row] = Phone(city.inspector).send(Phone(city.inspector).visit(scene.visit))

    sent = Submission.objects.get()
    assert (row.state, sent.pk, sent.door, sent.state) == ("applied", row.pk, "field", "applied")
    assert Observation.objects.count() == 6


def test_a_visit_tells_the_cases_it_opened(city: City) -> None:
    scene = make_scene(city)
    stored("a")
    photo = {"sha256": named_photo("a")["sha256"]}
    entry = Phone(city.inspector).visit(
        scene.visit, answer("STREET-02", "not_met", photos=[photo]), photos=[named_photo("a")]
    )
    [row] = Phone(city.inspector).send(entry)

    case = Case.objects.get()
    assert row.result["cases"] == [{"uid": str(case.uid), "number": case.number, "known": False}]


def test_a_visit_does_not_name_a_case_it_found_open_that_the_inspector_may_not_see(city: City) -> None:
    scene = make_scene(city)
    stored("a")
    photo = {"sha256": named_photo("a")["sha256"]}
    entry = Phone(city.inspector).visit(
        scene.visit, answer("STREET-02", "not_met", photos=[photo]), photos=[named_photo("a")]
    )
    [row] = Phone(city.inspector).send(entry)
    sent = Submission.objects.get(visit=scene.visit)
    row.by = city.town_inspector  # of a town the case does not reach
    told = _judged(sent, row, NOON, reference.now()).result

    assert (told["cases"], told["cases_hidden"]) == ([], 1)
    assert (len(row.result["cases"]), row.result["cases_hidden"]) == (1, 0)


def test_what_is_wrong_with_a_sheet_is_told_before_its_photos_are_sent(city: City) -> None:
    scene = make_scene(city)
    entry = Phone(city.inspector).visit(scene.visit, photos=[named_photo("a")])
    entry["content"]["answers"] = entry["content"]["answers"][1:]
    [row] = Phone(city.inspector).send(entry)

    assert (row.state, row.refusal["code"]) == ("refused", "items_missing")


def test_a_visit_waits_in_the_inspection_so_that_nobody_gives_it_away(city: City) -> None:
    scene = make_scene(city)
    inspector = Phone(city.inspector)
    photo = {"sha256": named_photo("a")["sha256"]}
    entry = inspector.visit(scene.visit, answer("STREET-02", "not_met", photos=[photo]), photos=[named_photo("a")])
    [row] = inspector.send(entry)
    scene.visit.refresh_from_db()
    assert (row.state, scene.visit.state) == ("waiting", "waiting")

    stored("a", by=city.inspector, at=NOON + timedelta(days=9))  # long after the days of grace: it was sent in time
    scene.visit.refresh_from_db()
    assert (inspector.state(entry), scene.visit.state) == ("applied", "judged")


def test_a_photo_that_is_lost_on_the_phone_does_not_lose_the_visit(city: City) -> None:
    scene = make_scene(city)
    inspector = Phone(city.inspector)
    photo = {"sha256": named_photo("lost")["sha256"]}
    entry = inspector.visit(scene.visit, answer("STREET-01", "met", count=3, length_m=500, photos=[photo]),
                            photos=[named_photo("lost")])  # fmt: skip
    inspector.send(entry)
    again = inspector.visit(scene.visit)
    actions.resend(uid=UUID(entry["uid"]), content=again["content"], photos=[], by=city.inspector, at=NOON)
    actions.apply_entries(by=city.inspector, at=NOON)

    row = Entry.objects.get()
    assert (row.state, row.revision, len(row.earlier)) == ("applied", 1, 1)
    assert Observation.objects.count() == 6


# ---- clocks and places


def test_a_clock_that_is_a_day_behind_is_put_right_and_said_so(city: City, phone: Phone) -> None:
    day = timedelta(days=1)
    entry = phone.case(noted_at=(TEN - day).isoformat())
    [row] = phone.send(entry, clock_offset_s=day.total_seconds())

    assert (row.noted_at, Case.objects.get().reported_at) == (TEN - day, TEN)
    assert {"code": "clock", "seconds": 86400} in row.result["warnings"]


def test_a_visit_with_a_wrong_clock_is_still_of_its_day(city: City) -> None:
    scene = make_scene(city)
    inspector = Phone(city.inspector)
    entry = inspector.visit(scene.visit)
    entry["content"]["noted_at"] = (TEN + timedelta(days=40)).isoformat()
    [row] = inspector.send(entry, clock_offset_s=-timedelta(days=40).total_seconds())

    scene.visit.refresh_from_db()
    assert (row.state, scene.visit.noted_at) == ("applied", TEN)


def test_what_is_noted_in_the_future_is_noted_now(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    phone.send(phone.step(case.uid, "accept", noted_at=(NOON + hours(9)).isoformat()))

    assert CaseStep.objects.get(case=case, name="accept").noted_at == NOON


def test_far_from_the_place_is_a_remark_and_never_a_hindrance(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    there = {"lon": case.lon + 0.01, "lat": case.lat, "accuracy_m": 30.0}
    [row] = phone.send(phone.step(case.uid, "accept", **there))

    [told] = row.result["warnings"]
    assert (row.state, told["code"], told["accuracy_m"]) == ("applied", "far", 30.0)
    assert 900 < told["metres"] < 1100


def test_an_inexact_position_is_not_called_far(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    [row] = phone.send(phone.step(case.uid, "accept", lon=case.lon + 0.01, lat=case.lat, accuracy_m=2000.0))

    assert "warnings" not in row.result


# ---- what a person may decide


def test_nobody_decides_about_somebody_elses_entry(city: City, phone: Phone) -> None:
    entry = phone.case("77777")
    phone.send(entry)
    with pytest.raises(NotFound):
        actions.withdraw(uid=UUID(entry["uid"]), by=city.other_handler, at=NOON)
    with pytest.raises(NotFound):
        actions.retry(uid=UUID(entry["uid"]), by=city.other_handler, at=NOON)

    assert phone.state(entry) == "refused"


def test_what_is_applied_is_not_taken_back(phone: Phone) -> None:
    entry = phone.case()
    phone.send(entry)
    with pytest.raises(Conflict) as told:
        actions.withdraw(uid=UUID(entry["uid"]), by=phone.person, at=NOON)

    assert told.value.code == "entry_not_settled_so"


def test_a_decision_stands_in_the_ledger(phone: Phone) -> None:
    entry = phone.case("77777")
    phone.send(entry)
    actions.withdraw(uid=UUID(entry["uid"]), by=phone.person, at=NOON, reason="重复")

    line = LedgerLine.objects.get(kind="entry", uid=entry["uid"])
    assert (line.verb, line.by) == ("entry.withdraw", phone.person.uid)
    assert Entry.objects.get().result == {"reason": "重复"}
