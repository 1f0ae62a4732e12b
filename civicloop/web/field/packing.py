"""The parcel as the phone keeps it, in the asker's language and with persons' numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from civicloop.cases.given import field_of
from civicloop.cases.models.case import STATE_LABELS
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.fieldwork.queries import STEPS, CaseInParcel, Parcel
from civicloop.fieldwork.queries.parcel import sheet_key
from civicloop.fieldwork.rules import envelope
from civicloop.fieldwork.rules.masking import masked
from civicloop.inspection.models import Visit
from civicloop.inspection.models.visits import ANSWER_LABELS, VISIT_LABELS
from civicloop.inspection.rules import answers
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Grid, Point
from civicloop.photos.rules.picture import MAX_MEGABYTES, MEGABYTE
from civicloop.photos.rules.sound import MOST_MEGABYTES, MOST_SECONDS
from civicloop.spoken import ROLES, THINGS
from civicloop.standards import editions
from civicloop.standards.models import StandardText
from civicloop.standards.reference import Reference
from civicloop.web.desk.asker import Asker
from civicloop.web.field.answering import MOST_BYTES
from civicloop.web.field.asking import categories, sheet_out
from civicloop.web.field.status import unit_named
from civicloop.web.ui.words import STEPS as STEP_WORDS

DIGITS = 6
"""Of degrees: a decimetre."""


def packed(parcel: Parcel, who: Asker) -> dict[str, Any]:
    """Everything of a parcel but the moment it was asked for."""
    language, ref = get_language() or "", who.ref
    types = _types(parcel, language)
    by_point = {one.point_id: one for one in parcel.visits if one.point_id}
    return {
        "day": parcel.day,
        "zone": get_default_timezone_name(),
        "language": language,
        "person": _person(parcel, ref),
        "limits": limits(ref),
        "visits": [_visit(one, types) for one in parcel.visits],
        "sheets": {key: sheet_out(one, language, ref) for key, one in parcel.sheets.items()},
        "answers": _choices(ANSWER_LABELS),
        "points": [_point(one, by_point.get(one.pk), types, ref) for one in parcel.points],
        "cases": [_case(one, who, language) for one in parcel.cases],
        "cases_left_out": parcel.left_out,
        **_steps(),
        "categories": categories(ref),
        "texts": [_text(one, language, ref) for one in parcel.texts],
        "photo_kinds": _choices(photo_kinds()),
        "map": _map(parcel.grids, parcel.own_grids),
    }


def limits(ref: Reference) -> dict[str, Any]:
    """What the server takes, so that a phone says no before a day's work is done."""
    return {
        "entries_per_post": envelope.MOST_ENTRIES,
        "body_bytes": min(MOST_BYTES, int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or MOST_BYTES)),
        "content_bytes": envelope.MOST_CONTENT,
        "photo_bytes": MAX_MEGABYTES * MEGABYTE,
        "voice_bytes": MOST_MEGABYTES * MEGABYTE,
        "voice_seconds": MOST_SECONDS,
        "photos_per_entry": envelope.MOST_PHOTOS["step"],
        "photos_per_visit": answers.MOST_PHOTOS,
        "photos_per_item": answers.MOST_OF_AN_ITEM,
        "note": 4000,
        "visit_note": answers.NOTE_LIMIT,
        "after": envelope.MOST_AFTER,
        "far_m": float(ref.parameters["visit.far_m"]),
        "visit_grace_days": int(ref.parameters["visit.grace_days"]),
        "noted_within_days": int(ref.parameters["report.noted_within_days"]),
    }


def photo_kinds() -> dict[str, str]:
    """What a photo shows."""
    return {
        "near": _("close-up"),
        "far": _("overview"),
        "reference": _("with something for size"),
        "before": _("before"),
        "after": _("after"),
    }


def _choices(labels: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "name": str(name)} for key, name in labels.items()]


def _person(parcel: Parcel, ref: Reference) -> dict[str, Any]:
    posts = []
    for post in parcel.actor.posts:
        grid = ref.grids.info(post.grid_id) if post.grid_id else None
        posts.append(
            {
                "role": post.role,
                "role_label": str(ROLES.get(post.role, post.role)),
                "unit": unit_named(post.unit_id, ref),
                "grid": grid.code if grid else None,
            }
        )
    return {"uid": parcel.person.uid, "name": parcel.person.name, "posts": posts}


def _types(parcel: Parcel, language: str) -> dict[str, str]:
    """The names of point types: by the editions of the visits, else by the one in force."""
    books = [one.book for one in parcel.sheets.values()]
    if not books and parcel.points:
        try:
            books = [editions.book(editions.current().pk)]
        except NotFound:
            books = []
    return {code: one.name.in_language(language) for book in books for code, one in book.point_types.items()}


def _visit(visit: Visit, types: Mapping[str, str]) -> dict[str, Any]:
    place = visit.point or visit.case
    kind = visit.point_type or (visit.point.point_type if visit.point else "")
    return {
        "uid": visit.uid,
        "round": {"code": visit.round.code, "name": visit.round.title},
        "day": visit.day,
        "order": visit.order,
        "plan": visit.plan,
        "state": visit.state,
        "state_label": str(VISIT_LABELS[visit.state]),
        "note": masked(visit.note),
        "place": {
            "uid": visit.point.uid if visit.point else None,
            "code": visit.point.code if visit.point else "",
            "name": visit.point.name if visit.point else masked(place.address) if place else "",
            "point_type": kind,
            "type_name": types.get(kind, kind),
            "address": masked(place.address) if place else "",
            "lon": place.lon if place else None,
            "lat": place.lat if place else None,
        },
        "case": {"uid": visit.case.uid, "number": visit.case.number} if visit.case else None,
        "sheet": sheet_key(visit),
    }


def _point(point: Point, visit: Visit | None, types: Mapping[str, str], ref: Reference) -> dict[str, Any]:
    return {
        "uid": point.uid,
        "code": point.code,
        "name": point.name,
        "point_type": point.point_type,
        "type_name": types.get(point.point_type, point.point_type),
        "address": point.address,
        "lon": point.lon,
        "lat": point.lat,
        "grid": _grid_code(point.grid_id, ref),
        "unit": unit_named(point.unit_id, ref),
        "visit": visit.uid if visit else None,
    }


def _grid_code(grid_id: int | None, ref: Reference) -> str | None:
    grid = ref.grids.info(grid_id) if grid_id else None
    return grid.code if grid else None


def _case(one: CaseInParcel, who: Asker, language: str) -> dict[str, Any]:
    case, ref = one.case, who.ref
    category = ref.categories.by_id(case.category_id)
    plain = (
        "uid",
        "number",
        "state",
        "version",
        "lon",
        "lat",
        "urgent",
        "supervised",
        "reported_at",
        "act_by",
        "due_at",
    )
    return {name: getattr(case, name) for name in plain} | {
        "state_label": str(STATE_LABELS[case.state]),
        "category": {"uid": category.uid, "code": category.code, "name": category.label},
        "description": masked(case.description),
        "address": masked(case.address),
        "grid": _grid_code(case.grid_id, ref),
        "point": case.point.code if case.point else None,
        "unit": unit_named(case.unit_id, ref),
        "overdue": case.state != "suspended" and case.act_by is not None and case.act_by < who.at,
        "mine": one.mine,
        "photos": [
            {"sha256": sha256, "kind": kind, "url": f"/photos/{sha256}/page", "thumb": f"/photos/{sha256}/thumb"}
            for sha256, kind in one.photos
        ],
        "steps": one.steps,
    }


def _steps() -> dict[str, Any]:
    """The steps a phone offers, and how to ask for what they need."""
    rows = [LIFECYCLE[name] for name in STEPS]
    names = sorted({field for row in rows for field in row.needs | row.asks})
    steps = {
        row.name: {
            "label": str(STEP_WORDS.get(row.name, row.name)),
            "to": row.to,
            "needs": sorted(row.needs),
            "asks": sorted(row.asks),
        }
        for row in rows
    }
    fields = {name: {"kind": field_of("", name).kind, "label": str(THINGS.get(name, name))} for name in names}
    return {"steps": steps, "fields": fields}


def _text(one: StandardText, language: str, ref: Reference) -> dict[str, Any]:
    english = language.startswith("en")
    return {
        "code": one.code,
        "state": one.state,
        "category": ref.categories.by_id(one.category_id).code if one.category_id else None,
        "title": (one.title_en if english else "") or one.title,
        "body": (one.text_en if english else "") or one.text,
    }


def _map(grids: Iterable[Grid], own: frozenset[int]) -> dict[str, Any]:
    rows = list(grids)
    box = None
    if rows:
        box = [
            min(one.west for one in rows), min(one.south for one in rows),
            max(one.east for one in rows), max(one.north for one in rows),
        ]  # fmt: skip
    features = [
        {
            "type": "Feature",
            "properties": {"code": one.code, "name": one.name, "area_class": one.area_class, "mine": one.pk in own},
            "geometry": {"type": one.outline["type"], "coordinates": _rounded(one.outline["coordinates"])},
        }
        for one in rows
    ]
    return {"box": box, "grids": {"type": "FeatureCollection", "features": features}}


def _rounded(part: Any) -> Any:
    return [_rounded(one) for one in part] if isinstance(part, (list, tuple)) else round(part, DIGITS)
