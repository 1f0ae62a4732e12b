"""The answer sheet of a visit: one shape for every door, read strictly before anything is judged.

Moments carry their offset, places are WGS-84 degrees, lengths metres. What cannot be read is refused with Invalid, whose
field is the path into the sheet (`answers.3.count`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.kernel.text import clean_text

ANSWERS = ("met", "not_met", "not_applicable", "cannot_tell")
PHOTO_KINDS = ("near", "far", "reference")
MOST_ANSWERS, MOST_EXTRA, MOST_PHOTOS, MOST_OF_AN_ITEM = 300, 30, 200, 12
NOTE_LIMIT = 2000
MOST_COUNT, MOST_LENGTH = Decimal(1_000_000), Decimal(1_000_000)
_SHA256 = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class SheetPhoto:
    """A photo the sheet names: by the SHA-256 of its bytes, by a file name that comes with it, or by both."""

    name: str
    sha256: str
    kind: str
    noted_at: datetime | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One item answered. `count` is what was counted, `length_m` the metres walked while counting."""

    item: str
    answer: str
    count: Decimal | None
    length_m: Decimal | None
    note: str
    commended: bool
    photos: tuple[SheetPhoto, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A fault found beside the checklist; `category` is the code of a matter. Without a place it lies at the point."""

    category: str
    description: str
    lon: float | None
    lat: float | None
    photos: tuple[SheetPhoto, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an inspector found in one visit, as the device wrote it down."""

    started_at: datetime | None
    noted_at: datetime
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    note: str
    answers: tuple[Answer, ...]
    extra: tuple[Extra, ...]

    def photos(self) -> Iterator[SheetPhoto]:
        """Every photo the sheet names, in order."""
        for answer in self.answers:
            yield from answer.photos
        for extra in self.extra:
            yield from extra.photos


def digest_of(content: Mapping[str, Any], source: str = "") -> str:
    """SHA-256 of what was sent: of the bytes as they came where there are any, else of the answers in one fixed order."""
    told = source or json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def read_sheet(content: Mapping[str, Any]) -> Sheet:
    """The sheet, every value of the right kind and size. Raises Invalid naming the field."""
    known = ("started_at", "noted_at", "lon", "lat", "accuracy_m", "note", "answers", "extra")
    _only(content, known, "")
    noted = _moment(content, "noted_at", "")
    if noted is None:
        raise Invalid("noted_at", "required", field="noted_at")
    answers = [_answer(one, f"answers.{n}.") for n, one in enumerate(_list(content, "answers", "", MOST_ANSWERS))]
    extra = [_extra(one, f"extra.{n}.") for n, one in enumerate(_list(content, "extra", "", MOST_EXTRA))]
    lon, lat = _place(content, "")
    sheet = Sheet(
        _moment(content, "started_at", ""), noted, lon, lat, _metres(content, "accuracy_m", ""),
        _text(content, "note", ""), tuple(answers), tuple(extra),
    )  # fmt: skip
    _check_photos(tuple(sheet.photos()))
    return sheet


def _answer(one: Any, where: str) -> Answer:
    _only(one, ("item", "answer", "count", "length_m", "note", "commended", "photos"), where)
    answer, commended = one.get("answer"), one.get("commended") or False
    if answer not in ANSWERS:
        raise Invalid(f"{where}answer", "unknown_choice", value=str(answer)[:40])
    if not isinstance(commended, bool):
        raise Invalid(f"{where}commended", "not_yes_or_no", value=str(commended)[:40])
    return Answer(
        _code(one, "item", where), answer, _number(one, "count", where, MOST_COUNT, 2),
        _number(one, "length_m", where, MOST_LENGTH, 1), _text(one, "note", where), commended, _photos(one, where),
    )  # fmt: skip


def _extra(one: Any, where: str) -> Extra:
    _only(one, ("category", "description", "lon", "lat", "photos"), where)
    lon, lat = _place(one, where)
    return Extra(_code(one, "category", where), _text(one, "description", where), lon, lat, _photos(one, where))


def _photos(one: Mapping[str, Any], where: str) -> tuple[SheetPhoto, ...]:
    given = _list(one, "photos", where, MOST_OF_AN_ITEM)
    return tuple(_photo(photo, f"{where}photos.{n}.") for n, photo in enumerate(given))


def _photo(one: Any, where: str) -> SheetPhoto:
    _only(one, ("name", "sha256", "kind", "noted_at", "lon", "lat", "accuracy_m"), where)
    name, sha256, kind = one.get("name") or "", one.get("sha256") or "", one.get("kind") or "near"
    if not isinstance(name, str) or not isinstance(sha256, str):
        raise Invalid(f"{where}name", "not_text")
    sha256 = sha256.lower()
    if sha256 and (len(sha256) != 64 or not _SHA256.issuperset(sha256)):
        raise Invalid(f"{where}sha256", "not_a_sha256", value=sha256[:80])
    if not name and not sha256:
        raise Invalid(f"{where}name", "photo_unnamed")
    if name:
        check_name(name, f"{where}name")
    if kind not in PHOTO_KINDS:
        raise Invalid(f"{where}kind", "unknown_choice", value=str(kind)[:40])
    lon, lat = _place(one, where)
    return SheetPhoto(name, sha256, kind, _moment(one, "noted_at", where), lon, lat, _metres(one, "accuracy_m", where))


def check_name(name: str, field: str = "name") -> str:
    """A file name as a photo may carry it: one step of a path, no control characters. Raises Invalid."""
    if not 0 < len(name) <= 200 or name in (".", "..") or "/" in name or "\\" in name or not name.isprintable():
        raise Invalid(field, "bad_file_name", value=name[:80])
    return name


def _check_photos(photos: Sequence[SheetPhoto]) -> None:
    if len(photos) > MOST_PHOTOS:
        raise TooLarge("photos", "too_many", limit=MOST_PHOTOS)
    claimed: dict[str, str] = {}
    for one in photos:
        if one.name and claimed.setdefault(one.name, one.sha256) != one.sha256:
            raise Invalid("photos", "photo_name_twice", name=one.name)


def _only(one: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(one, Mapping):
        raise Invalid(where.rstrip(".") or "content", "not_an_object")
    unknown = sorted(str(name) for name in one if name not in known)
    if unknown:
        raise Invalid(f"{where}{unknown[0][:40]}", "unknown_field", field=unknown[0][:40])


def _list(one: Mapping[str, Any], name: str, where: str, most: int) -> Sequence[Any]:
    given = one.get(name) or []
    if not isinstance(given, (list, tuple)):
        raise Invalid(f"{where}{name}", "not_a_list")
    if len(given) > most:
        raise TooLarge(f"{where}{name}", "too_many", limit=most)
    return given


def _code(one: Mapping[str, Any], name: str, where: str) -> str:
    given = one.get(name)
    if not isinstance(given, str) or not given.strip():
        raise Invalid(f"{where}{name}", "required", field=name)
    return clean_text(given, limit=40, field=f"{where}{name}")


def _text(one: Mapping[str, Any], name: str, where: str) -> str:
    given = one.get(name)
    return "" if given is None else clean_text(given, limit=NOTE_LIMIT, multiline=True, field=f"{where}{name}")


def _moment(one: Mapping[str, Any], name: str, where: str) -> datetime | None:
    given = one.get(name)
    if given is None or given == "":
        return None
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except (TypeError, ValueError) as fault:
        raise Invalid(f"{where}{name}", "not_a_moment", value=str(given)[:40]) from fault
    if moment.tzinfo is None:
        raise Invalid(f"{where}{name}", "naive_moment")
    if not 2000 <= moment.year < 2100:
        raise Invalid(f"{where}{name}", "not_a_moment", value=str(given)[:40])
    return moment


def _number(one: Mapping[str, Any], name: str, where: str, most: Decimal, places: int) -> Decimal | None:
    given = one.get(name)
    if given is None or given == "":
        return None
    field, value = f"{where}{name}", str(given)[:40]
    if isinstance(given, bool):
        raise Invalid(field, "not_a_number", value=value)
    try:
        number = Decimal(str(given))
    except InvalidOperation as fault:
        raise Invalid(field, "not_a_number", value=value) from fault
    if not number.is_finite() or not 0 <= number < most or number != round(number, places):
        raise Invalid(field, "not_a_number", value=value)
    return round(number, places)


def _metres(one: Mapping[str, Any], name: str, where: str) -> float | None:
    given = one.get(name)
    if given is None or given == "":
        return None
    try:
        metres = float(given)
    except (TypeError, ValueError, OverflowError) as fault:
        raise Invalid(f"{where}{name}", "not_a_number", value=str(given)[:40]) from fault
    if isinstance(given, bool) or not 0 <= metres < math.inf:
        raise Invalid(f"{where}{name}", "not_a_number", value=str(given)[:40])
    return metres


def _place(one: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    lon, lat = one.get("lon"), one.get("lat")
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        raise Invalid(f"{where}lon", "half_a_place")
    if isinstance(lon, bool) or isinstance(lat, bool):
        raise Invalid(f"{where}lon", "not_a_number", value=f"{lon}, {lat}")
    try:
        place = geo.validate(float(lon), float(lat), field=f"{where}lon")
    except (TypeError, ValueError, OverflowError) as fault:
        raise Invalid(f"{where}lon", "not_a_number", value=f"{lon}, {lat}"[:40]) from fault
    return place.lon, place.lat
