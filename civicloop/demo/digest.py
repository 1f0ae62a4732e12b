"""A fingerprint of what the demo city says, public ids and row numbers left out: the same recipe gives the same fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count

from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.organisation.models import Appointment, Grid, Person, Point, Unit
from civicloop.publicity.models import Display, Honour
from civicloop.residents.models import Feedback, Report
from civicloop.surveys.models import DoorOpinion, Survey
from civicloop.volunteers.models import Order, PracticeSite

PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def digest() -> str:
    """SHA-256 over units, people, appointments, grids, points, cases with their steps, pictures, sites, orders, what the campaign
    shows, asks and honours, and what residents said.
    """
    heap = hashlib.sha256()
    for row in contents():
        heap.update(repr(row).encode())
        heap.update(b"\n")
    return heap.hexdigest()


def contents() -> Iterator[tuple[Any, ...]]:
    """What the fingerprint is taken of, row by row."""
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
    yield from _rows(Case.objects.order_by("pk").values_list(*columns))
    steps = CaseStep.objects.order_by("case", "seq")
    yield from _rows(
        steps.values_list(
            "case__external_key", "seq", "name", "by__username", "at", "state_before", "state_after", "note"
        )
    )
    yield from _rows(
        CaseEvidence.objects.order_by("case", "step__seq", "kind", "photo").values_list(
            "case__external_key", "kind", "photo"
        )
    )
    yield from _service()
    yield from _campaign()


def _service() -> Iterator[tuple[Any, ...]]:
    """Sites and orders of voluntary service."""
    yield from PracticeSite.objects.order_by("code").values_list("code", "name", "level", "unit__code", "lon", "lat")
    columns = (
        "service__code", "state", "team__unit__code", "source", "address", "created_at", "act_by", "ended_at", "score",
    )  # fmt: skip
    yield from _rows(Order.objects.order_by("created_at", "pk").values_list(*columns))


def _campaign() -> Iterator[tuple[Any, ...]]:
    """Displays, honours, surveys with their results, opinions heard at doors, and how content residents said they are."""
    displays = Display.objects.order_by("code")
    yield from _rows(
        displays.values_list("code", "name", "kind", "content", "state", "owner__code", "lon", "lat", "act_by")
    )
    yield from _rows(
        Honour.objects.order_by("pk").values_list("kind", "holder", "state", "unit__code", "year", "awarded_at")
    )
    surveys = Survey.objects.order_by("pk").annotate(many=Count("responses"))
    yield from _rows(surveys.values_list("title", "state", "starts_on", "design", "results", "many"))
    opinions = DoorOpinion.objects.order_by("pk")
    yield from _rows(
        opinions.values_list("kind", "state", "words", "unit__code", "noted_by__username", "noted_at", "answer")
    )
    reports = Report.objects.order_by("pk")
    yield from _rows(reports.values_list("state", "category__code", "received_at", "held_for"))
    yield from _rows(
        Feedback.objects.order_by("pk").values_list("closed_at", "asked_at", "grade", "note", "answered_at")
    )


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Moments as UTC text, so that databases that hand them out in other zones agree; keys without the public ids in them."""
    for row in rows:
        yield tuple(_plain(value) for value in row)


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):  # PostgreSQL keeps the keys of an object in an order of its own
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, str):
        return PUBLIC_ID.sub("", value)
    return value.isoformat() if hasattr(value, "isoformat") else value
