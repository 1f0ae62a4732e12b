"""`/p/honours`: what was awarded and what is on notice, people by their first character; and one certificate by its number."""

from __future__ import annotations

from typing import Any

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
    rows = queries.published(day_of(timezone.now()))
    # Each by itself: what the public may still object to is never crowded out by what was awarded.
    told: dict[str, Any] = {}
    for state in ("on_notice", "awarded", "revoked"):
        found = list(rows.filter(state=state)[: MOST + 1])
        told[state] = [(one, queries.public_name(one)) for one in found[:MOST]]
        told[f"more_{state}"] = len(found) > MOST
    number = request.GET.get("number", "").strip()[:20]
    asked = queries.by_certificate(number) if number else None
    told |= {
        "most": MOST, "number": number, "found": asked, "found_name": queries.public_name(asked) if asked else "",
    }  # fmt: skip
    return render(request, "portal/honours.html", told)


urlpatterns = [path("", honours, name="honours")]
