"""Hours of service: what was recorded, by period, unit, area and age; and taking a record back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.organisation.rules.roles import Role
from civicloop.spoken import AGE_BANDS
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import hours as actions
from civicloop.volunteers.models import Certificate, ServiceRecord
from civicloop.volunteers.people_policy import About
from civicloop.volunteers.queries.measures import NOT_SAID
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.volunteers.rules.persons import BANDS, born_between
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.desk.volunteers.pressing import press
from civicloop.web.desk.volunteers.records import find, story_of

NEWEST = Order(("starts_at", "pk"), ("starts_at", "pk"), newest_first=True)
MOST_CERTIFICATES = 40
FILTERS = ("from", "to", "unit", "area", "age", "valid")


@login_required
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Records of service of the volunteers the asker may find, newest first; names masked."""
    asking, typed = asker(request), request.GET
    people = volunteers_for(asking.actor, asking.at).order_by().values("pk")
    rows = ServiceRecord.objects.filter(volunteer__in=people).select_related("volunteer", "unit")
    certificates = Certificate.objects.filter(volunteer__in=people).select_related("volunteer", "unit")
    shown = {
        "page": page_of(narrowed(rows, typed, asking).order_by("-starts_at", "-pk"), NEWEST, typed),
        "form": {name: typed.get(name, "") for name in FILTERS},
        "told": _told(typed, asking),
        "narrowed": any(typed.get(name) for name in FILTERS),
        "certificates": list(certificates.order_by("-issued_at")[:MOST_CERTIFICATES]),
        "may_correct": asking.actor.has(Role.ORDER_DESK, Role.UNIT_LEADER),
        "may_export": people_policy.may(asking.actor, "volunteers.export", About()),
    }
    return render(request, "desk/volunteers_hours.html", shown)


@login_required
@require_POST
def void(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a record back, with a reason; it stays readable."""
    asking = asker(request)
    found, reason = find(uid, asking), request.POST.get("reason", "")
    return press(
        request, lambda: actions.void(record=found, reason=reason, by=asking.person, at=asking.at),
        done=lambda _made: _("The record is void; it stays readable with its reason."),
        then=lambda _made: reverse("desk:volunteer_hours_record", args=[uid]),
        again=lambda refused: story_of(request, found, asking, refused),
    )  # fmt: skip


def narrowed(rows: QuerySet[ServiceRecord], typed: QueryDict, asking: Asker) -> QuerySet[ServiceRecord]:
    """The records as far as the filters let them through; a filter nobody knows narrows nothing."""
    book = asking.ref.org
    first, last = day_of_filter(typed, "from"), day_of_filter(typed, "to")
    if first is not None:
        rows = rows.filter(starts_at__gte=start_of_day(first))
    if last is not None:
        rows = rows.filter(starts_at__lt=start_of_day(last, after=1))
    if typed.get("valid"):
        rows = rows.filter(state="valid")
    unit, area, age = (typed.get(name, "")[:30] for name in ("unit", "area", "age"))
    if (organiser := book.by_code(unit) if unit else None) is not None:
        rows = rows.filter(unit__in=sorted(book.subtree(organiser.id)))
    if area == NOT_SAID:
        rows = rows.filter(volunteer__home=None)
    elif (home := book.by_code(area) if area else None) is not None:
        rows = rows.filter(volunteer__home__in=sorted(book.subtree(home.id)))
    if age == NOT_SAID:
        rows = rows.filter(volunteer__birth_on=None)
    elif age in dict(BANDS):
        rows = rows.filter(volunteer__birth_on__range=born_between(age, last or timezone.localdate(asking.at)))
    return rows


def day_of_filter(typed: QueryDict, name: str) -> date | None:
    """A day of a filter; None for what is none."""
    try:
        found = date.fromisoformat(typed.get(name, ""))
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def start_of_day(day: date, *, after: int = 0) -> datetime:
    """The midnight of the city at which a day begins, or one so many days after it."""
    return datetime.combine(day + timedelta(days=after), time(), timezone.get_default_timezone())


def _told(typed: QueryDict, asking: Asker) -> list[Any]:
    """The filters that came by a link, in words."""
    units = [asking.ref.org.by_code(typed.get(name, "")[:30]) for name in ("unit", "area") if typed.get(name)]
    told: list[Any] = [one.name for one in units if one is not None]
    age = typed.get("age", "")
    return told + ([AGE_BANDS[age]] if age in AGE_BANDS else [])
