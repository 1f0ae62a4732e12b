"""The addresses phones ask: list of forms, form, manifest, places, and where filled forms are sent."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _

from civicloop.api.asking import Asked
from civicloop.api.openrosa.answering import ACCEPT_LENGTH, XML, envelope, guarded, refusal
from civicloop.api.openrosa.filled import Filled, read, sheet_of, visit_uid
from civicloop.api.openrosa.forms import Form, form_of, named_form
from civicloop.api.problems import Refusal
from civicloop.api.reading import length_of
from civicloop.inspection import actions
from civicloop.inspection.actions.submitting import MOST_SOURCE
from civicloop.inspection.models import Submission, SubmissionPhoto, Visit
from civicloop.inspection.queries.visits import visits_between
from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.kernel.text import safe_cell
from civicloop.organisation.days import day_of
from civicloop.photos import actions as photos

FORM_PART = "xml_submission_file"
INCOMPLETE = "*isIncomplete*"
POINTS = "points.csv"
COLUMNS = ("name", "label", "code", "address", "longitude", "latitude", "arrive")
# Forms of the last days stay on the list, so that a phone keeps what it has not sent yet.
KEPT_DAYS = 7


def _address(request: HttpRequest, view: str, token: str, /, **named: str) -> str:
    return request.build_absolute_uri(reverse(f"openrosa:{view}", kwargs={"token": token, **named}))


@guarded("GET", "HEAD")
def form_list(request: HttpRequest, *, who: Asked, token: str) -> HttpResponse:
    """The forms of this person's visits of today and of the last days."""
    today = day_of(who.at)
    visits = visits_between(who.person, today - timedelta(days=KEPT_DAYS), today, who.at)
    forms = {(one.id, one.version): one for one in map(form_of, visits)}
    wanted = request.GET.get("formID")
    verbose = request.GET.get("verbose") == "true"
    shown = [
        _listed(request, one, token, verbose)
        for _named, one in sorted(forms.items())
        if wanted is None or one.id == wanted
    ]
    body = f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(shown)}</xforms>'
    return HttpResponse(body, content_type=XML)


def _listed(request: HttpRequest, form: Form, token: str, verbose: bool) -> str:
    named = {"form_id": form.id, "version": form.version}
    told = f"<descriptionText>{escape(form.title)}</descriptionText>" if verbose else ""
    return (
        f"<xform><formID>{escape(form.id)}</formID><name>{escape(form.title)}</name><version>{escape(form.version)}</version>"
        f"<hash>md5:{form.md5}</hash>{told}<downloadUrl>{escape(_address(request, 'form', token, **named))}</downloadUrl>"
        f"<manifestUrl>{escape(_address(request, 'manifest', token, **named))}</manifestUrl></xform>"
    )


@guarded("GET", "HEAD")
def form_xml(request: HttpRequest, *, who: Asked, token: str, form_id: str, version: str) -> HttpResponse:
    """One form, the same bytes for everybody and for ever."""
    return HttpResponse(named_form(form_id, version).xml, content_type=XML)


@guarded("GET", "HEAD")
def manifest(request: HttpRequest, *, who: Asked, token: str, form_id: str, version: str) -> HttpResponse:
    """What comes with a form: the places this person visits today. The hash is per person, as the places are."""
    form = named_form(form_id, version)
    md5 = hashlib.md5(points_of(form, who), usedforsecurity=False).hexdigest()
    url = _address(request, "media", token, form_id=form.id, version=form.version, name=POINTS)
    body = (
        '<manifest xmlns="http://openrosa.org/xforms/xformsManifest"><mediaFile>'
        f"<filename>{POINTS}</filename><hash>md5:{md5}</hash><downloadUrl>{escape(url)}</downloadUrl>"
        "</mediaFile></manifest>"
    )
    return HttpResponse(body, content_type=XML)


@guarded("GET", "HEAD")
def media(request: HttpRequest, *, who: Asked, token: str, form_id: str, version: str, name: str) -> HttpResponse:
    """The file with the places."""
    form = named_form(form_id, version)
    if name != POINTS:
        raise NotFound("file", name)
    return HttpResponse(points_of(form, who), content_type="text/csv; charset=utf-8")


def points_of(form: Form, who: Asked) -> bytes:
    """Today's visits of a person that are answered with this form, in the order of the route."""
    today = day_of(who.at)
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
    for visit in visits_between(who.person, today, today, who.at):
        if visit.state in ("planned", "waiting") and form_of(visit).key == form.key:
            table.writerow([safe_cell(value) for value in _row(visit)])
    return file.getvalue().encode()


def _row(visit: Visit) -> Iterable[Any]:
    place = visit.point or visit.case
    assert place is not None
    name = visit.point.name if visit.point else f"{visit.case.number if visit.case else ''} {place.address}"
    arrive = visit.plan.get("arrive", "")
    label = f"{visit.order}. {name}" + (f"（{arrive}）" if arrive else "")
    code = visit.point.code if visit.point else ""
    return visit.uid, label, code, place.address, place.lon, place.lat, arrive


@guarded("GET", "HEAD", "POST")
def submission(request: HttpRequest, *, who: Asked, token: str) -> HttpResponse:
    """HEAD and GET say where to send and how much at once; POST takes a filled form, in as many pieces as the phone likes."""
    response = _take(request, who) if request.method == "POST" else HttpResponse(status=204, content_type=XML)
    response["X-OpenRosa-Accept-Content-Length"] = str(ACCEPT_LENGTH)
    return response


def _take(request: HttpRequest, who: Asked) -> HttpResponse:
    if length_of(request) > ACCEPT_LENGTH:
        raise Refusal(413, "body_too_large", limit=ACCEPT_LENGTH)
    filled, files = _parts(request)
    form = named_form(filled.form_id, filled.version)
    uid = visit_uid(filled)
    visit = Visit.objects.filter(uid=uid).first()
    if visit is None:
        raise NotFound("visit", uid)
    _check_form(filled, form, visit)
    _check_replaces(filled, visit)
    row = actions.submit(
        visit=visit, uid=filled.uid, content=sheet_of(filled, form), by=who.person, at=who.at, door="openrosa",
        source=filled.source, ref=who.ref, more=INCOMPLETE in request.POST,
    )  # fmt: skip
    new = row.received_at == who.at
    before = SubmissionPhoto.objects.filter(submission=row).count()
    row = _add_photos(row, files, who)
    added = SubmissionPhoto.objects.filter(submission=row).count() > before
    if row.state == "refused" and row.refusal is not None:
        told = {name: value for name, value in row.refusal.items() if name != "code"}
        known = {"visit_judged": 409}.get(row.refusal["code"], 400)
        return refusal(Refusal(known, row.refusal["code"], **told))
    text = _("Received.") if row.state == "applied" else _("Received; photos are still missing.")
    return envelope(text, status=201 if new or added else 202)


def _parts(request: HttpRequest) -> tuple[Filled, dict[str, UploadedFile]]:
    """The form, and the other files by the name of their part, which is the name the form gives them."""
    try:
        files = request.FILES
    except MultiPartParserError as fault:
        raise Refusal(400, "form_part_missing") from fault
    part = files.get(FORM_PART)
    if part is None:
        raise Refusal(400, "form_part_missing")
    if (part.size or 0) > MOST_SOURCE:
        raise Refusal(413, "body_too_large", limit=MOST_SOURCE)
    others = {name: file for name in files if name != FORM_PART and (file := files.get(name)) is not None}
    return read(part.read()), others


def _check_form(filled: Filled, form: Form, visit: Visit) -> None:
    """The form must be that of the visit: of its place and of the edition of its round. What was kept before may come again."""
    if form_of(visit).key != form.key and not Submission.objects.filter(pk=filled.uid, visit=visit).exists():
        raise Refusal(400, "form_of_another_visit")


def _check_replaces(filled: Filled, visit: Visit) -> None:
    """A form that edits another one: only what has not been judged can still be edited, and only its last state."""
    if filled.replaces is None or filled.replaces == filled.uid:
        return
    known = Submission.objects.filter(pk=filled.uid, visit=visit).exists()
    last = Submission.objects.filter(visit=visit, state__in=["waiting", "refused"]).order_by("-received_at").first()
    if not known and (last is None or last.pk != filled.replaces):
        raise Conflict("visit_judged" if visit.state == "judged" else "submission_differs", uid=str(filled.replaces))


def _add_photos(row: Submission, files: dict[str, UploadedFile], who: Asked) -> Submission:
    """Keep each file the form names. Others are left: nobody would ever look at them."""
    told = [*row.content["answers"], *row.content["extra"]]
    wanted = {photo["name"] for one in told for photo in one["photos"]}
    for name, file in files.items():
        if name in wanted:
            photo = photos.store(file.file, sha256=None, by=who.person, at=who.at)  # type: ignore[arg-type]
            row = actions.add_photo(submission=row, name=name, photo=photo, by=who.person, at=who.at, ref=who.ref)
    return row


@guarded("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
def nothing_here(request: HttpRequest, *, who: Asked, token: str, rest: str = "") -> HttpResponse:
    """Every other address behind a token."""
    raise Refusal(404, "no_such_address")
