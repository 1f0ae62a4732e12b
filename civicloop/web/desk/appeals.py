"""Appeals against a judgement: lodged by a unit's leader, reviewed in stages by different people; the old value stays in sight."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.cases.models import Case
from civicloop.cases.policy import seen_of
from civicloop.inspection.models import Observation, Visit
from civicloop.inspection.policy import visible_visits
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.scoring import policy, queries
from civicloop.scoring.actions import lodge_appeal, review_appeal, withdraw_appeal
from civicloop.scoring.models import ANSWER_LABELS, STATE_LABELS, Appeal
from civicloop.scoring.rules.lifecycle import LIFECYCLE, RUNNING
from civicloop.sentences import sentence
from civicloop.standards.editions import book
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep

MOST = 200
# The way of an appeal that is carried to its end; what comes instead of the last stage is said beside it.
STAGES = ("lodged", "pre_review", "department_review")


@login_required
@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """The appeals the asker may see, the newest first."""
    asking = asker(request)
    state = request.GET.get("state", "")
    state = state if state in STATE_LABELS else ""
    rows = list(queries.appeals(asking.actor, state=state)[:MOST])
    shown = {
        "rows": [(one, _about(one)) for one in rows], "states": STATE_LABELS.items(), "state": state, "most": MOST,
        "more": len(rows) == MOST,
    }  # fmt: skip
    return render(request, "desk/appeal_list.html", shown)


@login_required
@require_GET
def appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One appeal with its stages, and what the asker may do now."""
    return _page(request, uid)


@login_required
@require_POST
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Take a step of an appeal. What was typed stays when it is refused."""
    asking = asker(request)
    found = queries.appeal(asking.actor, uid)
    note = request.POST.get("note", "")
    try:
        if step == "withdraw":
            withdraw_appeal(appeal_uid=found.uid, note=note, by=asking.person, at=asking.at, ref=asking.ref)
        else:
            answer, points = _change(request, found) if step == "grant" else ("", 0.0)
            review_appeal(
                appeal_uid=found.uid, step=step, note=note, answer=answer, points=points, by=asking.person,
                at=asking.at, ref=asking.ref,
            )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        return _page(request, uid, fault=sentence(refused), step=step, status=refused.status)
    messages.success(request, _("The step is taken; it stands in the ledger."))
    return redirect("desk:score_appeal", uid)


@login_required
@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """The form that speaks against an observation."""
    asking = asker(request)
    row = _observation(request.POST.get("observation") or request.GET.get("observation", ""), asking)
    until = None
    unit_id = row.visit.unit_id or (row.visit.point.unit_id if row.visit.point else None)
    fault, status, typed = "", 200, request.POST
    if unit_id is not None:
        matter = policy.Matter(unit_id, frozenset({row.visit.inspector_id} if row.visit.inspector_id else ()))
        policy.require(asking.actor, "lodge", matter, by=asking.person)
        if row.visit.judged_at:
            until = queries.appeal_until(row.visit.judged_at, unit_id, asking.ref)
    if request.method == "POST":
        try:
            made = lodge_appeal(
                observation_uid=row.uid, wanted=typed.get("wanted", ""), reason=typed.get("reason", ""),
                by=asking.person, at=asking.at, ref=asking.ref,
            )  # fmt: skip
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The appeal is lodged. Its stages are shown here."))
            return redirect("desk:score_appeal", made.uid)
    shown = {
        "row": row, "item": _item(row), "case": _case(row, asking), "until": until,
        "late": bool(until and asking.at > until), "fault": fault,
        "typed": typed, "answers": [(key, word) for key, word in ANSWER_LABELS.items() if key != row.answer],
    }  # fmt: skip
    return render(request, "desk/appeal_new.html", shown, status=status)


def _page(request: HttpRequest, uid: UUID, *, fault: str = "", step: str = "", status: int = 200) -> HttpResponse:
    asking = asker(request)
    found = queries.appeal(asking.actor, uid)
    may = [name for name in queries.steps_of(asking.actor, found) if name != "withdraw"]
    ways = {one.name: one for one in LIFECYCLE.steps_from(found.state)}
    shown = {
        "appeal": found,
        "about": _about(found),
        "stages": _stages(found),
        "steps": list(found.steps.all()),
        "running": found.state in RUNNING,
        # The first step that carries the appeal on is the main one; the others stand beside it.
        "may": sorted(may, key=lambda name: name in ("dismiss", "refuse")),
        "needs_note": {name: "note" in ways[name].needs for name in may},
        "may_withdraw": "withdraw" in queries.steps_of(asking.actor, found),
        "answers": [(key, word) for key, word in ANSWER_LABELS.items() if _about(found)["answer"] != key],
        "adjustment": getattr(found, "adjustment", None),
        "fault": fault, "tried": step, "typed": request.POST,
    }  # fmt: skip
    return render(request, "desk/appeal_page.html", shown, status=status)


def _stages(found: Appeal) -> list[tuple[Any, bool, bool]]:
    """Word, done, here: the stages of the way and the end it took."""
    ended = found.state not in STAGES
    reached = {"lodged"} | {one.state_after for one in found.steps.all()}
    words = {str(key): word for key, word in STATE_LABELS.items()}
    told = [(words[one], one in reached and one != found.state, one == found.state) for one in STAGES]
    end = found.get_state_display() if ended else _("decision")
    return [*told, (end, ended, False)]


def _about(found: Appeal) -> dict[str, Any]:
    """What an appeal speaks against, in words."""
    standard = book(found.round.edition_id)
    if found.observation is None:
        name = next(
            (str(one.name) for one in standard.scoring.deductions if one.key == found.deduction), found.deduction
        )
        return {"item": None, "words": name, "answer": ""}
    item = standard.items.get(found.observation.item)
    return {
        "item": item,
        "words": str(item.text) if item else found.observation.item,
        "answer": found.observation.answer,
    }


def _observation(text: str, asking: Asker) -> Observation:
    """An observation of a judged visit that the asker may read. Raises NotFound."""
    try:
        uid = UUID(text)
    except ValueError:
        raise NotFound("observation", text[:40]) from None
    seen = Visit.objects.filter(visible_visits(asking.actor, asking.at), state="judged").order_by().values("pk")
    rows = Observation.objects.select_related("visit__round", "visit__point", "case").filter(visit__in=seen)
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound("observation", uid)
    return found


def _case(row: Observation, asking: Asker) -> Case | None:
    """The case that came of it, where the asker may see it."""
    return row.case if row.case is not None and seen_of(asking.actor, [row.case.pk]) else None


def _item(row: Observation) -> Any:
    return book(row.visit.round.edition_id).items.get(row.item)


def _change(request: HttpRequest, found: Appeal) -> tuple[str, float]:
    """What a granted appeal changes: the answer, or points given back. Raises Invalid."""
    if found.observation_id is not None:
        return request.POST.get("answer", ""), 0.0
    text = request.POST.get("points", "").strip()
    try:
        return "", float(text or 0)
    except ValueError:
        raise Invalid("points", "not_a_number", value=text[:40]) from None
