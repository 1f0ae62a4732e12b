"""`civicloop stats`: counts and rates as a table or as JSON, the joint analysis, the suggestions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import click
from django.utils import timezone

from civicloop.cases.models.case import STATE_LABELS
from civicloop.cases.rules.lifecycle import State
from civicloop.insight.analysis_commands import analysis, period_of, suggest
from civicloop.insight.queries import GROUPS, Group, Report, rates
from civicloop.insight.rules.rates import RATES
from civicloop.insight.telling import as_data, rate_label
from civicloop.scoring.asking import Day
from civicloop.standards import reference

DAY = Day()
# The rates a table has room for; JSON has them all.
IN_TABLE = ("rectified_on_time_rate", "on_time_rate", "closing_rate", "sent_back_rate", "recurrence_rate")


@click.group("stats")
def stats() -> None:
    """Counts and rates."""


@stats.command("cases")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--from", "begins", type=DAY, help="First day; by default the day of the first report.")
@click.option("--to", "ends", type=DAY, help="Last day, which counts; by default today.")
@click.option("--by", "group_by", type=click.Choice(sorted(GROUPS)), default="all", show_default=True)
def cases(form: str, begins: datetime | None, ends: datetime | None, group_by: str) -> None:
    """Counts and rates of cases in a period, as of now. The rules are in docs/explanation/rates.md."""
    now = timezone.now()
    period = period_of(begins, ends, now)
    report = rates(period, as_of=now, ref=reference.now(), group_by=group_by)
    click.echo(json.dumps(as_data(report), ensure_ascii=False, indent=2) if form == "json" else _table(report))


def _table(report: Report) -> str:
    """Rates with what they are made of: 91.2 % (912/1000)."""
    last = report.period.end - timedelta(days=1)
    lines = [
        f"{report.period.start:%Y-%m-%d} – {last:%Y-%m-%d}, {timezone.localtime(report.as_of):%Y-%m-%d %H:%M}",
        "  ".join(f"{STATE_LABELS[State(state)]} {many}" for state, many in report.states.items()),
    ]
    if report.by == "all":
        lines += [f"{rate_label(name)}: {_told(report.total.rates[name])}" for name in RATES]
        return "\n".join(lines)
    lines.append("\t".join(["", *(str(rate_label(name)) for name in IN_TABLE)]))
    lines += [_row(group) for group in (*report.groups, report.total)]
    return "\n".join(lines)


def _row(group: Group) -> str:
    return "\t".join([f"{group.code} {group.name}".strip() or "–", *(_told(group.rates[name]) for name in IN_TABLE)])


def _told(rate: Any) -> str:
    share = "–" if rate.value is None else f"{rate.value:.1%}"
    return f"{share} ({rate.numerator}/{rate.denominator})"


stats.add_command(analysis)
stats.add_command(suggest)

commands = [stats]
