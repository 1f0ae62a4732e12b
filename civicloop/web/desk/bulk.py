"""Several cases at once: dispatch, remind, and recall what was dispatched by mistake. Each case is a transaction of its own: what
is refused says why, and what went through stays.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.cases import actions, queries
from civicloop.cases.given import field_of
from civicloop.cases.models import Case
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.back import own_address
from civicloop.web.refusals import keep
from civicloop.web.ui.choices import Choice, Offer

STEPS = ("dispatch", "remind", "recall")
MOST = 100
KEPT = "bulk_result"


@dataclass(frozen=True)
class Ticked:
    """A case that was ticked, with the unit proposed for it."""

    case: Case
    unit_code: str
    unit_name: str


@dataclass(frozen=True)
class Outcome:
    """What became of one case: done, or why not. Kept in the session until the page was read."""

    uid: str
    number: str
    done: bool
    words: str


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What was ticked, once more in sight before anything is done."""
    asking = asker(request)
    step = request.POST.get("do", "")
    if step not in STEPS:
        raise NotFound("step", step[:30])
    ticked = _ticked(request, asking)
    if not ticked:
        messages.warning(request, _("Tick the cases first."))
        return HttpResponseRedirect(_back(request))
    offer = Offer(ticked[0].case, asking)
    units: list[Choice] = offer.choices(step, "unit", field_of(step, "unit")) if step == "dispatch" else []
    told = {
        "step": step, "ticked": ticked, "back": _back(request), "units": units,
        "without": sum(not one.unit_code for one in ticked),
    }  # fmt: skip
    return render(request, "desk/bulk.html", told)


@login_required
@require_POST
def bulk_take(request: HttpRequest, step: str) -> HttpResponse:
    """Take the step of each case, one transaction each; the page of results can be loaded again without doing anything twice."""
    if step not in STEPS:
        raise NotFound("step", step[:30])
    asking = asker(request)
    outcomes = [_take(request, asking, uid, step) for uid in _uids(request)]
    request.session[KEPT] = {"step": step, "back": _back(request), "outcomes": [asdict(one) for one in outcomes]}
    return redirect("desk:bulk_result")


@login_required
@require_GET
def bulk_result(request: HttpRequest) -> HttpResponse:
    """What became of each case; what was dispatched can be recalled, what was refused tried again."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None:
        return redirect("desk:inbox")
    outcomes = [Outcome(**one) for one in kept["outcomes"]]
    told = {
        "step": kept["step"], "back": kept["back"],
        "done": [one for one in outcomes if one.done], "refused": [one for one in outcomes if not one.done],
    }  # fmt: skip
    return render(request, "desk/bulk_result.html", told)


def _take(request: HttpRequest, asking: Asker, uid: UUID, step: str) -> Outcome:
    number = ""
    try:
        case = queries.get(uid, asking.actor)
        number = case.number
        given = _given(request, step, uid)
        version = request.POST.get(f"version_{uid}", "")
        actions.take(
            uid, step, by=asking.person, at=asking.at, given=given, ref=asking.ref,
            expected_version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        return Outcome(str(uid), number, False, sentence(refused))
    return Outcome(str(uid), number, True, _unit_words(asking, given.get("unit", "")))


def _unit_words(asking: Asker, told: str) -> str:
    """The name of the unit a case went to, said by code or by public id."""
    org = asking.ref.org
    unit = org.by_code(told) or next((one for one in org.units.values() if str(one.uid) == told), None)
    return unit.name if unit else ""


def _given(request: HttpRequest, step: str, uid: UUID) -> dict[str, str]:
    typed = request.POST
    note = typed.get("note", "").strip()
    if step == "recall":
        return {"reason": note}
    if step == "remind":
        return {"note": note} if note else {}
    unit = typed.get("unit", "") if typed.get("to") == "one" else typed.get(f"unit_{uid}", "")
    if not unit:
        raise Invalid("unit", "no_unit_proposed" if typed.get("to") != "one" else "required", field="unit")
    return {"unit": unit, **({"note": note} if note else {})}


def _ticked(request: HttpRequest, asking: Asker) -> list[Ticked]:
    """The ticked cases the asker may see, in the order of the list."""
    uids = _uids(request)
    known = {case.uid: case for case in Case.objects.visible_to(asking.actor).filter(uid__in=uids)}
    found = []
    for case in (known[uid] for uid in uids if uid in known):
        unit = asking.ref.org.by_code((case.proposal or {}).get("unit") or "")
        found.append(Ticked(case, unit.code if unit else "", unit.name if unit else ""))
    return found


def _uids(request: HttpRequest) -> list[UUID]:
    """What was ticked, each once. Raises Invalid for what is no case, and for more than fit a page."""
    texts = list(dict.fromkeys(request.POST.getlist("case")))
    if len(texts) > MOST:
        raise Invalid("case", "too_many_ticked", most=MOST)
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Invalid("case", "unknown_case", case=texts[0][:40]) from None


def _back(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("back", "")) or "/inbox"
