"""`civicloop stats analysis` and `civicloop stats suggestions`."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

import click
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from civicloop.insight.analysis import Analysis, Row, analyse
from civicloop.insight.analysis_telling import analysis_as_data, suggestions_as_data
from civicloop.insight.queries import first_report
from civicloop.insight.rules.comparing import Change
from civicloop.insight.rules.rates import Period, Rate
from civicloop.insight.suggestions import Suggested, suggestions
from civicloop.insight.telling import SUGGESTED_FOR, rate_label
from civicloop.scoring.asking import Day
from civicloop.standards import reference

DAY = Day()
BY = ("all", "unit", "town", "category")
IN_TABLE = (
    "on_time_rate", "closing_rate", "sent_back_rate", "recurrence_rate", "returned_rate", "supervised_rate",
)  # fmt: skip


def period_of(begins: datetime | None, ends: datetime | None, now: datetime) -> Period:
    """Whole days; from the first report to today where nothing is said. Raises click.BadParameter."""
    first = begins.date() if begins else timezone.localdate(first_report() or now)
    last = ends.date() if ends else timezone.localdate(now)
    if last < first:
        raise click.BadParameter(f"the period ends ({last}) before it begins ({first})", param_hint="--to")
    zone = timezone.get_current_timezone()
    return Period(datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))


@click.command("analysis")
@click.option("--from", "begins", type=DAY, help="First day; by default the day of the first report.")
@click.option("--to", "ends", type=DAY, help="Last day, which counts; by default today.")
@click.option("--by", "group_by", type=click.Choice(BY), default="unit", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def analysis(begins: datetime | None, ends: datetime | None, group_by: str, as_json: bool) -> None:
    """Rates against the month and the year before, the five questions, causes. Rules: docs/explanation/analysis.md."""
    now = timezone.now()
    told = analyse(period_of(begins, ends, now), as_of=now, ref=reference.now(), group_by=group_by)
    click.echo(json.dumps(analysis_as_data(told), ensure_ascii=False, indent=2) if as_json else _table(told))


@click.command("suggestions")
@click.option("--from", "begins", type=DAY, help="First day of the faults; by default the day of the first report.")
@click.option("--to", "ends", type=DAY, help="Last day of the faults; by default today.")
@click.option("--most", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def suggest(begins: datetime | None, ends: datetime | None, most: int, as_json: bool) -> None:
    """Where the faults of a period should be looked for next, the likeliest first."""
    now = timezone.now()
    told = suggestions(period_of(begins, ends, now), as_of=now, ref=reference.now(), most=most)
    click.echo(json.dumps(suggestions_as_data(told), ensure_ascii=False, indent=2) if as_json else _list(told))


def _table(told: Analysis) -> str:
    last = told.period.end - timedelta(days=1)
    lines = [f"{told.period.start:%Y-%m-%d} – {last:%Y-%m-%d}, {timezone.localtime(told.as_of):%Y-%m-%d %H:%M}"]
    for row in (told.total, *told.groups):
        lines += ["", f"{row.code} {row.name}".strip() or _("all"), *_rates(row)]
    lines.append("")
    for axis in told.radar:
        value = "–" if axis.score is None else f"{axis.score:.1f}"
        lines.append(f"{axis.name}: {value} ({axis.met}/{axis.judged})")
    lines.append("")
    language = "en" if (get_language() or "").startswith("en") else "zh_Hans"
    lines += [f"{one.cause.name[language]}: {one.count}/{one.total}" for one in told.causes]
    return "\n".join(lines)


def _rates(row: Row) -> list[str]:
    """One line for a rate: value, what it is made of, and both changes."""
    taken = [_("  taken away late, in no rate: %(many)s") % {"many": row.taken_late}] if row.taken_late else []
    return taken + [
        f"  {rate_label(name)}: {_told(row.rates[name].rate)}  "
        + _("month on month %(month)s, year on year %(year)s")
        % {"month": _change(row.rates[name].month), "year": _change(row.rates[name].year)}
        for name in IN_TABLE
    ]


def _told(rate: Rate) -> str:
    share = "–" if rate.value is None else f"{rate.value:.1%}"
    return f"{share} ({rate.numerator}/{rate.denominator})"


def _change(one: Change) -> str:
    if one.points is None:
        return "–"
    said = f"{one.points:+.1f}"
    return said if one.apart else _("%(points)s (cannot be told apart)") % {"points": said}


def _list(told: Suggested) -> str:
    lines = [_("%(many)s places, from %(judged)s judgements") % {"many": len(told.rows), "judged": told.judged}]
    for one in told.rows:
        place = told.places[one.point]
        said = _(", ").join(str(SUGGESTED_FOR[reason]) for reason in one.reasons)
        lines.append(f"{one.chance:.0%}  {place.code} {place.name}  {one.item}  {one.failed}/{one.judged}  {said}")
    return "\n".join(lines)
