"""Signs of life from pages on which somebody works on a case, and who else does."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from civicloop.cases import queries
from civicloop.loops import presence as present
from civicloop.web.desk.asker import asker


@login_required
@require_POST
def presence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter, or leave with `leave=1`; answers with the names of the others."""
    asking = asker(request)
    case = queries.get(uid, asking.actor)
    if request.POST.get("leave"):
        present.leave(loop_uid=case.uid, person_id=asking.person.pk)
        return HttpResponse(status=204)
    present.enter(loop_kind="case", loop_uid=case.uid, person_id=asking.person.pk, at=asking.at)
    return render(request, "ui/presence_names.html", {"case": case})
