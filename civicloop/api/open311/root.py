"""The address of the endpoint itself, and every address under it where nothing is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.faults import Fault

ANY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@opened("GET", "HEAD", several=False)
def root(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Leads to the discovery document, for whoever looks with a browser."""
    return HttpResponse(status=302, headers={"Location": request.build_absolute_uri("discovery.json")})


@opened(*ANY, several=False)
def nothing_here(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Every other address, in the format its end asks for."""
    raise Fault(404, _("There is nothing at this address."))
