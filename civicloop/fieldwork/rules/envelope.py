"""How an entry is written: the envelope is read strictly before anything is stored, the content is judged when it is applied.

Moments carry their offset, places are WGS-84 degrees, lengths metres. What cannot be read is refused with Invalid, whose field
is the path into the entry.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid, TooLarge

KINDS = ("visit", "case", "step", "comment")
MOST_ENTRIES = 50
"""In one request."""
MOST_AFTER = 20
MOST_CONTENT = 256 * 1024
"""Bytes of one entry as JSON."""
MOST_PHOTOS = {"visit": 200, "case": 12, "step": 12, "comment": 12}
VOICE = "voice"
"""What a listed file is that is no photo but a voice note; a visit has none."""
MOST_SEQ = 2**53
MOST_DEPTH = 12
"""An answer sheet has five levels."""
_FIELDS = (
    "uid", "kind", "loop", "by", "seq", "after", "noted_at", "clock_offset_s", "lon", "lat", "accuracy_m", "fixed_at",
    "content", "photos",
)  # fmt: skip
_PHOTO_FIELDS = ("sha256", "size", "kind", "noted_at", "lon", "lat", "accuracy_m")
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """A photo an entry needs. `told` is what the device knew of it, as the problem loop takes it."""

    sha256: str
    size: int | None
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An entry as it was read. `digest` is the SHA-256 of all that the person gave."""

    uid: UUID
    kind: str
    loop: UUID
    by: UUID
    seq: int
    after: tuple[UUID, ...]
    noted_at: datetime
    clock_offset_s: float | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    fixed_at: datetime | None
    content: Mapping[str, Any]
    photos: tuple[ListedPhoto, ...]
    digest: str


def read_envelope(given: Any) -> Envelope:
    """The entry, every part of the envelope of the right kind and size. Raises Invalid naming the field, TooLarge."""
    _only(given, _FIELDS, "")
    kind = given.get("kind")
    if kind not in KINDS:
        raise Invalid("kind", "unknown_choice", value=_shown(kind))
    seq = given.get("seq")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < MOST_SEQ:
        raise Invalid("seq", "not_a_whole_number", value=_shown(seq))
    lon, lat = _place(given, "")
    uid, loop, by = (uid_of(given.get(name), name) for name in ("uid", "loop", "by"))
    noted_at = moment_of(given.get("noted_at"), "noted_at")
    if noted_at is None:
        raise Invalid("noted_at", "required", field="noted_at")
    content, photos = read_content(kind, given.get("content"), given.get("photos"))
    return Envelope(
        uid, kind, loop, by, seq, _after(given, uid), noted_at, offset_of(given.get("clock_offset_s")), lon, lat,
        _metres(given.get("accuracy_m"), "accuracy_m"), moment_of(given.get("fixed_at"), "fixed_at"), content, photos,
        digest_of(given),
    )  # fmt: skip


def read_content(kind: str, content: Any, photos: Any) -> tuple[Mapping[str, Any], tuple[ListedPhoto, ...]]:
    """What the person gave, with the photos it needs; also what a correction brings. Raises Invalid, TooLarge."""
    if not isinstance(content, Mapping):
        raise Invalid("content", "not_an_object")
    _check_plain([content, photos], 0)
    if len(json.dumps([content, photos], ensure_ascii=False, default=str).encode()) > MOST_CONTENT:
        raise TooLarge("content", "entry_too_large", kilobytes=MOST_CONTENT // 1024)
    listed = _photos(kind, photos)
    known = {one.sha256 for one in listed}
    for sha256 in sorted(_named_in(content)):
        if sha256 not in known:
            raise Invalid("photos", "photo_not_listed", sha256=sha256[:64])
    return content, listed


def digest_of(given: Mapping[str, Any]) -> str:
    """SHA-256 of what the person gave, in one fixed order. The clock's offset is the device's business, not the person's."""
    told = {name: value for name, value in given.items() if name != "clock_offset_s" and value not in (None, [], "")}
    plain = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def uid_of(value: Any, field: str) -> UUID:
    """A public id. Raises Invalid."""
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError) as fault:
        raise Invalid(field, "not_a_uid", value=_shown(value)) from fault


def moment_of(value: Any, field: str) -> datetime | None:
    """An aware moment, None where none is given. Raises Invalid."""
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as fault:
        raise Invalid(field, "not_a_moment", value=_shown(value)) from fault
    if moment.tzinfo is None:
        raise Invalid(field, "naive_moment")
    # A phone whose battery was empty wakes up in 1970; its clock's offset puts that right.
    if not 1969 <= moment.year < 2100:
        raise Invalid(field, "not_a_moment", value=_shown(value))
    return moment


def offset_of(value: Any) -> float | None:
    """Seconds by which a clock is wrong; what is no number or beyond a century is not known."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and abs(value) < 3.2e9 else None


def _after(given: Mapping[str, Any], own: UUID) -> tuple[UUID, ...]:
    told = _list(given.get("after"), "after", MOST_AFTER)
    uids = tuple(dict.fromkeys(uid_of(one, "after") for one in told))
    if own in uids:
        raise Invalid("after", "after_itself")
    return uids


def _photos(kind: str, given: Any) -> tuple[ListedPhoto, ...]:
    told = _list(given, "photos", MOST_PHOTOS[kind])
    listed = {one.sha256: one for one in (_photo(row, f"photos.{n}.") for n, row in enumerate(told))}
    if kind == "visit" and any(one.told.get("kind") == VOICE for one in listed.values()):
        raise Invalid("photos", "unknown_choice", value=VOICE)
    return tuple(listed.values())


def _photo(one: Any, where: str) -> ListedPhoto:
    _only(one, _PHOTO_FIELDS, where)
    sha256, size = one.get("sha256"), one.get("size")
    if not isinstance(sha256, str) or len(sha256) != 64 or not _HEX.issuperset(sha256.lower()):
        raise Invalid(f"{where}sha256", "not_a_sha256", value=_shown(sha256))
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or not 0 < size < 2**40):
        raise Invalid(f"{where}size", "not_a_whole_number", value=_shown(size))
    lon, lat = _place(one, where)
    noted = moment_of(one.get("noted_at"), f"{where}noted_at")
    told = {
        "kind": one.get("kind"), "noted_at": noted.isoformat() if noted else None, "lon": lon, "lat": lat,
        "accuracy_m": _metres(one.get("accuracy_m"), f"{where}accuracy_m"),
    }  # fmt: skip
    return ListedPhoto(sha256.lower(), size, {name: value for name, value in told.items() if value not in (None, "")})


def _named_in(content: Mapping[str, Any]) -> set[str]:
    """The photos the answers of a visit name; whatever is malformed there is told when it is applied."""
    found: set[str] = set()
    for part in ("answers", "extra"):
        rows = content.get(part)
        for row in rows if isinstance(rows, list) else ():
            photos = row.get("photos") if isinstance(row, Mapping) else None
            for photo in photos if isinstance(photos, list) else ():
                sha256 = photo.get("sha256") if isinstance(photo, Mapping) else None
                found |= {sha256.lower()} if isinstance(sha256, str) and sha256 else set()
    return found


def _check_plain(value: Any, depth: int) -> None:
    """Refuse what a database cannot keep as it is, before it stands in the way of the whole day."""
    if depth > MOST_DEPTH:
        raise Invalid("content", "too_deep", limit=MOST_DEPTH)
    if isinstance(value, str):
        if "\x00" in value:
            raise Invalid("content", "not_text")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _check_plain(name, depth)
            _check_plain(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_plain(inner, depth + 1)


def _shown(value: Any) -> str:
    """What was given, short enough to be told. A thousand lists within one another cannot be written out at all."""
    return str(value)[:80] if value is None or isinstance(value, (str, int, float)) else type(value).__name__


def _only(one: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(one, Mapping):
        raise Invalid(where.rstrip(".") or "entry", "not_an_object")
    unknown = sorted(str(name) for name in one if name not in known)
    if unknown:
        raise Invalid(f"{where}{unknown[0][:40]}", "unknown_field", field=unknown[0][:40])


def _list(given: Any, field: str, most: int) -> Sequence[Any]:
    if given is None:
        return ()
    if not isinstance(given, (list, tuple)):
        raise Invalid(field, "not_a_list")
    if len(given) > most:
        raise TooLarge(field, "too_many", limit=most)
    return given


def _metres(value: Any, field: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise Invalid(field, "not_a_number", value=_shown(value))
    return float(value)


def _place(one: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    lon, lat = one.get("lon"), one.get("lat")
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        raise Invalid(f"{where}lon", "half_a_place")
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Invalid(f"{where}lon", "not_a_number", value=_shown(value))
    place = geo.validate(float(lon), float(lat), field=f"{where}lon")
    return place.lon, place.lat
