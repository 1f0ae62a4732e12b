"""The case as one PDF, for whoever may read the case: written while one waits, kept nowhere."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.documents.casefile import case_document, write_case
from civicloop.documents.files import file_name
from civicloop.web.desk.asker import asker


@login_required
@require_GET
def casefile(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The file. `?blurred=1` is the one to hand on: faces and number plates hidden, people's names masked."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    handed_on = request.GET.get("blurred") == "1"
    document = case_document(found, ref=asking.ref, at=asking.at, by=asking.person.name, handed_on=handed_on)
    out = BytesIO()
    write_case(document, out, at=asking.at)
    day = timezone.localtime(asking.at).strftime("%Y%m%d")
    name = file_name(found.number, f"{document.title}-{day}", "pdf")
    response = HttpResponse(out.getvalue(), content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename=\"{found.number}-{day}.pdf\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
