"""Reporting a problem: first what it is, then where, with a look at what others have reported there already."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.cases.actions import report as open_case
from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.cases.near import Found, look_around, told_to
from civicloop.cases.place import locate
from civicloop.cases.policy import require_reporting
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.kernel.text import fold
from civicloop.sentences import sentence
from civicloop.standards.categories import ASKED, NOTICE, CategoryInfo
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.once import key_of, same_again
from civicloop.web.desk.uploads import remembered, taken
from civicloop.web.refusals import keep

MOST_CATEGORIES = 60
SOURCES = [name for name in SOURCE_LABELS if name != "import"]
# Components are things that stand in the street; what can be wrong with them are matters of their own.
COMPONENT = "component"
FIRST_DAILY = "06"
KINDS = ("near", "far", "reference")


@login_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """What is wrong? Categories by words; with htmx only the list is sent anew."""
    asking = asker(request)
    require_reporting(asking.actor, by=asking.person)
    words = request.GET.get("q", "").strip()[:100]
    found = list(_matching(asking, words))
    told = {"words": words, "rows": found[:MOST_CATEGORIES], "more": len(found) > MOST_CATEGORIES}
    part = "ui/category_list.html" if request.headers.get("HX-Request") else "desk/choose.html"
    return render(request, part, told)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, category: UUID) -> HttpResponse:
    """The form of one category."""
    asking = asker(request)
    found = asking.ref.categories.by_uid(category)
    if found is None:
        raise NotFound("category", category)
    if request.method == "GET":
        require_reporting(asking.actor, by=asking.person)
        return _form(request, found, QueryDict())
    try:
        return _take(request, asking, found)
    except Refused as refused:
        keep(request, refused)
        field = _field(refused)
        return _form(request, found, request.POST, faults={field: sentence(refused)}, status=refused.status)


@login_required
@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """What others have reported near the place typed; a part of the form."""
    asking = asker(request)
    try:
        category = asking.ref.categories.by_uid(UUID(request.GET.get("category", "")))
        around = _around(asking, category, request.GET) if category else Found([], None)
    except (ValueError, Refused):
        around = Found([], None)  # the place is not yet typed to its end; sending the form says what is wrong with it
    return render(request, "ui/similar.html", {"around": around})


def _take(request: HttpRequest, asking: Asker, category: CategoryInfo) -> HttpResponse:
    typed = request.POST
    photos = taken(request)
    uid = same_again(key_of(request), typed, (one["sha256"] for one in photos))
    if known := _sent_before(uid, asking):
        return _reported(request, known)
    if not typed.get("looked"):
        around = _around(asking, category, typed)
        if around.duplicates or around.hidden:
            return _form(request, category, typed, around=around, status=409)
    lon, lat = _place(typed)
    try:
        made = open_case(
            category_id=category.id, by=asking.person, at=asking.at, description=typed.get("description", ""),
            answers=_answers(category, typed), lon=lon, lat=lat, datum=typed.get("datum", "wgs84"),
            address=typed.get("address", ""), photos=photos, source=typed.get("source", "patrol"),
            urgent=bool(typed.get("urgent")), uid=uid, ref=asking.ref,
        ).case  # fmt: skip
    except Conflict:  # a double click: the other of the two was a moment faster
        if not (known := _sent_before(uid, asking)):
            raise
        made = known
    return _reported(request, made)


def _sent_before(uid: UUID, asking: Asker) -> Case | None:
    """The case that this very form has made already."""
    return Case.objects.filter(uid=uid, reporter=asking.person).first()


def _reported(request: HttpRequest, made: Case) -> HttpResponse:
    messages.success(request, _("Reported as %(number)s.") % {"number": made.number})
    return redirect("desk:case", made.uid)


def _form(
    request: HttpRequest, category: CategoryInfo, typed: QueryDict, *, faults: dict[str, str] | None = None,
    around: Found | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    faults = faults or {}
    shown = {"photos", "place", "lon", "lat", "datum", "address", "description", "answers", "source"}
    told = {
        "category": category,
        "once": key_of(request),
        "typed": typed,
        "place": {name: typed.get(name, "") for name in ("address", "lon", "lat", "datum")},
        "place_fault": faults.get("place") or faults.get("lon") or faults.get("lat") or faults.get("datum"),
        "questions": [_question(one, typed, faults) for one in category.questions if one.part in (ASKED, NOTICE)],
        "faults": faults,
        "other_faults": [text for name, text in faults.items() if name.partition(".")[0] not in shown],
        "around": around,
        "kept": remembered(request) if request.method == "POST" else [],
        "photo_kinds": KINDS,
        "sources": [(name, SOURCE_LABELS[name]) for name in SOURCES],
        "source": typed.get("source", "patrol"),
    }
    return render(request, "desk/report.html", told, status=status)


def _matching(asking: Asker, words: str) -> Any:
    """Categories in which every word is found: in code, name, class or filing condition."""
    wanted = fold(words).split()
    # What happens in the street every day (majors 06 to 10) before the faults of a hundred kinds of fixture.
    for one in sorted(asking.ref.categories.all(), key=lambda one: one.code < FIRST_DAILY):
        if one.kind == COMPONENT:
            continue
        hints = " ".join(str(hint) for hint in one.hints)
        text = fold(" ".join((one.code, one.name, one.name_en, one.major, hints, *(c.text for c in one.conditions))))
        if all(word in text for word in wanted):
            yield one


def _question(question: Any, typed: QueryDict, faults: dict[str, str]) -> dict[str, Any]:
    name = f"answer.{question.code}"
    return {
        "question": question,
        "name": name,
        "value": typed.get(name, ""),
        "values": typed.getlist(name),
        "fault": faults.get(f"answers.{question.code}", ""),
    }


def _answers(category: CategoryInfo, typed: QueryDict) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for question in category.asked:
        name = f"answer.{question.code}"
        value: Any = typed.getlist(name) if question.datatype == "multivaluelist" else typed.get(name, "").strip()
        if value not in ("", []):
            told[question.code] = value
    return told


def _place(typed: QueryDict) -> tuple[float | None, float | None]:
    return _number(typed, "lon"), _number(typed, "lat")


def _number(typed: QueryDict, name: str) -> float | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise Invalid(name, "not_a_number", value=text[:40]) from None


def _around(asking: Asker, category: CategoryInfo, typed: QueryDict) -> Found:
    lon, lat = _place(typed)
    here = locate(lon, lat, typed.get("datum", "wgs84"), asking.ref)
    return told_to(asking.actor, look_around(category, here.lon, here.lat, at=asking.at, ref=asking.ref))


def _field(refused: Refused) -> str:
    return refused.field if isinstance(refused, Invalid) else ""
