"""People: who they are, what they are appointed to. Phones are masked; who looks behind the mask says what for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.kernel.refusal import NotFound
from civicloop.kernel.text import clean_text, fold
from civicloop.ledger.actions import record_reading
from civicloop.organisation import policy
from civicloop.organisation.models import Person
from civicloop.organisation.queries import contact_book
from civicloop.web.desk.asker import asker

MOST = 100
MOST_PURPOSE = 200


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The contact book: found by name or pinyin initials of person or unit, or by user name."""
    asking = asker(request)
    words = words_of(request.GET)
    found = list(found_people(words, timezone.localdate(asking.at))[: MOST + 1])
    told = {
        "rows": found[:MOST], "more": len(found) > MOST, "most": MOST, "words": words,
        "may_add": asking.actor.has(*policy.MAY["person.add"]),
    }  # fmt: skip
    return render(request, "desk/people.html", told)


def words_of(typed: QueryDict) -> str:
    """What is sought. Raises Invalid for what is too long."""
    return clean_text(typed.get("q", ""), limit=100, field="q")


def found_people(words: str, day: date) -> QuerySet[Any]:
    """The people the contact book shows for these words, each with the posts of the day as `posts_today`."""
    rows = Person.objects.filter(is_active=True).prefetch_related(
        Prefetch("appointments", queryset=contact_book(day), to_attr="posts_today")
    )
    if words:
        of_units = contact_book(day, words).order_by().values("person")
        own = Q(name__icontains=words) | Q(initials__startswith=fold(words)) | Q(username__startswith=words)
        rows = rows.filter(own | Q(pk__in=of_units))
    return rows.order_by("username")


@login_required
@require_GET
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person with all appointments, ended ones as well."""
    return _page(request, _find(uid))


@login_required
@require_POST
def contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show phone and mail once, after the reader has said what for; the ledger keeps it."""
    asking, found = asker(request), _find(uid)
    purpose = clean_text(request.POST.get("purpose", ""), limit=MOST_PURPOSE, field="purpose")
    if not purpose:
        return _page(request, found, fault=_("Say what you need it for; the ledger keeps it."), status=422)
    with transaction.atomic():
        policy.require(asking.person, "personal_data.read", at=timezone.localtime(asking.at))
        record_reading(
            by=asking.person.uid, at=asking.at, kind="person", uid=found.uid, fields=["phone", "email"], purpose=purpose
        )
    return _page(request, found, shown=True)


def _find(uid: UUID) -> Person:
    found = Person.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("person", uid)
    return found


def _page(
    request: HttpRequest, found: Person, *, shown: bool = False, fault: str = "", status: int = 200
) -> HttpResponse:
    asking = asker(request)
    posts = found.appointments.select_related("unit", "grid", "duty_grid", "area", "point").order_by(
        "-starts_on", "-id"
    )
    told = {
        "person": found,
        "posts": posts,
        "shown": shown or found.pk == asking.person.pk,
        "fault": fault,
        "today": timezone.localdate(asking.at),
        "may_edit": asking.actor.has(*policy.MAY["person.change"]),
        "may_appoint": asking.actor.has(*policy.MAY["appointment.make"]),
        "own": found.pk == asking.person.pk,
    }
    return render(request, "desk/person.html", told, status=status)
