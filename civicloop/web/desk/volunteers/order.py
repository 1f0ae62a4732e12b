"""The page of one order: the sentence, what must be done now and by whom, the story. Who asked is masked until one says why."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.kernel.masking import masked
from civicloop.volunteers import policy, queries
from civicloop.volunteers.actions.hours import SERVED
from civicloop.volunteers.actions.requesters import read_requester
from civicloop.volunteers.models import Order, OrderStep
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers import serving
from civicloop.web.desk.volunteers.pressing import pressed, unmasked
from civicloop.web.ui import orderwords
from civicloop.web.ui.orderstory import story_of


@login_required
@require_GET
def order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole page."""
    asking = asker(request)
    return _page(request, queries.get(uid, asking.actor), asking)


@login_required
@pressed("desk:volunteer_order")
def requester(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show name and phone of who asked, once, after the reader has said what for; the ledger keeps it."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    read = partial(read_requester, found, by=asking.person, at=asking.at, ref=asking.ref)
    return unmasked(request, lambda purpose: read(purpose=purpose), partial(_page, request, found, asking))


def _page(
    request: HttpRequest, found: Order, asking: Asker, *, seen: Any = None, fault: str = ""
) -> HttpResponse:  # fmt: skip
    steps = queries.steps_open_to(asking.actor, found, at=asking.at, ref=asking.ref)
    main = next((step for name in orderwords.FIRST for step in steps if step.name == name), None)
    others = [step for step in steps if step is not main]
    shown = {
        "order": found,
        "left": orderwords.left(found, asking.at, asking.ref),
        "now_do": orderwords.NOW_DO[found.state],
        "must_act": orderwords.must_act(found, asking),
        "main_step": main,
        "steps": others,
        "grave": orderwords.GRAVE,
        "story": story_of(_masked(queries.story(found)), asking),
        "description": masked(found.description),
        "skills": list(dict.fromkeys([*found.service.skills.all(), *found.skills.all()])),
        "refusals": [(one, orderwords.REFUSED.get(one.why, one.why)) for one in _refusals(found)],
        "weight": orderwords.WEIGHTS[found.weight],
        "points": [{"lon": found.lon, "lat": found.lat, "label": "", "url": ""}],
        "masked": queries.masked_requester(found),
        "contact": seen,
        "may_look": found.requester is not None and policy.may_do(asking.actor, "requester.read", found),
        "records": serving.recorded(asking, found) if found.state in {*SERVED, "serving"} else None,
        "may_record": found.state in SERVED and serving.may_record(asking, found),
        "fault": fault,
    }
    return render(request, "desk/volunteers_order.html", shown)


def _masked(steps: list[OrderStep]) -> list[OrderStep]:
    """The steps with numbers of phones and identity cards in their words masked, as the API tells them."""
    for step in steps:
        step.note = masked(step.note)
    return steps


def _refusals(found: Order) -> Any:
    return found.refusals.select_related("team__unit").order_by("at")
