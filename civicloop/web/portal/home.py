"""The first page of the portal, and what happens with residents' data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.codes import read_code
from civicloop.standards import reference
from civicloop.web.doors import reachable
from civicloop.web.portal.limits import limited, public

ROOMS = (("portal:orders", "orders"), ("portal:events", "events"), ("portal:honours", "honours"))


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Two things to do: report something, and see what became of it. The code is posted: addresses stand in logs on the way."""
    typed = request.POST.get("code", "").strip()
    code = read_code(typed) if typed else None
    if code is not None:
        return redirect("portal:follow", code)
    fault = _("This is not a code: it has ten letters, such as ABCDE-FGHJK.") if typed else ""
    return shown_home(request, typed=typed, fault=fault, status=422 if typed else 200)


def shown_home(request: HttpRequest, *, typed: str = "", fault: str = "", status: int = 200) -> HttpResponse:
    """The page, with the code that opened nothing."""
    told = {"typed": typed[:30], "fault": fault, "rooms": reachable(ROOMS)}
    return render(request, "portal/home.html", told, status=status)


@public
@limited("look", per_minute=120)
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and who sees it, with the city's own numbers."""
    parameters = reference.now().parameters
    names = ("contact", "media", "address", "refused", "unsent")
    days = {name: int(parameters[f"residents.keep_{name}_days"]) for name in names}
    days["undecided"] = int(parameters["residents.decide_within_days"])
    return render(request, "portal/privacy.html", {"days": days})
