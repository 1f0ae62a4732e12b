"""Notices to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.loops.models import Notice


def tell(
    people: Iterable[int], *, kind: str, loop_kind: str, loop_uid: UUID, data: Mapping[str, Any], at: datetime, key: str
) -> None:
    """Give each person one notice; the same key never makes a second one."""
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=person,
                kind=kind,
                loop_kind=loop_kind,
                loop_uid=loop_uid,
                data=dict(data),
                created_at=at,
                key=key,
            )
            for person in dict.fromkeys(people)
        ],
        ignore_conflicts=True,
    )


def mark_seen(*, person_id: int, at: datetime, upto: int | None = None) -> int:
    """Mark a person's notices as seen; returns how many were new."""
    rows = Notice.objects.filter(person_id=person_id, seen_at=None)
    return (rows if upto is None else rows.filter(pk__lte=upto)).update(seen_at=at)
