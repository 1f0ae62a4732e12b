"""What waits for a person (待办), and what he has been told."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from civicloop.cases import queries
from civicloop.cases.models import Case
from civicloop.kernel.lifecycle import Step
from civicloop.loops.models import Notice
from civicloop.loops.notices import mark_seen
from civicloop.web.desk.asker import asker
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.ui.notices import Told, told_of

BY_TIME = Order(("act_by", "pk"), ("act_by", "pk"), newest_first=False)
NEWEST = Order(("created_at", "pk"), ("created_at", "pk"), newest_first=True)


@dataclass(frozen=True)
class Waiting:
    """A case that waits, and the steps that move it on."""

    case: Case
    steps: list[Step]


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The cases the asker must act on, the most pressing first."""
    asking = asker(request)
    page = page_of(queries.inbox(asking.actor, asking.ref), BY_TIME, request.GET)
    steps = queries.moving_steps(asking.actor, page.rows, at=asking.at, ref=asking.ref)
    rows = [Waiting(case, steps[case.pk]) for case in page.rows]
    return render(request, "desk/inbox.html", {"rows": rows, "page": page})


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Reminders, escalations and news, newest first."""
    asking = asker(request)
    page = page_of(Notice.objects.filter(person=asking.person), NEWEST, request.GET)
    told: list[Told] = told_of(page.rows, asking)
    return render(request, "desk/notices.html", {"rows": told, "page": page})


@login_required
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Everything has been read."""
    asking = asker(request)
    mark_seen(person_id=asking.person.pk, at=asking.at)
    return redirect("desk:notices")
