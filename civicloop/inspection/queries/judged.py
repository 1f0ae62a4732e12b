"""Every judged item as one flat row, streamed: what scores are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf

from civicloop.inspection.models import Observation


class Judged(NamedTuple):
    """One item judged in one visit.

    `point_type`, `unit_id` (responsible unit) and `area_id` (town) are those of the moment of judging. `chance` is the
    probability with which the place was drawn, from `stratum` of the draw `draw_id`, in the role main, panel or reserve.
    `second` says that the visit checks another one (double visit).
    """

    observation_id: int
    observation_uid: UUID
    visit_id: int
    point_id: int
    point_type: str
    unit_id: int | None
    area_id: int | None
    item: str
    answer: str
    judged_at: datetime
    chance: float
    stratum: str
    draw_id: int
    role: str
    second: bool


def judged_rows(
    *, as_of: datetime, rounds: Collection[int] | None = None, start: date | None = None, end: date | None = None,
    point_ids: Collection[int] | None = None,
) -> QuerySet[Observation]:  # fmt: skip
    """The rows behind `judged_observations` as a queryset, for whoever exports or counts them in the database.

    Only checklist items of points: faults beside the checklist and look-backs are not scored. `start` and `end` are days of
    visits, both included.
    """
    rows = Observation.objects.filter(
        visit__state="judged", visit__judged_at__lte=as_of, visit__case=None, visit__point__isnull=False
    )
    rows = rows.exclude(item="")
    if rounds is not None:
        rows = rows.filter(visit__round__in=list(rounds))
    if start is not None:
        rows = rows.filter(visit__day__gte=start)
    if end is not None:
        rows = rows.filter(visit__day__lte=end)
    if point_ids is not None:
        rows = rows.filter(visit__point__in=list(point_ids))
    return rows.order_by("visit_id", "seq")


def judged_observations(
    *, as_of: datetime, rounds: Collection[int] | None = None, start: date | None = None, end: date | None = None,
    point_ids: Collection[int] | None = None,
) -> Iterator[Judged]:  # fmt: skip
    """Every judged item up to a moment: one statement, memory stays flat."""
    rows = judged_rows(as_of=as_of, rounds=rounds, start=start, end=end, point_ids=point_ids)
    told = rows.values_list(
        "id", "uid", "visit_id", "visit__point_id",
        Coalesce(NullIf("visit__point_type", Value("")), "visit__point__point_type"),
        Coalesce("visit__unit_id", "visit__point__unit_id"), F("visit__block_id"), "item", "answer",
        "visit__judged_at", "visit__drawn__chance", "visit__drawn__stratum", "visit__drawn__draw_id",
        "visit__drawn__role",
        Case(When(visit__twin__isnull=False, then=True), default=False, output_field=BooleanField()),
    )  # fmt: skip
    for row in told.iterator(chunk_size=5000):
        yield Judged(*row)
