"""What a picture tells of itself: time, place, device, software.

Everything here came from outside and may be junk. A field that cannot be read is left out; no picture is refused for
its EXIF.
Source of the tags: CIPA DC-008 (Exif 3.0), 4.6.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, TypeVar

from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif, Image

LONGEST_TEXT = 200
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]+")
_MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_YEARS = range(1990, 2100)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What the EXIF says. `lon`, `lat`: WGS-84 degrees, both or neither; `fields`: plain JSON, nothing unprintable."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    orientation: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)


def read_exif(image: Image, *, zone: tzinfo) -> Told:
    """Read what we keep. `zone` is used for a time that names no offset, as most cameras write it."""
    exif = _attempt(image.getexif)
    if exif is None:
        return Told()
    camera, gps = _part(exif, IFD.Exif), _part(exif, IFD.GPSInfo)
    fields = _texts(exif, camera)
    orientation = _whole(_get(exif, Base.Orientation), range(1, 9)) or 1
    fields["orientation"] = orientation if orientation != 1 else None
    place = _place(gps)
    fields["gps"] = _gps_fields(gps)
    lon, lat = place or (None, None)
    kept = {key: value for key, value in fields.items() if value}
    return Told(_moment(fields, zone), lon, lat, orientation, kept)


def _texts(exif: Exif, camera: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "make": _text(_get(exif, Base.Make)),
        "model": _text(_get(exif, Base.Model)),
        "software": _text(_get(exif, Base.Software)),
        "modified": _text(_get(exif, Base.DateTime)),
        "taken": _text(_get(camera, Base.DateTimeOriginal)),
        "taken_offset": _text(_get(camera, Base.OffsetTimeOriginal)),
        "digitized": _text(_get(camera, Base.DateTimeDigitized)),
        "digitized_offset": _text(_get(camera, Base.OffsetTimeDigitized)),
    }


def _moment(fields: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    """When the shutter opened. The time of modification does not count: any editor rewrites it."""
    for key in ("taken", "digitized"):
        found = _MOMENT.match(fields[key] or "")
        if found and int(found[1]) in _YEARS:
            parts = [int(part) for part in found.groups()]
            moment = _attempt(lambda parts=parts: datetime(*parts))  # type: ignore[misc]  # noqa: DTZ001
            if moment is not None:
                return moment.replace(tzinfo=_offset(fields[f"{key}_offset"]) or zone)
    return None


def _offset(text: str | None) -> tzinfo | None:
    found = _OFFSET.fullmatch(text or "")
    if not found:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if ahead > timedelta(hours=14):  # no place on Earth is further from UTC
        return None
    return timezone(ahead if found[1] == "+" else -ahead)


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Longitude and latitude, or nothing: half a place is none, and 0/0 is what devices write that know nothing."""
    lon = _degrees(_get(gps, GPS.GPSLongitude), _text(_get(gps, GPS.GPSLongitudeRef)), "E", "W", 180)
    lat = _degrees(_get(gps, GPS.GPSLatitude), _text(_get(gps, GPS.GPSLatitudeRef)), "N", "S", 90)
    if lon is None or lat is None or (lon == 0 and lat == 0):
        return None
    return lon, lat


def _degrees(value: Any, side: str | None, plus: str, minus: str, most: int) -> float | None:
    if not isinstance(value, (tuple, list)) or len(value) != 3 or (side or "").upper() not in (plus, minus):
        return None
    numbers = [_number(part) for part in value]
    if any(number is None or number < 0 for number in numbers):
        return None
    degrees = sum((number or 0.0) / unit for number, unit in zip(numbers, (1, 60, 3600), strict=True))
    if degrees > most:
        return None
    return round(-degrees if (side or "").upper() == minus else degrees, 7)


def _gps_fields(gps: Mapping[int, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "altitude_m": _number(_get(gps, GPS.GPSAltitude)),
        "accuracy_m": _number(_get(gps, GPS.GPSHPositioningError)),
        "direction": _number(_get(gps, GPS.GPSImgDirection)),
        "datum": _text(_get(gps, GPS.GPSMapDatum)),
        "date": _text(_get(gps, GPS.GPSDateStamp)),
    }
    return {key: value for key, value in fields.items() if value is not None}


def _part(exif: Exif, which: int) -> Mapping[int, Any]:
    part = _attempt(lambda: exif.get_ifd(which))
    return part if isinstance(part, dict) else {}


def _get(fields: Any, tag: int) -> Any:
    return _attempt(lambda: fields.get(tag))


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    return _UNPRINTABLE.sub(" ", value).strip()[:LONGEST_TEXT] or None


def _number(value: Any) -> float | None:
    number = _attempt(lambda: float(value))
    return number if number is not None and math.isfinite(number) else None


def _whole(value: Any, allowed: range) -> int | None:
    return value if isinstance(value, int) and value in allowed else None


def _attempt(read: Callable[[], T]) -> T | None:
    """The value, or None. Broken EXIF makes parsers fail in every way there is; the picture is evidence still."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:
        return None
