"""Rows and objects as the plain data of an answer. Names come from the books in memory, not from more statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from civicloop.cases.models import Case
from civicloop.cases.models.case import STATE_LABELS
from civicloop.cases.near import Near
from civicloop.organisation.book import UnitInfo
from civicloop.organisation.gridbook import GridInfo
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference

ROOT = "/api/v1"
PLAIN = (
    "uid", "state", "description", "address", "lon", "lat", "area_class", "urgent", "supervised", "source",
    "external_key", "reported_at", "received_at", "act_by", "due_at", "due_provisional", "closed_at", "ended_at",
    "version",
)  # fmt: skip
BRIEF = ("id", "category_id", "grid_id", "unit_id", "owner_id", *PLAIN)
"""The columns of a case that a list reads."""
FURTHER = (
    "answers", "datum", "given_lon", "given_lat", "filed_at", "dispatched_at", "accepted_at", "rectified_at",
    "verified_at", "returned_count", "sent_back_count", "reopened_count", "excused", "proposal",
)  # fmt: skip


def case_row(row: Mapping[str, Any], ref: Reference, at: datetime) -> dict[str, Any]:
    """A case in a list, from its columns."""
    category = ref.categories.by_id(row["category_id"])
    act_by = row["act_by"]
    return {
        "number": f"A{row['id']:06d}",
        "state_label": str(STATE_LABELS[row["state"]]),
        "category": {"code": category.code, "name": category.label},
        "grid": grid_named(ref, row["grid_id"]),
        "unit": unit_named(ref, row["unit_id"]),
        "owner": unit_named(ref, row["owner_id"]),
        "overdue": row["ended_at"] is None and act_by is not None and act_by < at,
        "url": f"{ROOT}/cases/{row['uid']}",
        **{name: row[name] for name in PLAIN},
    }


def case_brief(case: Case, ref: Reference, at: datetime) -> dict[str, Any]:
    """A case in a list, from the object."""
    return case_row({name: getattr(case, name) for name in BRIEF}, ref, at)


def case_near(near: Near, ref: Reference) -> dict[str, Any]:
    """An open case close by, in full detail, from the columns that were read to find it."""
    case = near.case
    category = ref.categories.by_id(case.category_id)
    return {
        "uid": case.uid,
        "number": case.number,
        "state": case.state,
        "state_label": str(STATE_LABELS[case.state]),  # type: ignore[index]
        "category": {"code": category.code, "name": category.label},
        "description": case.description,
        "address": case.address,
        "lon": case.lon,
        "lat": case.lat,
        "unit": unit_named(ref, case.unit_id),
        "reported_at": case.reported_at,
        "act_by": case.act_by,
        "due_at": case.due_at,
        "metres": round(near.metres, 1),
        "url": f"{ROOT}/cases/{case.uid}",
    }


def unit_named(ref: Reference, unit_id: int | None) -> dict[str, Any] | None:
    """A unit by its code and name."""
    unit = None if unit_id is None else ref.org.units.get(unit_id)
    return None if unit is None else {"uid": unit.uid, "code": unit.code, "name": unit.name}


def grid_named(ref: Reference, grid_id: int | None) -> dict[str, Any] | None:
    """A grid by its code and name; a grid that is no longer in force has left the book."""
    grid = None if grid_id is None else ref.grids.info(grid_id)
    return None if grid is None else {"code": grid.code, "name": grid.name}


def unit_out(unit: UnitInfo, ref: Reference) -> dict[str, Any]:
    """A unit in the list of units."""
    parent = None if unit.parent_id is None else ref.org.units.get(unit.parent_id)
    return {
        "uid": unit.uid,
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent": parent.code if parent else None,
        "lines": list(unit.lines),
        "active": unit.active,
    }


def grid_out(grid: GridInfo, ref: Reference) -> dict[str, Any]:
    """A grid in the list of grids."""
    return {
        "uid": grid.uid,
        "code": grid.code,
        "name": grid.name,
        "unit": unit_named(ref, grid.unit_id),
        "area_class": grid.area_class,
    }


def category_out(category: CategoryInfo) -> dict[str, Any]:
    """A category in the list of categories."""
    return {
        "uid": category.uid,
        "code": category.code,
        "name": category.label,
        "name_en": category.name_en,
        "pack": category.pack,
        "kind": category.kind,
        "major": category.major,
        "line": category.line,
        "needs_report_photo": category.needs_report_photo,
        "needs_rectify_photo": category.needs_rectify_photo,
    }


def category_detail(category: CategoryInfo) -> dict[str, Any]:
    """A category with its conditions, limits and questions."""
    english = (get_language() or "").startswith("en")
    return {
        **category_out(category),
        "radius_m": category.radius_m,
        "duplicate_days": category.duplicate_days,
        "recurrence_days": category.recurrence_days,
        "conditions": [
            {
                "id": one.id,
                "code": one.code,
                "text": one.text,
                "closing": one.closing,
                "limits": {
                    area: {"amount": float(limit.amount), "unit": str(limit.unit)} for area, limit in one.limits.items()
                },
            }
            for one in category.conditions
        ],
        "questions": [
            {
                "code": one.code,
                "text": one.text_en if english and one.text_en else one.text,
                "datatype": one.datatype,
                "required": one.required,
                "values": [dict(value) for value in one.values],
            }
            for one in category.asked
        ],
    }
