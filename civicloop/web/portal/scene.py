"""Where and when it was seen: by what was typed, by the device, or by what the photo itself says (EXIF)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from civicloop.cases.place import locate
from civicloop.kernel.refusal import Refused
from civicloop.photos.models import Photo
from civicloop.photos.rules.picture import read_picture
from civicloop.residents.queries.suggesting import Scene
from civicloop.standards.reference import Reference
from civicloop.web.portal.forms import number

Place = tuple[float | None, float | None, str]
NOWHERE: Place = (None, None, "wgs84")
PHOTO = "photo"
# Moments that can be reckoned with: what a broken clock or a hand has written beyond is as good as none.
FIRST_YEAR, LAST_YEAR = 1990, 2200


def place_of(
    typed: QueryDict, photos: Sequence[str], ref: Reference, files: Sequence[UploadedFile] = ()
) -> Place:  # fmt: skip
    """The place of a form: as typed, else of the first photo (stored, or only brought) that was taken in the city.

    Raises Invalid `place`, and what a picture is refused for.

    The page fills in what it reads from a photo (`place_from`). A photo taken elsewhere, such as one kept from a journey, says
    nothing; what somebody marked himself is judged as he marked it.
    """
    lon, lat, datum = number(typed, "lon"), number(typed, "lat"), typed.get("datum", "wgs84")
    if typed.get("place_from") == PHOTO and not _in_city(lon, lat, datum, ref):
        lon = lat = None
    if lon is None and lat is None and not typed.get("address", "").strip() and not typed.get("plate"):
        found = _place_of_photo(photos, ref)
        return _place_of_file(files, ref) if found == NOWHERE else found
    return lon, lat, datum


def with_place(typed: QueryDict, lon: float | None, lat: float | None) -> QueryDict:
    """The form with the place its photo has told, so that it is known although the photo is not kept."""
    if lon is None or lat is None or typed.get("lon") or typed.get("lat"):
        return typed
    filled = typed.copy()
    for name, value in (("lon", f"{lon:.6f}"), ("lat", f"{lat:.6f}"), ("place_from", PHOTO)):
        filled[name] = value
    return filled


def scene_of(typed: QueryDict, photos: Sequence[str], ref: Reference) -> Scene | None:
    """Place and time for a guess what kind it may be; None where no place is known. Never refuses: the form is not sent yet."""
    try:
        lon, lat, datum = place_of(typed, photos, ref)
        here = locate(lon, lat, datum, ref)
    except Refused:
        return None
    lon, lat = here.lon, here.lat
    if lon is None or lat is None:
        lon, lat, _datum = _place_of_photo(photos, ref)
    if lon is None or lat is None:
        return None
    return Scene(lon, lat, _taken(typed, photos) or timezone.now())


def _place_of_photo(photos: Sequence[str], ref: Reference) -> Place:
    """Where the first photo says it was taken, if that lies in the city."""
    if not photos:
        return NOWHERE
    told = {
        one.pk: one for one in Photo.objects.filter(pk__in=photos, taken_lon__isnull=False, taken_lat__isnull=False)
    }
    for one in (told[pk] for pk in photos if pk in told):
        if _in_city(one.taken_lon, one.taken_lat, "wgs84", ref):
            return one.taken_lon, one.taken_lat, "wgs84"
    return NOWHERE


def _place_of_file(files: Sequence[UploadedFile], ref: Reference) -> Place:
    """The same of files that are looked at and not stored yet."""
    for file in files:
        told = read_picture(file.file, zone=timezone.get_default_timezone()).told  # type: ignore[arg-type]
        file.seek(0)
        if told.lon is not None and told.lat is not None and _in_city(told.lon, told.lat, "wgs84", ref):
            return told.lon, told.lat, "wgs84"
    return NOWHERE


def _taken(typed: QueryDict, photos: Sequence[str]) -> datetime | None:
    """When the photo was taken: as the page has read it, else as the stored photo says."""
    try:
        found = parse_datetime(typed.get("taken", "")[:30])
    except ValueError:
        found = None
    if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    if not photos:
        return None
    return Photo.objects.filter(pk__in=photos, taken_at__isnull=False).values_list("taken_at", flat=True).first()


def _in_city(lon: float | None, lat: float | None, datum: str, ref: Reference) -> bool:
    try:
        return locate(lon, lat, datum, ref).lon is not None
    except Refused:
        return False
