"""The map page, and the base map it stands on."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from civicloop.kernel.refusal import NotFound
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.maproom.looking import may_look
from civicloop.web.doors import edits_grids, is_open
from civicloop.web.ranges import ranged
from civicloop.web.ui import maproomwords
from civicloop.web.ui.titles import titles


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The map with its filters; its list twin is a link even where nothing can be drawn."""
    asking = asker(request)
    told = {
        "words": maproomwords.page(), "which": maproomwords.WHICH, "shows": maproomwords.SHOWS, "groups": _groups(asking),
        "edits": edits_grids(asking), "screen": is_open("desk:screen", asking),
    }  # fmt: skip
    return render(request, "desk/map.html", told)


@require_GET
@cache_control(private=True, max_age=300)
def base(request: HttpRequest) -> HttpResponse:
    """The base map as JSON: which ground, in which datum, from where. For whoever may look at a map or the big screen."""
    if not may_look(request):
        return JsonResponse({"code": "login_needed"}, status=401)
    return JsonResponse(settings.BASE_MAP.described(reverse("desk:base_map_file")))


@require_safe
def base_file(request: HttpRequest) -> HttpResponseBase:
    """The PMTiles file of this server, in ranges."""
    if not may_look(request):
        return JsonResponse({"code": "login_needed"}, status=401)
    path = settings.BASE_MAP.file
    if path is None or not path.is_file():
        raise NotFound("file", "base.pmtiles")
    return ranged(request, path, "application/vnd.pmtiles")


def _groups(asking: Asker) -> list[tuple[str, str]]:
    """Major groups of categories: the first two digits of their codes, with their names."""
    told = titles(asking.ref)
    found: dict[str, str] = {}
    for one in asking.ref.categories.categories.values():
        code = one.major or one.code[:2]
        if one.code.startswith(code):
            found.setdefault(code, told.major(one.pack, one.kind, code))
    return sorted((code, name) for code, name in found.items() if code)
