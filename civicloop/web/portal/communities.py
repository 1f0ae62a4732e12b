"""Where a resident lives, when he marks no place: his community or village, of which the middle stands for the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from shapely.geometry import shape

from civicloop.kernel import geo
from civicloop.organisation.models import Grid
from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Community:
    """A unit on whose ground grids lie; `town` heads it in a list. What lies in a town and in none of its communities that are
    units is the town's own: it stands under the town, and says so.
    """

    uid: UUID
    name: str
    town: str


def communities(ref: Reference) -> Sequence[Community]:
    """The units that own grids: communities under their town, and in each town what is elsewhere in it. One statement."""
    owners = set(Grid.objects.filter(unit__active=True).order_by().values_list("unit", flat=True).distinct())
    heads = {ref.org.units[number].parent_id for number in owners}
    found = []
    for number in owners:
        unit = ref.org.units[number]
        above = ref.org.units.get(unit.parent_id) if unit.parent_id is not None else None
        if unit.kind == UnitKind.TOWN:
            name = _("elsewhere in %(town)s") % {"town": unit.name} if number in heads else unit.name
            found.append((unit.name, True, Community(unit.uid, name, unit.name)))
        else:
            town = above.name if above else ""
            found.append((town, False, Community(unit.uid, unit.name, town)))
    return [one for *_order, one in sorted(found, key=lambda row: (row[0], row[1], row[2].name))]


def middle_of(uid: str, ref: Reference) -> tuple[float, float] | None:
    """A point within the grid nearest to the middle of a community, in WGS-84; None for a community nobody knows."""
    try:
        unit = ref.org.by_uid(UUID(uid))
    except ValueError:
        return None
    rows = list(Grid.objects.filter(unit=unit.id)) if unit is not None else []
    if not rows:
        return None
    lon = sum(row.west + row.east for row in rows) / (2 * len(rows))
    lat = sum(row.south + row.north for row in rows) / (2 * len(rows))
    near = min(rows, key=lambda row: geo.distance_m(lon, lat, (row.west + row.east) / 2, (row.south + row.north) / 2))
    point = shape(near.outline).representative_point()
    return point.x, point.y
