"""Reporting in under a minute: a photo, a few words, a place. A look at what is there already, and a code at the end."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.cases.answers import check_answers
from civicloop.cases.place import Located, locate
from civicloop.kernel.refusal import Conflict, Invalid, Refused
from civicloop.residents.actions import Problem, follow_case, placed, plate_of, receive
from civicloop.residents.keys import code_for
from civicloop.residents.queries.following import code_sent, sent_here
from civicloop.residents.queries.suggesting import guess
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.web.outside.limits import address_of
from civicloop.web.portal import again
from civicloop.web.portal.forms import brought, category_of, contact_of, number, photos_of, remembered, sent_key
from civicloop.web.portal.limits import limited, public, window
from civicloop.web.portal.proof import check
from civicloop.web.portal.questions import answers_of, still_to_ask
from civicloop.web.portal.reportform import SALT, Mine, form, near_of
from civicloop.web.portal.scene import place_of, scene_of, with_place

NEAR_LASTS = 3600
SENT_PER_MINUTE = 20
BY_LINK = ("plate", "category", "description", "address", "lon", "lat")


@public
@limited("look", per_minute=120)
@require_GET
def plate(request: HttpRequest, code: str) -> HttpResponse:
    """What a QR code on a wall opens: the form, with the place filled in."""
    found = plate_of(code)
    return redirect(f"{reverse('portal:report')}?plate={found.code}" if found else "portal:report")


@public
@limited("look", per_minute=120)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what is sent with it. Whatever is refused, the form comes back with all that was typed."""
    ref = reference.now()
    if request.method == "GET":
        return form(request, _by_link(request.GET), ref)
    try:
        window("report", SENT_PER_MINUTE).count(address_of(request))
        return _take(request, ref)
    except Refused as refused:
        return form(request, request.POST, ref, refused=refused, status=refused.status)


@public
@limited("suggest", per_minute=60)
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Kinds of problem that the words, the place and the hour may mean: a part of the form. Posted, as addresses stand in logs."""
    ref = reference.now()
    found = guess(request.POST.get("text", ""), scene_of(request.POST, (), ref), ref)
    told = {"suggestions": found.kinds, "by_words": found.by_words, "chosen": request.POST.get("category", "")}
    return render(request, "portal/suggested.html", told)


@public
@limited("near", per_minute=60)
@require_GET
def near(request: HttpRequest) -> HttpResponse:
    """What has been reported near the place: a part of the form."""
    ref = reference.now()
    try:
        found = near_of(category_of(request.GET, ref), number(request.GET, "lon"), number(request.GET, "lat"), ref)
    except Refused:
        found = []  # the place is not complete yet; sending the form says what is wrong with it
    return render(request, "portal/near.html", {"near": found})


@public
@limited("look", per_minute=120)
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow what is there already, instead of reporting it again."""
    ref = reference.now()
    try:
        window("report", SENT_PER_MINUTE).count(address_of(request))
        key, bits = sent_key(request.POST), int(ref.parameters["residents.proof_bits"])
        _row, code = follow_case(
            _ticket(request.POST.get("follow", "")), sent_key=key, contact=contact_of(request.POST), ref=ref,
            sender=address_of(request), proved=check().passed(request.POST.dict(), key, bits), at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return form(request, request.POST, ref, refused=refused, near=_near_again(request, ref), status=refused.status)
    return redirect("portal:follow", code)


def _take(request: HttpRequest, ref: Reference) -> HttpResponse:
    typed, key = request.POST, sent_key(request.POST)
    before = code_sent(key)
    if before is not None:  # the same form once more: what lies near would be the report itself
        return redirect("portal:follow", before)
    files, category = brought(request, ref), category_of(typed, ref)
    lon, lat, datum = place_of(typed, remembered(request), ref, files)
    if category is None:
        refused = Invalid("category", "choose_kind")
        return form(request, with_place(typed, lon, lat), ref, refused=refused, status=refused.status)
    address, plate_code = typed.get("address", ""), typed.get("plate", "")
    placed(Problem(category.id, "", address, lon, lat, datum, plate=plate_code), ref)
    photos = photos_of(request, files)
    here = locate(lon, lat, datum, ref)
    mine = None if typed.get("looked") else _sent_before(request, category.id, here)
    own = mine.report.case_id if mine else None
    found = [] if typed.get("looked") else near_of(category, here.lon, here.lat, ref, but=own)
    asks = still_to_ask(category, typed)
    if mine or found or asks:
        return form(request, typed, ref, mine=mine, near=found, asks=asks, status=409 if mine or found else 422)
    answers = check_answers(answers_of(category, typed), category)
    bits = int(ref.parameters["residents.proof_bits"])
    done = receive(
        Problem(
            category.id, typed.get("description", ""), address, lon, lat, datum, photos, plate_code, answers,
        ),
        sent_key=key, contact=contact_of(typed), sender=address_of(request),
        proved=check().passed(typed.dict(), key, bits), at=timezone.now(), ref=ref,
    )  # fmt: skip
    answer = redirect("portal:follow", done.code)
    again.REPORTS.remember(request, answer, key)
    return answer


def _sent_before(request: HttpRequest, category_id: int, here: Located) -> Mine | None:
    """What this browser has sent with the same words about the same place lately, as after Back. A moderator may have it still:
    then nothing of it lies near.
    """
    before, described = again.REPORTS.key(request), bool(request.POST.get("description", "").strip())
    if before is None:
        return None
    found = sent_here(before, category_id=category_id, described=described, lon=here.lon, lat=here.lat)
    return Mine(found, code_for(before)) if found is not None else None


def _by_link(asked: QueryDict) -> QueryDict:
    """What a link or a plate may fill in: never the key of the form, whose code its maker would know, nor somebody's consent."""
    given = QueryDict(mutable=True)
    given.update({name: asked.get(name, "") for name in BY_LINK if name in asked})
    return given


def _ticket(text: str) -> UUID:
    """The case that was offered. Raises Conflict `near_is_old`."""
    try:
        return UUID(signing.loads(text, salt=SALT, max_age=NEAR_LASTS))
    except (signing.BadSignature, ValueError, TypeError):
        raise Conflict("near_is_old") from None


def _near_again(request: HttpRequest, ref: Reference) -> list[dict[str, object]]:
    try:
        lon, lat, datum = place_of(request.POST, (), ref)
        here = locate(lon, lat, datum, ref)
    except Refused:
        return []
    return near_of(category_of(request.POST, ref), here.lon, here.lat, ref)
