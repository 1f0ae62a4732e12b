"""Pictures for the world: those a moderator has accepted, as copies with faces and number plates made unreadable."""

from __future__ import annotations

from datetime import timedelta

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from civicloop.api.open311 import limits
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.finding import public
from civicloop.kernel.refusal import Conflict
from civicloop.photos import blur
from civicloop.residents.models import ReportPhoto
from civicloop.residents.rules.open311 import read_number

AN_HOUR = timedelta(hours=1)


@opened("GET", "HEAD", several=False)
def media(request: HttpRequest, asked: Asked, number: str, sha256: str) -> HttpResponseBase:
    """The blurred copy. Where it cannot be made (no models on this machine) there is no picture."""
    limits.count(f"media:{limits.address_of(request)}", limits.PICTURES)
    case = public(asked.ref, asked.where).filter(pk=read_number(number) or 0).exclude(state="voided")
    if not ReportPhoto.objects.filter(photo=sha256, state="accepted", report__case__in=case).exists():
        raise Fault(404, _("There is no such picture, or none that is public."))
    try:
        file = blur.open_blurred(sha256)
    except Conflict:
        raise Fault(404, _("There is no such picture, or none that is public.")) from None
    response = FileResponse(file, content_type="image/jpeg")
    # Not for long: a moderator may hide it later.
    response["Cache-Control"] = f"public, max-age={int(AN_HOUR.total_seconds())}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
