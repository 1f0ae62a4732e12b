"""How long what came by this door is kept: as everything of residents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from civicloop.photos.models import Photo
from civicloop.residents.actions import retain
from civicloop.residents.models import Reporter, ReportPhoto
from tests.cast import City
from tests.open311.conftest import Program
from tests.open311.test_sending import case_of, picture
from tests.open311.test_updates import tell, update

pytestmark = pytest.mark.django_db


def test_contacts_and_pictures_of_requests_and_updates_go_when_their_time_is_over(city: City, program: Program) -> None:
    case = case_of(program.report(email="zhang@mail.example", first_name="三", media=picture()))
    tell(program, update(case, media=picture("other.jpg", 80)))
    city.walk("closed", case=case, at=timezone.now())
    sent = set(ReportPhoto.objects.values_list("photo_id", flat=True))
    after = Photo.objects.exclude(pk__in=sent).get()
    done = retain(at=timezone.now() + timedelta(days=800))

    assert len(sent) == 2
    assert (done["photos"], done["reporters"]) == (2, 1)
    assert not Photo.objects.filter(pk__in=sent, reduced_at=None).exists()
    after.refresh_from_db()
    assert after.reduced_at is None, "what the unit showed is the city's proof"
    assert Reporter.objects.get().email == ""
