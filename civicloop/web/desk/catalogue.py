"""The living catalogue (`/ui`): every building block of the pages with its states, drawn by the same templates and styles."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.web.ui import samples


@login_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """All blocks on one page, each with its markup in a fold. What it shows is made up."""
    return render(request, "desk/catalogue.html", {"groups": samples.GROUPS, **samples.told()})
