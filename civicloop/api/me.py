"""The asker: who he is here, and what waits for him."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from civicloop.api import shapes
from civicloop.api.asking import asked
from civicloop.api.describing import PROBLEMS, reply
from civicloop.api.filters import Paged
from civicloop.api.paging import page_of, place_of
from civicloop.api.reading import check_names
from civicloop.api.render import BRIEF, case_row
from civicloop.api.standing import person_out
from civicloop.cases import queries

router = Router(tags=["me"])
NEVER = Value(datetime(9999, 1, 1, tzinfo=UTC), output_field=DateTimeField())


@router.get("/me", response={200: shapes.PersonOut, **PROBLEMS}, operation_id="get_me")
def get_me(request: HttpRequest) -> HttpResponse:
    """The person behind the token, with the posts of today."""
    check_names(request, [])
    who = asked(request)
    person = who.person
    return reply(person_out({"id": person.pk, "uid": person.uid, "name": person.name, "phone": person.phone}, who))


@router.get("/me/inbox", response={200: shapes.CasePage, **PROBLEMS}, operation_id="get_inbox")
def get_inbox(request: HttpRequest, given: Query[Paged]) -> HttpResponse:
    """Cases on which the asker can act now, the most pressing first."""
    check_names(request, Paged.model_fields)
    who = asked(request)
    place = place_of(given.cursor, given.page == "last")
    # A closed case with an open appeal has nothing to be done by: it comes last.
    rows = queries.inbox(who.actor, who.ref).alias(pressing=Coalesce("act_by", NEVER)).order_by("pressing", "id")
    page = page_of(rows, BRIEF, place=place, limit=given.limit)
    return reply(page.body(request, lambda row: case_row(row, who.ref, who.at)))
