"""Reporting in under a minute: a photo, a few words, a place. A look at what is there already, and a code at the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.cases.models import Case
from civicloop.cases.near import look_around
from civicloop.cases.place import locate
from civicloop.kernel.masking import without_contacts, without_numbers
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.photos.models import Photo
from civicloop.residents.actions import MOST_PHOTOS, Problem, follow_case, plate_of, receive
from civicloop.residents.queries.following import following_counts
from civicloop.residents.queries.suggesting import choices, suggested
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.web.outside.limits import address_of
from civicloop.web.portal.forms import contact_of, number, photos_of, remembered, sent_key
from civicloop.web.portal.limits import guarded, limited, public
from civicloop.web.portal.proof import check
from civicloop.web.portal.words import OUTSIDE_STATES

SALT = "civicloop.portal.near"
NEAR_LASTS = 3600
MOST_NEAR = 4
CONTACT = ("name", "phone", "email", "agreed")
PLACE = ("place", "lon", "lat", "datum", "address")


@public
@limited("look", per_minute=120)
@require_GET
def plate(request: HttpRequest, code: str) -> HttpResponse:
    """What a QR code on a wall opens: the form, with the place filled in."""
    found = plate_of(code)
    return redirect(f"{reverse('portal:report')}?plate={found.code}" if found else "portal:report")


@public
@limited("report", per_minute=20)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what is sent with it."""
    ref = reference.now()
    if request.method == "GET":
        return _form(request, request.GET, ref)
    try:
        return _take(request, ref)
    except Invalid as refused:
        return _form(request, request.POST, ref, refused=refused, status=refused.status)


@public
@limited("suggest", per_minute=60)
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Kinds of problem that the words may mean: a part of the form."""
    found = suggested(request.GET.get("text", ""), reference.now())
    return render(request, "portal/suggested.html", {"suggestions": found, "chosen": request.GET.get("category", "")})


@public
@limited("near", per_minute=60)
@require_GET
def near(request: HttpRequest) -> HttpResponse:
    """What has been reported near the place: a part of the form."""
    ref = reference.now()
    try:
        found = _near(_category(request.GET, ref), number(request.GET, "lon"), number(request.GET, "lat"), ref)
    except Refused:
        found = []  # the place is not complete yet; sending the form says what is wrong with it
    return render(request, "portal/near.html", {"near": found})


@public
@limited("report", per_minute=20)
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow what is there already, instead of reporting it again."""
    try:
        uid = UUID(signing.loads(request.POST.get("follow", ""), salt=SALT, max_age=NEAR_LASTS))
    except (signing.BadSignature, ValueError, TypeError):
        raise Conflict("near_is_old") from None
    _row, code = follow_case(
        uid, sent_key=sent_key(request.POST), contact=contact_of(request.POST), at=timezone.now()
    )  # fmt: skip
    return redirect("portal:follow", code)


def _take(request: HttpRequest, ref: Reference) -> HttpResponse:
    typed, key = request.POST, sent_key(request.POST)
    photos = photos_of(request)
    lon, lat, datum = number(typed, "lon"), number(typed, "lat"), typed.get("datum", "wgs84")
    if lon is None and lat is None and not typed.get("address", "").strip() and not typed.get("plate"):
        lon, lat, datum = _place_of_photo(photos, ref)
    category = _category(typed, ref)
    if category is None:
        raise Invalid("category", "choose_kind")
    if not typed.get("looked"):
        found = _near(category, *_wgs84(lon, lat, datum, ref), ref)
        if found:
            return _form(request, typed, ref, near=found, status=409)
    bits = int(ref.parameters["residents.proof_bits"])
    done = receive(
        Problem(
            category.id, typed.get("description", ""), typed.get("address", ""), lon, lat, datum, photos, typed.get("plate", "")
        ),
        sent_key=key, contact=contact_of(typed), sender=address_of(request),
        proved=check().passed(typed.dict(), key, bits), at=timezone.now(), ref=ref,
    )  # fmt: skip
    return redirect("portal:follow", done.code)


def _form(
    request: HttpRequest, typed: QueryDict, ref: Reference, *, refused: Invalid | None = None, near: Any = (),
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    key, fault = sent_key(typed), sentence(refused) if refused else ""
    field = refused.field if refused else ""
    suggestions = suggested(typed.get("description", ""), ref)
    chosen = typed.get("category", "")
    told = {
        "key": key,
        "typed": {name: typed.get(name, "") for name in ("description", "address", "lon", "lat", "plate", *CONTACT)},
        "plate": _plate(typed.get("plate", "")),
        "chosen": chosen,
        "suggestions": suggestions,
        "choices": choices(ref),
        "chosen_elsewhere": chosen not in {str(one.uid) for one in suggestions},
        "near": near,
        "kept": remembered(request),
        "most": MOST_PHOTOS,
        "proof": check().fields(key, int(ref.parameters["residents.proof_bits"])),
        "proof_template": check().template,
        "fault": fault,
        "faults": {"place" if field in PLACE else field: fault} if refused else {},
        "in_contact": field in CONTACT or any(typed.get(name) for name in CONTACT),
        "length": len(typed.get("description", "")),
    }
    return guarded(render(request, "portal/report.html", told, status=status))  # type: ignore[no-any-return]


def _near(category: CategoryInfo | None, lon: float | None, lat: float | None, ref: Reference) -> list[dict[str, Any]]:
    """Open cases that may be the same, as somebody outside may see them; each with a ticket by which it can be followed."""
    if category is None or lon is None or lat is None:
        return []
    here = locate(lon, lat, "wgs84", ref)
    found = look_around(category, here.lon, here.lat, at=timezone.now(), ref=ref).duplicates[:MOST_NEAR]
    counts = following_counts([one.case.pk for one in found])
    return [_shown(one.case, one.metres, counts[one.case.pk], category) for one in found]


def _shown(case: Case, metres: float, followers: int, category: CategoryInfo) -> dict[str, Any]:
    return {
        "number": case.number,
        "category": category.label,
        "address": without_contacts(without_numbers(case.address)),
        "metres": round(metres),
        "since": case.reported_at,
        "due": case.due_at,
        "state": OUTSIDE_STATES[case.state],
        "followers": followers,
        "ticket": signing.dumps(str(case.uid), salt=SALT),
    }


def _category(typed: QueryDict, ref: Reference) -> CategoryInfo | None:
    """The kind chosen: from the suggestions, else from the list of all."""
    for name in ("category", "other_category"):
        try:
            found = ref.categories.by_uid(UUID(typed.get(name, "")))
        except ValueError:
            continue
        if found is not None:
            return found
    return None


def _plate(code: str) -> Any:
    try:
        return plate_of(code)
    except NotFound:
        return None


def _place_of_photo(photos: list[str], ref: Reference) -> tuple[float | None, float | None, str]:
    """Where the first photo says it was taken, if that lies in the city."""
    for photo in Photo.objects.filter(pk__in=photos, taken_lon__isnull=False, taken_lat__isnull=False):
        try:
            locate(photo.taken_lon, photo.taken_lat, "wgs84", ref)
        except Refused:
            continue
        return photo.taken_lon, photo.taken_lat, "wgs84"
    return None, None, "wgs84"


def _wgs84(lon: float | None, lat: float | None, datum: str, ref: Reference) -> tuple[float | None, float | None]:
    here = locate(lon, lat, datum, ref)
    return here.lon, here.lat
