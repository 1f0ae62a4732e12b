"""Ninety days of stories: who reports what when, what is reported twice, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from civicloop.cases.actions.historic import Historic
from civicloop.demo.history.cast import Cast, cast_of
from civicloop.demo.history.road import live
from civicloop.demo.history.scenes import Scenery, book
from civicloop.demo.history.story import Scene, Story
from civicloop.demo.history.teller import Teller
from civicloop.demo.history.waiting import waiting_work
from civicloop.demo.settle import City
from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Reference

DAYS = 90
DUPLICATE, COMES_BACK = 0.035, 0.05
WEEKEND = 0.45
# With fewer cases than this nothing is put in for the printed accounts.
FULL_CITY = 200
# When problems are seen, by the hour: patrols walk from early morning till evening.
HOURS = {7: 3, 8: 7, 9: 11, 10: 12, 11: 9, 12: 4, 13: 4, 14: 8, 15: 11, 16: 11, 17: 8, 18: 5, 19: 4, 20: 2, 21: 1}
SOURCES = {"patrol": 62, "inspection": 14, "hotline": 12, "resident": 9, "meeting": 1, "other": 2}
LOCAL = ZoneInfo("Asia/Shanghai")


def last_moment(until: date) -> datetime:
    """The history ends with the evening before `until`, so that nothing lies in the future of whoever builds the city that day."""
    return datetime.combine(until, time(), LOCAL)


@dataclass
class Author:
    """Writes the stories of one city."""

    teller: Teller
    scenery: Scenery
    until: datetime

    @property
    def cast(self) -> Cast:
        """Who acts."""
        return self.teller.cast

    def stories(self, many: int) -> list[Story]:
        """So many stories, in the order in which they were reported, each cut at the last moment."""
        told = waiting_work(self.teller, self.scenery, self.until) if many >= FULL_CITY else []
        days, shares = _days(self.until, self.teller.calendar)
        while len(told) < many:
            day = self.teller.rng.choices(days, shares)[0]
            told += self._problem(self._story(self.scenery.draw(), self._moment(day)))
        del told[many:]
        told.sort(key=lambda story: story.reported_at)
        for number, story in enumerate(told, start=1):
            story.key = f"demo-{number:05d}"
        return told

    def _problem(self, story: Story) -> Iterator[Story]:
        """A problem with what hangs on it: it may be reported a second time, and may come back after it was closed."""
        live(story, self.teller)
        closed = story.when("close")
        yield self._cut(story)
        if self.teller.chance(DUPLICATE):
            yield from self._reported_again(story)
        if closed is not None and self.teller.chance(COMES_BACK):
            yield from self._back(story, closed)

    def _reported_again(self, story: Story) -> Iterator[Story]:
        """Somebody else reports the same problem; the desk sees that it is on its way and merges the two."""
        rng = self.teller.rng
        again = self._story(self.scenery.near(story.scene), story.reported_at + timedelta(hours=rng.uniform(0.5, 20)))
        merged = self.teller.soon(again.reported_at, 1, 4)
        last = story.steps[-1] if story.steps else None
        if last is not None and last.name in ("close", "void", "decide_appeal") and last.at <= merged:
            return
        if again.reported_at >= self.until or not story.steps:
            return
        again.tell("merge", merged, self.cast.desk(Role.FILER, rng), self.teller.note("merge"))
        again.merged_into = story
        yield self._cut(again)

    def _back(self, story: Story, closed: datetime) -> Iterator[Story]:
        """The same place, the same trouble, within the window."""
        days = self.teller.rng.uniform(1, story.scene.category.recurrence_days)
        later = self._moment((closed + timedelta(days=days)).astimezone(LOCAL).date())
        if not closed < later < self.until or closed >= self.until:
            return
        again = self._story(self.scenery.near(story.scene), later)
        again.recurrence_of = story
        live(again, self.teller)
        yield self._cut(again)

    def _cut(self, story: Story) -> Story:
        story.cut(self.until)
        return story

    def _story(self, scene: Scene, at: datetime) -> Story:
        rng = self.teller.rng
        source = rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        worker = self.cast.workers.get(scene.plot.code)
        reporter = worker if source == "patrol" and worker is not None else self.cast.desk(Role.REPORTER, rng)
        return Story(scene, at.replace(microsecond=0), reporter, source, urgent=rng.random() < 0.03)

    def _moment(self, day: date) -> datetime:
        rng = self.teller.rng
        hour = rng.choices(list(HOURS), list(HOURS.values()))[0]
        return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), LOCAL)


def _days(until: datetime, calendar: WorkCalendar) -> tuple[list[date], list[float]]:
    """The days of the history with their shares: fewer reports on days off, slowly more towards the end."""
    last = until.astimezone(LOCAL).date()
    days = [last - timedelta(days=back) for back in range(DAYS, 0, -1)]
    return days, [(1 + n / DAYS / 4) * (1 if calendar.is_working_day(day) else WEEKEND) for n, day in enumerate(days)]


def histories(city: City, ref: Reference, *, seed: int, until: date, many: int) -> list[Historic]:
    """The records of the city's cases, ready to be brought in."""
    rng = Random(f"{seed}:history")
    cast = cast_of(city, ref, rng)
    teller = Teller(rng, cast, ref.calendar_for(None), book()["notes"])
    author = Author(teller, Scenery.of(city, ref, Random(f"{seed}:scenes")), last_moment(until))
    return [story.as_historic(city.grids[story.scene.plot.code]) for story in author.stories(many)]
