"""The list of cases: filtered, searched, paged by key, taken home as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.cases.models import Case
from civicloop.cases.models.case import STATE_LABELS
from civicloop.cases.queries import CaseFilters
from civicloop.cases.rules.lifecycle import OPEN
from civicloop.insight import export as exporting
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.organisation.rules.roles import Role
from civicloop.sentences import sentence
from civicloop.web.desk import lenses
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.filters import saved_of
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.ui import casecolumns
from civicloop.web.ui.choices import find_category

NEWEST = Order(("reported_at", "pk"), ("reported_at", "pk"), newest_first=True)
BY_TIME = Order(("act_by", "pk"), ("act_by", "pk"), newest_first=False)
ASKED = ("q", "state", "category", "unit", "grid", "overdue", "lens", "of")


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty at a time; what stands open seen through a lens has the most pressing first."""
    asking = asker(request)
    faults: dict[str, str] = {}
    filters = _filters(request, asking, faults)
    seen = lenses.lens_of(request, asking, faults)
    rows = Case.objects.none() if faults else _rows(asking, filters, seen)
    page = page_of(rows, BY_TIME if seen and seen.pressing else NEWEST, request.GET)
    shown = casecolumns.columns_of(asking.person)
    told = {
        "page": page,
        "form": {name: request.GET.get(name, "") for name in ASKED},
        "searched": request.GET.get("q", ""),
        "states": STATE_LABELS.items(),
        "units": [unit for unit in asking.ref.org.units.values() if unit.active],
        "faults": faults,
        "lens": seen,
        "many": rows.order_by().count() if seen and not faults else None,
        "saved": saved_of(asking, "cases"),
        "may_remind": asking.actor.has(Role.DISPATCHER, Role.SUPERVISOR),
        "columns": shown,
        "column_choices": casecolumns.choices(shown),
    }
    return render(request, "desk/cases.html", told, status=422 if faults else 200)


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The same cases as CSV, streamed."""
    asking = asker(request)
    faults: dict[str, str] = {}
    filters = _filters(request, asking, faults)
    seen = lenses.lens_of(request, asking, faults)
    if faults:
        return cases(request)
    lines = exporting.lines(_rows(asking, filters, seen), ref=asking.ref, at=asking.at)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"cases-{timezone.localdate(asking.at):%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def found_cases(request: HttpRequest) -> Any:
    """The cases a list page shows, in its order, as a queryset. Raises Invalid for a filter that cannot be understood."""
    asking = asker(request)
    faults: dict[str, str] = {}
    filters = _filters(request, asking, faults)
    seen = lenses.lens_of(request, asking, faults)
    for name in faults:
        raise Invalid(name, "unknown_choice", value=request.GET.get(name, "")[:40])
    return _rows(asking, filters, seen)


def _rows(asking: Asker, filters: CaseFilters, seen: lenses.Lens | None) -> Any:
    if seen is None:
        return queries.listing(asking.actor, filters, asking.ref)
    rows = queries.narrow(seen.rows(asking), filters, asking.ref)
    return rows.order_by("act_by", "id") if seen.pressing else rows.order_by("-reported_at", "-id")


def _filters(request: HttpRequest, asking: Asker, faults: dict[str, str]) -> CaseFilters:
    """The filters typed; what cannot be understood goes into `faults` by field."""
    typed = request.GET
    state = typed.get("state", "")
    states = sorted(OPEN) if state == "open" else [state] if state in STATE_LABELS else []
    found: dict[str, Any] = {"states": tuple(states)} if states else {}
    for name, read in READERS.items():
        text = typed.get(name, "").strip()
        if not text:
            continue
        try:
            found |= read(asking, text)
        except Invalid as refused:
            faults[name] = sentence(refused)
    if typed.get("overdue"):
        found["overdue_at"] = asking.at
    return CaseFilters(**found)


def _category(asking: Asker, text: str) -> dict[str, Any]:
    category = asking.ref.categories.by_uid(UUID(find_category(asking, text, "category")))
    assert category is not None
    return {"category_ids": (category.id,)}


def _unit(asking: Asker, text: str) -> dict[str, Any]:
    unit = asking.ref.org.by_code(text)
    if unit is None:
        raise Invalid("unit", "unknown_unit", unit=text[:60])
    return {"unit_id": unit.id}


def _grid(asking: Asker, text: str) -> dict[str, Any]:
    grid = asking.ref.grids.by_code(text.upper())
    if grid is None:
        raise Invalid("grid", "unknown_grid", grid=text[:60])
    return {"grid_id": grid.id}


def _text(_asking: Asker, text: str) -> dict[str, Any]:
    return {"text": clean_text(text, limit=100, field="q")}


READERS = {"q": _text, "category": _category, "unit": _unit, "grid": _grid}
