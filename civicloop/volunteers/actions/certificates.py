"""Certificates of service: issued free of charge with a number nobody else has, and revoked. What one says never changes."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record, record_reading
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.rules.roles import CITYWIDE_KINDS
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.people import locked
from civicloop.volunteers.models import Certificate, CertificateCounter, ServiceRecord, Volunteer
from civicloop.volunteers.people_policy import about_unit, about_volunteer, require
from civicloop.volunteers.rules.stars import stars

HEAD = "志证"


@transaction.atomic
def issue(
    *, volunteer: Volunteer, unit: Unit, by: Person | None, at: datetime, start: date | None = None,
    end: date | None = None, replaces: str = "", ref: Reference | None = None,
) -> Certificate:  # fmt: skip
    """Certify what a volunteer has served, in a period or so far. Who records certifies (order 67): a unit what it and its parts
    organised, a unit of the whole city everything. The same asked again on the same day is the same certificate.

    Raises Conflict `nothing_to_certify`, Invalid, NotAllowed.
    """
    ref = ref or reference.now()
    require(by, "certificate.issue", about_unit(unit.pk, thing=("volunteer", str(volunteer.uid))), at=at, ref=ref)
    if start is not None and end is not None and end < start:
        raise Invalid("end", "ends_before_start")
    person = locked(volunteer)
    records = _records(person, unit, start, end, ref)
    if not records:
        raise Conflict("nothing_to_certify")
    halves, day = sum(one.halves for one in records), day_of(at)
    if not replaces and (same := _issued(person, unit, records, day, start, end)):
        return same
    serial = _next(day.year)
    number = f"{HEAD}{day.year}{serial:06d}"
    content = _content(person, unit, records, halves, number, day, start, end)
    content |= {"replaces": replaces} if replaces else {}
    made = Certificate.objects.create(
        number=number, year=day.year, serial=serial, code=codes.new_code(), volunteer=person, unit=unit, content=content,
        digest=digest(content), halves=halves, issued_at=at, issued_by=by,
    )  # fmt: skip
    made.records.set(records)
    told = {"number": number, "digest": made.digest, "halves": halves, "volunteer": str(person.uid)}
    told |= {"replaces": replaces} if replaces else {}
    record("certificate", made.uid, "certificate.issue", by=_uid(by), at=at, data=told, new=True)
    return made


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, by: Person | None, at: datetime) -> Certificate:
    """Take a certificate back, with the reason; its number is never given again. Raises Conflict `certificate_revoked`, Invalid."""
    row = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    require(by, "certificate.revoke", about_unit(row.unit_id, thing=("certificate", str(row.uid))), at=at)
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    if row.revoked_at is not None:
        raise Conflict("certificate_revoked", number=row.number)
    row.revoked_at, row.revoked_by, row.revoke_reason = at, by, told
    row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    data = {"number": row.number, "reason": told}
    record("certificate", row.uid, "certificate.revoke", by=_uid(by), at=at, data=data)
    return row


@transaction.atomic
def replace(
    *, certificate: Certificate, reason: str, by: Person | None, at: datetime, ref: Reference | None = None
) -> Certificate:  # fmt: skip
    """Take a certificate back and issue a new one of the same unit and period, from the records as they stand now. The new one
    names the old one's number.

    Raises as `revoke` and `issue`: where nothing is left to certify, the old one stays.
    """
    old = revoke(certificate=certificate, reason=reason, by=by, at=at)
    first, last = (date.fromisoformat(str(old.content[name])) for name in ("first_day", "last_day"))
    return issue(
        volunteer=old.volunteer, unit=old.unit, start=first, end=last, replaces=old.number, by=by, at=at, ref=ref
    )  # fmt: skip


@transaction.atomic
def hand_out(*, certificate: Certificate, by: Person, at: datetime, ref: Reference | None = None) -> None:
    """Somebody takes the paper out: it says name and last four in full, so the ledger keeps who.

    Raises NotAllowed, Conflict `certificate_revoked`.
    """
    person = certificate.volunteer
    require(by, "volunteer.look", about_volunteer(person, at), at=at, ref=ref)
    if certificate.revoked_at is not None:
        raise Conflict("certificate_revoked", number=certificate.number)
    fields, what = ("name", "id_last4"), certificate.number
    record_reading(by=by.uid, at=at, kind="volunteer", uid=person.uid, fields=fields, purpose=what)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content as canonical JSON."""
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _records(
    person: Volunteer, unit: Unit, start: date | None, end: date | None, ref: Reference
) -> list[ServiceRecord]:  # fmt: skip
    rows = ServiceRecord.objects.filter(volunteer=person, state="valid").select_related("unit")
    if unit.kind not in CITYWIDE_KINDS:
        rows = rows.filter(unit__in=sorted(ref.org.subtree(unit.pk)))
    zone = timezone.get_default_timezone()
    if start is not None:
        rows = rows.filter(starts_at__gte=datetime(start.year, start.month, start.day, tzinfo=zone))
    if end is not None:
        after = end + timedelta(days=1)
        rows = rows.filter(starts_at__lt=datetime(after.year, after.month, after.day, tzinfo=zone))
    return list(rows.order_by("starts_at", "id"))


def _issued(
    person: Volunteer, unit: Unit, records: list[ServiceRecord], day: date, start: date | None, end: date | None
) -> Certificate | None:  # fmt: skip
    """The certificate of that day of the same records, unit and period that holds, if there is one. The caller holds the person."""
    wanted = _content(person, unit, records, sum(one.halves for one in records), "", day, start, end)
    rows = Certificate.objects.filter(volunteer=person, unit=unit, revoked_at=None, year=day.year).order_by(
        "-issued_at"
    )
    for one in rows.prefetch_related("records"):
        kept = {name: value for name, value in one.content.items() if name != "replaces"}
        if kept | {"number": ""} == wanted and {row.pk for row in one.records.all()} == {row.pk for row in records}:
            return one
    return None


def _content(
    person: Volunteer, unit: Unit, records: list[ServiceRecord], halves: int, number: str, day: date,
    start: date | None, end: date | None,
) -> dict[str, Any]:  # fmt: skip
    """What the certificate says. Of the identity paper it says the last four places."""
    first, last = start or day_of(records[0].starts_at), end or day_of(records[-1].starts_at)
    total = Decimal(halves) / 2
    # An activity that the night cut in two was one time.
    times = len({(one.shift_id, one.order_id, one.pk if not (one.shift_id or one.order_id) else 0) for one in records})
    return {
        "number": number, "name": person.name, "sex": person.sex, "id_type": person.id_type, "id_last4": person.id_last4,
        "times": times, "hours": str(total), "stars": stars(total), "first_day": first.isoformat(), "last_day": last.isoformat(),
        "issuer": unit.name, "issued_on": day.isoformat(),
        "activities": [
            {
                "day": day_of(one.starts_at).isoformat(), "title": one.title, "place": one.place, "hours": str(one.hours),
                "organiser": one.unit.name,
            }
            for one in records
        ],
    }  # fmt: skip


def _next(year: int) -> int:
    """The next number of this year. Whoever comes at the same time waits for the row, so no number is given twice or left out."""
    CertificateCounter.objects.get_or_create(year=year)
    counter = CertificateCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
