"""Filters a person keeps by name, for the inbox and for the list of cases: they are that person's alone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.organisation.preferences import choose, chosen
from civicloop.web.desk.asker import Asker, asker

# Where filters are kept, and what their addresses may say.
ROOMS = {
    "inbox": ("desk:inbox", ("q", "state", "lens", "urgent")),
    "cases": ("desk:cases", ("q", "state", "category", "unit", "grid", "overdue", "lens", "of")),
}
MOST = 20


@dataclass(frozen=True)
class Saved:
    """One filter with its name and its address."""

    name: str
    query: str
    address: str


def saved_of(asking: Asker, room: str) -> list[Saved]:
    """What a person has kept for a room, in the order of keeping. One statement."""
    kept = chosen(asking.person, f"filters.{room}", [])
    address = reverse(ROOMS[room][0])
    return [Saved(one["name"], one["query"], f"{address}?{one['query']}") for one in kept]


@login_required
@require_POST
def keep(request: HttpRequest, room: str) -> HttpResponse:
    """Keep the present filter under a name (again under the same name replaces it), or with `remove` forget one."""
    if room not in ROOMS:
        raise NotFound("page", room)
    asking = asker(request)
    address, allowed = ROOMS[room]
    kept = [{"name": one.name, "query": one.query} for one in saved_of(asking, room)]
    name = clean_text(request.POST.get("name", ""), limit=40, field="name")
    rest = [one for one in kept if one["name"] != name]
    if request.POST.get("remove"):
        choose(key=f"filters.{room}", value=rest, by=asking.person)
        return redirect(address)
    query = _query(request.POST.get("query", ""), allowed)
    if not name:
        raise Invalid("name", "required", field="name")
    if not query:
        raise Invalid("query", "nothing_to_keep")
    if len(rest) >= MOST:
        raise Invalid("name", "too_many_filters", most=MOST)
    choose(key=f"filters.{room}", value=[*rest, {"name": name, "query": query}], by=asking.person)
    return redirect(f"{reverse(address)}?{query}")


def _query(text: str, allowed: tuple[str, ...]) -> str:
    """The filters of an address, without the place in the list and whatever else stands there."""
    try:
        pairs = parse_qsl(text.lstrip("?")[:2000], max_num_fields=50)
    except ValueError:  # more than a filter ever has
        return ""
    return urlencode([(key, value[:100]) for key, value in pairs if key in allowed and value])
