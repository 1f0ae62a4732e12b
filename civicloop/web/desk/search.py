"""Search everything: cases, points, units, people, papers, each group in its own words and with a way to its full list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.cases.queries import CaseFilters
from civicloop.documents import queries as documents
from civicloop.kernel.text import clean_text, fold
from civicloop.organisation.models import Person, Point
from civicloop.organisation.queries import contact_book
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.ui import casecolumns

MOST = 8
LONGEST = 100


@dataclass(frozen=True)
class Group:
    """What was found of one kind: at most eight, whether there are more, and where all of them are."""

    key: str
    word: Any
    rows: list[Any]
    more: bool
    everything: str


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One page for whatever was typed. The whole number of a case leads to the case itself."""
    asking = asker(request)
    words = clean_text(request.GET.get("q", ""), limit=LONGEST, field="q")
    if not words:
        return render(request, "desk/search.html", {"words": "", "groups": [], "searched": ""})
    groups = [find(asking, words) for find in FINDERS]
    cases = groups[0].rows
    if len(cases) == 1 and cases[0].number.casefold() == words.casefold():
        return redirect("desk:case", cases[0].uid)
    told = {
        "words": words,
        "searched": words,
        "groups": [group for group in groups if group.rows],
        "columns": casecolumns.columns_of(asking.person),
    }
    return render(request, "desk/search.html", told)


def _group(key: str, word: Any, rows: Any, everything: str) -> Group:
    found = list(rows[: MOST + 1])
    return Group(key, word, found[:MOST], len(found) > MOST, everything)


def _cases(asking: Asker, words: str) -> Group:
    rows = queries.listing(asking.actor, CaseFilters(text=words), asking.ref)
    return _group("cases", _("Cases"), rows, f"{reverse('desk:cases')}?{urlencode({'q': words})}")


def _points(asking: Asker, words: str) -> Group:
    rows = Point.objects.filter(Q(name__icontains=words) | Q(code__istartswith=words), active=True).order_by("code")
    everything = f"{reverse('desk:edit_places', args=['points'])}?{urlencode({'q': words})}"
    return _group("points", _("Inspection points"), rows, everything)


def _units(asking: Asker, words: str) -> Group:
    sought = words.casefold()
    rows = [
        unit for unit in asking.ref.org.units.values()
        if unit.active and (sought in unit.name.casefold() or unit.code.casefold().startswith(sought))
    ]  # fmt: skip
    return _group(
        "units", _("Units"), sorted(rows, key=lambda unit: (len(unit.name), unit.code)), reverse("desk:units")
    )


def _people(asking: Asker, words: str) -> Group:
    today = timezone.localdate(asking.at)
    own = Q(name__icontains=words) | Q(initials__startswith=fold(words)) | Q(username__startswith=words)
    posts = Prefetch("appointments", queryset=contact_book(today), to_attr="posts_today")
    rows = Person.objects.filter(own, is_active=True).order_by("username").prefetch_related(posts)
    return _group("people", _("People"), rows, f"{reverse('desk:people')}?{urlencode({'q': words})}")


def _papers(asking: Asker, words: str) -> Group:
    sought = Q(number__icontains=words) | Q(title__icontains=words)
    rows = documents.papers(asking.actor).filter(sought)
    return _group("papers", _("Papers"), rows, reverse("desk:papers"))


FINDERS: tuple[Callable[[Asker, str], Group], ...] = (_cases, _points, _units, _people, _papers)
