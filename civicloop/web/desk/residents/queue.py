"""What waits: reports for a moderator, requests to reopen, photos nobody has looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.cases import policy as case_policy
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record_reading
from civicloop.photos import queries as photos
from civicloop.photos.rules.address import Size
from civicloop.residents import actions, policy
from civicloop.residents.models import ReopenRequest, Report, ReportPhoto
from civicloop.residents.models.reports import HELD_LABELS
from civicloop.residents.queries import desk
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep

MOST = 25


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "desk/residents.html", _told(asker(request)))


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Accept, refuse, hide a photo, block the sender."""
    asking, typed = asker(request), request.POST
    common: dict[str, Any] = {"by": asking.person, "at": asking.at, "ref": asking.ref}
    acts: dict[str, tuple[Callable[[], object], Any]] = {
        "accept": (lambda: actions.accept_report(uid, **common), _("Accepted. It is a case now.")),
        "refuse": (
            lambda: actions.refuse_report(uid, reason=typed.get("reason", ""), **common),
            _("Refused. Who sent it reads the reason."),
        ),
        "hide": (
            lambda: actions.hide_photo(uid, sha256=typed.get("photo", "")[:64], **common),
            _("Hidden. Nobody outside sees this photo."),
        ),
        "show": (lambda: actions.accept_photo(uid, sha256=typed.get("photo", "")[:64], **common), _("Looked at.")),
        "block": (
            lambda: actions.block(
                kind=typed.get("kind", ""), report=uid, reason=typed.get("reason", ""), days=_days(typed.get("days", "")), **common
            ),
            _("From now on what comes from there waits for a moderator."),
        ),
        "grant": (lambda: actions.grant_reopen(uid, note=typed.get("reason", ""), **common), _("Reopened.")),
        "stay": (
            lambda: actions.refuse_reopen(uid, answer=typed.get("reason", ""), **common),
            _("It stays closed. Who asked reads the answer."),
        ),
    }  # fmt: skip
    if verb not in acts:
        raise NotFound("step", verb)
    act, said = acts[verb]
    try:
        act()
    except Refused as refused:
        keep(request, refused)
        messages.error(request, sentence(refused))
    else:
        messages.success(request, said)
    return redirect("desk:residents")


@login_required
@require_POST
def contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show how the sender is reached, once, after the reader has said what for; the ledger keeps it."""
    asking = asker(request)
    policy.require(asking.person, "residents.read_contact", at=asking.at, ref=asking.ref)
    report = Report.objects.select_related("reporter", "case").filter(uid=uid).first()
    if report is None or report.reporter is None:
        raise NotFound("report", uid)
    purpose = clean_text(request.POST.get("purpose", ""), limit=200, field="purpose")
    if not purpose:
        raise Invalid("purpose", "purpose_needed")
    with transaction.atomic():
        record_reading(
            by=asking.person.uid,
            at=asking.at,
            kind="report",
            uid=report.uid,
            fields=["name", "phone", "email"],
            purpose=purpose,
        )
    return render(request, "desk/residents_contact.html", {"report": report})


@login_required
@require_GET
def photo(request: HttpRequest, uid: UUID, sha256: str) -> HttpResponseBase:
    """A photo of a report, for moderators: it belongs to no case yet, or is to be looked at."""
    asking = asker(request)
    policy.require(asking.person, "report.hide_photo", at=asking.at, ref=asking.ref)
    if not ReportPhoto.objects.filter(report__uid=uid, photo=sha256).exists():
        raise NotFound("photo", sha256[:64])
    size = Size.PAGE if request.GET.get("size") == "page" else Size.THUMB
    return FileResponse(photos.public_copy(photos.get(sha256), size), content_type="image/jpeg")


def _told(asking: Asker) -> dict[str, Any]:
    policy.require(asking.person, "residents.read", at=asking.at, ref=asking.ref)
    reports = list(desk.waiting_reports()[: MOST + 1])
    return {
        "reports": [(one, [HELD_LABELS.get(why, why) for why in one.held_for]) for one in reports[:MOST]],
        "more": len(reports) > MOST,
        "requests": _requests(asking),
        "photos": desk.newest_photos(),
        "may": {verb.rpartition(".")[2]: policy.may(asking.actor, verb) for verb in policy.DO},
        "tab": "queue",
    }


def _requests(asking: Asker) -> list[tuple[ReopenRequest, bool]]:
    """What residents say is not put right, and whether the reader may decide about it."""
    found = list(desk.waiting_requests()[:MOST])
    case_policy.note_handlers([one.case for one in found])
    return [(one, case_policy.may(asking.actor, "reopen", one.case)) for one in found]


def _days(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0
