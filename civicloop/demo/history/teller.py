"""What every part of a story needs: chance, people, sentences, and a clock that respects working hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from civicloop.demo.history.cast import Cast
from civicloop.kernel.worktime import WorkCalendar


@dataclass
class Teller:
    """Tells stories with one stream of chance."""

    rng: Random
    cast: Cast
    calendar: WorkCalendar
    notes: Mapping[str, Sequence[str]]

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def note(self, kind: str) -> str:
        """A sentence people write with a step."""
        return self.rng.choice(self.notes[kind])

    def work(self, since: datetime, hours: float) -> datetime:
        """The moment so many working hours later; always within office hours, to the second."""
        return self.calendar.add_work(since, max(60.0, hours * 3600)).replace(microsecond=0)

    def soon(self, since: datetime, mean_hours: float, most: float) -> datetime:
        """Some working hours later, mostly few; a desk that is busy takes up to `most`."""
        return self.work(since, min(most, self.rng.expovariate(1 / mean_hours)))

    def within(self, since: datetime, until: datetime) -> datetime:
        """A working moment between two; round the clock where no working time lies between them."""
        share = self.rng.betavariate(1.7, 2.2)
        seconds = self.calendar.work_seconds(since, until)
        if seconds > 1200:
            return self.work(since, seconds * share / 3600)
        return (since + (until - since) * share + timedelta(seconds=1)).replace(microsecond=0)
