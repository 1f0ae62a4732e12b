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
    "field.photo_days": 14,
    # Residents: how long what is kept (days), the window for "not fixed", when one is asked how content
    # one is (days after closing).
    "residents.keep_contact_days": 180,
    "residents.keep_media_days": 730,
    "residents.keep_address_days": 7,
    "residents.keep_refused_days": 30,
    "residents.keep_unsent_days": 2,
    # A report that nobody has decided so long is refused by rule, so that it is not kept for ever.
    "residents.decide_within_days": 60,
    # Photos one sender without an account, and one program of Open311, may send in an hour, and their megabytes.
    "residents.photos_an_hour": 60,
    "residents.photo_megabytes_an_hour": 300,
    "open311.photos_an_hour": 600,
    "open311.photo_megabytes_an_hour": 2000,
    "residents.reopen_days": 15,
    "residents.ask_after_days": [3, 7],
    # More reports of one sender in a day wait for a moderator; work a device does before it sends (leading zero bits).
    "residents.most_a_day": 10,
    "residents.proof_bits": 15,
    "residents.link_minutes": 60,
    "residents.complaint_accept": _limit("1", "work_day"),
    "residents.complaint_answer": _limit("5", "work_day"),
    # Texts: undecided parts go after so many days; of decided ones the words go, what was chosen stays.
    "texts.keep_days": 30,
    # Surveys: the smallest group whose rate is shown, and how many may answer by one code on a poster or kiosk.
    "surveys.smallest_group": 10,
    "surveys.most_by_code": 200,
    # What is heard at a door: how long the community has to decide, and a unit it was passed on to has to answer.
    "surveys.opinion_decide": _limit("3", "work_day"),
    "surveys.opinion_answer": _limit("10", "work_day"),
    # Displays are looked at this often; the category of the case when one is broken. Honours: time for each stage, days on notice.
    "publicity.check_every": {
        "public_notice": _limit("30", "natural_day"),
        "led": _limit("7", "natural_day"),
        "leaflets": _limit("14", "natural_day"),
        "estate_board": _limit("30", "natural_day"),
        "wall": _limit("60", "natural_day"),
        "other": _limit("30", "natural_day"),
    },
    "publicity.put_up_within": _limit("15", "work_day"),
    "publicity.broken_category": "07008",
    "publicity.recommend_within": _limit("5", "work_day"),
    "publicity.examine_within": _limit("10", "work_day"),
    "publicity.notice_for": _limit("5", "work_day"),
    "lines": [],
    # Open311: cases of which sources are public, which categories are not, what may be reported (codes; none: every matter).
    "open311.sources": ["resident"],
    "open311.private": [],
    "open311.services": [],
    # Services that clients offer to staff alone (codes).
    "open311.staff": [],
    # Services whose reports are answered with a token alone, and with nothing (codes); all others with their id.
    "open311.batch": [],
    "open311.blackbox": [],
    # Jurisdictions by name, each with the code of the unit whose grids it has ("": the whole city). One or none: not asked for.
    "open311.jurisdictions": {},
    # The postal code of each unit's ground by the unit's code ("": of the whole city), told with every request there.
    "open311.zipcodes": {},
    "open311.contact": "",
    "open311.key_service": "",
    "orders.review_within": _limit("4", "work_hour"),
    "orders.answer_within": _limit("10", "natural_day"),
    "orders.dispatch_within": _limit("4", "work_hour"),
    "orders.accept_within": _limit("4", "work_hour"),
    "orders.urgent_within": _limit("1", "urgent_hour"),
    "orders.serve_within": _limit("5", "work_day"),
    "orders.rate_after_days": 7,
    "orders.archive_within": _limit("2", "work_day"),
    "orders.keep_personal_days": 365,
    # What its requester has not handed in again so many days after the time to answer ends by itself.
    "orders.drop_after_days": 30,
    # Proposals of dispatch that were carried out or are outdated, and the first answers of the API, go after so many days.
    "orders.keep_proposals_days": 90,
    "api.keep_receipts_days": 30,
    # Dispatch: how far (m) one goes round to spare a full team; after how many days of waiting an order weighs twice as much.
    "orders.fairness_m": 1000,
    "orders.heavier_after_days": 3,
    # Volunteers: hours that count in a day, how often the code on site changes (minutes), the smallest
    # group of people that is shown.
    "volunteers.daily_cap_hours": 8,
    "volunteers.code_minutes": 5,
    "volunteers.smallest_group": 5,
}


def load_parameters() -> Parameters:
    """Read all parameter rows: one statement."""
    return Parameters(dict(Parameter.objects.values_list("name", "value")))
