"""Complaints and suggestions about the platform itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid
from civicloop.residents.actions import complaints
from civicloop.residents.models.complaints import COMPLAINT_KINDS
from civicloop.sentences import sentence
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.forms import contact_of, sent_key
from civicloop.web.portal.limits import limited, public

FIELDS = ("text", "name", "phone", "email", "agreed")


@public
@limited("report", per_minute=20)
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The form; afterwards the page of its code."""
    key, refused = sent_key(request.POST), None
    if request.method == "POST":
        try:
            _row, code = complaints.submit(
                kind=request.POST.get("kind", ""), text=request.POST.get("text", ""), sent_key=key,
                contact=contact_of(request.POST), sender=address_of(request), at=timezone.now(),
            )  # fmt: skip
            return redirect("portal:follow", code)
        except Invalid as fault:
            refused = fault
    told = {
        "key": key,
        "kinds": COMPLAINT_KINDS,
        "kind": request.POST.get("kind") or "complaint",
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        "faults": {refused.field: sentence(refused)} if refused else {},
        "fault": sentence(refused) if refused else "",
        "in_contact": any(request.POST.get(name) for name in FIELDS[1:]),
    }
    return render(request, "portal/complain.html", told, status=refused.status if refused else 200)
