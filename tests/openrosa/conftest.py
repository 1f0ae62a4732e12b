"""A phone: an inspector's token in the address, forms as XML, photos as parts of one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from civicloop.api.openrosa import forms
from civicloop.inspection.models import Draw, Round, Visit
from civicloop.organisation.actions import make_token
from civicloop.standards import editions
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import Scene, make_scene

# A fault beside the checklist, with its photo.
OTHER = (
    "<extra><extra_description>桥下垃圾</extra_description><extra_category>09009</extra_category>"
    "<extra_place>24.712 118.112 0 5</extra_place><extra_photo>b.jpg</extra_photo></extra>"
)
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
ANSWERED = "{http://openrosa.org/http/response}message"
FORM_PART = "xml_submission_file"


@dataclass
class Phone:
    """Sends what ODK Collect sends."""

    token: str
    host: str = "testserver"

    @property
    def base(self) -> str:
        return f"/or/{self.token}"

    def get(self, path: str, **more: Any) -> Any:
        address = path if path.startswith(("/or/", "http")) else f"{self.base}/{path}"
        return Client().get(address, headers={"X-OpenRosa-Version": "1.0"}, **more)

    def post(self, xml: str | bytes, more: bool = False, **photos: bytes) -> Any:
        """A form with photos; `a_jpg=…` is sent as the part a.jpg."""
        raw = xml.encode() if isinstance(xml, str) else xml
        data: dict[str, Any] = {FORM_PART: SimpleUploadedFile("form.xml", raw, "text/xml")}
        for name, content in photos.items():
            name = name.replace("_", ".")
            data[name] = SimpleUploadedFile(name, content, "image/jpeg")
        if more:
            data["*isIncomplete*"] = "yes"
        return Client().post(f"{self.base}/submission?deviceID=x", data, headers={"X-OpenRosa-Version": "1.0"})


def said(response: Any) -> Element:
    """The message in an OpenRosa answer."""
    found = fromstring(response.content).find(ANSWERED)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _forms_are_made_anew() -> None:
    """Numbers of editions begin anew with each test; in a city they never do."""
    for kept in (forms.form, forms._keys, editions.book):
        kept.cache_clear()


def todays(city: City) -> Scene:
    """A visit of today, whatever day that is."""
    made = make_scene(city)
    today = timezone.localdate()
    Visit.objects.update(day=today)
    Round.objects.update(starts_on=today, ends_on=today)
    Draw.objects.update(opens_on=today)
    return made


@pytest.fixture
def scene(city: City) -> Scene:
    return todays(city)


@pytest.fixture
def phone(city: City) -> Phone:
    return phone_of(city, "inspector")


def phone_of(city: City, name: str) -> Phone:
    person = city.people[name]
    return Phone(make_token(person=person, name="openrosa phone", by=person, at=MONDAY_NINE)[1])


def version_of(scene: Scene) -> str:
    return f"{scene.edition.name}-{scene.edition.digest[:12]}"


def filled(scene: Scene, uid: Any, *, meta: str = "", visit: Any = None, orx: bool = True, **values: str) -> str:
    """A filled form, all met unless said otherwise; `STREET_02="not_met"` sets a field."""
    noted = timezone.localtime().isoformat(timespec="milliseconds")
    met = {f"STREET_0{n}": "met" for n in range(1, 7)} | {"STREET_01_count": "3", "STREET_06_count": "0"}
    told = met | {"length_m": "500", "place": "", "note": "", "commended": "", "extra": ""} | values
    flat = "".join(f"<{name}>{told[name]}</{name}>" for name in ("length_m", "place", "note", "commended"))
    items = "".join(
        f"<STREET_0{n}_group>"
        + "".join(f"<{k}>{v}</{k}>" for k, v in told.items() if k.startswith(f"STREET_0{n}"))
        + f"</STREET_0{n}_group>"
        for n in range(1, 7)
    )
    prefix = "orx:" if orx else ""
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="small-wenming_STREET" version="{version_of(scene)}">'
        f"<start>{noted}</start><end>{noted}</end><point>{visit or scene.visit.uid}</point>"
        f"{flat}{items}{told['extra']}"
        f"<{prefix}meta><{prefix}instanceID>uuid:{uid}</{prefix}instanceID>{meta}</{prefix}meta></data>"
    )
