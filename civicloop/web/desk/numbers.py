"""Numbers: how many, how good, of whom; each with numerator, denominator, moment and the way to the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from civicloop.insight import lately, queries
from civicloop.insight.rules.rates import Period, Rate
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.sentences import sentence
from civicloop.web.desk.asker import asker

DAYS = 30
GROUPS = {"unit": _("by unit"), "town": _("by town"), "category": _("by category")}
# The rates of the page, in the order in which a campaign office reads them; the first three stand in the table too.
RATES = {
    "on_time_rate": _("Closed on time"),
    "rectified_on_time_rate": _("Rectified on time"),
    "closing_rate": _("Closing rate"),
    "sent_back_rate": _("Send-back rate"),
    "returned_rate": _("Return rate"),
    "recurrence_rate": _("Recurrence rate"),
    "overdue_rate": _("Overdue rate"),
}
HOW = {
    "on_time_rate": _("closed in time / (closed + open and overdue), by due date"),
    "rectified_on_time_rate": _("rectified in time / all due"),
    "closing_rate": _("closed / all due"),
    "sent_back_rate": _("sent back / rectified"),
    "returned_rate": _("returned / dispatched"),
    "recurrence_rate": _("came back / closed"),
    "overdue_rate": _("overdue / open"),
}


@dataclass(frozen=True)
class Asked:
    """The days, the way of grouping, and what could not be understood."""

    first: date
    last: date
    by: str
    faults: dict[str, str]


@dataclass(frozen=True)
class Shown:
    """A rate with its words."""

    name: str
    how: str
    rate: Rate

    @property
    def percent(self) -> str:
        """91.3 %, or a dash where there was nothing to judge."""
        return "—" if self.rate.value is None else f"{self.rate.value * 100:.1f}%"


@login_required
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Rates of a period, in total and by unit, town or category, of the cases the asker may see."""
    report, asked = report_of(request)
    told = {
        "report": report,
        "rates": _shown(report.total, RATES),
        "groups": [(group, _shown(group, list(RATES)[:3])) for group in report.groups],
        "first": asked.first,
        "last": asked.last,
        "by": asked.by,
        "ways": GROUPS,
        "faults": asked.faults,
    }
    return render(request, "desk/numbers.html", told, status=422 if asked.faults else 200)


def report_of(request: HttpRequest) -> tuple[queries.Report, Asked]:
    """The report a page asks for, and how it was understood."""
    asking = asker(request)
    today = timezone.localdate(asking.at)
    faults: dict[str, str] = {}
    first = _day(request, "from", today - timedelta(days=DAYS - 1), faults)
    last = _day(request, "to", today, faults)
    if last < first:
        faults["to"] = str(_("The last day lies before the first."))
        first, last = last, first
    by = request.GET.get("by", "unit")
    by = by if by in GROUPS else "unit"
    period = Period(_midnight(first), _midnight(last + timedelta(days=1)))
    report = lately.rates(period, actor=asking.actor, at=asking.at, ref=asking.ref, group_by=by)
    return report, Asked(first, last, by, faults)


def _shown(group: queries.Group, names: Iterable[str]) -> list[Shown]:
    return [Shown(str(RATES[name]), str(HOW[name]), group.rates[name]) for name in names]


def _day(request: HttpRequest, name: str, default: date, faults: dict[str, str]) -> date:
    text = request.GET.get(name, "")
    if not text:
        return default
    try:
        found = date.fromisoformat(text)
        if not 2000 <= found.year <= 2100:
            raise ValueError(text)
    except ValueError:
        refused: Refused = Invalid(name, "not_a_date", given=text[:40])
        faults[name] = sentence(refused)
        return default
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
