"""Tokens of requests that a moderator looks at first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.services import type_of
from civicloop.api.open311.writing import Told, answer
from civicloop.residents.models import Open311Request
from civicloop.residents.queries.open311services import services_of
from civicloop.residents.rules.open311 import number_of


@opened("GET", "HEAD")
def token(request: HttpRequest, asked: Asked, token: str) -> HttpResponse:
    """The id of the request behind a token; empty while a moderator has it, and for good where it was refused."""
    row = Open311Request.objects.select_related("report").filter(token=token[:32], key__test=asked.test).first()
    if row is None or len(token) > 32 or _is_blackbox(row, asked):
        raise Fault(404, _("There is no token %(token)s.") % {"token": token[:32]})
    # A batch is no quicker or slower than others: the id is there as soon as the report is a case.
    case_id = row.report.case_id if row.report else None
    number = number_of(case_id) if case_id else row.token if row.sample is not None else None
    return answer(Told("service_requests", [{"service_request_id": number, "token": row.token}]), asked.form)


def _is_blackbox(row: Open311Request, asked: Asked) -> bool:
    """Whether no id is told of what was sent, even to who has guessed its token."""
    if row.report is None:
        return False
    code = services_of(asked.ref).codes.get(row.report.category_id, "")
    return type_of(code, asked.ref) == "blackbox"
