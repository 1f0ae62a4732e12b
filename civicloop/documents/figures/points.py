"""Points of the units asked about with how many problems are open there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from civicloop.cases.models import Case
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.places import COUNTED_ONLY
from civicloop.organisation.models import Point


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as the handbook lists it."""

    name: str
    point_type: str
    address: str
    unit: str
    open: int


def points(frame: Frame) -> tuple[PointRow, ...]:
    """Active points of inspection by type and code; what is only counted (boards, posts) is left out. Two statements."""
    rows = Point.objects.filter(active=True).exclude(point_type__in=COUNTED_ONLY)
    if frame.units is not None:
        rows = rows.filter(Q(unit_id__in=sorted(frame.units)) | Q(grid__unit_id__in=sorted(frame.units)))
    told = list(
        rows.order_by("point_type", "code").values_list(
            "pk", "name", "point_type", "address", "unit__name", "area__name"
        )
    )
    cases = Case.objects.filter(ended_at=None, point__isnull=False).order_by()
    open_ = dict(cases.values_list("point_id").annotate(many=Count("pk")))
    return tuple(
        PointRow(name, kind, address or area or "", unit or "", open_.get(pk, 0))
        for pk, name, kind, address, unit, area in told
    )
