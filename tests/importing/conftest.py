"""A town small enough to check by hand: a command post, a department, two grids of a hundredth of a degree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from civicloop.organisation.actions import bring_in_grids, bring_in_units
from civicloop.organisation.actions.places import GridRow
from civicloop.organisation.actions.units import UnitRow
from civicloop.organisation.models import Person
from civicloop.organisation.revisions import bump
from civicloop.standards import reference
from civicloop.standards.models import Category, FilingCondition, LimitRow, Pack
from tests.kept import kept

TODAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 09:00 in the city


def square(west: float, south: float, side: float = 0.01) -> dict[str, Any]:
    """A square as a GeoJSON polygon."""
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


@dataclass(frozen=True)
class Town:
    """Numbers of the rows that tests name."""

    post: int
    cleaning: int
    rubbish: int
    graffiti: int
    person: Person
    other: Person

    @property
    def ref(self) -> reference.Reference:
        return reference.now()


def add_category(pack: Pack, code: str, name: str, amount: int = 2, unit: str = "work_day") -> int:
    """A category with one condition and the same limit in every area."""
    category = Category.objects.create(pack=pack, code=code, name=name, kind="matter", line="sanitation")
    condition = FilingCondition.objects.create(category=category, code="1", text="看得见", closing="清除")
    for area_class in "ABC":
        LimitRow.objects.create(condition=condition, area_class=area_class, amount=amount, unit=unit)
    return category.pk


def build_town() -> Town:
    """The town's rows; also used by tests that run commands in other processes."""
    bring_in_units(
        rows=[
            UnitRow("CP", "指挥中心", "command_post"),
            UnitRow("HW", "环卫处", "department", parent="CP", lines=["sanitation"]),
        ],
        by=None,
        at=TODAY,
    )
    ref = reference.now()
    bring_in_grids(
        rows=[
            GridRow("350212001001001", "东一格", square(118.15, 24.72), ref.org.by_code("CP").id, "A"),
            GridRow("350212001001002", "东二格", square(118.16, 24.72), ref.org.by_code("CP").id, "B"),
        ],
        by=None,
        at=TODAY,
    )
    pack = Pack.objects.create(code="town", edition="1", title="小城", digest="x", loaded_at=TODAY)
    rubbish, graffiti = (
        add_category(pack, "06010", "暴露垃圾"),
        add_category(pack, "07001", "非法小广告", 4, "work_hour"),
    )
    bump("standards")
    people = [Person.objects.create(username=name, name=name) for name in ("worker", "judge")]
    return Town(ref.org.by_code("CP").id, ref.org.by_code("HW").id, rubbish, graffiti, *people)


@pytest.fixture
def town(db: None) -> Town:
    return kept(build_town)
