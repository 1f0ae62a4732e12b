"""What waits for a person (待办), as the place where it is done; and what he has been told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from civicloop.cases import queries
from civicloop.cases.models import Case
from civicloop.cases.models.case import STATE_LABELS
from civicloop.cases.queries import CaseFilters
from civicloop.insight import today
from civicloop.kernel.text import clean_text
from civicloop.loops.models import Notice
from civicloop.loops.notices import mark_seen
from civicloop.loops.presence import Present, others
from civicloop.organisation.rules.roles import Role
from civicloop.photos import voices
from civicloop.residents.queries.desk import waiting_for
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.case import FIRST
from civicloop.web.desk.filters import saved_of
from civicloop.web.desk.paging import MOST_COUNTED, Many, Order, Page, many_of, page_of
from civicloop.web.ui import timewords
from civicloop.web.ui.choices import proposal_words
from civicloop.web.ui.inboxline import InboxLines
from civicloop.web.ui.lenswords import LENSES
from civicloop.web.ui.notices import Told, told_of
from civicloop.web.ui.story import story_of
from civicloop.web.ui.words import GRAVE, NOW_DO

BY_TIME = Order(("act_by", "pk"), ("act_by", "pk"), newest_first=False)
NEWEST = Order(("created_at", "pk"), ("created_at", "pk"), newest_first=True)
NARROWS = ("overdue", "due_today", "due_soon", "returned", "sent_back", "to_review")
STATES = ("reported", "filed", "dispatched", "accepted", "rectified", "verified", "suspended")
FILTERS = ("q", "state", "lens", "urgent")
MOST_PHOTOS = 6
WALKS = ("after", "before", "end")
STAMP_SECONDS = 120
"""The words for the time left change without any step; so often the list is sent anew all the same."""


@dataclass(frozen=True)
class Found:
    """One page of the inbox with who else works on its cases. `kept` is its address without the case that is open."""

    page: Page
    present: Mapping[UUID, list[Present]]
    many: Many
    kept: str

    def after(self, place: int) -> UUID | None:
        """The case to go on with: the next one, after the last one the one before it."""
        rows = self.page.rows
        if place + 1 < len(rows):
            return rows[place + 1].uid  # type: ignore[no-any-return]
        return rows[place - 1].uid if place else None


@dataclass(frozen=True)
class Opened:
    """The case beside the list, and the one to go on with afterwards."""

    case: Case
    then: UUID | None


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The cases the asker must act on, the most pressing first; `case` is opened beside the list."""
    asking = asker(request)
    found = _found(asking, request.GET)
    opened = _opened(request.GET.get("case", ""), found)
    told = {
        **_list_of(found, asking),
        "form": {name: request.GET.get(name, "") for name in FILTERS},
        "narrowed": any(request.GET.get(name) for name in FILTERS),
        "states": [(state, STATE_LABELS[state]) for state in STATES],
        "lenses": [(key, LENSES[key]) for key in NARROWS],
        "saved": saved_of(asking, "inbox"),
        "opened": opened,
        "residents": Many(waiting_for(asking.actor, most=MOST_COUNTED + 1)),
        "etag": _stamp(found, asking),
    }
    return render(request, "desk/inbox.html", told)


@login_required
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The list again, where it has changed since the ETag that the asker holds; else 304 and no body."""
    asking = asker(request)
    found = _found(asking, request.GET)
    stamp = _stamp(found, asking)
    if request.headers.get("If-None-Match") == stamp:
        answer = HttpResponse(status=304)
    else:
        answer = render(request, "ui/inbox_list.html", _list_of(found, asking))
    answer["ETag"] = stamp
    answer["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_GET
def opened(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One case beside the list, as a part of the page."""
    asking = asker(request)
    case = queries.get(uid, asking.actor)
    return render(request, "ui/inbox_case.html", _detail(case, asking, request.GET))


def _found(asking: Asker, typed: QueryDict) -> Found:
    rows = narrowed(asking, typed)
    page = page_of(rows, BY_TIME, QueryDict(_kept(typed), mutable=True))
    present = others([case.uid for case in page.rows], person_id=asking.person.pk, at=asking.at)
    return Found(page, present, many_of(rows), _kept(typed))


def narrowed(asking: Asker, typed: QueryDict) -> QuerySet[Case]:
    """The inbox as far as the filters let it through; a filter nobody knows narrows nothing."""
    rows = queries.inbox(asking.actor, asking.ref)
    state, lens = typed.get("state", ""), typed.get("lens", "")
    words = clean_text(typed.get("q", ""), limit=100, field="q")
    filters = CaseFilters(
        states=(state,) if state in STATES else (), text=words, urgent=True if typed.get("urgent") else None
    )
    if lens in NARROWS:
        rows = rows.filter(today.condition(lens, today.day_at(asking.at, asking.ref), None))
    return queries.narrow(rows, filters, asking.ref)


def _list_of(found: Found, asking: Asker) -> dict[str, Any]:
    """What the list shows. What each line offers is worked out here, not before it is known that the list has to be sent."""
    steps = queries.moving_steps(asking.actor, found.page.rows, at=asking.at, ref=asking.ref)
    make = InboxLines(asking, found.kept)
    lines = [
        make.line(case, steps[case.pk], found.present.get(case.uid, []), found.after(place))
        for place, case in enumerate(found.page.rows)
    ]
    may_dispatch, may_remind = asking.actor.has(Role.DISPATCHER), asking.actor.has(Role.SUPERVISOR)
    return {
        "page": found.page, "lines": lines, "many": found.many, "kept": found.kept,
        "may_dispatch": may_dispatch, "may_remind": may_remind, "may_tick": may_dispatch or may_remind,
        "live": f"{reverse('desk:inbox_live')}?{found.kept}",
    }  # fmt: skip


def _detail(case: Case, asking: Asker, typed: QueryDict) -> dict[str, Any]:
    """What stands beside the list: what must be done now, and what happened. After a step the case named by `then` is opened, in
    the same list. Everything else stands on the page of the case.
    """
    steps = queries.steps_open_to(asking.actor, case, at=asking.at, ref=asking.ref)
    main = next((step for name in FIRST for step in steps if step.name == name), None)
    unit, reasons = proposal_words(case, asking)
    story = story_of(queries.story(case), asking, voices.of_loop("case", case.uid))
    kept, then = _kept(typed), typed.get("then", "")
    onward = "&".join(part for part in (kept, urlencode({"case": then}) if _is_uid(then) else "") if part)
    return {
        "case": case,
        "category": asking.ref.categories.by_id(case.category_id),
        "left": timewords.left(case, asking.at, asking.ref),
        "now_do": NOW_DO[case.state],
        "main_step": main,
        "steps": [step for step in steps if step is not main and step.name in queries.MOVING],
        "more": len([step for step in steps if step is not main and step.name not in queries.MOVING]),
        "story": story[::-1],
        "photos": [one for told in story for one in told.evidence][-MOST_PHOTOS:],
        "proposed_unit": unit,
        "proposed_because": reasons if case.unit_id is None else [],
        "grave": GRAVE,
        "go_on": urlencode({"next": f"{reverse('desk:inbox')}?{onward}"}),
        "back_to_list": f"{reverse('desk:inbox')}?{kept}",
    }


def _opened(uid: str, found: Found) -> Opened | None:
    """The row that was asked for; when it does not wait any more, the most pressing one."""
    if not uid or not found.page.rows:
        return None
    place = next((place for place, case in enumerate(found.page.rows) if str(case.uid) == uid), 0)
    return Opened(found.page.rows[place], found.after(place))


def _kept(typed: QueryDict) -> str:
    names = (*FILTERS, *WALKS)
    return urlencode([(name, typed[name]) for name in names if typed.get(name)])


def _is_uid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _stamp(found: Found, asking: Asker) -> str:
    """Another one whenever the list would look different."""
    parts = [(case.pk, case.version, [one.name for one in found.present.get(case.uid, [])]) for case in found.page.rows]
    told = repr((parts, found.many.n, int(asking.at.timestamp()) // STAMP_SECONDS))
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


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
