"""Complaints and suggestions about the platform itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, Refused
from civicloop.residents.actions import complaints
from civicloop.residents.models.complaints import COMPLAINT_KINDS
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.forms import contact_of, sent_key
from civicloop.web.portal.limits import limited, public, window
from civicloop.web.portal.proof import check, content_policy

SENT_PER_MINUTE = 20
FIELDS = ("text", "name", "phone", "email", "agreed")


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The form; afterwards the page of its code."""
    key, refused, ref = sent_key(request.POST), None, reference.now()
    bits, checking = int(ref.parameters["residents.proof_bits"]), check()
    if request.method == "POST":
        try:
            window("report", SENT_PER_MINUTE).count(address_of(request))
            _row, code = complaints.submit(
                kind=request.POST.get("kind", ""), text=request.POST.get("text", ""), sent_key=key,
                contact=contact_of(request.POST), sender=address_of(request), at=timezone.now(), ref=ref,
                proved=checking.passed(request.POST.dict(), key, bits),
            )  # fmt: skip
            return redirect("portal:follow", code)
        except Refused as fault:
            refused = fault
    field = refused.field if isinstance(refused, Invalid) else ""
    told = {
        "key": key,
        "proof": checking.fields(key, bits),
        "proof_template": checking.template,
        "kinds": COMPLAINT_KINDS,
        "kind": request.POST.get("kind") or "complaint",
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        "faults": {field: sentence(refused)} if refused else {},
        "fault": sentence(refused) if refused else "",
        "in_contact": any(request.POST.get(name) for name in FIELDS[1:]),
    }
    answer = content_policy(render(request, "portal/complain.html", told, status=refused.status if refused else 200))
    if refused is not None and "seconds" in refused.params:
        answer["Retry-After"] = str(refused.params["seconds"])
    return answer
