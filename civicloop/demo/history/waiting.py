"""Work that waits for the printed accounts, whatever chance brings: just dispatched, under way, and late."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from civicloop.demo.history.scenes import Scenery
from civicloop.demo.history.story import Story
from civicloop.demo.history.teller import Teller
from civicloop.demo.people import ACCOUNTS
from civicloop.kernel import worktime
from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.rules.roles import Role

LOCAL = ZoneInfo("Asia/Shanghai")
# Working days before the last one on which the case was dispatched, and whether it has been accepted.
KINDS = ((0, False), (0, False), (0, True), (1, True), (6, True), (9, True))


def waiting_work(teller: Teller, scenery: Scenery, until: datetime) -> list[Story]:
    """Some open cases for each unit that a printed account works in."""
    days = _working_days(until.astimezone(LOCAL).date(), teller.calendar)
    codes = sorted({unit for _, _, unit, role in ACCOUNTS if role == Role.UNIT_HANDLER})
    told = []
    for code in codes:
        unit = teller.cast.ref.org.by_code(code)
        if unit is None:
            raise ValueError(f"no unit {code}")
        told += [_waiting(teller, scenery, unit.id, days[back], accepted) for back, accepted in KINDS]
    return told


def _waiting(teller: Teller, scenery: Scenery, unit: int, day: date, accepted: bool) -> Story:
    rng, cast = teller.rng, teller.cast
    kind = cast.ref.org.unit(unit).kind
    scene = scenery.draw()
    while scene.by_block != (kind == "town") or (kind != "town" and scene.category.line not in cast.ref.org.unit(unit).lines):
        scene = scenery.draw()
    at = datetime.combine(day, time(8, rng.randrange(60)), LOCAL)
    story = Story(scene, at, cast.desk(Role.REPORTER, rng), "inspection")
    at = teller.work(at, rng.uniform(0.6, 2))
    story.tell("file", at, cast.desk(Role.FILER, rng))
    at = teller.work(at, rng.uniform(0.2, 1))
    story.unit, story.handler = unit, cast.handler(unit, rng)
    story.tell("dispatch", at, cast.desk(Role.DISPATCHER, rng), to=unit)
    story.clock = worktime.start(scene.limit, at, cast.ref.calendar_for(unit))
    if accepted:
        story.tell("accept", teller.work(at, rng.uniform(0.2, 1)), story.handler)
    return story


def _working_days(until: date, calendar: WorkCalendar) -> list[date]:
    """The last working days before a day, newest first."""
    days = [until - timedelta(days=back) for back in range(1, 60)]
    return [day for day in days if calendar.is_working_day(day)]
