"""Asking for a list, seeing how far it is, and fetching it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from civicloop.documents import exporting
from civicloop.documents.files import MEDIA_TYPES
from civicloop.documents.models import Export, PaperState
from civicloop.kernel.refusal import NotFound, Refused
from civicloop.sentences import sentence
from civicloop.web.desk.asker import asker
from civicloop.web.exports.kinds import KINDS
from civicloop.web.exports.tasks import write_export

MOST = 30
RUNNING = (PaperState.DRAFT, PaperState.BUILDING)


@login_required
@require_POST
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for the list as it is narrowed on the page."""
    asking = asker(request)
    if kind not in KINDS:
        raise NotFound("page", kind)
    with transaction.atomic():
        made = exporting.ask(
            kind=kind,
            query=request.POST.get("query", ""),
            language=get_language() or "",
            by=asking.person,
            at=asking.at,
        )
        write_export.enqueue(export_uid=str(made.uid))
    return redirect("desk:export_page", made.uid)


@login_required
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """One's own exports, newest first."""
    rows = Export.objects.filter(asked_by=asker(request).person).order_by("-pk")[:MOST]
    return render(
        request,
        "desk/exports.html",
        {"rows": [(one, KINDS[one.kind].title if one.kind in KINDS else one.kind) for one in rows]},
    )


@login_required
@require_GET
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far one export is; the part that changes is asked for again until it is ready."""
    found = exporting.get(uid, asker(request).person)
    told = {
        "export": found, "title": KINDS[found.kind].title if found.kind in KINDS else found.kind,
        "running": found.state in RUNNING, "why": _why(found),
        "share": round(100 * found.rows / found.whole) if found.whole else 0,
    }  # fmt: skip
    part = request.headers.get("HX-Request")
    return render(request, "ui/export_state.html" if part else "desk/export.html", told)


@login_required
@require_GET
def file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The workbook."""
    found = exporting.get(uid, asker(request).person)
    return FileResponse(
        exporting.open_export(found), as_attachment=True, filename=found.name, content_type=MEDIA_TYPES["xlsx"]
    )


def _why(found: Export) -> str:
    """Why there is no file, in words."""
    told = dict(found.failure)
    code = str(told.pop("code", ""))
    return sentence(Refused(code, **told)) if code else ""
