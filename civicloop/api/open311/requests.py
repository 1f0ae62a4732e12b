"""Requests: the list, one of them, and where new ones are sent."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import MOST, Arguments, ids_of
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.finding import asked_for, public, told_to
from civicloop.api.open311.posting import post
from civicloop.api.open311.rows import page_of, rows_of
from civicloop.api.open311.showing import requests_of
from civicloop.api.open311.writing import Told, answer
from civicloop.residents.models import Open311Request
from civicloop.residents.rules.open311 import read_number

PAGED = ("page", "page_size", "limit", "offset")
FURTHEST_ROW = 100_000
"""Rows a page may lie behind: beyond that one asks by a shorter stretch of time."""


@opened("GET", "HEAD", "POST")
def requests(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """GET lists what is public, POST reports something."""
    if request.method == "POST":
        return post(request, asked)
    numbers, private = ids_of(asked.args), frozenset[int]()
    if numbers is not None:
        found = told_to(asked.key(needed=False), numbers, asked.ref, asked.where)
        cases, private = found.cases.order_by("-reported_at", "-id"), found.private
    else:
        cases = asked_for(public(asked.ref, asked.where), asked.args, asked.ref, asked.at)
    first, many = window(asked.args)
    extended, headers = bool(asked.args.flag("extensions")), {}
    if asked.args.get(*PAGED):
        rows, total = page_of(cases, first, many, extended)
        headers = links(request, asked.args, total, first, many)
    else:
        rows = rows_of(cases[first : first + many], extended)
    told = Told("service_requests", requests_of(request, rows, asked.ref, extended=extended, private=private))
    return answer(told, asked.form, headers=headers)


@opened("GET", "HEAD")
def one(request: HttpRequest, asked: Asked, number: str) -> HttpResponse:
    """One request, in the same envelope; with a key also a private one that it has sent. At the test endpoint also what a key for
    tests has sent.
    """
    named = read_number(number)
    extended = bool(asked.args.flag("extensions"))
    found = told_to(asked.key(needed=False), [named] if named else [], asked.ref, asked.where)
    rows = rows_of(found.cases, extended) if named else []
    told = requests_of(request, rows, asked.ref, extended=extended, private=found.private)
    if not told and asked.test:
        samples = Open311Request.objects.filter(token=number[:32], sample__isnull=False)
        told = [one.sample for one in samples if one.sample]
    if not told:
        raise Fault(404, _("There is no request %(number)s, or none that is public.") % {"number": number[:40]})
    return answer(Told("service_requests", told), asked.form)


def window(args: Arguments) -> tuple[int, int]:
    """First row and how many: `page` and `page_size`, or `offset` and `limit`; never more than a thousand at once."""
    many = args.number("page_size" if args.get("page_size") else "limit", low=1, high=MOST, usual=MOST)
    if args.get("max_requests"):
        many = min(many, args.number("max_requests", low=1, high=MOST, usual=MOST))
    page = args.number("page", low=1, high=FURTHEST_ROW, usual=1)
    first = (page - 1) * many + args.number("offset", low=0, high=FURTHEST_ROW, usual=0)
    if first > FURTHEST_ROW:
        raise Fault(400, _("page: too far; ask for a shorter stretch of time"))
    return first, many


def links(request: HttpRequest, args: Arguments, total: int, first: int, many: int) -> dict[str, str]:
    """`X-Total-Count` and `Link` (RFC 8288) to the first, previous, next and last page."""
    page, last = first // many + 1, max(1, -(-total // many))
    wanted = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    near = {rel: number for rel, number in wanted.items() if 1 <= number <= last and number != page}
    given = {name: values for name, values in request.GET.lists() if name not in (*PAGED, "api_key")}
    parts = []
    for rel, number in near.items():
        query = urlencode({**given, "page": number, "page_size": many}, doseq=True)
        parts.append(f'<{request.build_absolute_uri(request.path)}?{query}>; rel="{rel}"')
    told = {"X-Total-Count": str(total), "Access-Control-Expose-Headers": "Link, X-Total-Count"}
    return told | ({"Link": ", ".join(parts)} if parts else {})
