"""Who has a loop open and works on it just now: a courtesy between colleagues, never a lock.

A lock would outlive whoever forgot it; a version number already keeps two people from overwriting one another. A presence ends by
itself when no sign of life comes for `LASTS`. Nothing of it is kept: no ledger line, no count, no history of who looked when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from civicloop.loops.models import Presence

LASTS = timedelta(seconds=90)
"""A page gives a sign of life every half minute; two may be lost before it counts as gone."""


@dataclass(frozen=True)
class Present:
    """Somebody who works on a loop, and since when."""

    person_id: int
    name: str
    since: datetime


@transaction.atomic
def enter(*, loop_kind: str, loop_uid: UUID, person_id: int, at: datetime) -> None:
    """Say that a person works on a loop, or still does. What has run out is swept away on the way."""
    Presence.objects.filter(until__lt=at).delete()
    row = Presence(loop_kind=loop_kind, loop_uid=loop_uid, person_id=person_id, since=at, until=at + LASTS)
    Presence.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["loop_uid", "person"], update_fields=["until"]
    )


def leave(*, loop_uid: UUID, person_id: int) -> None:
    """Say that a person no longer works on a loop. Leaving twice is no fault."""
    Presence.objects.filter(loop_uid=loop_uid, person_id=person_id).delete()


def others(loop_uids: Iterable[UUID], *, person_id: int | None, at: datetime) -> dict[UUID, list[Present]]:
    """Who else works on these loops at a moment, first come first named. One statement."""
    found: dict[UUID, list[Present]] = {}
    rows = Presence.objects.filter(loop_uid__in=list(loop_uids), until__gte=at)
    if person_id is not None:
        rows = rows.exclude(person_id=person_id)
    told = rows.order_by("since", "pk").values_list("loop_uid", "person_id", "person__name", "since")
    for loop_uid, other, name, since in told:
        found.setdefault(loop_uid, []).append(Present(other, name, since))
    return found
