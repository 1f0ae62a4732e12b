"""Volunteers and their hours as the national platform takes them in: asked for with a purpose, given as a file at once."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.documents.files import MEDIA_TYPES
from civicloop.documents.volunteer_export import export as write_export
from civicloop.kernel.refusal import Invalid, NotAllowed, Refused
from civicloop.sentences import sentence
from civicloop.volunteers import people_policy
from civicloop.volunteers.people_policy import About
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep
from civicloop.web.ui import editing
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

NAMES = {"people": "志愿者基本信息", "records": "志愿服务记录"}
TYPES = {"xlsx": MEDIA_TYPES["xlsx"], "csv": "text/csv; charset=utf-8"}


@login_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """The form, and the file. The ledger's line is written before the first row is read."""
    asking = asker(request)
    people_policy.require(asking.person, "volunteers.export", About(), at=asking.at, ref=asking.ref)
    if request.method == "GET":
        return _page(request, None)
    try:
        return _file(request, asking)
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        keep(request, refused)
        return _page(request, refused)


def _file(request: HttpRequest, asking: Asker) -> HttpResponseBase:
    given = editing.read(_fields(), request.POST)
    if given["from"] and given["to"] and given["to"] < given["from"]:
        raise Invalid("to", "ends_before_start")
    # On disk, not in memory: a city has a hundred thousand volunteers.
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        write_export(
            kind=given["kind"], purpose=given["purpose"], form=given["form"], file=file, by=asking.person, at=asking.at,
            start=given["from"], end=given["to"],
        )  # fmt: skip
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = f"{NAMES[given['kind']]}_{timezone.localtime(asking.at):%Y%m%d}.{given['form']}"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[given["form"]])
    answer["Cache-Control"] = "private, no-store"
    return answer


def _fields() -> list[Asked]:
    kinds = [Choice("records", _("records of service")), Choice("people", _("volunteers"))]
    return [
        Asked("kind", _("What"), "choice", required=True, choices=kinds),
        Asked("from", _("From"), "date", hint=_("Of the records; left empty, from the first one.")),
        Asked("to", _("To"), "date"),
        Asked("form", _("Kind of file"), "choice", required=True, choices=[Choice("xlsx", "Excel"), Choice("csv", "CSV")]),
        Asked("purpose", _("What is the list for?"), required=True,
              hint=_("The ledger keeps who took it, when, and what for.")),
    ]  # fmt: skip


def _page(request: HttpRequest, refused: Refused | None) -> HttpResponse:
    asked = _fields()
    known = isinstance(refused, Invalid) and refused.field in {one.key for one in asked}
    faults = {refused.field: sentence(refused)} if known and isinstance(refused, Invalid) else {}
    told: dict[str, Any] = {
        "fields": editing.shown(asked, {"kind": "records", "form": "xlsx"}, request.POST if refused else None, faults),
        "sentence": sentence(refused) if refused and not faults else "",
    }
    return render(request, "desk/volunteers_export.html", told, status=refused.status if refused else 200)
