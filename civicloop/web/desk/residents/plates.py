"""Plates with a QR code: made for points and shop-fronts, printed on A4, each as SVG."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Point
from civicloop.residents import actions, policy
from civicloop.residents.models import Plate
from civicloop.residents.queries import desk
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.portal.forms import number
from civicloop.web.refusals import keep

MOST = 200
A_SHEET = 6
FIELDS = ("point", "name", "address", "lon", "lat")


@login_required
@require_http_methods(["GET", "POST"])
def plates(request: HttpRequest) -> HttpResponse:
    """The list, and the form for a new one."""
    asking = asker(request)
    policy.require(asking.person, "residents.read", at=asking.at, ref=asking.ref)
    if request.method == "GET":
        return _page(request, asking)
    try:
        made = _make(request, asking)
    except Refused as refused:
        keep(request, refused)
        return _page(request, asking, fault=sentence(refused), status=refused.status)
    messages.success(request, _("Made: %(code)s.") % {"code": made.code})
    return redirect("desk:plates")


@login_required
@require_POST
def retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a plate out of use."""
    asking = asker(request)
    actions.retire_plate(uid, by=asking.person, at=asking.at, ref=asking.ref)
    messages.success(request, _("Out of use. The code leads nowhere from now on."))
    return redirect("desk:plates")


@login_required
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """Plates to be printed: those named, or all in use; six to an A4 page."""
    asking = asker(request)
    policy.require(asking.person, "residents.read", at=asking.at, ref=asking.ref)
    codes = request.GET.getlist("code")[:MOST]
    rows = desk.plates().filter(code__in=codes) if codes else desk.plates()
    drawn = [(plate, _drawn(request, plate)) for plate in rows[:MOST]]
    pages = [drawn[at : at + A_SHEET] for at in range(0, len(drawn), A_SHEET)]
    return render(request, "desk/plates_sheet.html", {"pages": pages})


@login_required
@require_GET
def svg(request: HttpRequest, code: str) -> HttpResponse:
    """One QR code as a file, for whoever makes signs."""
    asking = asker(request)
    policy.require(asking.person, "residents.read", at=asking.at, ref=asking.ref)
    plate = Plate.objects.filter(code=code, active=True).first()
    if plate is None:
        raise NotFound("plate", code[:10])
    answered = HttpResponse(
        segno.make(address_of(request, plate), error="q").svg_inline(scale=8, border=4), content_type="image/svg+xml"
    )
    answered["Content-Disposition"] = f'attachment; filename="{plate.code}.svg"'
    return answered


def address_of(request: HttpRequest, plate: Plate) -> str:
    """What the code says: the page of the plate, under the address people reach the site by."""
    path = reverse("portal:plate", args=[plate.code])
    return (
        f"{settings.CIVICLOOP_PUBLIC_URL}{path}" if settings.CIVICLOOP_PUBLIC_URL else request.build_absolute_uri(path)
    )


def _drawn(request: HttpRequest, plate: Plate) -> SafeString:
    made = segno.make(address_of(request, plate), error="q")
    return mark_safe(made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))


def _make(request: HttpRequest, asking: Asker) -> Plate:
    typed: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in FIELDS}
    point = None
    if typed["point"]:
        found = Point.objects.filter(code=typed["point"][:60]).values_list("uid", flat=True).first()
        if found is None:
            raise Invalid("point", "not_found", kind="point", key=typed["point"][:60])
        point = found
    return actions.make_plate(
        point=point, name=typed["name"], address=typed["address"], lon=number(request.POST, "lon"), lat=number(request.POST, "lat"),
        by=asking.person, at=asking.at, ref=asking.ref,
    )  # fmt: skip


def _page(request: HttpRequest, asking: Asker, *, fault: str = "", status: int = 200) -> HttpResponse:
    told = {
        "rows": list(desk.plates()[:MOST]),
        "may_make": policy.may(asking.actor, "plate.make"),
        "fault": fault,
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        "tab": "plates",
    }
    return render(request, "desk/plates.html", told, status=status)
