"""One record of service: what it says, what it replaced and what replaced it, and putting it right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.kernel.text import mask_name
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import hours as actions
from civicloop.volunteers.models import ServiceRecord
from civicloop.volunteers.people_policy import About, about_unit
from civicloop.volunteers.queries.hours import chain_of
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.volunteers.rules.hours import whole_halves
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.pressing import answered
from civicloop.web.ui import orderwords
from civicloop.web.ui.editing import Asked


@login_required
@require_GET
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A record with its story."""
    asking = asker(request)
    return story_of(request, find(uid, asking), asking)


def story_of(
    request: HttpRequest, found: ServiceRecord, asking: Asker, refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    """The page of a record, with the sentence of what was refused on it."""
    shown = {
        "one": found,
        "chain": chain_of(found),
        "certificates": list(found.certificates.order_by("-issued_at")),
        "may_correct": found.state == "valid" and people_policy.may(asking.actor, "hours.correct", _about(found)),
    }
    return answered(request, "desk/volunteers_record.html", shown, refused)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a record right: the new one replaces it, and both stay readable."""
    asking = asker(request)
    found = find(uid, asking)
    people_policy.require(asking.person, "hours.correct", _about(found), at=asking.at, ref=asking.ref)

    def act(given: dict[str, Any]) -> ServiceRecord:
        return actions.correct(
            record=found, starts_at=given["starts_at"], ends_at=given["ends_at"], hours=given["hours"],
            reason=given["reason"], by=asking.person, at=asking.at, ref=asking.ref,
        )  # fmt: skip

    whole = whole_halves(found.starts_at, found.ends_at) == found.halves
    now = {"starts_at": found.starts_at, "ends_at": found.ends_at, "hours": None if whole else found.hours}
    told = {
        "name": mask_name(found.volunteer.name), "what": found.title, "when": orderwords.span(found.starts_at, found.ends_at),
    }  # fmt: skip
    return run(request, Form(
        _("Correct a record of service"), _fields(), act, reverse("desk:volunteer_hours_record", args=[uid]), _("Correct"),
        _("Corrected: the new record replaces the old one, and both stay readable."), now=now, only_changes=False,
        lead=_("%(name)s · %(what)s · %(when)s") % told,
        then=lambda made: reverse("desk:volunteer_hours_record", args=[made.uid]),
    ))  # fmt: skip


def find(uid: UUID, asking: Asker) -> ServiceRecord:
    """A record of a volunteer whom the asker may find. Raises NotFound."""
    people = volunteers_for(asking.actor, asking.at).order_by().values("pk")
    rows = ServiceRecord.objects.select_related("volunteer", "unit", "order", "shift__event", "recorded_by")
    found = rows.filter(uid=uid, volunteer__in=people).first()
    if found is None:
        raise NotFound("service_record", uid)
    return found


def _about(found: ServiceRecord) -> About:
    thing = ("volunteer", str(found.volunteer.uid))
    return about_unit(found.unit_id, thing=thing, account_id=found.volunteer.account_id)


def _fields() -> list[Asked]:
    return [
        Asked("starts_at", _("Begins"), "moment", required=True),
        Asked("ends_at", _("Ends"), "moment", required=True),
        Asked("hours", _("Hours, if there were pauses"), "decimal",
              hint=_("Left empty, all full half hours between the two moments count.")),
        Asked("reason", _("Reason"), required=True, most=400, hint=_("It stays beside both records.")),
    ]  # fmt: skip
