"""Entries in their order, and what becomes of them when the case has moved on."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import translation

from civicloop.cases.models import Case, CaseStep
from civicloop.fieldwork import actions, queries
from civicloop.fieldwork.models import Entry
from civicloop.fieldwork.queries.standing import ways_on
from civicloop.fieldwork.refusing import spoken
from civicloop.ledger.models import LedgerLine
from tests.cast import City, hours
from tests.fieldwork.phone import NOON, Phone, named_photo
from tests.inspection.made_up import answer, make_scene, stored

pytestmark = pytest.mark.django_db


# ---- order


def test_one_refused_entry_does_not_stop_other_loops(city: City, phone: Phone) -> None:
    bad, good = uuid4(), uuid4()
    rows = phone.send(
        phone.case("77777", bad), phone.comment(bad), phone.case(loop=good), phone.comment(good), phone.comment(bad)
    )

    assert [row.state for row in rows] == ["refused", "needs_you", "applied", "applied", "needs_you"]
    assert rows[1].refusal["of"] == str(rows[0].pk)
    assert "77777" in spoken(rows[1].refusal)


def test_what_comes_too_early_is_held_until_the_other_is_here(phone: Phone) -> None:
    loop = uuid4()
    first = phone.case(loop=loop)
    second = phone.comment(loop, after=[first["uid"]])
    third = phone.comment(loop, "三", after=[second["uid"]])
    assert [row.state for row in phone.send(third, second)] == ["held", "held"]

    phone.send(first)
    assert [phone.state(one) for one in (first, second, third)] == ["applied"] * 3
    assert list(CaseStep.objects.order_by("seq").values_list("note", flat=True)) == ["", "已到现场", "三"]


def test_what_follows_goes_on_when_the_refused_one_is_corrected(phone: Phone) -> None:
    loop = uuid4()
    first, second = phone.case("77777", loop), phone.comment(loop)
    phone.send(first, second)
    content = first["content"] | {"category": "09009"}
    actions.resend(uid=UUID(first["uid"]), content=content, photos=[], by=phone.person, at=NOON)
    actions.apply_entries(by=phone.person, at=NOON)

    assert [phone.state(one) for one in (first, second)] == ["applied", "applied"]


def test_the_same_correction_again_is_the_same_answer(phone: Phone) -> None:
    entry = phone.case("77777")
    phone.send(entry)
    given: dict[str, Any] = {
        "uid": UUID(entry["uid"]), "content": entry["content"] | {"category": "09009"}, "photos": [], "by": phone.person,
    }  # fmt: skip
    for _ in range(2):
        actions.resend(**given, at=NOON)
        actions.apply_entries(by=phone.person, at=NOON)

    assert (Entry.objects.get().revision, Case.objects.count()) == (1, 1)
    assert phone.send(entry)[0].state == "applied"  # the first sending, delayed on its way, changes nothing


def test_a_case_taken_back_stops_what_belongs_to_it(phone: Phone) -> None:
    loop = uuid4()
    first, second = phone.case("77777", loop), phone.comment(loop)
    phone.send(first, second)
    actions.withdraw(uid=UUID(first["uid"]), by=phone.person, at=NOON, reason="看错了")
    actions.apply_entries(by=phone.person, at=NOON)

    row = Entry.objects.get(pk=second["uid"])
    assert row.state == "needs_you"
    assert not Case.objects.exists()


def test_a_step_taken_back_holds_nobody(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    first, second = phone.step(case.uid, "rectify", {"note": "好了"}), phone.comment(case.uid)
    phone.send(first, second)
    actions.withdraw(uid=UUID(first["uid"]), by=phone.person, at=NOON)
    actions.apply_entries(by=phone.person, at=NOON)

    assert [phone.state(one) for one in (first, second)] == ["withdrawn", "applied"]


def test_one_whose_predecessor_never_came_is_shown_and_may_go_alone(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    entry = phone.comment(case.uid, after=[str(uuid4())])
    phone.send(entry)
    actions.apply_waiting(at=NOON + hours(71))
    assert phone.state(entry) == "held"
    actions.apply_waiting(at=NOON + hours(73))
    actions.apply_waiting(at=NOON + hours(74))
    assert Entry.objects.get().refusal["code"] == "entry_predecessor_missing"

    actions.stand_alone(uid=UUID(entry["uid"]), by=phone.person, at=NOON + hours(75))
    actions.apply_entries(by=phone.person, at=NOON + hours(75))
    assert phone.state(entry) == "applied"


# ---- photos that never come


def test_one_whose_photos_never_come_is_shown_after_the_days_and_applied_when_they_do(city: City, phone: Phone) -> None:
    loop = uuid4()
    entry, behind = phone.case(loop=loop, photos=[named_photo("late")]), phone.comment(loop)
    phone.send(entry, behind)
    actions.apply_waiting(at=NOON + hours(14 * 24))
    assert [phone.state(one) for one in (entry, behind)] == ["waiting", "held"]

    for hour in (1, 2, 3):
        actions.apply_waiting(at=NOON + hours(14 * 24 + hour))
    row = Entry.objects.get(pk=entry["uid"])
    assert (row.state, row.refusal["code"], ways_on(row)) == (
        "needs_you", "entry_photos_never_came", ("withdraw", "resend"),
    )  # fmt: skip
    with translation.override("en"):
        told = [spoken(one.refusal) for one in (row, Entry.objects.get(pk=behind["uid"]))]
    assert ["within 14 days" in one for one in told] == [True, True]

    stored("late", by=phone.person, at=NOON + hours(15 * 24))
    actions.apply_entries(by=phone.person, at=NOON + hours(15 * 24))
    assert [phone.state(one) for one in (entry, behind)] == ["applied", "applied"]


def test_a_visit_whose_photos_never_come_is_shown_and_not_taken_back_under_the_inspection(city: City) -> None:
    scene, at = make_scene(city), NOON + hours(14 * 24 + 1)
    phone = Phone(city.inspector)
    photo = {"sha256": named_photo("late")["sha256"]}
    entry = phone.visit(scene.visit, answer("STREET-02", "not_met", photos=[photo]), photos=[named_photo("late")])
    assert phone.send(entry)[0].state == "waiting"

    actions.apply_waiting(at=at)
    actions.apply_waiting(at=at + hours(1))
    row = Entry.objects.get()
    assert (row.state, row.refusal["code"], ways_on(row)) == ("needs_you", "entry_photos_never_came", ("resend",))
    stored("late", by=city.inspector, at=at)
    actions.apply_waiting(at=at + hours(2))
    actions.apply_entries(by=city.inspector, at=at + hours(2))
    assert phone.state(entry) == "applied"


# ---- about a case the server does not have yet


def test_a_comment_waits_for_the_case_it_is_about_though_it_names_nothing(phone: Phone) -> None:
    loop = uuid4()
    first, second = phone.case(loop=loop), phone.comment(loop)
    assert phone.send(second)[0].state == "held"

    phone.send(first)
    assert [phone.state(one) for one in (first, second)] == ["applied", "applied"]


def test_a_comment_from_the_other_phone_waits_for_the_case_as_well(phone: Phone) -> None:
    loop, other = uuid4(), Phone(phone.person)
    first, second = phone.case(loop=loop), other.comment(loop)
    other.send(second)
    phone.send(first)

    assert Case.objects.get().steps.filter(name="comment").exists()
    assert phone.state(second) == "applied"


def test_a_comment_numbered_before_its_case_is_stopped_when_the_case_is_refused(phone: Phone) -> None:
    loop = uuid4()
    second = phone.comment(loop)
    first = phone.case("77777", loop)
    rows = phone.send(second, first)

    assert [row.state for row in rows] == ["needs_you", "refused"]
    assert rows[0].refusal["of"] == str(rows[1].pk)


def test_whose_case_never_comes_is_told_and_still_applied_when_it_does(phone: Phone) -> None:
    loop = uuid4()
    first, second = phone.case(loop=loop), phone.comment(loop)
    phone.send(second)
    actions.apply_waiting(at=NOON + hours(71))
    assert phone.state(second) == "held"
    for later in (73, 74):
        actions.apply_waiting(at=NOON + hours(later))
    row = Entry.objects.get()
    assert (row.state, row.refusal["code"]) == ("needs_you", "entry_case_missing")
    with translation.override("en"):
        assert "never arrived" in spoken(row.refusal)

    phone.send(first, at=NOON + hours(75))
    assert phone.state(second) == "applied"


def test_what_cannot_apply_to_a_case_just_reported_is_explained_and_stops_nothing_else(phone: Phone) -> None:
    loop, other = uuid4(), uuid4()
    rows = phone.send(
        phone.case(loop=loop),
        phone.step(loop, "rectify", {"note": "当场清理"}),
        phone.case(loop=other),
        phone.comment(other),
    )

    assert [row.state for row in rows] == ["applied", "refused", "applied", "applied"]


# ---- a database that fails on one record

SPOIL = {
    "sqlite": """
CREATE TRIGGER spoil BEFORE INSERT ON cases_casestep WHEN NEW.note = '毒'
BEGIN SELECT abs(-9223372036854775807 - length(NEW.note)); END""",
    "postgresql": """
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF NEW.note = '毒' THEN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END IF; RETURN NEW; END$$;
CREATE TRIGGER spoil BEFORE INSERT ON cases_casestep FOR EACH ROW EXECUTE FUNCTION spoil()""",
}


def test_a_record_on_which_the_database_fails_stands_in_nobodys_way_and_is_set_aside_after_a_day(
    city: City, phone: Phone
) -> None:
    case, other = city.walk("dispatched"), city.walk("dispatched", address="北门")
    with connection.cursor() as cursor:
        cursor.execute(SPOIL[connection.vendor])
    bad, behind, good = phone.comment(case.uid, "毒"), phone.comment(case.uid), phone.comment(other.uid)
    assert [row.state for row in phone.send(bad, behind, good)] == ["held", "held", "applied"]

    actions.apply_waiting(at=NOON + hours(25))
    row = Entry.objects.get(pk=bad["uid"])
    assert (row.state, row.refusal["code"], phone.state(behind)) == ("refused", "entry_failed", "needs_you")


def test_a_database_that_fails_on_every_record_is_away(city: City, phone: Phone) -> None:
    case, other = city.walk("dispatched"), city.walk("dispatched", address="北门")
    with connection.cursor() as cursor:
        cursor.execute(SPOIL[connection.vendor])
    entries = [phone.comment(one.uid, "毒") for one in (case, other)]
    phone.send(*entries, apply=False)
    with pytest.raises(OperationalError):
        actions.apply_entries(by=phone.person, at=NOON)

    assert [phone.state(one) for one in entries] == ["held", "held"]


# ---- the case has moved on


def test_a_comment_is_kept_whatever_has_happened_to_the_case(city: City, phone: Phone) -> None:
    case = city.walk("closed")

    assert phone.send(phone.comment(case.uid))[0].state == "applied"


def test_a_step_that_still_fits_is_taken_and_says_that_others_were_there(city: City, phone: Phone) -> None:
    case = city.walk("accepted")
    from civicloop.cases import actions as cases

    cases.take(case.uid, "supervise", by=city.supervisor, at=NOON, given={"note": "抓紧"})
    stored("a")
    entry = phone.step(
        case.uid, "rectify", {"note": "已清理"}, version=case.version, photos=[named_photo("a", kind="after")]
    )
    [row] = phone.send(entry)

    assert row.state == "applied"
    assert [one["code"] for one in row.result["warnings"]] == ["changed_meanwhile"]


def test_a_step_that_fits_no_more_is_explained_to_the_person(city: City, phone: Phone) -> None:
    case = city.walk("dispatched")
    from civicloop.cases import actions as cases

    cases.take(case.uid, "accept", by=city.leader, at=NOON, given={})
    [row] = phone.send(phone.step(case.uid, "accept", version=case.version))
    assert (row.state, row.refusal["code"]) == ("needs_you", "step_not_from_here")

    from civicloop.standards import reference

    ref = reference.now()
    [told] = queries.standings([row], actor=ref.actor(city.handler, NOON.date()), at=NOON, ref=ref)
    assert told.now is not None
    assert (told.now.case.state, [step.name for step in told.now.since]) == ("accepted", ["accept"])
    assert told.now.since[0].by == city.leader
    assert set(told.now.steps) >= {"rectify", "comment"}


def test_who_may_not_is_told_who_could_and_the_ledger_keeps_it(city: City, phone: Phone) -> None:
    case = city.walk("rectified")
    [row] = phone.send(phone.step(case.uid, "verify", {"note": "好"}, version=case.version))

    assert (row.state, row.refusal["code"], row.refusal["params"]["who"]) == ("refused", "not_allowed", ["verifier"])
    assert LedgerLine.objects.filter(kind="case", uid=case.uid, verb="refused").count() == 1
    phone.send(phone.comment(case.uid), at=NOON + hours(1))
    assert LedgerLine.objects.filter(kind="case", uid=case.uid, verb="refused").count() == 1
