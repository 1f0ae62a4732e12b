"""Who was there: the code on site, what its leader notes, and the hours that come of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.kernel.text import mask_name
from civicloop.sentences import sentence
from civicloop.volunteers.actions import attending, hours
from civicloop.volunteers.models import Attendance, Shift, Volunteer
from civicloop.volunteers.queries.events import onsite_code
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers import events
from civicloop.web.desk.volunteers.pressing import press
from civicloop.web.ui import editing
from civicloop.web.ui.editing import Asked

MOST_NAMED = 12


@login_required
@require_GET
def code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code to be shown on site, large; it changes every few minutes and the page with it."""
    asking = asker(request)
    shift = _shift(uid)
    shown = {"shift": shift, "code": onsite_code(shift=shift, by=asking.person, at=asking.at), "at": asking.at}
    answer = render(request, "desk/volunteers_code.html", shown)
    seconds = max(5, int((shown["code"].valid_until - asking.at).total_seconds()) + 1)  # type: ignore[attr-defined]
    answer["Refresh"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The leader notes who was there, from when until when."""
    asking = asker(request)
    shift = _shift(uid)
    volunteer = _volunteer(request.POST.get("volunteer", ""), asking, shift)
    asked = (Asked("arrived_at", "", "moment", required=True), Asked("left_at", "", "moment"))

    def act() -> Attendance:
        read = editing.read(asked, request.POST)
        return attending.enter_attendance(
            shift=shift, volunteer=volunteer, arrived_at=read["arrived_at"], left_at=read["left_at"], by=asking.person,
            at=asking.at,
        )  # fmt: skip

    return press(
        request, act, done=lambda _made: _("Noted."),
        then=lambda _made: reverse("desk:volunteer_event", args=[shift.event.uid]),
        again=lambda refused: events.page_of(request, events.find(shift.event.uid, asking), asking, refused),
    )  # fmt: skip


@login_required
@require_POST
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Turn who was there into hours; safe to press again."""
    asking = asker(request)
    shift = _shift(uid)
    done = hours.record_shift(shift=shift, by=asking.person, at=asking.at)
    many, left = len(done.made), len(done.left_out)
    messages.success(request, ngettext("%(n)s record was made.", "%(n)s records were made.", many) % {"n": many})
    if capped := len(done.capped):
        said = ngettext(
            "Of %(n)s person only as much was recorded as counts in a day.",
            "Of %(n)s people only as much was recorded as counts in a day.", capped,
        )  # fmt: skip
        messages.warning(request, said % {"n": capped})
    for one, why in done.left_out[:MOST_NAMED]:
        told = {"name": mask_name(one.name), "why": sentence(Conflict(why))}
        messages.warning(request, _("Not recorded, %(name)s: %(why)s") % told)
    if left > MOST_NAMED:
        more = left - MOST_NAMED
        messages.warning(
            request, ngettext("%(n)s person more was left out.", "%(n)s people more were left out.", more) % {"n": more}
        )
    return redirect("desk:volunteer_event", shift.event.uid)


def _shift(uid: UUID) -> Shift:
    found = Shift.objects.select_related("event__unit").filter(uid=uid).first()
    if found is None:
        raise NotFound("shift", uid)
    return found


def _volunteer(text: str, asking: Asker, shift: Shift) -> Volunteer:
    """Somebody who has signed up, or whom the asker may find."""
    try:
        uid = UUID(text)
    except ValueError:
        raise NotFound("volunteer", text[:40]) from None
    signed = Volunteer.objects.filter(uid=uid, signups__shift=shift).first()
    found = signed or volunteers_for(asking.actor, asking.at).filter(uid=uid).first()
    if found is None:
        raise NotFound("volunteer", text[:40])
    return found
