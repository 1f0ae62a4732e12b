"""The parameters a city may set, as the rules read them. They are kept as rows (`Parameter`), one per name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from civicloop.kernel.worktime import Limit
from civicloop.standards.models import Parameter


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the alarm ladder: at a share of the time, or so long after the deadline; `tell` says whom."""

    key: str
    tell: str
    fraction: float | None
    after_due: timedelta | None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Typed sight of the parameter rows. Missing rows fall back to `DEFAULTS`, which a pack overrides when it is loaded."""

    rows: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.rows[name] if name in self.rows else DEFAULTS[name]

    def limit(self, name: str) -> Limit:
        """A parameter that is a limit, such as `return.within` or `stages.verify`."""
        return Limit.from_json(self[name])

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The alarm ladder, in order."""
        return tuple(
            Rung(
                row["key"], row["tell"], row.get("fraction"), _hours(row["after_due"]) if row.get("after_due") else None
            )
            for row in self["escalation"]
        )


def _hours(limit: Mapping[str, Any]) -> timedelta:
    amount = float(limit["amount"])
    return timedelta(days=amount) if str(limit["unit"]).endswith("day") else timedelta(hours=amount)


def _limit(amount: str, unit: str) -> dict[str, str]:
    return {"amount": amount, "unit": unit}


# A house without any pack still has every parameter; `packs/city-default` says the same and is what cities edit.
DEFAULTS: dict[str, Any] = {
    "stages.file": _limit("4", "work_hour"),
    "stages.dispatch": _limit("2", "work_hour"),
    "stages.verify": _limit("1", "work_day"),
    "stages.close": _limit("1", "work_day"),
    "escalation": [
        {"key": "soon", "tell": "handler", "fraction": 0.75},
        {"key": "due", "tell": "unit_leader", "fraction": 1},
        {"key": "late_1d", "tell": "supervisor", "after_due": _limit("24", "urgent_hour")},
        {"key": "late_3d", "tell": "bulletin", "after_due": _limit("72", "urgent_hour")},
    ],
    "return.within": _limit("4", "work_hour"),
    "return.at_most": 1,
    "duplicate.radius_m": 50,
    "duplicate.days": 14,
    "recurrence.radius_m": 50,
    "recurrence.days": 30,
    "recurrence.limit_factor": 0.5,
    "whistle.arrive": {
        "emergency": _limit("1", "urgent_hour"),
        "enforcement": _limit("24", "urgent_hour"),
        "key_work": _limit("3", "work_day"),
        "ordinary": _limit("24", "urgent_hour"),
    },
    "appeal.within": _limit("3", "work_day"),
    "extend.at_most": 1,
    "extend.limit_factor": 1.0,
    "suspend.review_days": 90,
    "limit.default": _limit("5", "work_day"),
    "place.snap_m": 30,
    "report.noted_within_days": 30,
    "visit.grace_days": 3,
    "visit.far_m": 150,
    "notify.quiet": ["21:00", "07:30"],
    "notify.digest_at": "08:00",
    "notify.most_a_day": 8,
    "field.hold_hours": 72,
    "lines": [],
}


def load_parameters() -> Parameters:
    """Read all parameter rows: one statement."""
    return Parameters(dict(Parameter.objects.values_list("name", "value")))
