"""What a phone with ODK Collect asks and sends, and what it is answered."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import logging
import zlib
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.api.openrosa.commands import settings_code
from civicloop.api.openrosa.forms import form, form_of, named_form
from civicloop.api.openrosa.scrub import Scrub, scrubbed
from civicloop.cases.models import Case
from civicloop.cli import main
from civicloop.inspection.models import Observation, Submission, Visit
from civicloop.organisation.actions import make_token, revoke_token
from civicloop.organisation.models import ApiToken
from civicloop.standards.models import Edition
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import Scene, jpeg, make_point, make_scene, named
from tests.openrosa.conftest import LIST, MANIFEST, OTHER, Phone, filled, phone_of, said, version_of

pytestmark = pytest.mark.django_db


def form_id(scene: Scene) -> str:
    return "small-wenming_STREET"


def one_form(scene: Scene) -> str:
    return f"forms/{form_id(scene)}/{version_of(scene)}"


# The list, the form, its places


def test_the_list_names_the_form_of_todays_visits(scene: Scene, phone: Phone) -> None:
    response = phone.get("formList")
    [shown] = fromstring(response.content).findall(f"{LIST}xform")
    told = {one.tag.removeprefix(LIST): one.text for one in shown}

    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert response["X-OpenRosa-Version"] == "1.0"
    assert response["Date"].endswith("GMT")
    assert told["formID"] == form_id(scene)
    assert told["downloadUrl"] == f"http://testserver{phone.base}/{one_form(scene)}.xml"
    assert "descriptionText" not in told
    served = phone.get(told["downloadUrl"]).content
    assert told["hash"] == f"md5:{hashlib.md5(served).hexdigest()}"


def test_the_list_may_be_verbose_or_ask_for_one_form(scene: Scene, phone: Phone) -> None:
    assert b"descriptionText" in phone.get("formList?verbose=true&listAllVersions=true&deviceID=x").content
    assert b"<xform>" in phone.get(f"formList?formID={form_id(scene)}").content
    assert b"<xform>" not in phone.get("formList?formID=other").content


def test_who_visits_nothing_gets_an_empty_list(scene: Scene, city: City) -> None:
    response = phone_of(city, "other_inspector").get("formList")

    assert (response.status_code, len(fromstring(response.content))) == (200, 0)


def test_visits_of_tomorrow_are_sealed_to_phones_too(scene: Scene, phone: Phone) -> None:
    Visit.objects.update(day=timezone.localdate() + timedelta(days=1))

    assert b"<xform>" not in phone.get("formList").content
    assert str(scene.visit.uid).encode() not in phone.get(f"{one_form(scene)}/media/points.csv").content


def test_a_form_is_the_same_bytes_every_time_it_is_made(scene: Scene) -> None:
    first = form(scene.edition.pk, "STREET").xml
    form.cache_clear()

    assert form(scene.edition.pk, "STREET").xml == first


def test_the_places_are_those_of_the_person_today(scene: Scene, city: City, phone: Phone) -> None:
    scene.add(by="other_inspector", day=timezone.localdate())
    response = phone.get(f"{one_form(scene)}/manifest")
    [shown] = fromstring(response.content).findall(f"{MANIFEST}mediaFile")
    told = {one.tag.removeprefix(MANIFEST): one.text for one in shown}
    content = phone.get(str(told["downloadUrl"])).content
    rows = list(csv.DictReader(io.StringIO(content.decode())))

    assert (told["filename"], told["hash"]) == ("points.csv", f"md5:{hashlib.md5(content).hexdigest()}")
    assert [(row["name"], row["label"]) for row in rows] == [(str(scene.visit.uid), "1. 第1街")]
    other = phone_of(city, "other_inspector").get(f"{one_form(scene)}/media/points.csv").content
    assert other != content


@pytest.mark.parametrize(
    "path",
    [
        "forms/none/1.xml", "forms/{form}/2021-000000000000.xml", "forms/{form}/2.xml", "nowhere", "",
        "forms/small-wenming_NOWHERE/{version}.xml", "forms/{form}/{version}/media/other.csv",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_xml(scene: Scene, phone: Phone, path: str) -> None:
    response = phone.get(path.format(form=form_id(scene), version=version_of(scene)))

    assert response.status_code == 404
    assert said(response).get("nature") == "error"


# Who asks


def test_tokens_that_are_not_valid_are_401(scene: Scene, city: City, phone: Phone) -> None:
    api = make_token(person=city.inspector, name="program", by=city.inspector, at=MONDAY_NINE)[1]
    revoked = phone_of(city, "inspector")
    revoke_token(token=ApiToken.objects.order_by("pk").last(), by=city.inspector, at=MONDAY_NINE)  # type: ignore[arg-type]

    for wrong in (Phone("nonsense"), Phone(api), revoked):
        assert wrong.get("formList").status_code == wrong.post("<data/>").status_code == 401
    assert phone.get("formList").status_code == 200


def test_a_phones_token_opens_no_other_door(scene: Scene, phone: Phone) -> None:
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {phone.token}"}).status_code == 401


def test_people_who_have_left_are_401(scene: Scene, city: City, phone: Phone) -> None:
    city.inspector.is_active = False
    city.inspector.save()

    assert phone.get("formList").status_code == 401


def test_tokens_are_kept_out_of_the_log(scene: Scene, phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        phone.get("nowhere")
        phone.post("no xml")
        Client().put(f"{phone.base}/submission")
    assert phone.token not in caplog.text
    line = logging.LogRecord("x", 30, "", 1, "Not Found: %s", (f"{phone.base}/formList",), None)
    assert Scrub().filter(line)
    assert line.getMessage() == "Not Found: /or/…/formList" == scrubbed(f"Not Found: {phone.base}/formList")


# Where to send


@pytest.mark.parametrize("method", ["head", "get"])
def test_where_to_send_is_answered_with_204(scene: Scene, phone: Phone, method: str) -> None:
    response = getattr(Client(), method)(f"{phone.base}/submission?deviceID=abc")

    assert (response.status_code, response.content) == (204, b"")
    assert int(response["X-OpenRosa-Accept-Content-Length"]) >= 10_000_000
    assert response["X-OpenRosa-Version"] == "1.0"


def test_a_form_that_is_whole_is_applied(scene: Scene, phone: Phone) -> None:
    response = phone.post(
        filled(scene, named("a"), STREET_03="not_met", STREET_03_note="乱停", place="24.705 118.105 0 12")
    )

    assert (response.status_code, said(response).get("nature")) == (201, "submit_success")
    row = Submission.objects.get(pk=named("a"))
    assert (row.state, row.door) == ("applied", "openrosa")
    assert "<STREET_03_note>乱停</STREET_03_note>" in row.source
    visit = Visit.objects.get(pk=scene.visit.pk)
    assert (visit.state, visit.lon, visit.accuracy_m) == ("judged", 118.105, 12)
    assert Case.objects.get().description == "STREET-03 非机动车停放有序：乱停"
    assert Observation.objects.get(item="STREET-01").length_m == 500


@pytest.mark.parametrize("orx", [True, False])
def test_the_instance_id_may_stand_in_either_namespace(scene: Scene, phone: Phone, orx: bool) -> None:
    assert phone.post(filled(scene, named("a"), orx=orx)).status_code == 201


def test_praise_and_other_problems_come_along(scene: Scene, phone: Phone) -> None:
    xml = filled(
        scene, named("a"), commended="STREET_05 STREET_02", extra=OTHER + "<extra><extra_description/></extra>"
    )
    assert phone.post(xml, b_jpg=jpeg()).status_code == 201

    assert set(Observation.objects.filter(commended=True).values_list("item", flat=True)) == {"STREET-02", "STREET-05"}
    case = Case.objects.get()
    assert (case.description, case.lon, case.evidence.count()) == ("桥下垃圾", 118.112, 1)


def test_a_look_back_has_a_form_of_its_own(city: City, phone: Phone) -> None:
    closed = city.walk("closed", at=MONDAY_NINE - timedelta(days=2))
    scene = make_scene(city, visits=0)
    visit = scene.add(case=closed, day=timezone.localdate())
    told = phone.get("formList").content.decode()
    assert "small-wenming_LOOKBACK" in told

    noted = timezone.localtime().isoformat()
    xml = (
        f'<data id="small-wenming_LOOKBACK" version="{version_of(scene)}"><end>{noted}</end><point>{visit.uid}</point>'
        f"<LOOKBACK_group><LOOKBACK>met</LOOKBACK></LOOKBACK_group><meta><instanceID>uuid:{named('a')}</instanceID></meta></data>"
    )
    assert phone.post(xml).status_code == 201
    assert Observation.objects.get().item == "LOOKBACK"


def test_places_with_two_checklists_have_one_form_and_those_with_none_another(scene: Scene) -> None:
    content = scene.edition.content
    second = {
        **content["checklists"][0], "code": "GREEN", "name": {"zh_Hans": "绿化", "en": ""},
        "items": [{**content["checklists"][0]["items"][4], "code": "GREEN-01"}],
    }  # fmt: skip
    both = Edition.objects.create(
        pack=scene.edition.pack, name="2022", digest="2" * 64, loaded_at=MONDAY_NINE,
        content=content | {"checklists": [content["checklists"][0], second]},
    )  # fmt: skip
    scene.round.edition = both
    scene.round.save()
    street, lighthouse = scene.add(), scene.add(point=make_point(scene.city, 9, point_type="lighthouse"))

    told = form_of(street)
    assert (told.id, list(told.items)[-2:]) == ("small-wenming_STREET_GREEN", ["STREET_06", "GREEN_01"])
    assert named_form(told.id, told.version) is told
    assert form_of(lighthouse).id == "small-wenming_NONE"


# Setting up


def test_the_settings_code_is_what_collect_reads() -> None:
    told = json.loads(zlib.decompress(base64.b64decode(settings_code("https://host/", "cl_x"))))

    assert told["general"] == {
        "server_url": "https://host/or/cl_x", "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular",
    }  # fmt: skip
    assert set(told) == {"general", "admin", "project"}


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_command_writes_a_code_for_a_new_token(
    city: City, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"phone.{suffix}"
    with pytest.raises(SystemExit) as ended:
        main(["openrosa", "qr", "inspector", "--server", "https://host", "--out", str(out)])

    assert ended.value.code == 0
    assert out.stat().st_size > 200
    row = ApiToken.objects.get()
    assert (row.person, row.name) == (city.inspector, "openrosa phone")
    assert f"token revoke {row.pk}" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--server", "host"], ["--server", "ftp://host"], ["--out", "x.gif"]])
def test_the_command_refuses_what_no_phone_could_read(city: City, tmp_path: Path, wrong: list[str]) -> None:
    given = ["--server", "https://host", "--out", str(tmp_path / "a.png"), *wrong]
    with pytest.raises(SystemExit) as ended:
        main(["openrosa", "qr", "inspector", *given])

    assert ended.value.code == 1
    assert not ApiToken.objects.exists()
