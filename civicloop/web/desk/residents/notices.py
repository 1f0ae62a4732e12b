"""What residents have said of a case, for the head of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from civicloop.cases.models import Case
from civicloop.residents import policy
from civicloop.residents.queries import desk
from civicloop.web.desk.asker import Asker


@dataclass(frozen=True)
class Said:
    """That a resident finds a closed case not put right: when, in which words, and where it is answered ("": not by the reader)."""

    at: datetime
    reason: str
    address: str


def said_of(case: Case, asking: Asker) -> list[Said]:
    """What waits for an answer: one statement for a closed case, none for others."""
    waiting = desk.waiting_request(case)
    if waiting is None:
        return []
    may_read = policy.may(asking.actor, "residents.read")
    address = f"{reverse('desk:residents')}#request-{waiting.uid}" if may_read else ""
    return [Said(waiting.asked_at, waiting.reason, address)]
