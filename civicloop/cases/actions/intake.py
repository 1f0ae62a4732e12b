"""Reporting a problem: the loop is opened with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.bus import announce
from civicloop.cases import policy
from civicloop.cases.actions.engine import CASES, KIND
from civicloop.cases.answers import check_answers
from civicloop.cases.desks import desk_unit
from civicloop.cases.facts import CaseReported
from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.cases.near import Found, Near, look_around, told_to
from civicloop.cases.place import Located, locate
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text, search_tokens
from civicloop.ledger.actions import first_line
from civicloop.loops import timing
from civicloop.loops.evidence import Given, attach, check_photos
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Point
from civicloop.rows import Kin, insert_with
from civicloop.standards import reference
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Actor, Reference

# Sources whose reporter stands before the problem and can take a picture where the category asks for one.
REACH = ("unit_id", "reported_at")
ON_THE_SPOT = ("patrol", "inspection")


@dataclass(frozen=True, slots=True)
class Reported:
    """The new case, the open ones it may be a duplicate of, and the closed one it may have come back from: those that who reports
    may see. `hidden`: how many more lie near, of which nothing else is told.
    """

    case: Case
    duplicates: list[Near]
    recurrence: Case | None
    hidden: int = 0


@transaction.atomic
def report(
    *, category_id: int, by: Person | None, at: datetime, description: str = "", answers: Mapping[str, Any] | None = None,
    lon: float | None = None, lat: float | None = None, datum: str = "wgs84", address: str = "",
    photos: Sequence[Mapping[str, Any]] = (), source: str = "patrol", external_key: str | None = None,
    urgent: bool = False, point_id: int | None = None, noted_at: datetime | None = None, uid: UUID | None = None,
    questions_asked: bool = True, ref: Reference | None = None,
) -> Reported:  # fmt: skip
    """Open a case. `noted_at` is when the device saw the problem; the clock of the desk starts at `at`, the server's time.

    `questions_asked` is False where the door had no way to ask the category's own questions (a checklist item that failed):
    then required answers may be missing, and the filing desk asks. `by=None` is a resident without an account, for whom the door
    answers. Raises Invalid (which field), NotAllowed, NotFound, Conflict when `uid` or `external_key` was used before.
    """
    ref = ref or reference.now()
    actor = _reporting(by, at, ref)
    category = ref.categories.by_id(category_id)
    if not category.active:
        raise Invalid("category", "category_not_in_use", category=category.code)
    place, address, point_id = _place(lon, lat, datum, address, point_id, ref)
    evidence = check_photos(photos, by=by)
    _check_source(source, category, evidence)
    # An empty key is no key; a long one is refused, not cut: a cut key would be somebody else's.
    external_key = clean_text(external_key or "", limit=100, field="external_key") or None
    seen_at = _seen_at(noted_at, at, ref)
    around = look_around(category, place.lon, place.lat, at=seen_at, ref=ref)
    case = Case(
        uid=uid or new_uid(), category_id=category.id, state="reported", source=source, urgent=urgent,
        description=clean_text(description, limit=4000, multiline=True, field="description"), address=address,
        answers=check_answers(answers, category, strict=questions_asked), external_key=external_key, reporter=by, point_id=point_id,
        reported_at=seen_at, received_at=at, owner_id=desk_unit(ref, "file", day_of(at)),
        recurrence_of=around.recurrence,
    )  # fmt: skip
    _put_in_place(case, place)
    case.search = search_words(case, category)
    timing.start_stage(case, ref.parameters.limit("stages.file"), since=at, ref=ref)
    _write_down(case, actor, evidence, around, noted_at=noted_at, ref=ref)
    announce(CaseReported(case.uid, at))
    told = told_to(actor, around)
    return Reported(case, told.duplicates, told.recurrence, told.hidden)


def _reporting(by: Person | None, at: datetime, ref: Reference) -> Actor | None:
    """Who reports, if it is a person of the house. Raises NotAllowed."""
    if by is None:
        return None
    actor = ref.actor(by, day_of(at))
    policy.require_reporting(actor, by=by)
    return actor


def _seen_at(noted_at: datetime | None, at: datetime, ref: Reference) -> datetime:
    """When the device saw the problem; not in the future, and not so long ago that past months would change."""
    if noted_at is None:
        return at
    if at - noted_at > timedelta(days=int(ref.parameters["report.noted_within_days"])):
        raise Invalid("noted_at", "noted_too_long_ago", days=ref.parameters["report.noted_within_days"])
    return min(noted_at, at)


def search_words(case: Case, category: CategoryInfo) -> str:
    """What Chinese search looks into: place, category and text."""
    return search_tokens(" ".join((case.address, category.name, category.name_en, case.description)))


def _place(
    lon: float | None, lat: float | None, datum: str, address: str, point_id: int | None, ref: Reference
) -> tuple[Located, str, int | None]:
    address = clean_text(address, limit=200, field="address")
    if point_id is not None:
        point = Point.objects.filter(pk=point_id).first()
        if point is None:
            raise NotFound("point", point_id)
        address = address or point.address or point.name
        if lon is None and lat is None:
            lon, lat, datum = point.lon, point.lat, "wgs84"
    if lon is None and lat is None and not address:
        raise Invalid("place", "place_missing")
    return locate(lon, lat, datum, ref), address, point_id


def _check_source(source: str, category: CategoryInfo, evidence: Sequence[Given]) -> None:
    if source not in SOURCE_LABELS:
        raise Invalid("source", "unknown_choice", value=source)
    if category.needs_report_photo and source in ON_THE_SPOT and not evidence:
        raise Invalid("photos", "photo_needed", category=category.name)


def _put_in_place(case: Case, place: Located) -> None:
    case.lon, case.lat, case.tile_key, case.datum = place.lon, place.lat, place.tile_key, place.datum
    case.given_lon, case.given_lat = place.given_lon, place.given_lat
    case.grid_id, case.area_class = place.grid.id if place.grid else None, place.area_class


def _write_down(
    case: Case, actor: Actor | None, evidence: Sequence[Given], around: Found, *, noted_at: datetime | None, ref: Reference,
) -> None:  # fmt: skip
    at, by = case.received_at, case.reporter
    acting = actor.unit_acted_for(case.owner_id) if actor is not None else None
    data: dict[str, Any] = {"source": case.source}
    if around.recurrence is not None:
        data["recurrence_of"] = around.recurrence.number
    step = CaseStep(
        case=case, seq=1, name="report", by=by, unit_id=acting, at=at, noted_at=noted_at, state_before="",
        state_after=case.state, note="", data=data,
    )  # fmt: skip
    units = {case.owner_id, *({acting} if acting else ())}
    reached = {over for unit in units for over in (unit, *ref.org.above(unit))}
    reach = Kin(CaseReach, REACH, [(unit, case.reported_at) for unit in sorted(reached)], "case_id")
    category = ref.categories.by_id(case.category_id)
    told = {
        "seq": 1, "category": category.code, "source": case.source, "lon": case.lon, "lat": case.lat,
        "photos": [one.sha256 for one in evidence],
    }  # fmt: skip
    line = first_line(KIND, case.uid, "case.report", by=by.uid if by else None, at=at, data=told)
    try:
        insert_with(case, Kin.of(step, "case_id"), reach, Kin.of(line))
    except IntegrityError as fault:
        # Only keys made by the sender can collide here; the transaction is over either way.
        raise Conflict("case_known", key=case.external_key or str(case.uid)) from fault
    attach(CASES, case, step, evidence)
