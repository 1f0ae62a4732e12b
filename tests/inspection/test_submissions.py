"""A sheet is kept under its sender's id, applied once when it is whole, and refused with the item at fault."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.inspection import actions
from civicloop.inspection.models import Observation, ObservationPhoto, Submission, SubmissionPhoto, Visit
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import NOON, Scene, answer, jpeg, make_scene, named, sheet, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


def refused(scene: Scene, *changed: dict[str, Any], **more: Any) -> Refused:
    """What a sheet is refused with; nothing of it is kept then."""
    at = {name: more.pop(name) for name in ("at", "by", "visit") if name in more}
    with pytest.raises(Refused) as told:
        scene.send(sheet(*changed, **more), **at)
    assert not Observation.objects.exists()
    assert not Case.objects.exists()
    return told.value


def test_a_whole_sheet_is_applied_at_once(scene: Scene) -> None:
    row = scene.send()

    visit = Visit.objects.get(pk=scene.visit.pk)
    assert (row.state, visit.state) == ("applied", "judged")
    assert visit.judged_at == visit.received_at == NOON
    assert visit.observations.count() == 6
    assert LedgerLine.objects.filter(kind="visit", uid=visit.uid, verb="visit.judge").count() == 1
    assert list(breaks()) == []


def test_what_the_place_was_is_kept_with_the_judgement(scene: Scene) -> None:
    scene.send()

    visit = Visit.objects.get(pk=scene.visit.pk)
    assert (visit.point_type, visit.unit, visit.block) == ("street", scene.city.lotus, scene.city.lotus)


def test_the_same_sheet_sent_again_gets_the_same_answer(scene: Scene) -> None:
    first = scene.send(uid=named("a"))
    again = scene.send(uid=named("a"), at=NOON + timedelta(days=9))

    assert (again.pk, again.received_at, again.state) == (first.pk, NOON, "applied")
    assert (Submission.objects.count(), Observation.objects.count()) == (1, 6)


def test_the_order_of_keys_makes_no_other_content(scene: Scene) -> None:
    scene.send(uid=named("a"))
    turned = dict(reversed(sheet().items())) | {"answers": [dict(reversed(one.items())) for one in sheet()["answers"]]}

    assert scene.send(turned, uid=named("a")).state == "applied"


@pytest.mark.parametrize("other", ["content", "visit", "person"])
def test_the_same_id_with_something_else_is_a_conflict(scene: Scene, other: str) -> None:
    scene.send(uid=named("a"))
    given: dict[str, Any] = {
        "content": {"content": sheet(note="后来想到")},
        "visit": {"visit": scene.add()},
        "person": {"by": scene.city.other_inspector},
    }[other]

    with pytest.raises(Conflict) as told:
        scene.send(uid=named("a"), **given)
    assert told.value.code == "submission_differs"
    assert Observation.objects.count() == 6


def test_a_second_sheet_for_a_judged_visit_is_a_conflict(scene: Scene) -> None:
    scene.send()
    with pytest.raises(Conflict) as told:
        scene.send(sheet(answer("STREET-05", "not_met")))

    assert told.value.code == "visit_judged"
    assert Submission.objects.count() == 1


# Who and when


@pytest.mark.parametrize("name", ["other_inspector", "supervisor", "handler"])
def test_only_the_inspector_it_was_given_to_answers(scene: Scene, name: str) -> None:
    wrong = refused(scene, by=scene.city.people[name])

    assert isinstance(wrong, NotAllowed)
    assert (wrong.code, wrong.status) == ("not_your_visit", 403)


def test_whoever_is_no_inspector_any_more_does_not_answer(scene: Scene) -> None:
    scene.city.inspector.appointments.update(ends_on=MONDAY_NINE.date() - timedelta(days=1))
    from civicloop.organisation.actions import bump

    bump("organisation")
    assert refused(scene).code == "not_your_visit"


def test_before_its_day_a_visit_is_sealed(scene: Scene) -> None:
    early = MONDAY_NINE - timedelta(hours=9, minutes=1)
    wrong = refused(scene, at=early, noted_at=early)

    assert (wrong.code, wrong.params["opens_on"]) == ("draw_sealed", "2026-11-23")


@pytest.mark.parametrize("hours", [-9.5, 15.5])
def test_answers_noted_on_another_day_are_refused(scene: Scene, hours: float) -> None:
    wrong = refused(scene, noted_at=MONDAY_NINE + timedelta(hours=hours), at=MONDAY_NINE + timedelta(days=1))

    assert isinstance(wrong, Invalid)
    assert (wrong.field, wrong.code) == ("noted_at", "visit_not_today")


@pytest.mark.parametrize("hours", [-8.9, 14.9])
def test_the_day_is_counted_in_the_city(scene: Scene, hours: float) -> None:
    noted = MONDAY_NINE + timedelta(hours=hours)

    assert scene.send(sheet(noted_at=noted), at=MONDAY_NINE + timedelta(days=1)).state == "applied"


def test_a_phone_without_network_may_send_some_days_later(scene: Scene) -> None:
    late = scene.send(at=MONDAY_NINE + timedelta(days=3))
    visit = Visit.objects.get(pk=scene.visit.pk)

    assert late.state == "applied"
    assert visit.noted_at == MONDAY_NINE + timedelta(hours=1)
    assert visit.received_at == MONDAY_NINE + timedelta(days=3)


def test_too_many_days_later_is_too_late(scene: Scene) -> None:
    assert refused(scene, at=MONDAY_NINE + timedelta(days=4)).code == "visit_too_late"


@pytest.mark.parametrize("state", ["missed", "replaced"])
def test_a_visit_that_is_not_to_be_made_takes_no_answers(scene: Scene, state: str) -> None:
    Visit.objects.update(state=state)

    assert refused(scene).code == "visit_not_open"


def test_a_place_that_was_replaced_takes_no_answers(scene: Scene) -> None:
    scene.visit.drawn.in_use = False
    scene.visit.drawn.save()

    assert refused(scene).code == "visit_not_open"


# What the sheet must hold


@pytest.mark.parametrize(
    ("changed", "code", "item"),
    [
        ({"item": "NOWHERE-9", "answer": "met"}, "item_unknown", "NOWHERE-9"),
        ({"item": "STREET-01", "answer": "met", "length_m": 500}, "count_needed", "STREET-01"),
        ({"item": "STREET-01", "answer": "met", "count": 3}, "length_needed", "STREET-01"),
        ({"item": "STREET-01", "answer": "not_met", "count": 3, "length_m": 500}, "answer_contradicts_count", "STREET-01"),
        ({"item": "STREET-01", "answer": "met", "count": 2, "length_m": 500}, "answer_contradicts_count", "STREET-01"),
        ({"item": "STREET-06", "answer": "met", "count": 3}, "answer_contradicts_count", "STREET-06"),
        ({"item": "STREET-06", "answer": "not_met", "count": 2}, "answer_contradicts_count", "STREET-06"),
        ({"item": "STREET-06", "answer": "met", "count": 0, "length_m": 9}, "count_not_asked", "STREET-06"),
        ({"item": "STREET-05", "answer": "met", "count": 1}, "count_not_asked", "STREET-05"),
        ({"item": "STREET-01", "answer": "cannot_tell", "count": 1}, "count_not_asked", "STREET-01"),
        ({"item": "STREET-02", "answer": "not_met"}, "item_photo_needed", "STREET-02"),
        ({"item": "STREET-04", "answer": "not_met"}, "case_photo_needed", "STREET-04"),
        ({"item": "STREET-05", "answer": "not_met", "commended": True}, "commended_but_not_met", "STREET-05"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_item(scene: Scene, changed: dict[str, Any], code: str, item: str) -> None:
    wrong = refused(scene, changed)

    assert isinstance(wrong, Invalid)
    assert (wrong.code, wrong.params["item"]) == (code, item)
    assert not Submission.objects.exists()


def test_every_item_must_be_answered(scene: Scene) -> None:
    told = sheet()
    told["answers"] = told["answers"][:4]
    with pytest.raises(Invalid) as wrong:
        scene.send(told)

    assert (wrong.value.code, wrong.value.params["items"]) == ("items_missing", ["STREET-05", "STREET-06"])


def test_an_item_answered_twice_is_refused(scene: Scene) -> None:
    told = sheet()
    told["answers"].append(answer("STREET-05"))
    with pytest.raises(Invalid) as wrong:
        scene.send(told)

    assert (wrong.value.code, wrong.value.params["item"]) == ("item_twice", "STREET-05")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"answers": "all fine"}, "answers", "not_a_list"),
        ({"answers": ["met"]}, "answers.0", "not_an_object"),
        ({"answers": [{"item": "STREET-01", "answer": "perhaps"}]}, "answers.0.answer", "unknown_choice"),
        ({"answers": [{"item": 7, "answer": "met"}]}, "answers.0.item", "required"),
        ({"answers": [{"item": "A", "answer": "met", "count": -1}]}, "answers.0.count", "not_a_number"),
        ({"answers": [{"item": "A", "answer": "met", "count": "NaN"}]}, "answers.0.count", "not_a_number"),
        ({"answers": [{"item": "A", "answer": "met", "count": True}]}, "answers.0.count", "not_a_number"),
        ({"answers": [{"item": "A", "answer": "met", "colour": 1}]}, "answers.0.colour", "unknown_field"),
        ({"answers": [{"item": "A", "answer": "met", "note": "长" * 2001}]}, "answers.0.note", "too_long"),
        ({"answers": [{"item": "A", "answer": "met", "photos": [{}]}]}, "answers.0.photos.0.name", "photo_unnamed"),
        ({"answers": [{"item": "A", "answer": "met", "photos": [{"name": "../a"}]}]}, "answers.0.photos.0.name", "bad_file_name"),
        ({"answers": [{"item": "A", "answer": "met", "photos": [{"sha256": "ab"}]}]}, "answers.0.photos.0.sha256", "not_a_sha256"),
        ({"answers": [{"item": "A", "answer": "met"}] * 301}, "answers", "too_many"),
        ({"noted_at": None}, "noted_at", "required"),
        ({"noted_at": "2026-11-23T09:00:00"}, "noted_at", "naive_moment"),
        ({"noted_at": "yesterday"}, "noted_at", "not_a_moment"),
        ({"lon": 118.1}, "lon", "half_a_place"),
        ({"lon": 318.1, "lat": 24.7}, "lon", "out_of_range"),
        ({"extra": [{"category": "99999"}]}, "extra.0.category", "unknown_category"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(
    scene: Scene, change: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        scene.send(sheet() | change)

    assert (wrong.value.field, wrong.value.code) == (field, code)


# Photos


def failed_with_photo(**photo: Any) -> dict[str, Any]:
    return sheet(answer("STREET-02", "not_met", note="一堆", photos=[{"kind": "near", **photo}]))


def test_a_photo_that_is_stored_makes_the_sheet_whole(scene: Scene) -> None:
    photo = stored(by=scene.city.inspector)
    row = scene.send(failed_with_photo(sha256=photo.sha256))

    assert row.state == "applied"
    assert ObservationPhoto.objects.get().photo == photo


def test_a_sheet_waits_for_a_photo_by_its_name(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg"))
    assert (row.state, row.missing) == ("waiting", [{"name": "a.jpg", "sha256": ""}])
    assert Visit.objects.get(pk=scene.visit.pk).state == "waiting"
    assert not Observation.objects.exists()

    photo = stored(by=scene.city.inspector)
    row = actions.add_photo(submission=row, name="a.jpg", photo=photo, by=scene.city.inspector, at=NOON)
    assert (row.state, row.missing) == ("applied", [])
    assert Visit.objects.get(pk=scene.visit.pk).state == "judged"
    assert Case.objects.get().evidence.get().photo == photo


def test_a_sheet_waits_for_a_photo_by_its_digest_and_hears_of_its_coming(scene: Scene) -> None:
    row = scene.send(failed_with_photo(sha256=sha256(jpeg()).hexdigest()))
    assert row.state == "waiting"

    stored(by=scene.city.inspector, at=NOON + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.state == "applied"
    assert row.applied_at == NOON + timedelta(minutes=5)
    assert Observation.objects.count() == 6


def test_photos_may_come_days_after_the_form(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg"))
    later = NOON + timedelta(days=6)
    row = actions.add_photo(submission=row, name="a.jpg", photo=stored(), by=scene.city.inspector, at=later)

    assert row.state == "applied"


def test_other_bytes_under_a_name_are_kept_and_flagged(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg"))
    for word in ("a", "b", "b"):
        actions.add_photo(submission=row, name="a.jpg", photo=stored(word), by=scene.city.inspector, at=NOON)

    flags = SubmissionPhoto.objects.order_by("id").values_list("photo_id", "twice")
    assert list(flags) == [(stored("a").sha256, False), (stored("b").sha256, True)]
    assert ObservationPhoto.objects.get().photo == stored("a")


def test_two_items_may_show_the_same_photo(scene: Scene) -> None:
    photo = {"sha256": stored().sha256}
    row = scene.send(
        sheet(answer("STREET-02", "not_met", photos=[photo]), answer("STREET-03", "not_met", photos=[photo]))
    )

    assert row.state == "applied"
    assert ObservationPhoto.objects.count() == 2


def test_a_photo_the_sheet_does_not_name_is_refused(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg"))
    with pytest.raises(NotFound):
        actions.add_photo(submission=row, name="b.jpg", photo=stored(), by=scene.city.inspector, at=NOON)


def test_a_photo_with_other_bytes_than_the_sheet_says_is_refused(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg", sha256="0" * 64))
    with pytest.raises(Invalid) as wrong:
        actions.add_photo(submission=row, name="a.jpg", photo=stored(), by=scene.city.inspector, at=NOON)

    assert wrong.value.code == "sha256_mismatch"


def test_nobody_else_adds_photos(scene: Scene) -> None:
    row = scene.send(failed_with_photo(name="a.jpg"))
    with pytest.raises(NotAllowed):
        actions.add_photo(submission=row, name="a.jpg", photo=stored(), by=scene.city.other_inspector, at=NOON)


def test_of_two_sheets_that_wait_the_first_whole_one_counts(scene: Scene) -> None:
    lost = scene.send(failed_with_photo(name="lost.jpg"))
    whole = scene.send(failed_with_photo(sha256=stored().sha256))
    assert whole.state == "applied"

    lost = actions.add_photo(submission=lost, name="lost.jpg", photo=stored("b"), by=scene.city.inspector, at=NOON)
    assert lost.state == "refused"
    assert lost.refusal is not None
    assert lost.refusal["code"] == "visit_judged"
    assert Observation.objects.count() == 6


def test_what_only_the_problem_loop_refuses_is_kept_and_may_be_sent_again(scene: Scene) -> None:
    scene.visit.point.lon = 10.0
    scene.visit.point.save()
    told = sheet(answer("STREET-03", "not_met", note="乱停"))
    with pytest.raises(Invalid) as wrong:
        scene.send(told, uid=named("a"))
    assert (wrong.value.code, wrong.value.params["item"]) == ("outside_grids", "STREET-03")
    kept = Submission.objects.get(pk=named("a"))
    assert (kept.state, kept.content["answers"][2]["note"]) == ("refused", "乱停")
    assert Visit.objects.get(pk=scene.visit.pk).state == "planned"
    assert not Observation.objects.exists()

    scene.visit.point.lon = 118.105
    scene.visit.point.save()
    assert scene.send(told, uid=named("a")).state == "applied"
    assert Case.objects.get().source == "inspection"


def test_numbers_are_kept_as_they_were_counted(scene: Scene) -> None:
    scene.send(sheet(answer("STREET-01", count=2.75, length_m=500.5)))
    row = Observation.objects.get(item="STREET-01")

    assert (row.count, row.length_m) == (Decimal("2.75"), Decimal("500.5"))
