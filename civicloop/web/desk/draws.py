"""Draws: the design, the protocol with its files, and the steps between."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.inspection import policy, published
from civicloop.inspection.actions.drawing import cancel_draw, commit_draw, perform_draw, publish_draw
from civicloop.inspection.models import Draw, DrawnPoint, Round, Visit
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Point
from civicloop.sentences import sentence
from civicloop.standards.editions import StandardBook, book
from civicloop.web.desk import rounds
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep
from civicloop.web.ui import designform
from civicloop.web.ui.roundstate import Count as CountShown
from civicloop.web.ui.roundstate import standing

MOST_DRAWN = 2000
TOGETHER = "draw.zip"
FILES = (TOGETHER, published.FRAME, published.ABOUT, published.RESULT)
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip"}
# Fields of a design as rules name them, and as the form does.
SHOWN_AS = {"double_share": "double", "reserve_share": "reserve", "panel_share": "panel", "windows": "quota"}


class Row(NamedTuple):
    """A drawn place, its stratum in words, the visits made of it, and whether a reserve may take its place."""

    drawn: DrawnPoint
    stratum: str
    visits: Sequence[tuple[UUID, str]]
    replaceable: bool


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """The design of a draw; sending it freezes the frame and fixes the seed."""
    asking = asker(request)
    found = rounds.find(code, asking)
    if request.method == "GET":
        policy.require(asking.person, "draw.commit", at=timezone.localtime(asking.at))
        return _design(request, found, None)
    try:
        design = designform.read(request.POST, list(book(found.edition_id).point_types))
        made = commit_draw(
            round=found, design=design, opens_on=rounds.read_day(request.POST, "opens_on"), by=asking.person, at=asking.at,
            ref=asking.ref,
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        field = SHOWN_AS.get(refused.field, refused.field) if isinstance(refused, Invalid) else ""
        return _design(request, found, request.POST, {field: sentence(refused)}, status=refused.status)
    messages.success(request, _("The seed is fixed. Its commitment stands in the ledger."))
    return redirect("desk:draw", made.code)


@login_required
@require_GET
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """The protocol: what was fixed, when, by whom; what came out, once it may be read."""
    asking = asker(request)
    found = find(code, asking)
    today = timezone.localdate(asking.at)
    may_read = policy.is_open(found, today) and (found.state == "published" or policy.may(asking.actor, "draw.read"))
    told = book(found.round.edition_id)
    may_change = policy.may(asking.actor, "draw.substitute") and found.round.closed_at is None
    drawn = _drawn(found, told, asking, may_change) if may_read and found.state in ("drawn", "published") else []
    shown = {
        "draw": found,
        "round": found.round,
        "book": told,
        "standing": _standing(found, asking),
        "may_do": True,
        "opened": policy.is_open(found, today),
        "sealed": found.state == "drawn" and not policy.is_open(found, today),
        "may_read": may_read,
        "drawn": [row for row in drawn if row.drawn.role != "reserve"],
        "reserves": [row for row in drawn if row.drawn.role == "reserve"],
        "secret": Draw.objects.values_list("secret", flat=True).get(pk=found.pk) if found.state == "published" else "",
        "files": FILES,
        "may_cancel": policy.may(asking.actor, "draw.cancel")
        and found.state in ("committed", "drawn")
        and not Visit.objects.filter(drawn__draw=found).exists(),
        "design": _design_words(found, told),
    }
    return render(request, "desk/draw_page.html", shown)


@login_required
@require_POST
def perform(request: HttpRequest, code: str) -> HttpResponse:
    """Draw."""
    asking = asker(request)
    found = find(code, asking)
    perform_draw(draw=found, by=asking.person, at=asking.at, beacon=request.POST.get("beacon", "").strip() or None)
    messages.success(request, _("Drawn and sealed. What came out opens on %(day)s.") % {"day": found.opens_on})
    return redirect("desk:round", found.round.code)


@login_required
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Show the seed and the files to everybody."""
    asking = asker(request)
    found = find(code, asking)
    publish_draw(draw=found, by=asking.person, at=asking.at)
    messages.success(request, _("Published. Anybody can draw again and compare."))
    return redirect("desk:draw", found.code)


@login_required
@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give a draw up, with a reason."""
    asking = asker(request)
    found = find(code, asking)
    cancel_draw(draw=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
    messages.success(request, _("The draw is cancelled; it stays in the list with its reason."))
    return redirect("desk:round", found.round.code)


@login_required
@require_GET
def file(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One file of a published draw, or all of them in a ZIP, as `draw verify` reads them."""
    found = find(code, asker(request))
    files = published.files_of(Draw.objects.select_related("round").get(pk=found.pk))
    if name == TOGETHER:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
            for one, content in files.items():
                folder.writestr(one, content)
        files = {TOGETHER: packed.getvalue()}
    if name not in files:
        raise NotFound("file", name)
    response = HttpResponse(files[name], content_type=TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8"))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def find(code: str, asking: Asker) -> Draw:
    """The draw with this code, without its secret and its frame; others than the city's desks see published ones only.

    Raises NotFound.
    """
    rows = Draw.objects.select_related("round", "committed_by", "drawn_by", "published_by").defer("secret", "frame")
    found = rows.filter(code=code).first()
    if found is None or (found.state != "published" and not policy.may(asking.actor, "draw.read")):
        raise NotFound("draw", code)
    return found


def stratum_words(key: str, told: StandardBook, asking: Asker) -> str:
    """`WM09|350212001` as 主次干道 · 大同街道."""
    kind, _bar, area = key.partition("|")
    if kind == "look_back":
        return _("closed cases")
    type_, unit = told.point_types.get(kind), asking.ref.org.by_code(area)
    place = _("all towns") if area == "*" else unit.name if unit else area
    what = _("all kinds") if kind == "*" else str(type_.name) if type_ else kind
    return f"{what} · {place}"


def _standing(found: Draw, asking: Asker) -> Any:
    """What comes next for this draw; the button stands on the page of the round, except for drawing and publishing."""
    every = (
        Visit.objects.filter(round=found.round)
        .exclude(state="replaced")
        .aggregate(many=Count("pk"), left=Count("pk", filter=Q(state__in=["planned", "waiting"])))
    )
    visits = CountShown(every["many"], every["many"] - every["left"], every["left"])
    now = standing(found.round, [found], visits, timezone.localdate(asking.at))
    return now if now.draw is not None and rounds.may_do(asking, now) else None


def _drawn(found: Draw, told: StandardBook, asking: Asker, may_change: bool) -> list[Row]:
    """What came out with the visits made of it, in order. Two statements."""
    made: dict[int, list[tuple[UUID, str]]] = {}
    seen = Visit.objects.filter(policy.visible_visits(asking.actor, asking.at), drawn__draw=found).order_by("pk")
    for drawn, uid, state in seen.exclude(state="replaced").values_list("drawn_id", "uid", "state"):
        made.setdefault(drawn, []).append((uid, state))
    shown = []
    for one in found.drawn.select_related("point", "case", "replaces", "replaced_by").order_by("order")[:MOST_DRAWN]:
        visits = made.get(one.pk, [])
        free = may_change and one.in_use and not any(state in ("waiting", "judged") for _uid, state in visits)
        shown.append(Row(one, stratum_words(one.stratum, told, asking), visits, free))
    return shown


def _design_words(found: Draw, told: StandardBook) -> list[tuple[str, int]]:
    quota = found.design.get("quota") or {}
    return [(str(told.point_types[code].name) if code in told.point_types else code, n) for code, n in quota.items()]


def _design(
    request: HttpRequest, found: Round, typed: QueryDict | None, faults: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    asking, faults, told = asker(request), faults or {}, book(found.edition_id)
    today = timezone.localdate(asking.at)
    active = Point.objects.filter(active=True).order_by().values_list("point_type")
    there = dict(active.annotate(many=Count("pk")))
    values = designform.start(found, today)
    if typed is not None:
        values = {name: typed.get(name, "") for name in {*values, "from", "to"}}
    known = {*values, "quota", "window"}
    rows = designform.type_rows(told, there, typed)
    shown = {
        "round": found,
        "book": told,
        "rows": [row for row in rows if row.sampled or (row.quota and told.sample is None)],
        "others": [row for row in rows if not (row.sampled or (row.quota and told.sample is None))],
        "typed": values,
        "faults": {
            ("quota" if name.startswith(("quota.", "window.")) else name): text for name, text in faults.items()
        },
        "other_fault": next((text for name, text in faults.items() if name.partition(".")[0] not in known), ""),
        "earlier": Draw.objects.filter(kind="points", state__in=["drawn", "published"]).values_list("code", flat=True)[
            :30
        ],
        "places": sum(there.values()),
    }
    return render(request, "desk/draw_new.html", shown, status=status)
