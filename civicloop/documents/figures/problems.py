"""Problems one by one, for lists, notices and examples: read in pieces, so that memory stays flat however many there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from civicloop.cases.models import Case, CaseEvidence, CaseStep, Suspension, Whistle
from civicloop.documents.figures.frame import Frame, local
from civicloop.documents.rules.figures import Problem
from civicloop.documents.rules.sentences.masking import masked
from civicloop.documents.rules.sentences.words import SOURCES, STATES, word
from civicloop.kernel.worktime import Limit
from civicloop.organisation.models import Appointment
from civicloop.organisation.queries import in_force
from civicloop.organisation.rules.roles import Role

AT_ONCE = 500
"""Cases whose steps are read together: two to five statements a piece."""
COLUMNS = (
    "id", "address", "description", "category_id", "condition_id", "area_class", "reported_at", "source", "state", "unit_id",
    "grid_id", "due_at", "rectified_at", "closed_at", "ended_at", "supervised", "recurrence_of_id", "reopened_count",
    "sent_back_count", "excused", "point__name", "point__point_type", "merged_into_id",
)  # fmt: skip
TOLD = ("accept", "rectify", "verify", "send_back", "void", "close")
LIMIT_UNITS = {"urgent_hour": "紧急工作时", "work_hour": "工作时", "work_day": "工作日", "natural_day": "天"}
MOST_PHOTOS = 4
# The code of the checklist item, which visits put before what they found: papers tell the words alone.
_ITEM = re.compile(r"^[A-Z]+-[0-9]+ ")


@dataclass
class _Beside:
    """What belongs to the cases of one piece, by case."""

    steps: dict[int, dict[str, tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(dict))
    plans: dict[int, str] = field(default_factory=dict)
    before: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def problems(rows: QuerySet[Case], frame: Frame, *, photos: bool = False, plans: bool = True) -> Iterator[Problem]:
    """The cases in the queryset's order, with steps and, if wanted, plans and photos; nothing is read before the first is taken.

    Two statements, and for every 500 cases one, with plans two more, with photos one more.
    """
    leaders = leaders_of(frame)
    for piece in _pieces(rows.values(*COLUMNS).iterator(chunk_size=AT_ONCE)):
        beside = _beside([row["id"] for row in piece], photos=photos, plans=plans)
        for row in piece:
            yield _problem(row, beside, leaders, frame)


def leaders_of(frame: Frame) -> dict[int, str]:
    """The person who answers for each unit: its leader, else its handler. One statement for each paper."""
    if frame.leaders:
        return frame.leaders
    held = Appointment.objects.filter(in_force(frame.asked.end), person__is_active=True)
    rows = held.filter(role__in=(Role.UNIT_LEADER, Role.UNIT_HANDLER), grid=None, duty_grid=None, area=None, point=None)
    found: dict[int, tuple[bool, str]] = {}
    for unit, role, name in rows.order_by("id").values_list("unit_id", "role", "person__name"):
        leads = role == Role.UNIT_LEADER
        if unit not in found or (leads and not found[unit][0]):
            found[unit] = (leads, name)
    frame.leaders.update({unit: name for unit, (_leads, name) in found.items()})
    return frame.leaders


def limit_words(limit: Limit | None) -> str:
    """4工作时; empty where the category sets none."""
    if limit is None:
        return ""
    amount = int(limit.amount) if limit.amount == int(limit.amount) else limit.amount
    return f"{amount}{LIMIT_UNITS.get(limit.unit, limit.unit)}"


def _pieces(rows: Iterable[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    rows = iter(rows)
    while piece := list(islice(rows, AT_ONCE)):
        yield piece


def _beside(cases: Sequence[int], *, photos: bool, plans: bool) -> _Beside:
    beside = _Beside()
    steps = CaseStep.objects.filter(case__in=cases, name__in=TOLD).order_by("case", "seq")
    for case, seq, name, note, person in steps.values_list("case_id", "seq", "name", "note", "by__name"):
        beside.steps[case][name] = (seq, note, person or "")
    if plans:
        _plans(cases, beside)
    if photos:
        _pictures(cases, beside)
    return beside


def _plans(cases: Sequence[int], beside: _Beside) -> None:
    """The plan of a suspension, or the joint plan of a whistle where there is one."""
    for case, plan in Suspension.objects.filter(case__in=cases).order_by("id").values_list("case_id", "plan"):
        beside.plans[case] = plan
    for case, plan in Whistle.objects.filter(case__in=cases).order_by("id").values_list("case_id", "plan"):
        if plan:
            beside.plans[case] = plan


def _pictures(cases: Sequence[int], beside: _Beside) -> None:
    """What was shown when the problem was reported, and with the last rectification."""
    rows = CaseEvidence.objects.filter(case__in=cases, step__name__in=("report", "rectify")).order_by("case", "id")
    last: dict[int, int] = {}
    for case, step, seq, sha256 in rows.values_list("case_id", "step__name", "step__seq", "photo_id"):
        if step == "report":
            beside.before[case].append(sha256)
            continue
        if seq > last.get(case, -1):
            beside.after[case].clear()
        last[case] = max(seq, last.get(case, -1))
        beside.after[case].append(sha256)


def _problem(row: dict[str, Any], beside: _Beside, leaders: dict[int, str], frame: Frame) -> Problem:
    category = frame.ref.categories.by_id(row["category_id"])
    condition = category.condition(row["condition_id"])
    unit = frame.ref.org.units.get(row["unit_id"])
    steps = beside.steps.get(row["id"], {})
    done = row["state"] in ("rectified", "verified", "closed")
    verdict, checker = _verdict(steps)
    return Problem(
        number=f"A{row['id']:06d}", place=row["address"] or row["point__name"] or _grid(row["grid_id"], frame),
        what=masked(_ITEM.sub("", row["description"])), category=category.name, found_at=local(row["reported_at"]),
        source=word(SOURCES, row["source"]), state=word(STATES, row["state"]), unit=unit.name if unit else "",
        person=leaders.get(row["unit_id"], ""), point_type=row["point__point_type"] or "",
        asked=condition.closing if condition else "",
        limit=limit_words(condition.limits.get(row["area_class"])) if condition else "", due_at=_local(row["due_at"]),
        measures=masked(beside.plans.get(row["id"]) or _note(steps, "accept")), done=masked(_note(steps, "rectify")),
        rectified_at=_local(row["rectified_at"]) if done else None, checker=checker, verdict=verdict,
        closed_at=_local(row["closed_at"]) if row["state"] == "closed" else None, supervised=row["supervised"],
        repeated=row["recurrence_of_id"] is not None or row["reopened_count"] > 0, sent_back=row["sent_back_count"],
        overdue_days=_days_late(row, frame.as_of), note=_remark(row, steps),
        before=tuple(beside.before.get(row["id"], ())[:MOST_PHOTOS]), after=tuple(beside.after.get(row["id"], ())[:MOST_PHOTOS]),
    )  # fmt: skip


def _verdict(steps: dict[str, tuple[int, str, str]]) -> tuple[str, str]:
    """What the last check said, and who made it."""
    passed, failed = steps.get("verify"), steps.get("send_back")
    if passed and (not failed or passed[0] > failed[0]):
        return "通过", passed[2]
    return ("退回返工", failed[2]) if failed else ("", "")


def _note(steps: dict[str, tuple[int, str, str]], name: str) -> str:
    return steps[name][1] if name in steps else ""


def _remark(row: dict[str, Any], steps: dict[str, tuple[int, str, str]]) -> str:
    told = [
        f"并入A{row['merged_into_id']:06d}" if row["merged_into_id"] else "",
        _note(steps, "void"),
        f"退回返工{row['sent_back_count']}次" if row["sent_back_count"] else "",
        "列入督办" if row["supervised"] else "",
        "经申诉不计超期" if row["excused"] else "",
    ]
    return "；".join(word for word in told if word)


def _days_late(row: dict[str, Any], at: datetime) -> int:
    """Whole days (begun ones count) past the time the unit had; 0 once it has reported rectified, or while the clock stands."""
    late = row["state"] in ("dispatched", "accepted") and row["due_at"] is not None and not row["excused"]
    if not late or row["due_at"] >= at:
        return 0
    return (local(at).date() - local(row["due_at"]).date()).days or 1


def _grid(grid_id: int | None, frame: Frame) -> str:
    grid = frame.ref.grids.info(grid_id) if grid_id is not None else None
    return grid.name if grid else ""


def _local(when: datetime | None) -> datetime | None:
    return None if when is None else local(when)
