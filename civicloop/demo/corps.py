"""Volunteers of the demo city: members of every team, two brand projects, events that are over and events to come. All invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from civicloop.demo.people import names_of_people
from civicloop.demo.volunteers import Corps
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards import reference
from civicloop.volunteers.actions import events, hours, people, projects
from civicloop.volunteers.actions.events import ShiftGiven
from civicloop.volunteers.actions.signups import sign_up
from civicloop.volunteers.models import Event, Order, Project, Team, Volunteer
from civicloop.volunteers.served import Served

MEMBERS = 3
# Volunteers live in so many of the towns; some have served on so many days of the year before, as the old lists say.
HOMES = 4
VETERANS, DAYS_BEFORE, A_DAY = 14, 15, timedelta(hours=8)
BEFORE = "往年文明实践服务（据旧台账补录，演示）"
LEAST = timedelta(minutes=30)  # shorter times are not recorded
PROJECTS = (
    ("PP01", "银龄陪伴（演示）", "每周陪独居老人说说话、量量血压、收拾屋子。"),
    ("PP02", "清洁家园周末行（演示）", "周末一起清理小区角落、楼道和河岸。"),
)
# Project, title, place, days from the last day at which it begins, how many are needed.
EVENTS = (
    (1, "清理溪边步道（演示）", "东溪步道（演示）", -12, 6), (0, "重阳陪伴日（演示）", "实践中心活动室（演示）", -6, 4),
    (1, "周末清洁家园（演示）", "三秀社区广场（演示）", 3, 12), (0, "健康小讲堂（演示）", "实践中心讲堂（演示）", 6, 2),
)  # fmt: skip


class Members:
    """Who is in which team, and on which days each has served: nobody serves twice on a day."""

    def __init__(self, corps: Corps, *, seed: int, founded: date, at: datetime) -> None:
        self.rng = Random(f"{seed}:members")
        self.of: dict[int, list[Volunteer]] = {}
        self._days: dict[int, set[date]] = defaultdict(set)
        names = names_of_people(self.rng)
        self._homes = list(Unit.objects.filter(kind=UnitKind.TOWN).order_by("code")[:HOMES])
        for number, team in enumerate(corps.teams):
            self.of[team.pk] = [
                self._member(next(names), number * MEMBERS + one, team, founded, at) for one in range(MEMBERS)
            ]

    def _member(self, name: str, number: int, team: Team, founded: date, at: datetime) -> Volunteer:
        born = date(self.rng.choice((1955, 1968, 1984, 1999, 2004)), self.rng.randint(1, 12), self.rng.randint(1, 28))
        made = people.register(
            name=name, birth_on=born, sex=self.rng.choice(("female", "male")), phone=f"1391111{number:04d}", consent=True,
            skills=team.skills.all(), unit=team.unit, home=self._homes[number % len(self._homes)] if self._homes else None,
            by=None, at=at,
        )  # fmt: skip
        people.join(volunteer=made, team=team, since=founded, by=None, at=at)
        return made

    def serving(self, order: Order, start: datetime, end: datetime) -> Sequence[Served]:
        """Who of the team served from `start` to `end`, as many as the order asked for at most."""
        day = timezone.localtime(start).date()
        if order.team_id is None or timezone.localtime(end).date() != day or end - start < LEAST:
            return ()
        free = [one for one in self.of[order.team_id] if day not in self._days[one.pk]][: max(1, order.people)]
        for one in free:
            self._days[one.pk].add(day)
        return [Served(one, start, end) for one in free]

    def attend(self, who: Volunteer, day: date) -> bool:
        """Whether somebody is free on a day; he is not afterwards."""
        free = day not in self._days[who.pk]
        self._days[who.pk].add(day)
        return free


def hold_events(corps: Corps, members: Members, *, until: datetime) -> None:
    """Two projects with four events: two are over and their hours recorded, two are to come, one of them full."""
    founded, desk = until - timedelta(days=40), corps.desk[0]
    made = [
        projects.publish_project(
            project=projects.keep_project(
                code=code, name=name, description=about, unit=corps.centre, brand=True, by=desk, at=founded
            ), by=desk, at=founded,
        ) for code, name, about in PROJECTS
    ]  # fmt: skip
    everybody = [one for team in corps.teams for one in members.of[team.pk]]
    _bring_old_hours(corps, everybody, until)
    for number, (which, title, place, days, needed) in enumerate(EVENTS):
        event = _published(corps, made[which], title, place, until + timedelta(days=days), needed, founded)
        shift = event.shifts.get()
        day = timezone.localtime(shift.starts_at).date()
        coming = [one for one in everybody[number * 5 :] if members.attend(one, day)][: 5 if days < 0 else 3]
        for one in coming:
            sign_up(shift=shift, volunteer=one, by=None, at=founded + timedelta(days=1))
        if days < 0:
            _over(event, coming, corps, shift.ends_at + timedelta(hours=2))


def _bring_old_hours(corps: Corps, everybody: Sequence[Volunteer], until: datetime) -> None:
    """What the first of them served a year before, week by week: some have more than the hundred hours of a star."""
    start = timezone.localtime(until - timedelta(days=365)).replace(hour=9, minute=0, second=0, microsecond=0)
    ref = reference.now()
    for number, one in enumerate(everybody[:VETERANS]):
        for week in range(DAYS_BEFORE - number % 2):
            begins = start - timedelta(days=7 * week)
            hours.record(
                volunteer=one, starts_at=begins, ends_at=begins + A_DAY, title=BEFORE, place=corps.centre.name, unit=corps.centre,
                by=corps.desk[0], at=until, ref=ref,
            )  # fmt: skip


def _published(
    corps: Corps, project: Project, title: str, place: str, about: datetime, needed: int, at: datetime
) -> Event:
    start = timezone.localtime(about).replace(hour=9, minute=0, second=0, microsecond=0)
    event = events.draft_event(
        title=title, content=project.description, place=place, unit=corps.centre, in_charge=corps.desk[0], project=project,
        shifts=[ShiftGiven(start, start + timedelta(hours=2, minutes=30), needed, 2)], by=corps.desk[0], at=at,
    )  # fmt: skip
    return events.publish_event(event=event, by=corps.desk[0], at=at)


def _over(event: Event, came: Sequence[Volunteer], corps: Corps, at: datetime) -> None:
    """What was served is recorded from the leader's list, and the event closed."""
    shift = event.shifts.get()
    for one in came:
        hours.record(
            volunteer=one, starts_at=shift.starts_at, ends_at=shift.ends_at, hours=None, title=event.title, place=event.place,
            unit=corps.centre, shift=shift, by=corps.desk[0], at=at,
        )  # fmt: skip
    events.finish_event(event=event, by=corps.desk[0], at=at)
