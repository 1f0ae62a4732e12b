"""What a paper is about: the period, the periods it is compared with, the units, who speaks. Worked out once from what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.numerals import moment, period_name, span
from civicloop.insight.rules.rates import Period
from civicloop.organisation.rules.roles import Role, UnitKind
from civicloop.standards.reference import Reference

DROPPED = ("voided", "merged")
# Papers that a unit writes about its own work.
OWN = frozenset({"summary", "whistle"})


@dataclass(frozen=True)
class Frame:
    """What is asked, with everything about time and units that several figures need."""

    asked: Asked
    ref: Reference
    # Who leads which unit, once somebody has asked (`figures.problems.leaders_of`).
    leaders: dict[int, str] = field(default_factory=dict)

    @cached_property
    def period(self) -> Period:
        """The period asked for, cut at the moment the figures are told for."""
        whole = period_of(self.asked.start, self.asked.end)
        return Period(whole.start, max(whole.start, min(whole.end, self.asked.as_of)))

    @cached_property
    def before(self) -> Period:
        """The period before (环比): the month before a whole month, else as many days; cut as far into it as `period` is."""
        return self._cut(period_of(*days_before(self.asked.start, self.asked.end)))

    @cached_property
    def year_before(self) -> Period:
        """The same days a year earlier (同比), cut in the same way."""
        return self._cut(period_of(year_earlier(self.asked.start), year_earlier(self.asked.end)))

    def _cut(self, other: Period) -> Period:
        whole = period_of(self.asked.start, self.asked.end)
        if self.period.end == whole.end:
            return other
        return Period(other.start, min(other.end, other.start + (self.period.end - self.period.start)))

    @cached_property
    def units(self) -> frozenset[int] | None:
        """The unit asked about with all below it; None for the whole city."""
        return None if self.asked.unit_id is None else self.ref.org.subtree(self.asked.unit_id)

    @cached_property
    def unit_name(self) -> str:
        """The name of the unit asked about; empty for the whole city."""
        return "" if self.asked.unit_id is None else self.ref.org.unit(self.asked.unit_id).name

    @property
    def when(self) -> str:
        """The period in words: 2026年11月."""
        return span(self.asked.start, self.asked.end)

    @property
    def this(self) -> str:
        """What the period calls itself: 本月, 本周."""
        return period_name(self.asked.start, self.asked.end)

    @cached_property
    def as_of(self) -> datetime:
        """The moment of the figures in local time."""
        return local(self.asked.as_of)

    @property
    def until(self) -> str:
        """截至2026年11月30日18时."""
        return f"截至{moment(self.as_of)}"

    @cached_property
    def issuer(self) -> str:
        """Who speaks: what the texts say; of papers a unit writes about itself that unit; else the campaign office that dispatches
        or files, else any campaign office, else the command post."""
        if named := self.text("issuer"):
            return named
        if self.asked.kind in OWN and self.unit_name:
            return self.unit_name
        org = self.ref.org
        offices = [unit for unit in org.units.values() if unit.kind == UnitKind.CAMPAIGN_OFFICE and unit.active]
        working = org.staffed(Role.DISPATCHER, self.asked.end) | org.staffed(Role.FILER, self.asked.end)
        found = next((unit for unit in offices if unit.id in working), None)
        found = found or org.first_of_kind(UnitKind.CAMPAIGN_OFFICE, UnitKind.COMMAND_POST)
        return found.name if found else ""

    def text(self, name: str) -> str:
        """An editable text of this paper; empty where none is given."""
        return self.asked.texts.get(name, "").strip()

    def option(self, name: str, default: Any = None) -> Any:
        """What else was asked for."""
        return self.asked.options.get(name, default)

    @property
    def values(self) -> dict[str, object]:
        """The placeholders every editable text may use."""
        return {
            "period": self.when, "this": self.this, "unit": self.unit_name, "issuer": self.issuer, "until": self.until,
            "start": self.asked.start, "end": self.asked.end,
        }  # fmt: skip

    def cases(self, *, responsible: bool = False) -> QuerySet[Case]:
        """Cases of the units asked about: theirs to handle, and (unless `responsible`) those on their ground whoever handles."""
        rows = Case.objects.all()
        if self.units is None:
            return rows
        units = sorted(self.units)
        wanted = Q(unit_id__in=units)
        if not responsible:
            wanted |= Q(grid__unit_id__in=units) | Q(point__unit_id__in=units)
        return rows.filter(wanted)

    def found(self, *, responsible: bool = False) -> QuerySet[Case]:
        """Cases found in the period that are neither voided nor merged."""
        return self.cases(responsible=responsible).filter(within("reported_at", self.period)).exclude(state__in=DROPPED)


def within(column: str, period: Period) -> Q:
    """Rows whose moment lies in a period."""
    return Q(**{f"{column}__gte": period.start, f"{column}__lt": period.end})


def local(when: datetime) -> datetime:
    """A moment by the clock on the city's wall."""
    return timezone.localtime(when, timezone.get_default_timezone())


def period_of(start: date, end: date) -> Period:
    """Two days, both counted, as moments."""
    zone = timezone.get_default_timezone()
    return Period(
        datetime.combine(start, time(), tzinfo=zone), datetime.combine(end + timedelta(days=1), time(), tzinfo=zone)
    )


def days_before(start: date, end: date) -> tuple[date, date]:
    """The days just before: as many whole months where the period is made of whole months, else as many days."""
    after, last = end + timedelta(days=1), start - timedelta(days=1)
    if start.day == 1 and after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        index = start.year * 12 + start.month - 1 - months
        return date(index // 12, index % 12 + 1, 1), last
    return start - (after - start), last


def year_earlier(day: date) -> date:
    """The same day a year earlier; the last day of February stays the last."""
    if (day + timedelta(days=1)).day == 1:
        after = day + timedelta(days=1)
        return after.replace(year=after.year - 1) - timedelta(days=1)
    return day.replace(year=day.year - 1)
