"""The public requests as a feed: RSS 2.0 with the place of each by GeoRSS. What it may say is what GET requests says."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import MOST
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.finding import asked_for, public
from civicloop.api.open311.rows import rows_of
from civicloop.api.open311.showing import requests_of

USUAL = 20
"""Requests in a feed that nobody has asked more of."""
SPACES = 'xmlns:georss="http://www.georss.org/georss" xmlns:atom="http://www.w3.org/2005/Atom"'


@opened("GET", "HEAD")
def feed(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The newest requests that pass the filters of GET requests; `page_size` for more than twenty."""
    many = asked.args.number("page_size", low=1, high=MOST, usual=USUAL)
    cases = asked_for(public(asked.ref, asked.where), asked.args, asked.ref, asked.at)
    told = requests_of(request, rows_of(cases[:many], extended=False), asked.ref)
    here = request.build_absolute_uri(request.path)
    out = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {SPACES}><channel>',
        _element("title", _("Problems reported in the city")),
        _element("link", here),
        f'<atom:link href="{escape(here)}" rel="self" type="application/rss+xml"/>',
        _element("description", _("The newest public requests, as Open311 tells them.")),
        _element("language", translation.get_language() or ""),
        *(_item(one, here) for one in told),
        "</channel></rss>",
    ]
    return HttpResponse("".join(out), content_type="application/rss+xml; charset=utf-8")


def _item(one: dict[str, Any], here: str) -> str:
    title = ", ".join(text for text in (one["service_name"], one["address"]) if text)
    said = "\n".join(text for text in (one["description"], one["status_notes"]) if text)
    number = one["service_request_id"]
    parts = [
        _element("title", title),
        _element("link", f"{here.rpartition('.')[0]}/{number}.xml"),
        f'<guid isPermaLink="false">{number}</guid>',
        _element("pubDate", format_datetime(datetime.fromisoformat(one["requested_datetime"]))),
        _element("category", one["service_name"]),
        _element("description", said),
    ]
    if one["lat"] is not None:
        parts.append(f"<georss:point>{one['lat']} {one['long']}</georss:point>")
    return f"<item>{''.join(parts)}</item>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
