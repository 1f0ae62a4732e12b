"""What phones take along: the parcel of a day, and the answer by which a phone knows that it speaks with this server."""

from __future__ import annotations

import hashlib
from datetime import date

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.gzip import gzip_page

from civicloop.fieldwork import queries
from civicloop.kernel.refusal import Invalid
from civicloop.web.desk.asker import asker
from civicloop.web.field.answering import FORMAT, endpoint, reply, token
from civicloop.web.field.packing import packed


@endpoint("GET", for_all=True)
def ping(request: HttpRequest) -> HttpResponse:
    """This server, its time, and who is logged in."""
    who = request.user
    person = {"uid": who.uid, "name": who.name} if who.is_authenticated else None
    return reply({"time": timezone.now(), "format": FORMAT, "person": person, "csrf": token(request)})


@gzip_page
@endpoint("GET")
def parcel(request: HttpRequest) -> HttpResponse:
    """Everything for a day outside. With If-None-Match: 304 while nothing in it has changed."""
    who = asker(request)
    found = queries.parcel(who.person, who.actor, day=_day(request.GET.get("day")), at=who.at, ref=who.ref)
    content = {"format": FORMAT, **packed(found, who)}
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    tag = f'W/"{digest}"'
    if digest in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
    response = reply({"time": who.at, "csrf": token(request), "digest": digest, **content})
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response


def _day(told: str | None) -> date | None:
    if not told:
        return None
    try:
        day = parse_date(told)
    except ValueError:
        day = None
    if day is None:
        raise Invalid("day", "not_a_date", value=told[:40])
    return day
