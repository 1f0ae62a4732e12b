"""A report in words and as plain data. The keys of the data are stable: scripts and exports rely on them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.insight.queries import Group, Report
from civicloop.insight.rules.rates import COUNTS

LABELS = {
    "filing_rate": _("filing rate"),
    "rectified_rate": _("rectification rate"),
    "rectified_on_time_rate": _("on-time rectification rate"),
    "closing_rate": _("closing rate"),
    "on_time_rate": _("on-time closing rate"),
    "returned_rate": _("return rate"),
    "sent_back_rate": _("rework rate"),
    "recurrence_rate": _("recurrence rate"),
    "supervised_rate": _("supervision rate"),
    "void_rate": _("void rate"),
    "suspended_rate": _("suspension rate"),
    "overdue_rate": _("overdue rate"),
}

SUGGESTED_FOR = {
    "same_unit": _("same unit"), "same_area": _("same area"), "failed_before": _("failed here before"),
    "never_checked": _("never checked"), "open_elsewhere_at_point": _("another fault is open here"),
}  # fmt: skip
"""Why a place is suggested to be looked at next, in the reader's language."""


def rate_label(name: str) -> str | Promise:
    """The name of a rate in the reader's language."""
    return LABELS[name]


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON takes it. Moments are ISO 8601; `to` is the end of the period and no longer belongs to it."""
    return {
        "as_of": report.as_of.isoformat(),
        "period": {"from": report.period.start.isoformat(), "to": report.period.end.isoformat()},
        "by": report.by,
        "states": dict(report.states),
        "total": _group(report.total),
        "groups": [{"code": group.code, "name": group.name, **_group(group)} for group in report.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "counts": {name: getattr(group.tally, name) for name in COUNTS},
        "rates": {
            name: {"rule": name, "value": rate.value, "numerator": rate.numerator, "denominator": rate.denominator,
                   "as_of": rate.as_of.isoformat()}
            for name, rate in group.rates.items()
        },
    }  # fmt: skip
