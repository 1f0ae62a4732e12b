"""`/f/<secret>`: what a unit asks, for somebody outside to answer, without log-in and in the language of the browser.

The secret in the address is the whole permission, so it is treated as one: it goes into no log, no referrer and no cache. It shows
of the case its kind, its place and blurred photos; no names, no notes, no other step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.cases import actions
from civicloop.cases.actions.forwarding import MOST_PHOTOS
from civicloop.cases.models import CaseEvidence, Forward
from civicloop.documents.rules.sentences.masking import without_numbers
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.photos import actions as photos
from civicloop.photos import blur, finding
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.web.desk.uploads import kept
from civicloop.web.outside.limits import ANSWERING, LOOKING, address_of

MOST_SHOWN = 4
GONE = 410


# No cookie decides anything here, so there is nothing a foreign page could borrow; and a browser that sends no referrer sends no
# origin either, by which a form would be known as our own.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """The page, and its answer."""
    try:
        LOOKING.count(address_of(request))
        forward = actions.open_forward(secret, at=timezone.now())
        if request.method == "POST":
            return _guarded(_answered(request, secret, forward))
        return _guarded(_page(request, forward))
    except Refused as refused:
        return _guarded(_ended(request, refused))


@require_GET
def picture(request: HttpRequest, secret: str, number: int) -> HttpResponseBase:
    """One of the photos, faces and number plates made unreadable."""
    try:
        LOOKING.count(address_of(request))
        forward = actions.open_forward(secret, at=timezone.now())
        shown = _photos(forward)
        if not 1 <= number <= len(shown):
            raise NotFound("photo", number)
        return _guarded(FileResponse(blur.open_blurred(shown[number - 1]), content_type="image/jpeg"))
    except Refused as refused:
        return _guarded(_ended(request, refused))


def _answered(request: HttpRequest, secret: str, forward: Forward) -> HttpResponse:
    """Take the answer. Photos are stored first, so that one fault does not lose them."""
    ANSWERING.count(forward.digest)  # before anything that was sent is read
    pictures: list[Mapping[str, Any]] = list(kept(request))
    try:
        files = request.FILES.getlist("photos")
        if len(files) + len(pictures) > MOST_PHOTOS:
            raise Invalid("photos", "too_many", limit=MOST_PHOTOS)
        for file in files:
            stored = photos.store(file.file, sha256=None, by=None, at=timezone.now())  # type: ignore[arg-type]
            pictures.append({"sha256": stored.sha256})
        done = actions.answer_by_link(
            secret, answer=request.POST.get("answer", ""), name=request.POST.get("name", ""), photos=pictures,
            at=timezone.now(),
        )  # fmt: skip
    except Invalid as refused:
        return _page(request, forward, refused, pictures)
    return render(request, "outside/ended.html", {"title": _("Thank you"), "sentence": _thanks(done), "done": True})


def _page(
    request: HttpRequest, forward: Forward, refused: Invalid | None = None, pictures: list[Mapping[str, Any]] | None = None
) -> HttpResponse:  # fmt: skip
    told = {
        "forward": forward,
        "unit": forward.unit.name,
        "category": reference.now().categories.by_id(forward.case.category_id).label,
        "place": without_numbers(forward.case.address),
        "shown": range(1, len(_photos(forward)) + 1),
        "most": MOST_PHOTOS,
        "typed": {name: request.POST.get(name, "") for name in ("answer", "name")},
        "kept": [one["sha256"] for one in pictures or []],
        "late": timezone.now() > forward.answer_by,
        "fault_field": refused.field if refused else "",
        "fault": sentence(refused) if refused else "",
    }
    return render(request, "outside/answer.html", told, status=refused.status if refused else 200)


def _ended(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Why nothing can be answered: gone where it once could, not found where there never was such a link."""
    if isinstance(refused, Conflict):
        shown = {"title": _("Nothing is asked here any more"), "sentence": sentence(refused)}
        return render(request, "outside/ended.html", shown, status=GONE)
    if isinstance(refused, NotFound):
        told = _("This link leads nowhere. Look whether it was copied whole, or ask who sent it.")
        return render(request, "outside/ended.html", {"title": _("Not found"), "sentence": told}, status=404)
    shown = {"title": _("This cannot be done now"), "sentence": sentence(refused)}
    answered = render(request, "outside/ended.html", shown, status=refused.status)
    if "seconds" in refused.params:
        answered["Retry-After"] = str(refused.params["seconds"])
    return answered


def _guarded(response: HttpResponse | FileResponse) -> Any:
    """The address must not travel on, and nobody keeps a copy of what it shows."""
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _photos(forward: Forward) -> list[str]:
    """The photos of the problem, oldest first: none where they cannot be blurred here, and none from an answer."""
    if not finding.available():
        return []
    rows = CaseEvidence.objects.filter(case=forward.case, step__name__in=["report", "file", "correct"]).exclude(
        kind="after"
    )
    return list(dict.fromkeys(rows.order_by("id").values_list("photo_id", flat=True)))[:MOST_SHOWN]


def _thanks(forward: Forward) -> str:
    return _("Your answer has reached %(unit)s. You can close this page.") % {"unit": forward.unit.name}
