"""A fingerprint of what the demo city says, public ids and row numbers left out: the same recipe gives the same fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.organisation.models import Appointment, Grid, Person, Point, Unit
from civicloop.volunteers.models import Order, PracticeSite


def digest() -> str:
    """SHA-256 over units, people, appointments, grids, points, cases with their steps, pictures, sites and orders."""
    heap = hashlib.sha256()
    for row in _content():
        heap.update(repr(row).encode())
        heap.update(b"\n")
    return heap.hexdigest()


def _content() -> Iterator[tuple[Any, ...]]:
    yield from Unit.objects.order_by("code").values_list("code", "name", "kind", "parent__code", "lines")
    yield from Person.objects.order_by("username").values_list("username", "name")
    jobs = Appointment.objects.order_by("person__username", "role", "unit__code", "grid__code")
    yield from _rows(jobs.values_list("person__username", "role", "unit__code", "grid__code", "starts_on"))
    yield from Grid.objects.order_by("code").values_list("code", "name", "unit__code", "area_class", "outline")
    yield from Point.objects.order_by("code").values_list(
        "code", "name", "point_type", "unit__code", "grid__code", "lon", "lat"
    )
    columns = (
        "external_key", "state", "category__code", "condition__code", "description", "answers", "source", "urgent", "address",
        "lon", "lat", "grid__code", "point__code", "unit__code", "owner__code", "reporter__username", "reported_at", "due_at",
        "act_by", "rectified_at", "closed_at", "ended_at", "returned_count", "sent_back_count", "reopened_count", "supervised",
        "excused", "recurrence_of__external_key", "merged_into__external_key",
    )  # fmt: skip
    yield from _rows(Case.objects.order_by("external_key", "pk").values_list(*columns))
    steps = CaseStep.objects.order_by("case__external_key", "case", "seq")
    yield from _rows(
        steps.values_list(
            "case__external_key", "seq", "name", "by__username", "at", "state_before", "state_after", "note"
        )
    )
    yield from _rows(
        CaseEvidence.objects.order_by("case__external_key", "case", "step__seq", "kind", "photo").values_list(
            "case__external_key", "kind", "photo"
        )
    )
    yield from _service()


def _service() -> Iterator[tuple[Any, ...]]:
    """Sites and orders of voluntary service."""
    yield from PracticeSite.objects.order_by("code").values_list("code", "name", "level", "unit__code", "lon", "lat")
    columns = (
        "service__code", "state", "team__unit__code", "source", "address", "created_at", "act_by", "ended_at", "score",
    )  # fmt: skip
    yield from _rows(Order.objects.order_by("created_at", "pk").values_list(*columns))


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Moments as UTC text, so that databases that hand them out in other zones agree."""
    for row in rows:
        yield tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row)
