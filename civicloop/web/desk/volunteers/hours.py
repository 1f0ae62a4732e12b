"""Hours of service and certificates: what was recorded, corrected with a trace, certified; the national platform's lists."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.documents.certificates import certificate_name, write_certificate
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import certificates as certifying
from civicloop.volunteers.actions import hours as actions
from civicloop.volunteers.models import Certificate, ServiceRecord, Volunteer
from civicloop.volunteers.people_policy import About, about_unit, about_volunteer
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.paging import Order, page_of

NEWEST = Order(("starts_at", "pk"), ("starts_at", "pk"), newest_first=True)
MOST_CERTIFICATES = 40
LOOKERS = (Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER)


@login_required
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Records of service of the volunteers the asker may find, newest first; names masked."""
    asking = asker(request)
    people = volunteers_for(asking.actor, asking.at).order_by().values("pk")
    rows = ServiceRecord.objects.filter(volunteer__in=people).select_related("volunteer", "unit")
    certificates = Certificate.objects.filter(volunteer__in=people).select_related("volunteer", "unit")
    shown = {
        "page": page_of(rows.order_by("-starts_at", "-pk"), NEWEST, request.GET),
        "certificates": list(certificates.order_by("-issued_at")[:MOST_CERTIFICATES]),
        "may_correct": asking.actor.has(Role.ORDER_DESK, Role.UNIT_LEADER),
        "may_revoke": people_policy.may(asking.actor, "certificate.revoke", About()),
    }
    return render(request, "desk/volunteers_hours.html", shown)


@login_required
@require_POST
def void(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a record back, with a reason; it stays readable."""
    asking = asker(request)
    rows = ServiceRecord.objects.filter(volunteer__in=volunteers_for(asking.actor, asking.at).order_by().values("pk"))
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound("service_record", uid)
    actions.void(record=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
    messages.success(request, _("The record is void; it stays readable with its reason."))
    return redirect("desk:volunteer_hours")


@login_required
@require_POST
def certify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue a certificate of all hours that the asker's unit may certify."""
    asking = asker(request)
    found = volunteers_for(asking.actor, asking.at).filter(uid=uid).first()
    if found is None:
        raise NotFound("volunteer", uid)
    unit = _issuer(asking, found)
    made = certifying.issue(volunteer=found, unit=unit, by=asking.person, at=asking.at)
    messages.success(request, _("Certificate %(number)s is issued.") % {"number": made.number})
    return redirect("desk:volunteer_person", uid)


@login_required
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a certificate back; the public check says so from now on."""
    asking = asker(request)
    found = _certificate(uid, asking)
    certifying.revoke(certificate=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
    messages.success(request, _("Certificate %(number)s is revoked.") % {"number": found.number})
    return redirect("desk:volunteer_hours")


@login_required
@require_GET
def file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The certificate as PDF, for those who may see the volunteer's data: his name stands on it."""
    asking = asker(request)
    found = _certificate(uid, asking)
    about = about_volunteer(found.volunteer, asking.at)
    people_policy.require(asking.person, "volunteer.look", about, at=asking.at, ref=asking.ref)
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
