"""The requests of a real city come in through the ordinary importer, where the data are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from civicloop.cases.models import Case
from civicloop.demo import la311
from civicloop.ledger import queries as ledger

HEAD = (
    "srnumber,requesttype,status,actiontaken,createddate,updateddate,servicedate,closeddate,requestsource,owner,latitude,"
    "longitude,address,nc,ncname\n"
)
ROWS = (
    "1,Bulky Items,Closed,SR Created,1/1/20 0:05,1/2/20 8:43,1/2/20 0:00,1/2/20 8:43,Call,BOS,34.05,-118.25,A ST,1,ONE NC\n"
    "2,Graffiti Removal,Closed,SR Created,1/1/20 0:23,1/2/20 15:31,1/1/20 0:00,,Mobile App,OCB,34.05,-118.24,B ST,1,ONE NC\n"
    "3,Other,Cancelled,SR Created,1/1/20 1:00,1/3/20 0:00,,1/3/20 0:00,Email,ITA,,,NOWHERE,,\n"
    "4,Report Water Waste,Pending,SR Created,1/1/20 1:00,1/3/20 9:00,,,Call,LADWP,34.06,-118.25,C ST,1,ONE NC\n"
)
COUNCIL = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"nc_id":"1","name":"ONE NC"},"geometry":'
    '{"type":"Polygon","coordinates":[[[-118.3,34.0],[-118.2,34.0],[-118.2,34.1],[-118.3,34.1],[-118.3,34.0]]]}}]}'
)


@pytest.mark.django_db
def test_a_handful_of_requests_arrive_with_their_states(tmp_path: Path) -> None:
    from civicloop.demo.la311 import COUNCILS, REQUESTS, build
    from tests.importing.conftest import TODAY

    (tmp_path / REQUESTS).write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / COUNCILS).write_text(COUNCIL, encoding="utf-8")
    found = build(tmp_path, tmp_path / "report.csv", at=TODAY)
    assert (found.both, found.same, found.share) == (3, 3, 1.0)
    told = dict(Case.objects.values_list("external_key", "state"))
    assert told == {"la311:1": "closed", "la311:2": "closed", "la311:3": "voided", "la311:4": "accepted"}
    codes = dict(Case.objects.values_list("external_key", "category__code"))
    assert codes == {"la311:1": "06035", "la311:2": "06004", "la311:3": "LA902", "la311:4": "LA901"}
    assert "no_place" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    build(tmp_path, tmp_path / "report.csv", at=TODAY)
    assert Case.objects.count() == 4


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.skipif(
    not (la311.DEFAULT_DATA / la311.REQUESTS).is_file(), reason="the data of Los Angeles are not at hand"
)
def test_places_agree_with_the_council_the_city_recorded(tmp_path: Path) -> None:
    from tests.importing.conftest import TODAY

    found = la311.build(Path(la311.DEFAULT_DATA), tmp_path / "report.csv", at=TODAY)
    assert found.share is not None
    assert found.share >= 0.98
    assert Case.objects.count() == 10_000
    assert Case.objects.filter(lon=None).count() == 11
    assert list(ledger.breaks()) == []
    assert settings.CIVICLOOP_JOBS_RUN != "none"
