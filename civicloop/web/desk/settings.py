"""Settings of one person: look, language, columns; other rooms add a section of their own to `SECTIONS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from civicloop.organisation.preferences import choose
from civicloop.web import look as looks
from civicloop.web.desk import messages as outside
from civicloop.web.desk.asker import CHOSEN_UNIT, Asker, asker
from civicloop.web.desk.back import way_back
from civicloop.web.doors import is_open
from civicloop.web.ui import casecolumns

# Of the links to rooms, those that do not open for everybody.
LINKS = ("desk:residents", "desk:screen", "desk:open311_keys")


@dataclass(frozen=True)
class Section:
    """A part of the page: its anchor, its title, the template of its content, and what that template is told."""

    key: str
    title: Any
    template: str
    told: Callable[[Asker], dict[str, Any]] = lambda _asking: {}


def _look_told(_asking: Asker) -> dict[str, Any]:
    return {"themes": looks.THEMES.items(), "texts": looks.TEXTS.items()}


def _columns_told(asking: Asker) -> dict[str, Any]:
    return {"column_choices": casecolumns.choices(casecolumns.columns_of(asking.person))}


def _links_told(asking: Asker) -> dict[str, Any]:
    return {"may_enter": {name.removeprefix("desk:"): is_open(name, asking) for name in LINKS}}


SECTIONS = [
    Section("look", gettext_lazy("Look"), "ui/settings_look.html", _look_told),
    Section("language", gettext_lazy("Language"), "ui/settings_language.html"),
    Section("columns", gettext_lazy("Columns of the case list"), "ui/settings_columns.html", _columns_told),
    Section("notify", gettext_lazy("Messages"), "ui/settings_notify.html", outside.told),
    Section("links", gettext_lazy("Elsewhere"), "ui/settings_links.html", _links_told),
]


@login_required
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """All sections on one page, each with its own form."""
    asking = asker(request)
    told: dict[str, Any] = {"sections": SECTIONS}
    for section in SECTIONS:
        told |= section.told(asking)
    return render(request, "desk/settings.html", told)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Light or dark, usual or large. Also for those who have not logged in yet."""
    chosen = looks.made_of(request.POST)
    response = way_back(request, "desk:settings")
    if request.user.is_authenticated:
        looks.keep(chosen, by=request.user)
        messages.success(request, _("Kept. It holds on every machine from your next log-in."))
    looks.remember(response, chosen)
    return response


@login_required
@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Which columns the case list shows, in the order in which the house lists them; none chosen: the usual ones."""
    wanted = [] if request.POST.get("usual") else casecolumns.known(request.POST.getlist("column"))
    choose(key=casecolumns.KEY, value=wanted, by=asker(request).person)
    return way_back(request, "desk:settings")


@login_required
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Which of his units a person with several posts acts for, until he logs out. What he may do stays as it is."""
    asking = asker(request)
    for number in asking.own_units:
        if str(asking.ref.org.unit(number).uid) == request.POST.get("unit", ""):
            request.session[CHOSEN_UNIT] = number
            return way_back(request, "desk:inbox")
    return redirect("desk:settings")
