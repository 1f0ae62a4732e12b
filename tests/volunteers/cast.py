"""The volunteers of the small city: a centre with its desk, three teams, skills and a menu. All names are invented.

Fang Dan works at the order desk; the Mulberry team cuts hair and repairs, the Plum team repairs and tutors, the Bamboo team has no
capacity. Whoever orders is Wen Bao, the reporter of the community, unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import MONDAY_NINE, PASSWORD, SINCE, SOUTH, WEST, City, build_city
from tests.kept import kept

HOME = {"lon": WEST + 0.005, "lat": SOUTH + 0.005, "address": "莲北社区12号"}


@dataclass
class Corps:
    """The city with its volunteers. People and units are added to the city's own; teams, skills and services stand apart."""

    city: City
    teams: dict[str, Any] = field(default_factory=dict)
    skills: dict[str, Any] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in ("city", "teams", "skills", "services") or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.city, name)

    def order(
        self, *, by: str | None = "reporter", service: str = "haircut", at: datetime = MONDAY_NINE, **given: Any
    ) -> Any:
        """An order as it comes in, at home in the first grid unless said otherwise."""
        from civicloop.volunteers import actions

        person = self.city.people[by] if by else None
        place = {} if {"lon", "address"} & set(given) else HOME
        return actions.create(service=self.services[service], by=person, at=at, **{**place, **given}).order

    def walk(
        self, state: str, *, at: datetime = MONDAY_NINE, order: Any = None, team: str = "mulberry", **given: Any
    ) -> Any:
        """An order walked along its life until it stands in `state`, a quarter of an hour a step."""
        from civicloop.volunteers import actions

        order = order or self.order(at=at, **given)
        worker = f"{team}_handler"
        steps: list[tuple[str, str, str, dict[str, Any]]] = [
            ("pooled", "order_desk", "approve", {}),
            ("assigned", "order_desk", "assign", {"team": self.teams[team].unit.code}),
            ("accepted", worker, "accept", {}),
            ("serving", worker, "begin", {}),
            ("served", worker, "finish", {"note": "头发理好了"}),
            ("rated", "reporter", "rate", {"score": 5, "as_asked": True}),
            ("archived", "order_desk", "archive", {}),
        ]
        reached = [name for name, *_ in steps]
        if state == "submitted":
            return order
        for number, (_, by, step, what) in enumerate(steps[: reached.index(state) + 1], 1):
            moment = at + timedelta(minutes=15 * number)
            order = actions.take(order.uid, step, by=self.city.people[by], at=moment, given=what)
        return order


PEOPLE = (
    ("order_desk", "方单", "order_desk", "centre"),
    ("other_order_desk", "袁单", "order_desk", "centre"),
    ("town_order_desk", "连单", "order_desk", "lotus"),
    ("mulberry_handler", "桑服", "unit_handler", "mulberry"),
    ("mulberry_leader", "桑长青", "unit_leader", "mulberry"),
    ("plum_handler", "梅服", "unit_handler", "plum"),
    ("bamboo_handler", "竺服", "unit_handler", "bamboo"),
)
# name, title, skills, capacity
TEAMS = (
    ("mulberry", "桑榆服务队", ("hair", "repair"), 2),
    ("plum", "红梅服务队", ("repair", "tutor", "hair"), 1),
    ("bamboo", "青竹服务队", ("hair", "repair", "tutor"), 0),
)
SERVICES = (
    ("haircut", "上门理发", ("hair",), 40), ("repair", "家电维修", ("repair",), 60), ("tutor", "作业辅导", ("tutor",), 90),
)  # fmt: skip


@pytest.fixture
def corps(db: None) -> Corps:
    """The small city with its volunteers, complete."""
    return kept(build_corps)


def build_corps() -> Corps:
    """Build the city and its volunteers."""
    return add_corps(build_city())


def add_corps(city: City) -> Corps:
    """Add the volunteers to a city through the house's own verbs."""
    from civicloop.organisation import actions as organisation
    from civicloop.volunteers.actions import menu, places

    now = MONDAY_NINE - timedelta(days=300)
    made = Corps(city)
    city.units["centre"] = organisation.add_unit(
        code="CENTRE", name="文明实践中心", kind="campaign_office", parent=city.units["command"], by=None, at=now
    )
    site = places.make_site(
        code="C1", name="新时代文明实践中心", level="centre", unit=city.units["centre"], lon=WEST + 0.01, lat=SOUTH + 0.01,
        by=None, at=now,
    )  # fmt: skip
    for code, name in (("hair", "理发"), ("repair", "维修"), ("tutor", "辅导")):
        made.skills[code] = menu.make_skill(code=code, name=name, by=None, at=now)
    for number, (name, title, skills, capacity) in enumerate(TEAMS):
        unit = organisation.add_unit(
            code=name.upper(), name=title, kind="team", parent=city.units["lotus"], by=None, at=now
        )
        city.units[name] = unit
        made.teams[name] = places.make_team(
            unit=unit, site=site, skills=[made.skills[one] for one in skills], capacity=capacity, radius_m=4000,
            lon=WEST + 0.01 + 0.002 * number, lat=SOUTH + 0.01, by=None, at=now,
        )  # fmt: skip
    for code, name, skills, minutes in SERVICES:
        service = menu.make_service(
            code=code, name=name, skills=[made.skills[one] for one in skills], minutes=minutes, by=None, at=now
        )
        made.services[code] = menu.publish_service(service=service, by=None, at=now)
    for name, title, role, unit_name in PEOPLE:
        person = organisation.add_person(
            username=name, name=title, phone="13800000000", password=PASSWORD, by=None, at=now
        )
        organisation.appoint(person=person, role=role, unit=city.units[unit_name], starts_on=SINCE, by=None, at=now)
        city.people[name] = person
    return made
