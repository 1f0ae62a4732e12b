"""Complaints and suggestions about the platform itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, Refused
from civicloop.organisation.book import UnitInfo
from civicloop.residents.actions import complaints
from civicloop.residents.models.complaints import COMPLAINT_KINDS
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.web.outside.limits import address_of
from civicloop.web.portal import again
from civicloop.web.portal.forms import contact_of, sent_key
from civicloop.web.portal.limits import limited, public, window
from civicloop.web.portal.proof import check, content_policy
from civicloop.web.ui.titles import titles

SENT_PER_MINUTE = 20
FIELDS = ("text", "about_unit", "name", "phone", "email", "agreed")
CONTACT = FIELDS[2:]


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The form; afterwards the page of its code. Sent twice, by two clicks or after Back, it is one."""
    key, refused, ref = sent_key(request.POST), None, reference.now()
    bits, checking = int(ref.parameters["residents.proof_bits"]), check()
    if request.method == "POST":
        try:
            window("report", SENT_PER_MINUTE).count(address_of(request))
            sent = again.COMPLAINTS.key(request) or key
            _row, code = complaints.submit(
                kind=request.POST.get("kind", ""), text=request.POST.get("text", ""), about_unit=_about(request, ref),
                sent_key=sent,
                contact=contact_of(request.POST), sender=address_of(request), at=timezone.now(), ref=ref,
                proved=checking.passed(request.POST.dict(), key, bits),
            )  # fmt: skip
            onward = redirect("portal:follow", code)
            again.COMPLAINTS.remember(request, onward, sent)
            return onward
        except Refused as fault:
            refused = fault
    field = refused.field if isinstance(refused, Invalid) else ""
    told = {
        "key": key,
        "proof": checking.fields(key, bits),
        "proof_template": checking.template,
        "kinds": COMPLAINT_KINDS,
        "kind": request.POST.get("kind") or "complaint",
        "units": _units(ref),
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        "faults": {field: sentence(refused)} if refused else {},
        "fault": sentence(refused) if refused else "",
        "in_contact": any(request.POST.get(name) for name in CONTACT),
    }
    answer = content_policy(render(request, "portal/complain.html", told, status=refused.status if refused else 200))
    if refused is not None and "seconds" in refused.params:
        answer["Retry-After"] = str(refused.params["seconds"])
    return answer


def _units(ref: Reference) -> list[tuple[UnitInfo, str]]:
    """The units one may name, each with what it is responsible for."""
    names = titles(ref)
    active = sorted((one for one in ref.org.units.values() if one.active), key=lambda one: one.code)
    return [(one, "、".join(names.line(key) for key in one.lines)) for one in active]


def _about(request: HttpRequest, ref: Reference) -> int | None:
    """The unit it is about, by its code; None where none was named. Raises Invalid `about_unit`."""
    code = request.POST.get("about_unit", "")
    unit = ref.org.by_code(code) if code else None
    if code and (unit is None or not unit.active):
        raise Invalid("about_unit", "unknown_unit", unit=code[:60])
    return unit.id if unit is not None else None
