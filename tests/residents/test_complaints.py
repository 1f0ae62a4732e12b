"""Complaints about the platform: a loop of their own, which nobody answers about himself. Plates lead to the right place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.loops.sweep import sweep
from civicloop.residents import actions
from civicloop.residents.actions import complaints
from civicloop.residents.kinds import COMPLAINTS
from civicloop.residents.models import Complaint, ComplaintStep, Plate
from civicloop.residents.queries import desk, following
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City
from tests.residents.conftest import Send

pytestmark = pytest.mark.django_db
LATER = MONDAY_NINE + timedelta(hours=3)


def submitted(text: str = "核查人员态度不好，电话13812345678") -> tuple[Complaint, str]:
    return complaints.submit(kind="complaint", text=text, sent_key="key-of-a-complaint", at=MONDAY_NINE)


def test_a_complaint_is_owned_and_due_from_its_first_moment(city: City) -> None:
    complaint, code = submitted()

    assert (complaint.owner, complaint.state) == (city.command, "submitted")
    assert complaint.act_by is not None
    assert "13812345678" not in complaint.text
    assert following.opened_by(code).complaint == complaint
    assert submitted()[1] == code
    assert Complaint.objects.count() == 1
    assert Notice.objects.filter(kind="complaint.waits", person=city.supervisor).exists()


def test_it_is_taken_up_answered_asked_again_and_closed(city: City) -> None:
    complaint, _ = submitted()
    complaints.accept(complaint.uid, about=city.verifier, by=city.supervisor, at=LATER)
    with pytest.raises(StepRefused):
        complaints.answer(complaint.uid, note=" ", by=city.supervisor, at=LATER)
    complaints.answer(complaint.uid, note="已提醒", by=city.supervisor, at=LATER)
    complaints.ask_again(complaint.uid, reason="怎么提醒的", at=LATER)
    complaints.answer(complaint.uid, note="已约谈", by=city.supervisor, at=LATER)
    complaints.close(complaint.uid, at=LATER)

    complaint.refresh_from_db()
    assert (complaint.state, complaint.answer, complaint.act_by) == ("closed", "已约谈", None)
    names = list(ComplaintStep.objects.order_by("seq").values_list("name", flat=True))
    assert names == ["submit", "accept", "answer", "ask_again", "answer", "close"]
    assert LedgerLine.objects.filter(kind="complaint", uid=complaint.uid).count() == 6
    with pytest.raises(StepRefused):
        complaints.answer(complaint.uid, note="once more", by=city.supervisor, at=LATER)


def test_nobody_answers_or_reads_a_complaint_about_himself(city: City) -> None:
    complaint, _ = submitted()
    with pytest.raises(Invalid, match="about_yourself"):
        complaints.accept(complaint.uid, about=city.supervisor, by=city.supervisor, at=LATER)
    complaints.accept(complaint.uid, about=city.supervisor, by=city.other_supervisor, at=LATER)

    with pytest.raises(NotAllowed):
        complaints.answer(complaint.uid, note="I was right", by=city.supervisor, at=LATER)
    ref = reference.now()
    assert not desk.complaints_for(ref.actor(city.supervisor, LATER.date())).exists()
    assert desk.complaints_for(ref.actor(city.other_supervisor, LATER.date())).exists()
    assert complaints.answer(complaint.uid, note="已核实", by=city.other_supervisor, at=LATER).state == "answered"


def test_it_is_handed_over_with_a_new_time(city: City) -> None:
    complaint, _ = submitted()
    with pytest.raises(NotAllowed):
        complaints.accept(complaint.uid, nobody=True, by=city.filer, at=LATER)
    complaints.hand_over(complaint.uid, unit_id=city.lotus.pk, reason="由镇里答复", by=city.supervisor, at=LATER)

    complaint.refresh_from_db()
    assert (complaint.owner, complaint.state) == (city.lotus, "submitted")
    complaints.accept(complaint.uid, nobody=True, by=city.leader, at=LATER)
    with pytest.raises(NotFound):
        complaints.hand_over(complaint.uid, unit_id=0, reason="nowhere", by=city.leader, at=LATER)


def test_a_complaint_that_lies_climbs_the_ladder(city: City) -> None:
    complaint, _ = submitted()

    sums = sweep(COMPLAINTS, at=MONDAY_NINE + timedelta(days=4))

    assert sums.taken >= 3
    assert Notice.objects.filter(loop_kind="complaint", loop_uid=complaint.uid, kind="alarm.due").exists()
    assert sweep(COMPLAINTS, at=MONDAY_NINE + timedelta(days=4)).taken == 0


@pytest.mark.parametrize(("text", "code"), [("", "required"), ("长" * 4001, "too_long")])
def test_what_says_nothing_or_too_much_is_refused(city: City, text: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        submitted(text)


def test_a_plate_brings_its_place_along(city: City, send: Send) -> None:
    plate = actions.make_plate(
        name="莲香面馆", address="莲花路8号", lon=WEST + 0.006, lat=SOUTH + 0.006, by=city.filer, at=LATER
    )
    case = send(lon=None, lat=None, plate=plate.code.lower()).report.case

    assert case is not None
    assert (case.address, round(case.lon, 3)) == ("莲花路8号", round(WEST + 0.006, 3))
    assert desk.plates().get().brought == 1
    with pytest.raises(NotAllowed):
        actions.make_plate(name="店", address="路", by=city.handler, at=LATER)
    with pytest.raises(Invalid, match="place_missing"):
        actions.make_plate(name="店", by=city.filer, at=LATER)
    actions.retire_plate(plate.uid, by=city.filer, at=LATER)
    with pytest.raises(NotFound):
        send(plate=plate.code)


def test_a_point_has_one_plate_in_use(city: City) -> None:
    from civicloop.organisation.models import Point

    point = Point.objects.create(
        code="P1", name="莲花广场", point_type="square", lon=WEST + 0.004, lat=SOUTH + 0.004, unit=city.lotus
    )
    first = actions.make_plate(point=point.uid, by=city.filer, at=LATER)

    assert (first.kind, first.name) == ("point", "莲花广场")
    with pytest.raises(Conflict, match="plate_there"):
        actions.make_plate(point=point.uid, by=city.filer, at=LATER)
    assert Plate.objects.count() == 1
