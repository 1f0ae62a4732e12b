"""Who complains may say which unit it is about: that unit never has it, sees it or answers it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound
from civicloop.loops.models import Notice
from civicloop.organisation.models import Unit
from civicloop.residents.actions import complaints
from civicloop.residents.kinds import answerable
from civicloop.residents.models import Complaint
from civicloop.residents.queries import desk
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City

pytestmark = pytest.mark.django_db
LATER = MONDAY_NINE + timedelta(hours=3)


def about(unit: Unit | None) -> Complaint:
    return complaints.submit(
        kind="complaint", text="态度不好", about_unit=unit.pk if unit else None, sent_key="key-of-a-complaint", at=MONDAY_NINE
    )[0]  # fmt: skip


def sees(city: City, name: str) -> bool:
    return desk.complaints_for(reference.now().actor(city.people[name], LATER.date())).exists()


def test_the_unit_it_is_about_neither_gets_nor_sees_nor_answers_it(city: City) -> None:
    complaint = about(city.lotus)

    assert (complaint.about_unit, complaint.owner) == (city.lotus, city.command)
    with pytest.raises(Invalid, match="about_that_unit"):
        complaints.hand_over(complaint.uid, unit_id=city.lotus.pk, reason="由镇里答复", by=city.supervisor, at=LATER)
    Complaint.objects.filter(pk=complaint.pk).update(owner=city.lotus)  # however it came there
    with pytest.raises(NotAllowed):
        complaints.accept(complaint.uid, nobody=True, by=city.leader, at=LATER)
    assert not sees(city, "leader")
    assert city.leader.pk not in answerable(Complaint.objects.get(), reference.now(), LATER)
    assert complaints.accept(complaint.uid, nobody=True, by=city.supervisor, at=LATER).state == "accepted"


def test_about_the_unit_that_takes_complaints_another_one_has_it(city: City) -> None:
    complaint = about(city.command)

    assert complaint.owner != city.command
    told = set(Notice.objects.filter(kind="complaint.waits").values_list("person__username", flat=True))
    assert told
    assert not told & {"supervisor", "other_supervisor"}
    assert not sees(city, "supervisor")
    with pytest.raises(NotAllowed):
        complaints.accept(complaint.uid, nobody=True, by=city.supervisor, at=LATER)


def test_about_nobody_named_everything_is_as_it_was(city: City) -> None:
    assert about(None).owner == city.command
    assert sees(city, "supervisor")


def test_a_unit_that_is_none_is_not_found(city: City) -> None:
    Unit.objects.filter(pk=city.willow.pk).update(active=False)
    from civicloop.organisation.actions import bump

    bump("organisation")
    with pytest.raises(NotFound):
        about(city.willow)
    with pytest.raises(NotFound):
        complaints.submit(kind="complaint", text="慢", about_unit=987654, sent_key="another-key-of-it", at=MONDAY_NINE)
