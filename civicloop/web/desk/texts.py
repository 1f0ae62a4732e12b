"""A pasted order, message or briefing: what cases it may be, corrected by a person and reported one by one as his own reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.sentences import sentence
from civicloop.textintake import actions, policy, queries
from civicloop.textintake.actions.taking import SOURCES
from civicloop.textintake.books import matters
from civicloop.textintake.models import Suggestion
from civicloop.textintake.reading import MOST_CHARACTERS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep
from civicloop.web.ui.choices import code_and_name, find_category, reasons_in_words

MOST_EARLIER = 10
OTHER = "other"
SURE = {"sure": gettext_lazy("fairly sure"), "likely": gettext_lazy("likely"), "unsure": gettext_lazy("unsure")}
PLACES = {
    "point": gettext_lazy("point"), "area": gettext_lazy("area"), "crossing": gettext_lazy("corner of two roads"),
    "road": gettext_lazy("road"), "grid": gettext_lazy("unit grid"), "community": gettext_lazy("community or village"),
    "town": gettext_lazy("town or sub-district"), "district": gettext_lazy("district"),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest) -> HttpResponse:
    """Paste a text; below it one's own earlier ones, and how good the suggestions have been."""
    asking = asker(request)
    policy.require(asking.actor, "text.suggest", by=asking.person)
    fault, status = "", 200
    if request.method == "POST":
        try:
            rows = actions.take_in(text=request.POST.get("text", ""), by=asking.person, at=asking.at, ref=asking.ref)
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            return redirect("desk:text", rows[0].intake)
    return render(request, "desk/texts.html", _start(request, asking, fault), status=status)


@login_required
@require_http_methods(["GET"])
def text(request: HttpRequest, intake: UUID) -> HttpResponse:
    """The problems of one text with what is suggested, each with a form to report it."""
    asking = asker(request)
    return _parts(request, asking, queries.of_intake(intake, by_id=asking.person.pk))


@login_required
@require_POST
def file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Report one problem of a text as corrected, or say that it is none."""
    asking = asker(request)
    typed = request.POST
    try:
        if typed.get("what") == "drop":
            row = actions.drop(uid=uid, by=asking.person, at=asking.at, ref=asking.ref)
            return redirect(_at(row.intake, row.seq))
        lon, lat = (_number(typed, "lon"), _number(typed, "lat")) if typed.get("at_place") else (None, None)
        case = actions.file(
            uid=uid, category_id=_category(asking, typed), by=asking.person, at=asking.at,
            description=typed.get("description", ""), address=typed.get("address", ""), lon=lon, lat=lat,
            source=typed.get("source", "hotline"), urgent=bool(typed.get("urgent")), ref=asking.ref,
        )  # fmt: skip
    except Refused as refused:
        rows = queries.of_part(uid, by_id=asking.person.pk)
        keep(request, refused)
        return _parts(request, asking, rows, fault=(uid, refused), status=refused.status)
    messages.success(request, _("Reported as %(number)s.") % {"number": case.number})
    row = case.suggestion
    return redirect(_at(row.intake, row.seq))


def _at(intake: UUID, seq: int) -> str:
    return f"{reverse('desk:text', args=[intake])}#part-{seq}"


def _start(request: HttpRequest, asking: Asker, fault: str) -> dict[str, Any]:
    model, used = queries.newest_model(), queries.accuracy_in_use()
    return {
        "typed": request.POST.get("text", "")[: MOST_CHARACTERS * 2],
        "fault": fault,
        "most": MOST_CHARACTERS,
        "keep_days": asking.ref.parameters["texts.keep_days"],
        "model": model,
        "used": used,
        "per_category": sorted(model.per_category, key=lambda row: -row["cases"]) if model else [],
        "earlier": queries.earlier(by_id=asking.person.pk, most=MOST_EARLIER),
        "english": request.LANGUAGE_CODE.startswith("en"),  # type: ignore[attr-defined]
    }


def _parts(
    request: HttpRequest, asking: Asker, rows: list[Suggestion], *, fault: tuple[UUID, Refused] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    told = {
        "rows": [_part(row, asking, request, fault) for row in rows],
        "open": sum(row.outcome == "open" for row in rows),
        "sources": [(name, SOURCE_LABELS[name]) for name in SOURCES],
        "categories": [code_and_name(one) for one in matters(asking.ref)],
        "main": next((row.seq for row in rows if row.outcome == "open"), 0),
        "other": OTHER,
    }
    return render(request, "desk/text.html", told, status=status)


def _part(row: Suggestion, asking: Asker, request: HttpRequest, fault: tuple[UUID, Refused] | None) -> dict[str, Any]:
    refused = fault[1] if fault is not None and fault[0] == row.uid else None
    said, typed = row.suggested, request.POST if refused is not None else QueryDict()
    place = said["place"] or {}
    english = request.LANGUAGE_CODE.startswith("en")  # type: ignore[attr-defined]
    return {
        "row": row,
        "sure": SURE[said["sure"]],
        "categories": [one | {"label": one["name_en"] if english and one["name_en"] else one["name"]}
                       for one in said["categories"]],
        "place": place,
        "place_kind": PLACES.get(place.get("kind", ""), ""),
        "unit": said["unit"],
        "reasons": reasons_in_words(said["reasons"], asking),
        "urgent_words": said["urgent_words"],
        "chosen": typed.get("category") or (said["categories"][0]["code"] if said["categories"] else OTHER),
        "other": typed.get("other", ""),
        "description": typed.get("description", row.text),
        "address": typed.get("address", place.get("address", "")),
        "lon": place.get("lon") or "",
        "lat": place.get("lat") or "",
        "at_place": bool(typed.get("at_place")) if refused else True,
        "urgent": bool(typed.get("urgent")) if refused else said["urgent"],
        "source": typed.get("source") or said.get("source", "hotline"),
        "fault": sentence(refused) if refused is not None else "",
    }  # fmt: skip


def _category(asking: Asker, typed: QueryDict) -> int:
    word = typed.get("category", "")
    if word == OTHER or not word:
        word = typed.get("other", "")
    if not word.strip():
        raise Invalid("category", "required", field="category")
    found = asking.ref.categories.by_uid(UUID(find_category(asking, word, "category")))
    if found is None:
        raise Invalid("category", "unknown_category", category=word[:60])
    return found.id


def _number(typed: QueryDict, name: str) -> float | None:
    written = typed.get(name, "").strip()
    if not written:
        return None
    try:
        return float(written)
    except ValueError:
        raise Invalid(name, "not_a_number", value=written[:40]) from None
