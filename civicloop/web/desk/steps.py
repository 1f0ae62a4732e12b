"""Taking a step: its form with just the fields it needs; when it is refused, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.cases import actions, queries
from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import Invalid, NotFound, Refused, Stale, StepRefused
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.back import own_address
from civicloop.web.desk.uploads import remembered, taken
from civicloop.web.refusals import keep
from civicloop.web.ui import fields, timewords
from civicloop.web.ui.choices import Offer, proposal_words
from civicloop.web.ui.texts import fill, text_in
from civicloop.web.ui.words import GRAVE, STEPS

NOTES = {"note", "reason"}
# What a text calls the outcome, where that is not the state the step leads to.
BROUGHT_TO = {
    "return": "returned", "send_back": "sent_back", "reopen": "reopened", "void": "void", "extend": "extended",
    "appeal": "appealed",
}  # fmt: skip
PHOTO_KINDS = ("after", "near", "far", "reference")


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Show the form of a step, or take it."""
    asking = asker(request)
    case = queries.get(uid, asking.actor)
    if step not in LIFECYCLE:
        raise NotFound("step", step)
    row = LIFECYCLE[step]
    if request.method == "GET":
        return _form(request, case, row, None)
    try:
        given = fields.read(row, Offer(case, asking), request.POST, taken(request) if _asks_photos(row) else [])
        actions.take(uid, step, by=asking.person, at=asking.at, given=given, expected_version=_version(request))
    except Refused as refused:
        keep(request, refused)
        # Somebody else may have changed it: what is shown again is the present state.
        return _form(request, queries.get(uid, asking.actor), row, request.POST, refused)
    messages.success(request, _("Done: %(step)s.") % {"step": STEPS.get(step, step)})
    onward = next_page(request)
    return redirect(onward) if onward else redirect("desk:case", uid)


def next_page(request: HttpRequest) -> str:
    """Where the person wants to go on, such as to the next case of the inbox: an address of this site, or nothing."""
    return own_address(request, request.POST.get("next") or request.GET.get("next", ""))


@login_required
@require_POST
def follow(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hear how a case goes on, instead of reporting the same problem again."""
    asking = asker(request)
    actions.follow(uid, by=asking.person, at=asking.at)
    messages.success(request, _("You follow this case now and will hear how it goes on."))
    return redirect("desk:case", uid)


def _form(
    request: HttpRequest, case: Case, row: Step, typed: QueryDict | None, refused: Refused | None = None
) -> HttpResponse:
    asking = asker(request)
    faults = _faults(refused)
    shown = fields.fields_of(row, Offer(case, asking, _wished(request, row)), typed, faults)
    unit, reasons = proposal_words(case, asking) if row.name == "dispatch" else ("", [])
    told: dict[str, Any] = {
        "case": case,
        "category": asking.ref.categories.by_id(case.category_id),
        "left": timewords.left(case, asking.at, asking.ref),
        "step": row,
        "fields": shown,
        "possible": case.state in row.origin,
        "sentence": sentence(refused) if refused and not (set(faults) & {one.key for one in shown}) else "",
        "typed": typed is not None,
        "stale": isinstance(refused, Stale),
        "kept": remembered(request) if typed is not None else [],
        "photo_kinds": _kinds(row),
        "grave": row.name in GRAVE,
        "texts": _texts(case, row, asking) if NOTES & (row.needs | row.asks) else [],
        "proposed_unit": unit,
        "proposed_because": reasons,
        "next": next_page(request),
    }
    part = "ui/step_form.html" if request.headers.get("HX-Request") and typed is None else "desk/step.html"
    return render(request, part, told, status=refused.status if refused else 200)


def _wished(request: HttpRequest, row: Step) -> dict[str, str]:
    """What the link chose: the main case of a merge, the question to a party; an answer from outside is asked within three days."""
    asks = row.needs | row.asks
    wished: dict[str, str] = {
        key: request.GET[key][:60] for key in ("into", "forward") if key in asks and key in request.GET
    }
    if row.name == "forward_out":
        day = timezone.localdate(asker(request).at) + timedelta(days=3)
        wished["answer_by"] = f"{day.isoformat()}T17:00"
    return wished


def _texts(case: Case, row: Step, asking: Asker) -> list[str]:
    """The standard texts for where the step leads, with what is known of the case filled in."""
    category = asking.ref.categories.by_id(case.category_id)
    told = {
        "number": case.number,
        "category": category.label,
        "place": case.address,
        "unit": case.unit.name if case.unit else "",
        "due": timewords.moment(case.due_at),
    }
    state = BROUGHT_TO.get(row.name, row.to or "")
    return [fill(text_in(row.text, row.text_en), told) for row in queries.texts_for(case, state)] if state else []


def _faults(refused: Refused | None) -> dict[str, str]:
    """What is wrong, by field."""
    if isinstance(refused, Invalid):
        return {refused.field: sentence(refused)}
    if isinstance(refused, StepRefused):
        return {key: fields.required_fault() for key in refused.missing}
    return {}


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _asks_photos(row: Step) -> bool:
    return "photos" in row.needs | row.asks


def _kinds(row: Step) -> tuple[str, ...]:
    return PHOTO_KINDS if row.name in ("rectify", "verify") else ("near", "far", "reference", "after")
