"""Service request updates, mySociety's extension, in both directions: what happened to requests, and what others tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import LONGEST, MOST, Span, span_of, wrong
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.finding import public
from civicloop.api.open311.posting import pictures_of
from civicloop.api.open311.showing import said
from civicloop.api.open311.writing import Told, answer, plain
from civicloop.cases.models import Case, CaseStep
from civicloop.residents.actions.open311 import MOST_LINKS, take_update, try_update
from civicloop.residents.queries.open311 import sent_as
from civicloop.residents.queries.open311services import group_of
from civicloop.residents.rules.open311 import TOLD, number_of, read_number, read_status, w3c

HOURS = 2
"""Without a stretch of time the last two hours are told."""
LONGEST_ID = 100


@opened("GET", "HEAD", "POST")
def updates(request: HttpRequest, asked: Asked) -> HttpResponse:
    """GET tells what happened, POST takes an update of another system."""
    return _take(asked) if request.method == "POST" else _list(asked)


def _list(asked: Asked) -> HttpResponse:
    args, span = asked.args, Span(asked.at - timedelta(hours=HOURS), asked.at)
    given = bool(args.get("start_date")), bool(args.get("end_date"))
    if any(given):
        if not all(given):
            raise wrong("start_date", _("start_date and end_date belong together"))
        span = span_of(args, asked.at)
    seen = Q(case__in=public(asked.ref, asked.where).order_by().values("pk"))
    key = asked.key(needed=False)
    if key is not None:  # a client hears of its private requests as well
        seen |= Q(case__in=Case.objects.filter(resident_reports__open311__key=key).order_by().values("pk"))
    named = [number for number in map(read_number, args.words("service_request_id")) if number]
    if args.get("service_request_id"):
        seen &= Q(case__in=named)
    steps = CaseStep.objects.filter(
        seen, name__in=sorted(TOLD), at__gte=span.start, at__lt=span.end + timedelta(seconds=1)
    )
    columns = ("pk", "case_id", "name", "at", "case__merged_into_id", "case__category_id")
    rows = list(steps.order_by("at", "pk").values(*columns, named=F("data"))[:MOST])
    theirs = sent_as(key, {step["case_id"] for step in rows}) if key is not None else {}
    told = [_told(step, theirs, asked) for step in rows]
    return answer(Told("service_request_updates", told), asked.form)


def _told(step: dict[str, Any], theirs: Mapping[int, str], asked: Asked) -> dict[str, Any]:
    """One update. The category goes along, since it may have been corrected here; FixMyStreet corrects it there as well."""
    number, category = number_of(step["case_id"]), asked.ref.categories.by_id(step["case__category_id"])
    own = theirs.get(step["case_id"], "")
    return {
        "update_id": str(step["pk"]),
        "service_request_id": number,
        "status": TOLD[step["name"]],
        "updated_datetime": w3c(step["at"], timezone.get_default_timezone()),
        "description": said(step, asked.ref),
        "media_url": None,
        "external_status_code": step["name"],
        "customer_reference": number,
        "fixmystreet_id": own if own.isdecimal() else None,  # it knows numbers only
        "extras": {"category": plain(category.label), "group": plain(group_of(category, asked.ref)) or None},
    }


def _take(asked: Asked) -> HttpResponse:
    args, key = asked.args, asked.key(needed=True)
    assert key is not None
    update_id, status = args.get("update_id"), read_status(args.get("status") or "unchanged")
    if not update_id or len(update_id) > LONGEST_ID:
        raise wrong("update_id", _("this is needed, with at most %(most)s characters") % {"most": LONGEST_ID})
    if status is None:
        raise wrong("status", _("this word is not known"))
    updated_at = args.moment("updated_datetime")
    if updated_at is None:
        raise wrong("updated_datetime", _("this is needed"))
    text = args.get("description", "title")
    if len(text.replace("\r\n", "\n")) > LONGEST:
        raise wrong("description", _("at most %(most)s characters") % {"most": LONGEST})
    case = _case(asked, key.pk)
    photos, links = pictures_of(args, asked, key)
    given: dict[str, Any] = {
        "key": key, "case": case, "update_id": update_id, "status": status, "updated_at": updated_at, "text": text,
        "media_urls": links[:MOST_LINKS], "photos": photos, "at": asked.at, "ref": asked.ref,
    }  # fmt: skip
    number = try_update(**given) if key.test else str(take_update(**given).pk)
    return answer(Told("service_request_updates", [{"update_id": number}]), asked.form, status=201)


def _case(asked: Asked, key_id: int) -> Case:
    """The case an update is about: a public one, or one that this client sent."""
    text = asked.args.get("service_request_id")
    number = read_number(text) or 0
    if not text:
        raise wrong("service_request_id", _("this is needed"))
    own = Case.objects.filter(pk=number, resident_reports__open311__key=key_id)
    case = (public(asked.ref, asked.where).filter(pk=number).first() or own.first()) if number else None
    if case is None:
        raise Fault(404, _("There is no request %(number)s, or none that is public.") % {"number": text[:40]})
    return case
