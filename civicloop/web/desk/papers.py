"""Papers: asked for, written by a job, looked at, their texts edited, issued with a number, and taken away as files."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.cases.models import Case
from civicloop.documents import actions, policy, queries
from civicloop.documents.files import MEDIA_TYPES
from civicloop.documents.models import Paper, PaperState
from civicloop.documents.papers import KINDS
from civicloop.documents.queries import Wanted
from civicloop.documents.rules.kinds import Kind
from civicloop.documents.rules.periods import default_period
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound, Refused
from civicloop.organisation.rules.roles import Role
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.rounds import read_day
from civicloop.web.desk.wordings import may_edit
from civicloop.web.refusals import keep
from civicloop.web.ui import paperwords

MOST = 200
WAITING = (PaperState.DRAFT, PaperState.BUILDING)


@login_required
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """The papers the asker may see, the newest first."""
    asking = asker(request)
    kind = request.GET.get("kind", "")
    rows = queries.papers(asking.actor)
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    found = list(rows[: MOST + 1])
    shown = {
        "rows": [(one, KINDS[one.kind].title if one.kind in KINDS else one.kind) for one in found[:MOST]],
        "more": len(found) > MOST, "most": MOST, "kinds": KINDS.values(), "kind": kind,
        "may_prepare": bool(kinds_for(asking)), "may_word": may_edit(asking),
    }  # fmt: skip
    return render(request, "desk/paper_list.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a kind, then say what it is about and for which days."""
    asking = asker(request)
    may = kinds_for(asking)
    if not may:
        raise NotAllowed("paper.prepare", "city_office", who=[Role.SUPERVISOR, Role.DISPATCHER], by=asking.person)
    typed = request.POST if request.method == "POST" else request.GET
    kind = next((one for one in may if one.name == typed.get("kind")), None)
    if kind is None:
        shown = {"kinds": [(one, paperwords.USES.get(one.name, "")) for one in may]}
        return render(request, "desk/paper_choose.html", shown)
    if request.method == "GET":
        return _form(request, kind, typed)
    try:
        made = actions.prepare(**_given(typed, kind, asking), by=asking.person, at=asking.at, ref=asking.ref)
    except Refused as refused:
        keep(request, refused)
        return _form(request, kind, typed, sentence(refused), refused.status)
    return redirect("desk:paper", made.uid)


@login_required
@require_GET
def paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One paper: its state, its preview, its files, and what can be done with it."""
    return _page(request, uid)


@login_required
@require_GET
def state(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far a paper is: the part of its page that is fetched again while it is written. When it is done, the page comes anew."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    if request.headers.get("HX-Request") != "true":
        return redirect("desk:paper", uid)
    waiting = _waiting(found)
    response = render(request, "ui/paper_state.html", {"paper": found, "waiting": waiting})
    if not waiting:
        response.headers["HX-Refresh"] = "true"
    return response


@login_required
@require_GET
def pages(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The paper as it will be printed, page by page."""
    found = _read(request, uid, "preview")
    numbers = range(1, len(queries.page_images(found)) + 1)
    return render(request, "desk/paper_pages.html", {"paper": found, "numbers": numbers})


@login_required
@require_GET
def page(request: HttpRequest, uid: UUID, digest: str, number: int) -> HttpResponse:
    """One page as a picture. The address names the content, so that a page of an earlier writing is never shown."""
    found = _read(request, uid, "preview")
    if digest != found.digest:
        raise NotFound("page", number)
    return _kept(found, HttpResponse(queries.page_image(found, number), content_type="image/png"))


@login_required
@require_GET
def picture(request: HttpRequest, uid: UUID, sha256: str) -> HttpResponse:
    """A photo as the paper prints it."""
    found = _read(request, uid, "preview")
    return _kept(found, HttpResponse(queries.picture_of(found, sha256), content_type="image/jpeg"))


def _read(request: HttpRequest, uid: UUID, how: str) -> Paper:
    """A paper that is about to be read: where it tells personal data, the reading is written down first."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    return actions.look(paper=found, how=how, by=asking.person, at=asking.at)


def _kept(found: Paper, response: HttpResponse) -> HttpResponse:
    """A browser may keep pages for a day, for their address names the content; not personal data, for each reading counts."""
    patch_cache_control(
        response, **({"no_store": True} if queries.personal(found) else {"private": True, "max_age": 86400})
    )
    return response


@login_required
@require_GET
def file(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """A file of the paper's present content, under its name."""
    found = queries.file_of(_read(request, uid, form), form)
    response = FileResponse(
        queries.open_file(found), as_attachment=True, filename=found.name, content_type=MEDIA_TYPES[found.form]
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The texts of a paper that is not issued yet; saving has it written again."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    kind = queries.kind_of(found.kind)
    policy.require(asking.actor, "prepare", Wanted(kind, found.unit_id), by=asking.person, paper_uid=str(found.uid))
    known = queries.texts_of(found)
    fault, status = "", 200
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").replace("\r\n", "\n") for key in known}
        blocks = {key: text for key, text in typed.items() if text.strip() != known[key].strip()}
        try:
            actions.edit_blocks(paper=found, blocks=blocks, by=asking.person, at=asking.at)
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The paper is written again with these texts."))
            return redirect("desk:paper", uid)
    fields = [
        (key, paperwords.TEXTS.get(key, key), request.POST.get(key, text), key in paperwords.LONG)
        for key, text in known.items()
    ]
    return render(request, "desk/paper_texts.html", {"paper": found, "fields": fields, "fault": fault}, status=status)


@login_required
@require_POST
def again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have a paper that is not issued written again with the figures of now."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    try:
        actions.edit_blocks(paper=found, blocks={}, by=asking.person, at=asking.at)
    except Refused as refused:
        keep(request, refused)
        return _page(request, uid, sentence(refused), refused.status)
    return redirect("desk:paper", uid)


@login_required
@require_POST
def issue(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue a written paper: it gets its day and its number, and never changes again."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    try:
        number = actions.issue(paper=found, by=asking.person, at=asking.at, ref=asking.ref)
    except Refused as refused:
        keep(request, refused)
        return _page(request, uid, sentence(refused), refused.status)
    messages.success(request, _("Issued as %(number)s.") % {"number": number} if number else _("The paper is issued."))
    return redirect("desk:paper", uid)


def _page(request: HttpRequest, uid: UUID, fault: str = "", status: int = 200) -> HttpResponse:
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    kind = queries.kind_of(found.kind)
    about = Wanted(kind, found.unit_id)
    waiting, ready = _waiting(found), found.state in (PaperState.READY, PaperState.ISSUED)
    if ready:
        actions.look(paper=found, how="preview", by=asking.person, at=asking.at)
    prepare = policy.may(asking.actor, "prepare", about) and found.state != PaperState.ISSUED
    shown = {
        "paper": found, "kind": kind, "waiting": waiting, "fault": fault,
        "files": queries.files_of(found) if ready else [],
        "html": queries.preview_html(found, address=_address(found)) if ready else "",
        "rows": found.data.get("rows"),
        "may_issue": found.state == PaperState.READY and policy.may(asking.actor, "issue", about),
        "may_edit": prepare and not waiting and bool(queries.texts_of(found)),
        "may_again": prepare and not waiting,
        "failure": paperwords.failure(found.failure) if found.failure else "",
        "what_to_do": paperwords.what_to_do(found.failure),
        "case": Case.objects.visible_to(asking.actor).filter(pk=found.case_id).first() if found.case_id else None,
    }  # fmt: skip
    return render(request, "desk/paper_page.html", shown, status=status)


def _address(found: Paper) -> Any:
    return lambda one: reverse("desk:paper_picture", args=[found.uid, one.sha256])


def _waiting(found: Paper) -> bool:
    """Whether files are still to come: also those with the number, after a paper was issued."""
    return found.state in WAITING or (found.state == PaperState.ISSUED and not queries.files_of(found))


def kinds_for(asking: Asker) -> list[Kind]:
    """The kinds the asker may prepare, of some unit at least."""
    led: list[int | None] = [post.unit_id for post in asking.actor.posts if post.role == Role.UNIT_LEADER]
    return [
        kind for kind in KINDS.values()
        if any(policy.may(asking.actor, "prepare", Wanted(kind, unit)) for unit in [None, *led])
    ]  # fmt: skip


def _form(request: HttpRequest, kind: Kind, typed: QueryDict, fault: str = "", status: int = 200) -> HttpResponse:
    asking = asker(request)
    start, end = default_period(kind.period, timezone.localdate(asking.at))
    units = [
        one for one in asking.ref.org.units.values()
        if one.active and policy.may(asking.actor, "prepare", Wanted(kind, one.id))
    ]  # fmt: skip
    shown = {
        "kind": kind, "use": paperwords.USES.get(kind.name, ""), "units": units, "typed": typed, "fault": fault,
        "start": typed.get("start") or start.isoformat(), "end": typed.get("end") or end.isoformat(),
        "options": paperwords.options(kind.options, typed),
        "whole_city": kind.about in ("city", "city_or_case") and policy.may(asking.actor, "prepare", Wanted(kind, None)),
    }  # fmt: skip
    return render(request, "desk/paper_new.html", shown, status=status)


def _given(typed: QueryDict, kind: Kind, asking: Asker) -> dict[str, Any]:
    """What was typed, as the action takes it. Raises Invalid."""
    code = typed.get("unit", "")
    unit = asking.ref.org.by_code(code) if code else None
    if code and unit is None:
        raise Invalid("unit", "unknown_unit", unit=code[:60])
    start, end = _days(typed, kind, asking)
    return {
        "kind": kind.name, "unit_id": unit.id if unit else None, "case_id": _case(typed.get("case", ""), asking),
        "start": start, "end": end, "options": paperwords.given(kind.options, typed),
    }  # fmt: skip


def _days(typed: QueryDict, kind: Kind, asking: Asker) -> tuple[date, date]:
    start, end = default_period(kind.period, timezone.localdate(asking.at))
    return (
        read_day(typed, "start") if typed.get("start") else start,
        read_day(typed, "end") if typed.get("end") else end,
    )


def _case(text: str, asking: Asker) -> int | None:
    """The case with this number, where the asker may see it. Raises NotFound."""
    wanted = text.strip()
    if not wanted:
        return None
    digits = wanted.upper().removeprefix("A")
    if digits.isascii() and digits.isdigit() and int(digits) < 2**62:
        found = Case.objects.visible_to(asking.actor).filter(pk=int(digits)).values_list("pk", flat=True).first()
        if found is not None:
            return int(found)
    raise NotFound("case", wanted[:40])
