"""Plates with a QR code: made for a point or a shop-front, and taken out of use."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.cases.place import locate
from civicloop.kernel.codes import new_code
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person, Point
from civicloop.residents import policy
from civicloop.residents.models import Plate
from civicloop.standards import reference
from civicloop.standards.reference import Reference

KIND = "plate"
SHORT = 7


@transaction.atomic
def make_plate(
    *, point: UUID | None = None, name: str = "", address: str = "", lon: float | None = None, lat: float | None = None,
    by: Person, at: datetime, ref: Reference | None = None,
) -> Plate:  # fmt: skip
    """A plate for a point, or for a shop-front with its name and place. Raises NotFound, Invalid, Conflict `plate_there`."""
    ref = ref or reference.now()
    policy.require(by, "plate.make", at=at, ref=ref)
    plate = _of_point(point) if point is not None else _of_shop(name, address, lon, lat, ref)
    plate.code, plate.made_at, plate.made_by = new_code()[:SHORT], at, by
    try:
        with transaction.atomic():
            plate.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict("plate_there", name=plate.name) from fault
    record(KIND, plate.uid, "plate.make", by=by.uid, at=at, data={"code": plate.code, "kind": plate.kind}, new=True)
    return plate


@transaction.atomic
def retire_plate(uid: UUID, *, by: Person, at: datetime, ref: Reference | None = None) -> Plate:
    """The plate leads nowhere from now on; what was reported by it stays."""
    policy.require(by, "plate.retire", at=at, ref=ref or reference.now())
    plate = Plate.objects.select_for_update(of=("self",)).filter(uid=uid, active=True).first()
    if plate is None:
        raise NotFound("plate", uid)
    plate.active = False
    plate.save(update_fields=["active"])
    record(KIND, plate.uid, "plate.retire", by=by.uid, at=at, data={"code": plate.code})
    return plate


def _of_point(uid: UUID) -> Plate:
    point = Point.objects.filter(uid=uid).first()
    if point is None:
        raise NotFound("point", uid)
    return Plate(kind="point", point=point, name=point.name, address=point.address, lon=point.lon, lat=point.lat)


def _of_shop(name: str, address: str, lon: float | None, lat: float | None, ref: Reference) -> Plate:
    told = clean_text(name, limit=100, field="name")
    where = clean_text(address, limit=200, field="address")
    if not told:
        raise Invalid("name", "required", field="name")
    if not where and lon is None:
        raise Invalid("place", "place_missing")
    here = locate(lon, lat, "wgs84", ref)
    return Plate(kind="shop", name=told, address=where, lon=here.lon, lat=here.lat)
