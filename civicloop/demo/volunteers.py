"""Voluntary service in the demo city: the centre and its levels, teams, a menu, and orders in every state with their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from civicloop.demo.people import names_of_people
from civicloop.demo.settle import City
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.rules.roles import Role, UnitKind
from civicloop.volunteers.actions import menu, places
from civicloop.volunteers.models import PracticeSite, ServiceKind, Skill, Team

CENTRE_UNIT = "ZYZX"
INSTITUTES, STATIONS = 8, 139
# Of the posts only a sample is built as sites: all of them stand as areas already (`practice`).
POSITION_POSTS, PRACTICE_POSTS = 60, 90
CENTRE_PLACE = (118.1526, 24.7236)
DESK_PEOPLE = 3
# Log-ins that are printed beside those of the city: user name, what it is for, the role. The team is the first.
ACCOUNTS = (("orders", "志愿服务派单", Role.ORDER_DESK), ("team", "志愿服务队", Role.UNIT_HANDLER))
OPENING = "周一至周日 8:30–17:30"


@dataclass
class Corps:
    """What was settled, as the story of the orders needs it."""

    centre: Unit
    services: dict[str, ServiceKind] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    desk: list[Person] = field(default_factory=list)
    # Who handles for each team, by the number of its unit.
    workers: dict[int, Person] = field(default_factory=dict)


@cache
def told() -> Mapping[str, Any]:
    """The table of the demo's volunteers."""
    text = (files("civicloop.demo") / "data" / "volunteers.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def settle_volunteers(city: City, *, seed: int, founded: date, at: datetime) -> Corps:
    """Add centre, sites, menu, teams and their people; everything holds from `founded` on."""
    rng = Random(f"{seed}:volunteers")
    centre = organisation.add_unit(
        code=CENTRE_UNIT, name="区新时代文明实践中心（演示）", short_name="实践中心", kind=UnitKind.CAMPAIGN_OFFICE,
        parent=city.units["ZHB"], by=None, at=at,
    )  # fmt: skip
    corps = Corps(centre)
    sites = _sites(city, corps, rng, at)
    skills = _menu(corps, datetime.combine(founded, time(8), at.tzinfo))
    _teams(city, corps, sites, skills, rng, at)
    _people(city, corps, rng, founded, at)
    return corps


def _sites(city: City, corps: Corps, rng: Random, at: datetime) -> dict[str, PracticeSite]:
    """The five levels; institutes by the code of their town, stations by that of their village."""
    spots = _spots(city, rng)
    lon, lat = CENTRE_PLACE
    found = {"": places.make_site(
        code="S-ZX", name="同安区新时代文明实践中心（演示）", level="centre", unit=corps.centre, lon=lon, lat=lat,
        address="城中路（演示）", opening=OPENING, by=None, at=at,
    )}  # fmt: skip
    for town in list(city.land.towns)[:INSTITUTES]:
        village = next(one for one in city.land.villages if one.town == town)
        found[town] = _site(
            "institute", f"S-{town}", f"{city.land.towns[town]}文明实践所（演示）", city.units[town], found[""],
            spots[village.code], at,
        )  # fmt: skip
    for village in city.land.villages[:STATIONS]:
        unit = city.units.get(village.code) or city.units[village.town]
        above = found.get(village.town) or found[""]
        found[village.code] = _site(
            "station", f"S-{village.code}", f"{village.short}文明实践站（演示）", unit, above, spots[village.code], at
        )
    stations = [found[village.code] for village in city.land.villages[:STATIONS]]
    for level, many, word in (("position_post", POSITION_POSTS, "阵地岗"), ("practice_post", PRACTICE_POSTS, "实践岗")):
        for number, above in enumerate(rng.sample(stations, many), 1):
            place = (
                float(above.lon or 0) + rng.uniform(-2, 2) / 1000,
                float(above.lat or 0) + rng.uniform(-2, 2) / 1000,
            )
            name = f"{above.name.partition('文明')[0]}{word}{number}（演示）"
            _site(level, f"S-{level[:3].upper()}{number:04d}", name, above.unit, above, place, at)
    return found


def _site(
    level: str, code: str, name: str, unit: Unit, above: PracticeSite, place: tuple[float, float], at: datetime
) -> PracticeSite:  # fmt: skip
    lon, lat = place
    return places.make_site(
        code=code, name=name, level=level, unit=unit, parent=above, lon=round(lon, 6), lat=round(lat, 6),
        opening=OPENING if level in ("institute", "station") else "", by=None, at=at,
    )  # fmt: skip


def _spots(city: City, rng: Random) -> dict[str, tuple[float, float]]:
    """A place in the middle of one grid of every village."""
    found: dict[str, tuple[float, float]] = {}
    for plot in city.land.plots:
        if plot.village.code not in found:
            middle = plot.ground.representative_point()
            found[plot.village.code] = (float(middle.x), float(middle.y))
    return found


def _menu(corps: Corps, at: datetime) -> dict[str, Skill]:
    skills: dict[str, Skill] = {}
    for code, row in told()["skills"].items():
        given = row if isinstance(row, dict) else {"name": row}
        skills[code] = menu.make_skill(code=code, by=None, at=at, **given)
    for row in told()["services"]:
        service = menu.make_service(
            code=row["code"], name=row["name"], group=row["group"], minutes=row["minutes"], people=row["people"],
            description=f"例如：{row['text']}。", skills=[skills[one] for one in row["skills"]], by=None, at=at,
        )  # fmt: skip
        corps.services[row["code"]] = menu.publish_service(service=service, by=None, at=at)
    return skills


def _teams(
    city: City, corps: Corps, sites: Mapping[str, PracticeSite], skills: Mapping[str, Skill], rng: Random, at: datetime
) -> None:  # fmt: skip
    towns = list(city.land.towns)[:INSTITUTES]
    for number, row in enumerate(told()["teams"], 1):
        for place, town in enumerate(rng.sample(towns, row["towns"]) or [""], 1):
            home = city.units[town] if town else corps.centre
            unit = organisation.add_unit(
                code=f"ZYD{number:02d}{place:02d}", name=f"{city.land.towns.get(town, '')}{row['name']}（演示）",
                short_name=f"{city.land.towns.get(town, '')[:2]}{row['name']}", kind=UnitKind.TEAM, parent=home, by=None, at=at,
            )  # fmt: skip
            corps.teams.append(places.make_team(
                unit=unit, site=sites[town], skills=[skills[one] for one in row["skills"]], capacity=row["capacity"],
                areas=[home] if town and row["km"] < 10 else [], radius_m=row["km"] * 1000, slots=_slots(rng), by=None, at=at,
            ))  # fmt: skip


def _slots(rng: Random) -> list[dict[str, Any]]:
    """Some teams work at any time, some on some half days."""
    if rng.random() < 0.5:
        return []
    days = sorted(rng.sample(range(1, 8), 4))
    return [
        {"weekday": day, "from": start, "to": end, "orders": rng.randint(1, 4)}
        for day in days
        for start, end in (("08:30", "11:30"), ("14:30", "17:30"))
    ]


def _people(city: City, corps: Corps, rng: Random, founded: date, at: datetime) -> None:
    taken = set(Person.objects.values_list("name", flat=True))
    names = (name for name in names_of_people(rng) if name not in taken)
    usernames = [ACCOUNTS[0][0], *(f"orderdesk{n:02d}" for n in range(2, DESK_PEOPLE + 1))]
    corps.desk = [_person(one, next(names), Role.ORDER_DESK, corps.centre, founded, at) for one in usernames]
    for number, team in enumerate(corps.teams):
        username = ACCOUNTS[1][0] if number == 0 else f"{team.unit.code.lower()}-h"
        worker = _person(username, next(names), Role.UNIT_HANDLER, team.unit, founded, at)
        _person(f"{team.unit.code.lower()}-l", next(names), Role.UNIT_LEADER, team.unit, founded, at)
        corps.workers[team.unit_id] = worker
    # All printed accounts have one password, which was hashed once for the city's own.
    printed = [username for username, _, _ in ACCOUNTS]
    Person.objects.filter(username__in=printed).update(password=Person.objects.get(username="filer").password)


def _person(username: str, name: str, role: Role, unit: Unit, founded: date, at: datetime) -> Person:
    person = organisation.add_person(username=username, name=name, by=None, at=at)
    organisation.appoint(person=person, role=role, unit=unit, starts_on=founded, by=None, at=at)
    return person
