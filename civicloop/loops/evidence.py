"""Photos given with a step: read, checked, and written down as its evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid
from civicloop.loops.kinds import Kind, known_kinds
from civicloop.loops.models import Loop, LoopStep
from civicloop.organisation.models import Person
from civicloop.photos.queries import sent
from civicloop.standards.reference import Actor

KINDS = ("near", "far", "reference", "before", "after")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class Given:
    """A photo somebody gives: its address by content, what it shows, and what the device knew when it was taken."""

    sha256: str
    kind: str
    noted_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None


def check_photos(
    photos: Sequence[Mapping[str, Any]], *, usual: str = "near", by: Person | None = None, of: tuple[Kind, Loop] | None = None
) -> tuple[Given, ...]:  # fmt: skip
    """The photos as given, read and checked; `usual` is what one shows when nobody says it. Those that `by` has not sent, and
    that are not evidence `of` this loop already, are refused with their address, so that they can be sent first.
    """
    if len(photos) > MOST_PHOTOS:
        raise Invalid("photos", "too_many", limit=MOST_PHOTOS)
    given = tuple(_read(one, usual) for one in photos)
    if given:
        missing = sorted({one.sha256 for one in given} - sent([one.sha256 for one in given], by=by.pk if by else None))
        if missing and of is not None:
            missing = sorted(set(missing) - _shown_by(*of, missing))
        if missing:
            raise Invalid("photos", "photo_not_sent", missing=missing)
    return tuple({(one.sha256, one.kind): one for one in given}.values())


def _shown_by(kind: Kind, loop: Loop, photos: Sequence[str]) -> set[str]:
    if kind.evidence is None:
        return set()
    rows = kind.evidence._default_manager.filter(**{kind.parent: loop}, photo__in=photos)
    return set(rows.values_list("photo_id", flat=True))


def _read(one: Mapping[str, Any], usual: str) -> Given:
    sha256, kind = str(one.get("sha256", "")).lower(), str(one.get("kind") or usual)
    if not SHA256.fullmatch(sha256):
        raise Invalid("photos", "not_a_sha256", value=sha256[:80])
    if kind not in KINDS:
        raise Invalid("photos", "unknown_choice", value=kind)
    lon, lat = one.get("lon"), one.get("lat")
    if (lon is None) != (lat is None):
        raise Invalid("photos", "half_a_place")
    if lon is not None and lat is not None:
        lon, lat = geo.validate(lon, lat, field="photos")
    noted = one.get("noted_at")
    if isinstance(noted, str):
        try:
            noted = parse_datetime(noted)
        except ValueError:  # reads like one and is none: 30 February
            noted = None
        if noted is None or noted.tzinfo is None:
            raise Invalid("photos", "not_a_moment", value=str(one.get("noted_at"))[:40])
    return Given(sha256, kind, noted, lon, lat, _metres(one.get("accuracy_m")))


def _metres(value: Any) -> float | None:
    if value is None:
        return None
    try:
        metres = float(value)
    except (TypeError, ValueError, OverflowError) as fault:
        raise Invalid("photos", "not_a_number", value=str(value)[:40]) from fault
    if not 0 <= metres < math.inf:
        raise Invalid("photos", "not_a_number", value=str(value)[:40])
    return metres


def attach(kind: Kind, loop: Loop, step: LoopStep, photos: Sequence[Given]) -> None:
    """Write the photos down as evidence of a step: one statement."""
    if not photos:
        return
    if kind.evidence is None:
        raise Invalid("photos", "no_photos_here")
    kind.evidence._default_manager.bulk_create(
        kind.evidence(
            **{kind.parent: loop, "step": step}, photo_id=one.sha256, kind=one.kind, noted_at=one.noted_at, lon=one.lon,
            lat=one.lat, accuracy_m=one.accuracy_m,
        )
        for one in photos
    )  # fmt: skip


def shows_photo(sha256: str, actor: Actor) -> bool:
    """Whether a photo is evidence of a loop, of any kind, whose photos this person may see. A statement for each kind at most."""
    for kind in known_kinds():
        if kind.evidence is None:
            continue
        open_to = kind.photos_open_to(actor).order_by().values("pk")
        if kind.evidence._default_manager.filter(photo=sha256, **{f"{kind.parent}__in": open_to}).exists():
            return True
    return False


def shows_after(photos: Sequence[Given]) -> bool:
    """Whether one of the photos shows the place afterwards."""
    return any(one.kind == "after" for one in photos)
