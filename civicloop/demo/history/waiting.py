"""Work that waits for the printed accounts, whatever chance brings: at every desk, with the unit, and late."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from civicloop.demo.history.scenes import Scenery
from civicloop.demo.history.story import Scene, Story
from civicloop.demo.history.teller import Teller
from civicloop.demo.people import ACCOUNTS
from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.book import UnitInfo
from civicloop.organisation.rules.roles import BLOCKS, Role

LOCAL = ZoneInfo("Asia/Shanghai")
# Working days before the last one on which the case was reported, and the last step taken since.
KINDS = (
    (0, "dispatch"), (0, "dispatch"), (0, "accept"), (1, "accept"), (6, "accept"), (9, "accept"),
    (0, "file"), (0, "rectify"), (0, "rectify"), (0, "verify"),
)  # fmt: skip


def waiting_work(teller: Teller, scenery: Scenery, until: datetime) -> list[Story]:
    """Some open cases for each unit that a printed account works in."""
    days = _working_days(until.astimezone(LOCAL).date(), teller.calendar)
    codes = sorted({unit for _, _, unit, role in ACCOUNTS if role == Role.UNIT_HANDLER})
    told = []
    for code in codes:
        unit = teller.cast.ref.org.by_code(code)
        if unit is None:
            raise ValueError(f"no unit {code}")
        told += [_waiting(teller, scenery, unit.id, days[back], last) for back, last in KINDS]
    return told


def _waiting(teller: Teller, scenery: Scenery, unit: int, day: date, last: str) -> Story:
    """A case of this unit that went on to the step `last` and no further."""
    rng, cast = teller.rng, teller.cast
    at = datetime.combine(day, time(8, rng.randrange(60)), LOCAL)
    story = Story(_scene_for(scenery, cast.ref.org.unit(unit)), at, cast.desk(Role.REPORTER, rng), "inspection")
    story.unit, story.handler = unit, cast.handler(unit, rng)
    actors = {
        "file": cast.desk(Role.FILER, rng),
        "dispatch": cast.desk(Role.DISPATCHER, rng),
        "accept": story.handler,
        "rectify": story.handler,
        "verify": cast.desk(Role.VERIFIER, rng),
    }
    for name, by in actors.items():
        at = teller.work(at, rng.uniform(0.2, 1))
        note = teller.note(name) if name in teller.notes else ""
        story.tell(name, at, by, note, to=unit if name == "dispatch" else None)
        if name == last:
            break
    return story


def _scene_for(scenery: Scenery, unit: UnitInfo) -> Scene:
    """A scene of the kind the unit handles."""
    is_block = unit.kind in BLOCKS
    while True:
        scene = scenery.draw()
        if scene.by_block == is_block and (is_block or scene.category.line in unit.lines):
            return scene


def _working_days(until: date, calendar: WorkCalendar) -> list[date]:
    """The last working days before a day, newest first."""
    days = [until - timedelta(days=back) for back in range(1, 60)]
    return [day for day in days if calendar.is_working_day(day)]
