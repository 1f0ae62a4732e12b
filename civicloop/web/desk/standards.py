"""Standards: the packs, their editions side by side, and all that one edition says, each number with how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotFound
from civicloop.standards.editions import StandardBook, book
from civicloop.standards.models import Edition
from civicloop.standards.rules.restore import restored
from civicloop.standards.rules.shapes import Checklist, ChecklistItem, PointType, Sampling, Text
from civicloop.web.ui.inspectwords import SURE

# Lists of an edition that no part of its page shows row by row, in the order of the page.
COUNTED = ("categories", "majors", "lines", "crosswalk")


@dataclass(frozen=True)
class TypeShown:
    """A point type with what is looked at there."""

    type: PointType
    checklists: tuple[Checklist, ...]
    items: int
    borrowed: bool


@dataclass(frozen=True)
class AspectShown:
    """The items of a checklist that belong to one aspect."""

    key: str
    question: Text | None
    items: list[ChecklistItem]


@login_required
@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """Every pack with its editions, the one in force first."""
    rows = Edition.objects.select_related("pack").defer("content", "pack__content")
    found = sorted(rows, key=lambda one: (one.pack.code, one.digest != one.pack.digest))
    return render(request, "desk/standard_list.html", {"rows": found})


@login_required
@require_GET
def edition(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One edition: tree of criteria, kinds of place, sample, rules, negative list, figures."""
    row = _edition(uid)
    told = book(row.pk)
    sampling = row.content.get("sampling")
    shown = {
        "edition": row,
        "book": told,
        "in_force": row.digest == row.pack.digest,
        "homes": {item: told.checklist_of(item).code for item in told.items},
        "types": _types(told),
        "questions": [(question, _counted_aspects(told, question.aspects)) for question in told.questions],
        "sampling": restored(Sampling, sampling) if sampling else None,
        "counted": [(name, len(row.content[name])) for name in COUNTED if row.content.get(name)],
        "sure": _sure(told),
        "source": row.content.get("source", {}),
    }
    return render(request, "desk/standard_edition.html", shown)


@login_required
@require_GET
def checklist(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """One checklist with everything an inspector has to know; made to be printed."""
    row = _edition(uid)
    told = book(row.pk)
    found = next((one for one in told.checklists if one.code == code), None)
    if found is None:
        raise NotFound("checklist", code)
    shown = {
        "edition": row,
        "book": told,
        "checklist": found,
        "aspects": by_aspect(told, found.items),
        "types": [one.type for one in _types(told) if found in one.checklists],
        "sure": dict(Counter(item.sure for item in found.items)),
    }
    return render(request, "desk/standard_checklist.html", shown)


def by_aspect(told: StandardBook, items: Iterable[ChecklistItem]) -> list[AspectShown]:
    """Items grouped by aspect, aspects and items in the order of the list."""
    groups: dict[str, list[ChecklistItem]] = {}
    for item in items:
        groups.setdefault(item.aspect, []).append(item)
    questions = {aspect: question.name for question in told.questions for aspect in question.aspects}
    return [AspectShown(key, questions.get(key), found) for key, found in groups.items()]


def _edition(uid: UUID) -> Edition:
    found = Edition.objects.select_related("pack").defer("pack__content").filter(uid=uid).first()
    if found is None:
        raise NotFound("edition", uid)
    return found


def _types(told: StandardBook) -> list[TypeShown]:
    shown = []
    for code, one in told.point_types.items():
        lists = told.checklists_for(code)
        own = any(code in checklist.applies_to for checklist in lists)
        shown.append(TypeShown(one, lists, len(told.items_for(code)), bool(lists) and not own))
    return sorted(shown, key=lambda one: (one.type.list, one.type.code))


def _counted_aspects(told: StandardBook, aspects: Iterable[str]) -> int:
    wanted = set(aspects)
    return sum(item.aspect in wanted for item in told.items.values())


def _sure(told: StandardBook) -> list[tuple[str, int]]:
    """How many numbers and texts of an edition are how well founded, the best first."""
    every: list[Any] = [*told.items.values(), *told.indicators, *told.projects, *told.negative_list.values()]
    every += [one for project in told.projects for content in project.contents for one in content.criteria]
    every += told.sample.rows if told.sample else ()
    counted = Counter(one.sure for one in every)
    return [(sure, counted[sure]) for sure in SURE if counted[sure]]
