"""The form of a report: empty, or with what was typed, what is wrong with it, what is near, and what is asked besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.cases.near import look_around
from civicloop.cases.place import locate
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.residents.actions import MOST_PHOTOS, plate_of
from civicloop.residents.models import Report
from civicloop.residents.queries.following import following_counts
from civicloop.residents.queries.open311 import is_private, sent_privately
from civicloop.residents.queries.suggesting import choices, guess
from civicloop.residents.rules.telling import for_everybody
from civicloop.sentences import sentence
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.web.portal.forms import category_of, lost, remembered, sent_key
from civicloop.web.portal.limits import guarded
from civicloop.web.portal.proof import check, content_policy
from civicloop.web.portal.questions import told_of
from civicloop.web.portal.scene import scene_of
from civicloop.web.portal.words import OUTSIDE_STATES

SALT = "civicloop.portal.near"
MOST_NEAR = 4
CONTACT = ("name", "phone", "email", "agreed")
PLACE = ("place", "lon", "lat", "datum", "address", "plate")
TYPED = ("description", "address", "lon", "lat", "plate", "place_from", "taken", *CONTACT)


@dataclass(frozen=True, slots=True)
class Mine:
    """What was sent from this browser a moment ago, and the code that opens it."""

    report: Report
    code: str


def form(
    request: HttpRequest, typed: QueryDict, ref: Reference, *, refused: Refused | None = None, mine: Mine | None = None,
    near: Any = (), asks: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page. `mine` was sent from here already, `near` may be the same, `asks` says that the questions of the kind are new."""
    told = {
        **_typed(request, typed, ref),
        **_chosen(request, typed, ref, refused),
        **_wrong(typed, refused),
        "mine": mine,
        "near": near,
        "asks_now": asks,
        "looked": bool(typed.get("looked")) and not near and mine is None,
        "kept": remembered(request),
        "lost": lost(request),
        "most": MOST_PHOTOS,
    }
    answer = guarded(render(request, "portal/report.html", told, status=status))
    if refused is not None and "seconds" in refused.params:
        answer["Retry-After"] = str(refused.params["seconds"])
    return content_policy(answer)


def near_of(
    category: CategoryInfo | None, lon: float | None, lat: float | None, ref: Reference, *, but: int | None = None
) -> list[dict[str, Any]]:
    """Open cases that may be the same, as somebody outside may see them; each with a ticket by which it can be followed;
    not the one numbered `but`, which is told otherwise.

    Where a category or a request is private nothing is shown: a second report does less harm.
    """
    if category is None or lon is None or lat is None or is_private(category, ref):
        return []
    here = locate(lon, lat, "wgs84", ref)
    every = look_around(category, here.lon, here.lat, at=timezone.now(), ref=ref).duplicates
    if not every:
        return []
    private = sent_privately([one.case.pk for one in every])
    found = [one for one in every if one.case.pk not in private and one.case.pk != but][:MOST_NEAR]
    counts = following_counts([one.case.pk for one in found])
    return [_shown(one.case, one.metres, counts[one.case.pk], category) for one in found]


def _typed(request: HttpRequest, typed: QueryDict, ref: Reference) -> dict[str, Any]:
    key = sent_key(typed)
    checking = check()
    return {
        "key": key,
        "typed": {name: typed.get(name, "") for name in TYPED},
        "plate": _plate(typed.get("plate", "")),
        "proof": checking.fields(key, int(ref.parameters["residents.proof_bits"])),
        "proof_template": checking.template,
        "in_contact": any(typed.get(name) for name in CONTACT),
        "length": len(typed.get("description", "")),
    }


def _chosen(request: HttpRequest, typed: QueryDict, ref: Reference, refused: Refused | None) -> dict[str, Any]:
    """The kinds to choose from, the one that is chosen, and what it asks."""
    guessed = guess(typed.get("description", ""), scene_of(typed, remembered(request), ref), ref)
    category = category_of(typed, ref)
    chosen = str(category.uid) if category is not None else ""
    field = refused.field if isinstance(refused, Invalid) else ""
    faults = {field: sentence(refused)} if refused is not None and field.startswith("answers") else {}
    return {
        "suggestions": guessed.kinds,
        "by_words": guessed.by_words,
        "choices": choices(ref),
        "chosen": chosen,
        "chosen_elsewhere": chosen not in {str(one.uid) for one in guessed.kinds},
        **told_of(category, typed, faults),
    }


def _wrong(typed: QueryDict, refused: Refused | None) -> dict[str, Any]:
    """What is wrong, at the top of the page and at the field it belongs to."""
    if refused is None:
        return {"fault": "", "faults": {}}
    fault, field = sentence(refused), refused.field if isinstance(refused, Invalid) else ""
    return {"fault": fault, "faults": {"place" if field in PLACE else field: fault}, "in_contact": field in CONTACT or any(
        typed.get(name) for name in CONTACT
    )}  # fmt: skip


def _shown(case: Case, metres: float, followers: int, category: CategoryInfo) -> dict[str, Any]:
    return {
        "number": case.number,
        "category": category.label,
        "address": for_everybody(case.address),
        "metres": round(metres),
        "since": case.reported_at,
        "due": case.due_at,
        "state": OUTSIDE_STATES[case.state],
        "followers": followers,
        "ticket": signing.dumps(str(case.uid), salt=SALT),
    }


def _plate(code: str) -> Any:
    try:
        return plate_of(code)
    except NotFound:
        return None
