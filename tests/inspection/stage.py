"""A stage for inspections: the small city with points, inspectors, an edition, and a round in the week of the cast."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.cast import CHINA, MONDAY_NINE, PASSWORD, SIDE, SINCE, SOUTH, WEST, City

WEEK = [date(2026, 11, 23) + timedelta(days=number) for number in range(5)]
CONTENT = {
    "name": "small", "edition": "1", "title": {"zh_Hans": "小标准", "en": "small"},
    "point_types": [
        {"code": "STREET", "name": {"zh_Hans": "主次干道", "en": "street"}, "list": "all", "sure": "high"},
        {"code": "MARKET", "name": {"zh_Hans": "农贸市场", "en": "market"}, "list": "all", "sure": "high"},
        {"code": "STATION", "name": {"zh_Hans": "车站", "en": "station"}, "list": "all", "sure": "high"},
    ],
}  # fmt: skip
SECRET = "5e" * 32
# code, unit: one from the town itself, one from another town's community, two from the city's own desk.
INSPECTORS = (
    ("looker_lotus", "lotus"),
    ("looker_willow", "willow_east"),
    ("looker_one", "office"),
    ("looker_two", "checkers"),
)


@dataclass
class Stage:
    """The city, its round and its inspectors by user name."""

    city: City
    round: Any
    edition: Any
    inspectors: dict[str, Any] = field(default_factory=dict)

    def commit(self, **given: Any) -> Any:
        """A committed draw with a known secret, opening on Monday."""
        from civicloop.inspection import actions

        asked = {"round": self.round, "design": {"size": 12}, "opens_on": WEEK[0], "by": None, "secret": SECRET}
        return actions.commit_draw(**{**asked, "at": MONDAY_NINE, **given})

    def draw(self, **given: Any) -> Any:
        """A draw that was performed."""
        from civicloop.inspection import actions

        return actions.perform_draw(draw=self.commit(**given), by=None, at=MONDAY_NINE)


def at(day: date, hour: int = 9) -> datetime:
    """A moment of a day in the city."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def set_stage(city: City, *, points: int = 40) -> Stage:
    """Points of two types along the four grids; streets answer to communities, markets to the department."""
    from civicloop.inspection import actions
    from civicloop.organisation import actions as organisation
    from civicloop.organisation.actions.places import PointRow
    from civicloop.standards import editions
    from civicloop.standards.models import Edition, Pack

    editions.book.cache_clear()  # numbers of editions begin anew with each test
    pack = Pack.objects.get(code="small")
    edition = Edition.objects.create(pack=pack, name="1", digest="1" * 64, content=CONTENT, loaded_at=MONDAY_NINE)
    rows = []
    for number in range(points):
        grid, kind = number % 4, "MARKET" if number % 5 == 0 else "STREET"
        owner = ("lotus_north", "lotus_south", "willow_east", "willow_east")[grid] if kind == "STREET" else "sanitation"
        lon = WEST + SIDE * (grid % 2) + SIDE * ((number * 7) % 19 + 0.5) / 20
        lat = SOUTH + SIDE * (grid // 2) + SIDE * ((number * 11) % 19 + 0.5) / 20
        rows.append(
            PointRow(
                code=f"P{number:03d}", name=f"第{number}点", point_type=kind, lon=lon, lat=lat,
                unit_id=city.units[owner].pk, grid_id=city.grids[grid].pk,
            )
        )  # fmt: skip
    organisation.bring_in_points(rows=rows, by=None, at=MONDAY_NINE)
    round_ = actions.plan_round(
        code="W48", title="第48周暗访", kind="weekly_visit", edition_id=edition.pk, organiser_id=city.office.pk,
        starts_on=WEEK[0], ends_on=WEEK[-1], by=None, at=MONDAY_NINE,
    )  # fmt: skip
    stage = Stage(city, round_, edition)
    for username, unit in INSPECTORS:
        person = organisation.add_person(
            username=username, name="巡查员", phone="13800000000", password=PASSWORD, by=None, at=MONDAY_NINE
        )
        organisation.appoint(
            person=person, role="inspector", unit=city.units[unit], starts_on=SINCE, by=None, at=MONDAY_NINE
        )
        stage.inspectors[username] = person
    return stage
