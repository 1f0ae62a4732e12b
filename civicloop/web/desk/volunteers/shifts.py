"""The shifts of an event: all in one form, a row each with some rows free, and calling one off. Works without a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.sentences import sentence
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import shifts as actions
from civicloop.volunteers.models import Event, Shift
from civicloop.volunteers.people_policy import about_unit
from civicloop.volunteers.queries.events import board
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers import events
from civicloop.web.desk.volunteers.pressing import answered, filled, press
from civicloop.web.ui import editing
from civicloop.web.ui.editing import Asked

FREE_ROWS = 3
KEYS = ("name", "starts_at", "ends_at", "needed", "minimum")
OPEN = ("draft", "published")


@dataclass
class Row:
    """One row of the form: a shift that is there, or a free row; what is in it, and what is wrong with it. Its fields are named
    after its `mark`, so that a shift that somebody else adds meanwhile moves nothing.
    """

    number: int
    mark: str
    shift: Shift | None = None
    typed: dict[str, str] = field(default_factory=dict)
    signed: int = 0
    out: bool = False
    fault: str = ""

    @property
    def empty(self) -> bool:
        return not (self.typed.get("starts_at") or self.typed.get("ends_at") or self.typed.get("name"))


@login_required
@require_http_methods(["GET", "POST"])
def shifts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change, add and take out shifts, all at one press or none."""
    asking = asker(request)
    event = _event(uid, asking)
    rows = _rows(event, request.POST if request.method == "POST" else None)

    def act() -> int:
        with transaction.atomic():
            return sum(_take(row, event, asking) for row in rows)

    return filled(
        request, partial(_page, request, event, rows), act,
        done=lambda many: _("The shifts are saved.") if many else _("Nothing was changed."),
        then=lambda _many: reverse("desk:volunteer_event", args=[uid]),
    )  # fmt: skip


@login_required
@require_POST
def call_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Call one shift off with a reason; the others take place."""
    asking = asker(request)
    found = Shift.objects.select_related("event").filter(uid=uid).first()
    if found is None:
        raise NotFound("shift", uid)
    uid, reason = found.event.uid, request.POST.get("reason", "")
    return press(
        request, lambda: actions.cancel_shift(shift=found, reason=reason, by=asking.person, at=asking.at),
        done=lambda _made: _("The shift is called off; whoever had signed up is told."),
        then=lambda _made: reverse("desk:volunteer_event", args=[uid]),
        again=lambda refused: events.page_of(request, events.find(uid, asking), asking, refused),
    )  # fmt: skip


def _event(uid: UUID, asking: Asker) -> Event:
    found = Event.objects.select_related("unit").filter(uid=uid).first()
    if found is None:
        raise NotFound("event", uid)
    about = about_unit(found.unit_id, thing=("event", str(found.uid)))
    people_policy.require(asking.person, "event.keep", about, at=asking.at, ref=asking.ref)
    if found.state not in OPEN:
        raise NotFound("event", uid)
    return found


def _rows(event: Event, typed: QueryDict | None) -> list[Row]:
    """The shifts that stand and some free rows, filled with what was typed."""
    lines = board(event)
    rows = [
        Row(number, str(line.shift.uid), line.shift, _now(line.shift), line.signed)
        for number, line in enumerate(lines, 1)
    ]
    usual = {"needed": "10", "minimum": "3"}
    rows += [Row(len(lines) + more, f"new{more}", typed=dict(usual)) for more in range(1, FREE_ROWS + 1)]
    for row in rows:
        if typed is not None and f"{row.mark}_starts_at" in typed:
            row.typed = {key: typed.get(f"{row.mark}_{key}", "").strip()[:60] for key in KEYS}
            row.out = bool(typed.get(f"{row.mark}_out"))
    return rows


def _now(shift: Shift) -> dict[str, str]:
    return {key: editing.as_text(one, getattr(shift, key)) for key, one in _asked().items()}


def _asked() -> dict[str, Asked]:
    return {
        "name": Asked("name", _("Name"), most=60),
        "starts_at": Asked("starts_at", _("Begins"), "moment", required=True),
        "ends_at": Asked("ends_at", _("Ends"), "moment", required=True),
        "needed": Asked("needed", _("Most people"), "integer", required=True, most=actions.MOST_PEOPLE),
        "minimum": Asked("minimum", _("Fewest people"), "integer", required=True, most=actions.MOST_PEOPLE),
    }


def _take(row: Row, event: Event, asking: Asker) -> int:
    """Do what a row says; 1 where something was done. What is refused is said at the row."""
    who: dict[str, Any] = {"by": asking.person, "at": asking.at}
    if row.shift is None and row.empty:
        return 0
    try:
        if row.shift is not None and row.out:
            actions.remove_shift(shift=row.shift, **who)
            return 1
        given = _read(row)
        if row.shift is None:
            actions.add_shift(event=event, given=actions.ShiftGiven(**given), **who)
            return 1
        now = _now(row.shift)
        changes = {key: given[key] for key, one in _asked().items() if editing.as_text(one, given[key]) != now[key]}
        if changes:
            actions.change_shift(shift=row.shift, changes=changes, **who)
    except Refused as refused:
        row.fault = sentence(refused)
        raise
    return int(bool(changes))


def _read(row: Row) -> dict[str, Any]:
    typed = QueryDict(mutable=True)
    typed.update(row.typed)
    read = editing.read(_asked().values(), typed)
    if read["starts_at"] is None or read["ends_at"] is None:
        raise Invalid("starts_at", "required", field="starts_at")
    return read


def _page(request: HttpRequest, event: Event, rows: list[Row], refused: Refused | None) -> HttpResponse:
    told = {
        "event": event,
        "rows": rows,
        "may_remove": event.state == "draft",
        "asked": list(_asked().values()),
    }
    return answered(request, "desk/volunteers_shifts.html", told, refused)
