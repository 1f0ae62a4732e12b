"""The steps of a display. A fault becomes a case like any other; when the case ends, the display is in use again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.cases import actions as cases
from civicloop.cases.models import Case
from civicloop.cases.place import locate
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.kernel.worktime import Limit
from civicloop.ledger.actions import record
from civicloop.loops import engine, timing
from civicloop.loops.evidence import check_photos
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.publicity import policy
from civicloop.publicity.kinds import DISPLAYS
from civicloop.publicity.models import Display
from civicloop.publicity.models.displays import KIND_LABELS
from civicloop.standards import reference
from civicloop.standards.reference import Reference

Photos = Sequence[Mapping[str, Any]]
CASE_SOURCE = "patrol"


@transaction.atomic
def plan_display(
    *, kind: str, code: str, name: str, unit_id: int, by: Person, at: datetime, content: str = "", address: str = "",
    lon: float | None = None, lat: float | None = None, datum: str = "wgs84", photos: Photos = (), ref: Reference | None = None,
) -> Display:  # fmt: skip
    """Enter a display that a unit keeps or will put up. Raises Invalid, NotAllowed, NotFound, Conflict `display_known`."""
    ref = ref or reference.now()
    ref.org.unit(unit_id)
    policy.require(ref.actor(by, day_of(at)), "display.plan", by=by, unit_id=unit_id)
    if kind not in KIND_LABELS:
        raise Invalid("kind", "unknown_choice", value=kind[:40])
    place = locate(lon, lat, datum, ref)
    display = Display(
        kind=kind, code=_needed(code, "code", 30), name=_needed(name, "name", 100), owner_id=unit_id, created_at=at,
        content=clean_text(content, limit=200, field="content"), address=clean_text(address, limit=200, field="address"),
        lon=place.lon, lat=place.lat, grid_id=place.grid.id if place.grid else None,
    )  # fmt: skip
    timing.start_stage(display, ref.parameters.limit("publicity.put_up_within"), since=at, ref=ref)
    told = {"kind": kind, "code": display.code, "unit": unit_id}
    try:
        with transaction.atomic():
            shown = check_photos(photos, by=by)
            engine.begin(DISPLAYS, display, by=by, at=at, name="plan_display", ref=ref, photos=shown, data=told)
    except IntegrityError as fault:
        raise Conflict("display_known", code=display.code) from fault
    return display


def put_up(
    *, uid: UUID, by: Person, at: datetime, note: str = "", photos: Photos = (), version: int | None = None
) -> Display:
    """It hangs; the first look is due a period later."""
    return _take("put_up", uid, by, at, note, photos, version)


def check(
    *, uid: UUID, by: Person, at: datetime, note: str = "", photos: Photos = (), version: int | None = None
) -> Display:
    """Looked at and found in order; the next look is due a period later."""
    return _take("check", uid, by, at, note, photos, version)


def find_broken(
    *, uid: UUID, by: Person, at: datetime, note: str, photos: Photos = (), category_id: int | None = None,
    version: int | None = None, ref: Reference | None = None,
) -> Display:  # fmt: skip
    """It is broken: a case is opened by the same person with the same photos, and has the clock from now on.

    `category_id` None takes the category that the parameter `publicity.broken_category` names. Raises what a report raises.
    """
    ref = ref or reference.now()
    with engine.taking(
        DISPLAYS, uid, "find_broken", by=by, at=at, note=note, photos=photos, expected_version=version, ref=ref
    ) as step:
        display: Display = step.loop
        told = f"{display.name}（{display.code}）：{step.note}"
        done = cases.report(
            category_id=category_id or broken_category(ref), by=by, at=at, description=told[:4000],
            lon=display.lon, lat=display.lat, address=display.address or display.name, photos=photos, source=CASE_SOURCE,
            external_key=f"display:{display.uid}:{display.version}", questions_asked=False, ref=ref,
        )  # fmt: skip
        display.case, display.checked_at = done.case, at
        timing.stop(display)
        step.data["case"] = str(done.case.uid)
    return display


def mend(
    *, uid: UUID, by: Person | None, at: datetime, note: str = "", photos: Photos = (), version: int | None = None
) -> Display:
    """In order again. A person may say so only once the case is over, or the case would go on without its fault."""
    with engine.taking(DISPLAYS, uid, "mend", by=by, at=at, note=note, photos=photos, expected_version=version) as step:
        display: Display = step.loop
        if by is not None and display.case is not None and display.case.ended_at is None:
            raise Conflict("display_case_open", case=display.case.number)
        _look_again(step)
        step.data["case"] = str(display.case.uid) if display.case else ""
    return display


def change_content(
    *, uid: UUID, content: str, by: Person, at: datetime, photos: Photos = (), version: int | None = None
) -> Display:
    """It shows something else now."""
    told = _needed(content, "content", 200)
    with engine.taking(
        DISPLAYS, uid, "change_content", by=by, at=at, given={"content"}, photos=photos, expected_version=version
    ) as step:
        display: Display = step.loop
        step.data |= {"before": display.content, "after": told}
        display.content = told
    return display


def take_down(*, uid: UUID, reason: str, by: Person, at: datetime, version: int | None = None) -> Display:
    """It is there no longer. A case of its fault goes on by itself: what is broken may still lie in the street."""
    with engine.taking(DISPLAYS, uid, "take_down", by=by, at=at, note=reason, expected_version=version) as step:
        display: Display = step.loop
    return display


def follow_case(*, case_uid: UUID, at: datetime) -> list[UUID]:
    """A case has ended: the displays whose fault it was are in use again, or follow the case into which it was merged.

    Safe to run twice. Returns the displays that are in use again.
    """
    case = Case.objects.select_related("merged_into").filter(uid=case_uid).first()
    if case is None or case.ended_at is None:
        return []
    waiting = Display.objects.filter(case=case, state="broken").order_by("pk").values_list("uid", flat=True)
    return [uid for uid in waiting if _follow(uid, case, at)]


@transaction.atomic
def _follow(uid: UUID, case: Case, at: datetime) -> bool:
    display: Display = engine.lock(DISPLAYS, uid)
    if display.state != "broken" or display.case_id != case.pk:
        return False
    main = _main_of(case)
    if main.pk != case.pk:
        display.case = main
        display.save(update_fields=["case"])
        record("display", display.uid, "display.follow_case", by=None, at=at, data={"case": str(main.uid)})
        if main.ended_at is None:
            return False
    mend(uid=uid, by=None, at=at)
    return True


def _main_of(case: Case) -> Case:
    """The case in which a merged one goes on: that may have been merged too before this was told of."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def broken_category(ref: Reference) -> int:
    """The category of a broken display. Raises Invalid where the city has none of this code."""
    code = str(ref.parameters["publicity.broken_category"])
    found = next((one for one in ref.categories.all() if one.code == code and one.active), None)
    if found is None:
        raise Invalid("category", "unknown_category", category=code)
    return found.id


def _take(name: str, uid: UUID, by: Person, at: datetime, note: str, photos: Photos, version: int | None) -> Display:
    with engine.taking(DISPLAYS, uid, name, by=by, at=at, note=note, photos=photos, expected_version=version) as step:
        display: Display = step.loop
        _look_again(step)
    return display


def _look_again(step: engine.Taking) -> None:
    """Seen in order now: the clock to the next look starts."""
    display: Display = step.loop
    display.checked_at = step.at
    every = step.ref.parameters["publicity.check_every"]
    limit = Limit.from_json(every.get(display.kind) or every["other"])
    timing.start_stage(display, limit, since=step.at, ref=step.ref)


def _needed(text: str, field: str, limit: int) -> str:
    told = clean_text(text, limit=limit, field=field)
    if not told:
        raise Invalid(field, "required", field=field)
    return told
