"""A resident's hands in front of the portal's form, for tests of several pages."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from civicloop.residents.rules.proof import find
from tests.cast import SOUTH, WEST, City

HERE = {"lon": f"{WEST + 0.005:.6f}", "lat": f"{SOUTH + 0.005:.6f}"}


def somebody() -> Client:
    """A browser in English, so that tests read like sentences; a form without its token is refused as from anywhere."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    return client


def picture(colour: str = "#345", exif: Image.Exif | None = None) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", **({} if exif is None else {"exif": exif}))
    return SimpleUploadedFile("p.jpg", out.getvalue(), content_type="image/jpeg")


def taken(lon: float | None = None, lat: float | None = None, at: str = "") -> Image.Exif:
    """What a telephone writes into a photo taken there (degrees, minutes and seconds, east and north) and then."""
    exif = Image.Exif()
    if at:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = at
    if lon is not None and lat is not None:
        exif.get_ifd(IFD.GPSInfo).update({
            GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: _parts(lat), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: _parts(lon),
        })  # fmt: skip
    return exif


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found.group(1)


def fill(client: Client, path: str = "/p/report", *, solved: bool = True, **typed: Any) -> Any:
    """Load the form, do what a device does, and send it."""
    text = client.get(path).content.decode()
    sent = {"csrfmiddlewaretoken": hidden(text, "csrfmiddlewaretoken"), "key": hidden(text, "key")}
    if "proof_challenge" in text:
        sent["proof_challenge"] = hidden(text, "proof_challenge")
        bits = re.search(r'data-proof="(\d+)"', text)
        assert bits
        sent["proof_answer"] = find(sent["proof_challenge"], int(bits.group(1))) if solved else ""
    if 'name="plate"' in text:
        sent["plate"] = hidden(text, "plate")
    return client.post(path.partition("?")[0], {**sent, **typed})


def say(client: Client, path: str, *, form: str = "/p/report", **typed: Any) -> Any:
    """Post something with the token of a page, as its script or a small form on it does."""
    token = hidden(client.get(form).content.decode(), "csrfmiddlewaretoken")
    return client.post(path, {"csrfmiddlewaretoken": token, **typed})


def litter(city: City) -> dict[str, str]:
    return {"other_category": str(city.litter.uid), "description": "公交站旁有垃圾", **HERE}
