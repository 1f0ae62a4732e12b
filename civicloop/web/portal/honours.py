"""`/p/honours`: what was awarded and what is on notice, people by their first character; and one certificate by its number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.organisation.days import day_of
from civicloop.publicity import queries
from civicloop.web.portal.limits import limited, public

MOST = 200


@public
@limited("look", per_minute=120)
@require_GET
def honours(request: HttpRequest) -> HttpResponse:
    """Everything that stands, what the public may still object to, and what was revoked within a year."""
    rows = list(queries.published(day_of(timezone.now()))[: MOST + 1])
    named = [(one, queries.public_name(one)) for one in rows[:MOST]]
    number = request.GET.get("number", "").strip()[:20]
    found = queries.by_certificate(number) if number else None
    told = {
        "on_notice": [row for row in named if row[0].state == "on_notice"],
        "revoked": [row for row in named if row[0].state == "revoked"],
        "awarded": [row for row in named if row[0].state == "awarded"],
        "more": len(rows) > MOST, "most": MOST, "number": number,
        "found": found, "found_name": queries.public_name(found) if found else "",
    }  # fmt: skip
    return render(request, "portal/honours.html", told)


urlpatterns = [path("", honours, name="honours")]
