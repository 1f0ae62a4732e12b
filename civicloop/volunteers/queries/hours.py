"""What somebody has served, and whether a certificate holds."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from civicloop.kernel import codes
from civicloop.kernel.text import mask_name
from civicloop.volunteers.models import Certificate, Order, ServiceRecord, Volunteer
from civicloop.volunteers.rules.stars import stars, to_next


@dataclass(frozen=True, slots=True)
class Totals:
    """What a volunteer has served, and the stars that are worth it. Nobody is ranked by it."""

    hours: Decimal
    records: int

    @property
    def stars(self) -> int:
        return stars(self.hours)

    @property
    def to_next(self) -> Decimal | None:
        return to_next(self.hours)


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody who holds a certificate may learn of it: the name is masked, what was done is not told."""

    certificate: Certificate
    revoked: bool
    changed_since: bool
    name: str
    hours: Decimal
    stars: int
    first_day: date
    last_day: date
    issuer: str
    issued_on: date


def totals(volunteer: Volunteer) -> Totals:
    """The sum of a volunteer's valid records."""
    return totals_of([volunteer.pk]).get(volunteer.pk, Totals(Decimal(0), 0))


def totals_of(volunteers: Iterable[int]) -> dict[int, Totals]:
    """The sums of several, in one statement; who has served nothing is not in it."""
    rows = ServiceRecord.objects.filter(volunteer__in=list(volunteers), state="valid").order_by()
    sums = rows.values("volunteer").annotate(halves=Sum("halves"), many=Count("id"))
    return {row["volunteer"]: Totals(Decimal(row["halves"]) / 2, row["many"]) for row in sums}


def records_of(volunteer: Volunteer, *, all_states: bool = False) -> QuerySet[ServiceRecord]:
    """The records of a volunteer, newest first; with those replaced and voided where the trace is wanted."""
    rows = ServiceRecord.objects.filter(volunteer=volunteer)
    if not all_states:
        rows = rows.filter(state="valid")
    return rows.select_related("unit", "shift__event", "order", "recorded_by").order_by("-starts_at", "-id")


def records_of_order(order: Order) -> QuerySet[ServiceRecord]:
    """What was recorded of an order, what was replaced or made void among it."""
    rows = ServiceRecord.objects.filter(order=order).select_related("volunteer")
    return rows.order_by("starts_at", "id")


def chain_of(record: ServiceRecord) -> list[ServiceRecord]:
    """A record with what it replaces and what replaces it, oldest first. Two statements, however long the story is."""
    rows = ServiceRecord.objects.filter(volunteer=record.volunteer_id).exclude(replaces=None)
    before = dict(rows.values_list("pk", "replaces"))
    after = {old: new for new, old in before.items()}
    line = [record.pk]
    while (old := before.get(line[0])) is not None:
        line.insert(0, old)
    while (new := after.get(line[-1])) is not None:
        line.append(new)
    found = ServiceRecord.objects.filter(pk__in=line).select_related("recorded_by").in_bulk()
    return [found[pk] for pk in line]


def certificate_by_code(text: str) -> Certificate | None:
    """The certificate with the code somebody typed or scanned."""
    code = codes.read_code(text)
    return Certificate.objects.select_related("unit").filter(code=code).first() if code else None


def check_certificate(*, number: str = "", code: str) -> Checked | None:
    """Whether a certificate is real and holds. By the code alone, or by number and code when both were typed; None when they do not
    belong together.
    """
    found = certificate_by_code(code)
    told = "".join(unicodedata.normalize("NFKC", number[:40]).split())
    if found is None or (told and not hmac.compare_digest(told.encode(), found.number.encode())):
        return None
    content = found.content
    return Checked(
        found, found.revoked_at is not None, changed_since(found), mask_name(str(content["name"])), found.hours,
        int(content["stars"]), date.fromisoformat(content["first_day"]), date.fromisoformat(content["last_day"]),
        str(content["issuer"]), date.fromisoformat(content["issued_on"]),
    )  # fmt: skip


def replacement_of(certificate: Certificate) -> Certificate | None:
    """The certificate that was issued in the place of a revoked one."""
    rows = Certificate.objects.filter(volunteer=certificate.volunteer_id, content__replaces=certificate.number)
    return rows.order_by("-pk").first()


def changed_since(certificate: Certificate) -> bool:
    """Whether a record it was made from has been corrected or voided since."""
    return certificate.records.exclude(state="valid").exists()


def certificate_path(certificate: Certificate) -> str:
    """Where the public check of a certificate is: the code shows nothing of the person."""
    return f"/p/certificate/{certificate.code}"
