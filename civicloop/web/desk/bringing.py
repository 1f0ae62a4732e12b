"""The import page: give a file, say what its columns mean, see what would come of it, say yes."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

import yaml
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.importing import policy
from civicloop.importing.actions import uploading
from civicloop.importing.models import KIND_LABELS, RUNNING, Upload
from civicloop.importing.rules.guessing import guess
from civicloop.importing.rules.mapping import FIELDS, NEEDED
from civicloop.importing.tasks import work_on_upload
from civicloop.kernel.refusal import Invalid, NotAllowed, Refused
from civicloop.sentences import sentence
from civicloop.spoken import THINGS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.doors import import_kinds
from civicloop.web.refusals import keep

MOST = 20
SUMS = {
    "rows": _("rows"), "added": _("new"), "known": _("here already"), "changed": _("here with other content"),
    "refused": _("rows refused"), "without_place": _("without place"), "outside": _("outside every grid"),
}  # fmt: skip
MOST_MAPPING = 100_000


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Give a file; below, one's own files of before."""
    asking = asker(request)
    kinds = _kinds(asking)
    if not kinds:
        raise NotAllowed("import.cases", "role", who=policy.MAY["import.cases"], by=asking.person)
    fault, status = "", 200
    if request.method == "POST":
        try:
            given = request.FILES.get("file")
            if given is None:
                raise Invalid("file", "required", field="file")
            made = uploading.receive(
                file=cast(BinaryIO, given),
                name=given.name or "",
                kind=request.POST.get("kind", ""),
                by=asking.person,
                at=asking.at,
            )
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            return redirect("desk:import_file", made.uid)
    rows = Upload.objects.filter(asked_by=asking.person).order_by("-pk")[:MOST]
    shown = {"kinds": kinds, "rows": rows, "fault": fault, "kind": request.POST.get("kind", "")}
    return render(request, "desk/import_start.html", shown, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One file: its columns, then what was judged, then what came in."""
    asking = asker(request)
    found = uploading.get(uid, by=asking.person)
    if request.method == "POST":
        return _map(request, found, asking)
    if request.headers.get("HX-Request"):
        return render(request, "ui/import_state.html", _told(found, asking))
    return render(request, "desk/import_file.html", _told(found, asking) | _columns(found, {}, asking))


def _map(request: HttpRequest, found: Upload, asking: Asker) -> HttpResponse:
    chosen = {name: request.POST.get(f"f_{name}", "") for name in FIELDS[found.kind]}
    try:
        mapping = _given_mapping(request) or uploading.mapping_of(
            found.kind, chosen, datum=request.POST.get("datum", "wgs84")
        )
        with transaction.atomic():
            uploading.set_mapping(upload=found, mapping=mapping, by=asking.person, at=asking.at)
            work_on_upload.enqueue(upload_uid=str(found.uid))
    except Refused as refused:
        keep(request, refused)
        shown = _told(found, asking) | _columns(found, chosen, asking) | {"fault": sentence(refused)}
        return render(request, "desk/import_file.html", shown, status=refused.status)
    return redirect("desk:import_file", found.uid)


@login_required
@require_POST
def bring(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Yes: bring it in."""
    asking = asker(request)
    found = uploading.get(uid, by=asking.person)
    with transaction.atomic():
        uploading.bring(upload=found, by=asking.person, at=asking.at)
        work_on_upload.enqueue(upload_uid=str(found.uid))
    return redirect("desk:import_file", uid)


@login_required
@require_GET
def report(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """All findings as CSV, as the command writes them."""
    found = uploading.get(uid, by=asker(request).person)
    return FileResponse(
        uploading.open_report(found), as_attachment=True, filename="report.csv", content_type="text/csv; charset=utf-8"
    )


class _PlainLoader(yaml.BaseLoader):
    """YAML without aliases: a few lines that name one another would unfold to more than a machine holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*) cannot be used here")
        return super().compose_node(parent, index)


def _given_mapping(request: HttpRequest) -> Any:
    given = request.FILES.get("mapping")
    if given is None:
        return None
    try:
        read = yaml.load(given.read(MOST_MAPPING).decode("utf-8-sig"), Loader=_PlainLoader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as fault:
        raise Invalid("mapping", "mapping_unreadable", file=given.name, why=str(fault)[:200]) from fault
    if not isinstance(read, dict):
        raise Invalid("mapping", "mapping_unreadable", file=given.name, why="")
    return read


def _kinds(asking: Asker) -> list[tuple[str, Any]]:
    may = import_kinds(asking)
    return [(kind, words) for kind, words in KIND_LABELS.items() if kind in may]


def _told(found: Upload, asking: Asker) -> dict[str, Any]:
    still = found.stands_still(asking.at)
    failure = dict(found.failure)
    code = str(failure.pop("code", ""))
    return {
        "upload": found,
        "running": found.state in RUNNING and not still,
        "still": still,
        "sums": [(words, found.tally.get(name, 0), name) for name, words in SUMS.items()] if found.tally else [],
        "why": sentence(Refused(code, **failure)) if code else "",
        "to_add": found.tally.get("added", 0),
    }


def _columns(found: Upload, chosen: dict[str, str], asking: Asker) -> dict[str, Any]:
    """The columns with a proposal for each field, and the first rows; not while somebody works on the file, or when it is in."""
    if found.state not in ("received", "failed", "judged") and not found.stands_still(asking.at):
        return {}
    try:
        columns, rows = uploading.first_rows(found)
    except Refused as refused:
        return {"fault": sentence(refused)}
    before = found.mapping.get("fields", {}) if isinstance(found.mapping, dict) else {}
    known = (
        chosen
        or {name: one for name, one in before.items() if isinstance(one, str)}
        or guess(columns, FIELDS[found.kind])
    )
    needed = NEEDED[found.kind]
    names = [*needed, *sorted(FIELDS[found.kind] - set(needed))]
    fields = [(name, THINGS.get(name, name), name in needed, known.get(name, "")) for name in names]
    return {"columns": columns, "first_rows": rows, "fields": fields, "has_place": "lon" in FIELDS[found.kind]}
