"""Forms a phone cannot have filled: a field twice, another edition's form, a length in exponents."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from civicloop.api.words import SENTENCES
from civicloop.inspection.models import Observation, Submission, Visit
from tests.cast import City
from tests.inspection.made_up import ITEMS, Scene, item, make_edition, named
from tests.openrosa.conftest import Phone, filled, phone_of, said


def refused(response: Any) -> str:
    assert 400 <= response.status_code < 500, response.content
    assert not Submission.objects.exists()
    assert not Observation.objects.exists()
    return str(said(response).text)


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ("<STREET_02>met</STREET_02>", "<STREET_02>not_met</STREET_02><STREET_02>met</STREET_02>"),
        ("</data>", "<STREET_02_group><STREET_02>met</STREET_02></STREET_02_group></data>"),
        ("<note></note>", "<note>a</note><note>b</note>"),
        ("</orx:meta>", "<orx:instanceID>uuid:00000000-0000-4000-8000-000000000000</orx:instanceID></orx:meta>"),
    ],
)
def test_a_field_that_stands_twice_hides_no_answer(scene: Scene, phone: Phone, once: str, twice: str) -> None:
    form = filled(scene, named("a"))
    assert once in form

    told = refused(phone.post(form.replace(once, twice, 1)))
    assert any(field in told for field in ("STREET_02", "note", "instanceID"))


def test_the_form_of_another_edition_answers_no_visit_of_this_one(scene: Scene, phone: Phone) -> None:
    """Items of the same codes that ask something else: the old edition still rules its round."""
    later = make_edition((*ITEMS[:-1], item("STREET-06", "另一问")), name="2026")
    assert later.pk != scene.edition.pk
    other = Scene(scene.city, later, scene.round, scene.draw, scene.visits)

    with translation.override("zh-hans"):
        said_to_phones = str(SENTENCES["form_of_another_visit"])
    assert refused(phone.post(filled(other, named("a")))) == said_to_phones
    assert phone.post(filled(scene, named("a"))).status_code == 201


def test_what_was_kept_may_come_again_after_the_place_changed_its_type(scene: Scene, phone: Phone) -> None:
    form = filled(scene, named("a"))
    assert phone.post(form).status_code == 201
    scene.visit.point.point_type = "square"
    scene.visit.point.save()

    assert phone.post(form).status_code == 202
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("value", ["NaN", "-1", "1e999999999", "Infinity", "0x10", "--"])
def test_a_number_that_is_none_is_refused(scene: Scene, phone: Phone, value: str) -> None:
    refused(phone.post(filled(scene, named("a"), STREET_01_count=value)))
    refused(phone.post(filled(scene, named("a"), length_m=value)))
    refused(phone.post(filled(scene, named("a"), place=f"34.5 112.4 0 {value}")))

    assert Visit.objects.get(pk=scene.visit.pk).state == "planned"


@pytest.mark.parametrize("name", ["other_inspector", "supervisor", "handler"])
def test_another_phone_answers_nothing_and_is_told_nothing(scene: Scene, city: City, name: str) -> None:
    response = phone_of(city, name).post(filled(scene, named("a")))

    assert response.status_code == 403
    assert scene.visit.point.name not in refused(response)
    assert Visit.objects.get(pk=scene.visit.pk).state == "planned"
