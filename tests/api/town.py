"""A town of one command post, one department, one other department and two grids, with one person for each post."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from civicloop.cases import actions
from civicloop.cases.actions.historic import Historic, HistoricStep, bring_in
from civicloop.cases.models import Case
from civicloop.organisation.actions import (
    add_calendar,
    add_person,
    add_unit,
    appoint,
    bring_in_grids,
    bring_in_points,
    make_token,
)
from civicloop.organisation.actions.places import GridRow, PointRow
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.revisions import bump
from civicloop.standards import reference
from civicloop.standards.models import Category, FilingCondition, LimitRow, Pack, Question

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
POSTS = {
    "filer": ("filer", "CP"),
    "dispatcher": ("dispatcher", "CP"),
    "verifier": ("verifier", "CP"),
    "supervisor": ("supervisor", "CP"),
    "handler": ("unit_handler", "HW"),
    "other": ("unit_handler", "CG"),
    "walker": ("grid_worker", "HW"),
    "keeper": ("system_admin", "CP"),
}
INSIDE = {"lon": 118.151, "lat": 24.721}


@dataclass
class Town:
    """What tests name: units and people by their codes, and a token for each person."""

    units: dict[str, Unit]
    people: dict[str, Person]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def rubbish(self) -> Category:
        return Category.objects.get(code="06010")

    def report(self, at: datetime, by: str = "walker", **more: Any) -> Case:
        """A case of rubbish in the first grid."""
        given = {"description": "垃圾外溢", "address": "西湖路 12 号", **INSIDE, **more}
        return actions.report(category_id=self.rubbish.pk, by=self.people[by], at=at, **given).case


def square(west: float, south: float, side: float = 0.01) -> dict[str, Any]:
    """A square as GeoJSON."""
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def build_town() -> Town:
    """All rows, made by the house's own actions."""
    how: dict[str, Any] = {"by": None, "at": LONG_AGO}
    add_calendar(code="city", name="本市", **how)
    units = {"CP": add_unit(code="CP", name="指挥中心", kind="command_post", **how)}
    for code, name in (("HW", "环卫处"), ("CG", "城管局")):
        units[code] = add_unit(code=code, name=name, kind="department", parent=units["CP"], **how)
    bring_in_grids(
        rows=[
            GridRow("350212001001001", "东一格", square(118.15, 24.72), units["CP"].pk, "A"),
            GridRow("350212001001002", "东二格", square(118.16, 24.72), units["CP"].pk, "B"),
        ],
        **how,
    )
    bring_in_points(rows=[PointRow("P1", "第一市场", "market", 118.152, 24.722, unit_id=units["HW"].pk)], **how)
    add_categories()
    people = {}
    for name, (role, unit) in POSTS.items():
        people[name] = add_person(username=name, name=f"{name}甲", phone="13800001234", **how)
        appoint(person=people[name], role=role, unit=units[unit], starts_on=date(2020, 1, 1), **how)
    bump("organisation", "grids", "calendars", "parameters", "standards")
    tokens = {name: make_token(person=one, name="test", by=one, at=LONG_AGO)[1] for name, one in people.items()}
    return Town(units, people, tokens)


def add_categories() -> None:
    """Two kinds of problem; the second asks a question."""
    pack = Pack.objects.create(code="town", edition="1", title="小城", digest="x", loaded_at=LONG_AGO)
    for code, name, english in (("06010", "暴露垃圾", "exposed rubbish"), ("07001", "非法小广告", "graffiti")):
        category = Category.objects.create(
            pack=pack,
            code=code,
            name=name,
            name_en=english,
            kind="matter",
            line="sanitation",
            needs_rectify_photo=False,
        )
        condition = FilingCondition.objects.create(category=category, code="1", text="看得见", closing="清除")
        for area_class in "ABC":
            LimitRow.objects.create(condition=condition, area_class=area_class, amount=2, unit="work_day")
    Question.objects.create(category=category, code="how_many", text="多少张", datatype="number", required=False)


def fill(town: Town, count: int, *, unit: str = "HW") -> None:
    """Many closed and open cases from the past, a minute apart."""
    start = datetime(2024, 11, 4, 1, 0, tzinfo=UTC)
    rows = []
    for number in range(count):
        at = start + timedelta(minutes=number)
        steps = [HistoricStep("dispatch", at + timedelta(minutes=5), to_unit_id=town.units[unit].pk)]
        if number % 3 == 0:
            steps.append(HistoricStep("close", at + timedelta(hours=5)))
        rows.append(
            Historic(
                external_key=f"old-{unit}-{number}", category_id=town.rubbish.pk, reported_at=at, steps=steps,
                description=f"第{number}处垃圾", address="湖滨路", lon=118.1505 + number * 1e-6, lat=24.7205,
            )
        )  # fmt: skip
    bring_in(rows, by=None, at=datetime(2024, 12, 2, tzinfo=UTC), ref=reference.now())
