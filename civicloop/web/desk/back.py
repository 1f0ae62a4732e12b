"""The way back to the page a form stood on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, text: str) -> str:
    """An address of this site that somebody sent along; nothing where it leads elsewhere, or is no address at all."""
    ours = url_has_allowed_host_and_scheme(text, {request.get_host()}, require_https=request.is_secure())
    # A bare word passes for an address beside the present one, and leads nowhere.
    return text if ours and text.startswith(("/", "http://", "https://")) else ""


def way_back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the address in the field `next` when it is one of ours, else to the page named `otherwise`."""
    back = own_address(request, request.POST.get("next", ""))
    return HttpResponseRedirect(back) if back else redirect(otherwise)
