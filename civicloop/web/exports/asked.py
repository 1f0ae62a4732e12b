"""Who asked for an export, and with which filters: the page's own readers of filters are used again by the job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from civicloop.documents.models import Export
from civicloop.standards import reference
from civicloop.web.desk.asker import Asker


@dataclass(frozen=True)
class Asked:
    """The asker as of now (posts may have ended since), the filters as the page had them, and a request that carries both."""

    asking: Asker
    typed: QueryDict
    request: HttpRequest


def asked_of(export: Export, at: datetime) -> Asked:
    """What the page would have known."""
    ref = reference.now()
    person = export.asked_by
    asking = Asker(person, ref.actor(person, timezone.localdate(at)), ref, at)
    request = HttpRequest()
    request.method = "GET"
    request.GET = typed = QueryDict(export.query)
    request.user = person
    request.civicloop_asker = asking  # type: ignore[attr-defined]
    return Asked(asking, typed, request)
