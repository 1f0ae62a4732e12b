"""The month of the demo city: a monthly review, weekly secret visits, and this week's round with visits for today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from civicloop.demo.people import ACCOUNTS
from civicloop.demo.rounds import House, RoundPlan, by_share, hold
from civicloop.demo.settle import City
from civicloop.demo.walking import Desk
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Reference

ORGANISER = "CJB"
# Points drawn of each type: the monthly review looks at more of them.
WEEKLY = {"WM05": 5, "WM09": 4, "WM10": 5, "WM11": 2, "WM17": 2, "WM12": 2, "WM21": 2, "WM23": 1, "WM19": 1}
MONTHLY = {code: many * 2 + 2 for code, many in WEEKLY.items()}
# How often an item fails, by type of place; elsewhere the usual share.
SHARES = {"WM10": 0.16, "WM05": 0.11, "WM17": 0.14, "WM09": 0.05, "WM19": 0.03}
USUAL = 0.08
WEEKS = 3


def hold_month(city: City, ref: Reference, *, seed: int, until: datetime) -> None:
    """Hold the rounds of the last five weeks, oldest first; nothing is judged at or after `until`."""
    house = _house(city, ref, seed, until)
    for plan in _plans(until, house):
        hold(plan, house)


def _plans(until: datetime, house: House) -> Iterator[RoundPlan]:
    today = until.astimezone().date()
    weak = {unit: 2.2 if share > 0.2 else 0.6 + share * 5 for unit, share in house.desk.late_units.items()}
    faults = by_share(SHARES, USUAL, weak)
    first = _monday(today - timedelta(days=35))
    yield RoundPlan(
        f"{first:%Y-%m}-Y", f"{first.month}月月度点评", "monthly_review", first, 5, _design(MONTHLY), faults
    )
    for back in range(WEEKS, 0, -1):
        monday = _monday(today - timedelta(days=7 * back))
        yield RoundPlan(
            f"{monday:%G-W%V}",
            f"第{monday:%V}周暗访",
            "weekly_visit",
            monday,
            4,
            _design(WEEKLY),
            faults,
            close_share=0.9,
        )
    starts = today - timedelta(days=2)
    yield RoundPlan(
        f"{starts:%G-W%V}-N", f"{today.month}月{today.day}日前后暗访", "weekly_visit", starts, 5, _design(WEEKLY), faults,
        close_share=0.3, always=today,
    )  # fmt: skip


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _design(quota: dict[str, int]) -> dict[str, object]:
    return {"allocation": "quota", "quota": quota, "minimum": 1, "reserve_share": 0.2, "double_share": 0.08}


def desk_of(city: City, ref: Reference, seed: int) -> Desk:
    """The people of the city's desks and units, and how often each unit is late with what inspections and residents find."""
    people = _by_role(city)
    handlers: dict[int, list[Person]] = defaultdict(list)
    for human in city.humans:
        for job in human.jobs:
            if job.role == Role.UNIT_HANDLER:
                handlers[city.units[job.unit].pk].append(city.persons[human.username])
    rng = Random(f"{seed}:month")
    late = {unit: 0.3 if rng.random() < 0.12 else rng.uniform(0.02, 0.1) for unit in sorted(handlers)}
    filers, dispatchers, verifiers = people[Role.FILER], people[Role.DISPATCHER], people[Role.VERIFIER]
    return Desk(ref, ref.calendar_for(None), filers, dispatchers, verifiers, dict(handlers), late)


def _by_role(city: City) -> dict[str, list[Person]]:
    people: dict[str, list[Person]] = defaultdict(list)
    for human in city.humans:
        for job in human.jobs:
            people[job.role].append(city.persons[human.username])
    return people


def _house(city: City, ref: Reference, seed: int, until: datetime) -> House:
    printed = [city.persons[user] for user, _, _, role in ACCOUNTS if role == Role.INSPECTOR]
    inspectors = printed + [one for one in _by_role(city)[Role.INSPECTOR] if one not in printed]
    desk, lead = desk_of(city, ref, seed), city.persons["supervisor"]
    return House(city.units[ORGANISER].pk, lead, inspectors, desk, until, desk.calendar, seed)
