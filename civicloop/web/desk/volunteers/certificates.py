"""Certificates of service: issued for a period, shown with their story, replaced or revoked with a reason, printed."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.documents.certificates import certificate_name, write_certificate
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import certificates as actions
from civicloop.volunteers.models import Certificate, Volunteer
from civicloop.volunteers.people_policy import about_unit, about_volunteer
from civicloop.volunteers.queries.hours import certificate_path, changed_since, replacement_of
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.people import find, page_of
from civicloop.web.desk.volunteers.pressing import answered, press


@login_required
@require_GET
def certificate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One certificate: whether it holds, what it was made from, what can be done."""
    asking = asker(request)
    return _page(request, _certificate(uid, asking), asking)


@login_required
@require_POST
def certify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue a certificate of the hours that the asker's unit may certify, of a period or all."""
    asking = asker(request)
    found = find(uid, asking)
    unit = _issuer(asking, found)

    def act() -> Certificate:
        start, end = _day(request, "from"), _day(request, "to")
        return actions.issue(volunteer=found, unit=unit, start=start, end=end, by=asking.person, at=asking.at)

    return press(
        request, act, done=lambda made: _("Certificate %(number)s is issued.") % {"number": made.number},
        then=lambda _made: reverse("desk:volunteer_person", args=[uid]),
        again=lambda refused: page_of(request, found, asking, refused=refused),
    )  # fmt: skip


@login_required
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a certificate back; the public check says so from now on."""
    asking = asker(request)
    found, reason = _certificate(uid, asking), request.POST.get("reason", "")
    return press(
        request, lambda: actions.revoke(certificate=found, reason=reason, by=asking.person, at=asking.at),
        done=lambda made: _("Certificate %(number)s is revoked.") % {"number": made.number},
        then=lambda _made: reverse("desk:volunteer_certificate", args=[uid]),
        again=lambda refused: _page(request, found, asking, refused),
    )  # fmt: skip


@login_required
@require_POST
def replace(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a certificate back and issue a new one of the same period, from the records as they stand now."""
    asking = asker(request)
    found, reason = _certificate(uid, asking), request.POST.get("reason", "")
    words = _("Certificate %(old)s is revoked, %(new)s is issued in its place.")
    return press(
        request,
        lambda: actions.replace(certificate=found, reason=reason, by=asking.person, at=asking.at, ref=asking.ref),
        done=lambda made: words % {"old": found.number, "new": made.number},
        then=lambda made: reverse("desk:volunteer_certificate", args=[made.uid]),
        again=lambda refused: _page(request, found, asking, refused),
    )  # fmt: skip


@login_required
@require_GET
def file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The certificate as PDF, for those who may see the volunteer's data: his name stands on it."""
    asking = asker(request)
    found = _certificate(uid, asking)
    actions.hand_out(certificate=found, by=asking.person, at=asking.at, ref=asking.ref)
    out = BytesIO()
    write_certificate(found, out, base=f"{request.scheme}://{request.get_host()}")
    response = HttpResponse(out.getvalue(), content_type="application/pdf")
    name = certificate_name(found)
    response["Content-Disposition"] = f"attachment; filename=\"certificate.pdf\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response


def _certificate(uid: UUID, asking: Asker) -> Certificate:
    people = volunteers_for(asking.actor, asking.at).order_by().values("pk")
    found = Certificate.objects.select_related("volunteer", "unit").filter(uid=uid, volunteer__in=people).first()
    if found is None:
        raise NotFound("certificate", uid)
    return found


def _issuer(asking: Asker, volunteer: Volunteer) -> Unit:
    """The unit the asker certifies for: the one he acts for."""
    number = asking.unit_id
    for one in asking.own_units:
        if people_policy.may(asking.actor, "certificate.issue", about_unit(one)):
            number = one
            break
    found = Unit.objects.filter(pk=number or 0).first()
    if found is None:
        raise NotFound("unit", volunteer.uid)
    return found


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(name, "not_a_date", value=text[:40]) from None


def _page(request: HttpRequest, found: Certificate, asking: Asker, refused: Refused | None = None) -> HttpResponse:
    about, person = about_unit(found.unit_id), about_volunteer(found.volunteer, asking.at)
    may_revoke = found.revoked_at is None and people_policy.may(asking.actor, "certificate.revoke", about)
    shown: dict[str, Any] = {
        "one": found,
        "records": list(found.records.select_related("unit").order_by("starts_at", "id")),
        "changed": changed_since(found),
        "replacement": replacement_of(found) if found.revoked_at else None,
        "path": certificate_path(found),
        "may_revoke": may_revoke,
        "may_replace": may_revoke and people_policy.may(asking.actor, "certificate.issue", about),
        "may_print": found.revoked_at is None and people_policy.may(asking.actor, "volunteer.look", person),
        "reason": request.POST.get("reason", ""),
    }
    return answered(request, "desk/volunteers_certificate.html", shown, refused)
