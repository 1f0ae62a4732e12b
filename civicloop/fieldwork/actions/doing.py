"""What each kind of entry does: the ordinary action of the loop it is about, taken in the name of who noted it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from civicloop.cases import actions as cases
from civicloop.cases.actions.engine import KIND
from civicloop.cases.models import Case, CaseStep
from civicloop.cases.policy import seen_of
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.rules.clock import TRUSTED_S, righted, righted_content
from civicloop.fieldwork.rules.envelope import VOICE
from civicloop.inspection import actions as inspection
from civicloop.inspection.models import Observation, Submission, Visit
from civicloop.inspection.queries.visits import is_far
from civicloop.kernel.geo import distance_m
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Point
from civicloop.photos import voices
from civicloop.standards.reference import Reference

CASE_FIELDS = (
    "category", "description", "answers", "lon", "lat", "datum", "address", "urgent", "point", "source",
)  # fmt: skip
STEP_FIELDS = ("step", "given", "expected_version")
SOURCES = ("patrol", "inspection")


@dataclass
class Outcome:
    """What came of applying an entry. `missing`: it is kept by the loop itself and waits for photos there. `refusal`: the
    loop has kept it and refused it later."""

    result: dict[str, Any] = field(default_factory=dict)
    missing: bool = False
    refusal: Mapping[str, Any] | None = None


def do(row: Entry, *, at: datetime, ref: Reference) -> Outcome:
    """Take the action of an entry, inside the caller's transaction. Raises whatever the loop refuses."""
    outcome = DOING[row.kind](row, at, ref)
    if row.clock_offset_s is not None and abs(row.clock_offset_s) > TRUSTED_S:
        _warn(outcome, "clock", seconds=round(row.clock_offset_s))
    return outcome


def _warn(outcome: Outcome, code: str, **told: Any) -> None:
    outcome.result.setdefault("warnings", []).append({"code": code, **told})


def noted(row: Entry, *, at: datetime) -> datetime:
    """When it was done, by a right clock, and never in the future."""
    return min(righted(row.noted_at, row.clock_offset_s), at)


def evidence(row: Entry) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The photos of an entry as the problem loop takes them, and its voice notes."""
    told = EntryPhoto.objects.filter(entry=row).order_by("place").values_list("sha256", "told")
    shown = [{**righted_content(said, row.clock_offset_s), "sha256": sha256} for sha256, said in told]
    spoken = [one for one in shown if one.get("kind") == VOICE]
    return [one for one in shown if one.get("kind") != VOICE], spoken


def submission_uid(row: Entry) -> UUID:
    """The id of the submission: the entry's own, and another one for each correction, as a submission accepted never changes."""
    return row.pk if row.revision == 0 else uuid5(row.pk, str(row.revision))


def _visit(row: Entry, at: datetime, ref: Reference) -> Outcome:
    visit = Visit.objects.filter(uid=row.loop_uid).first()
    if visit is None:
        raise NotFound("visit", row.loop_uid)
    sent = inspection.submit(
        visit=visit, uid=submission_uid(row), content=righted_content(row.content, row.clock_offset_s), by=row.by, at=at,
        door="field", ref=ref,
    )  # fmt: skip
    if sent.state == "refused":
        return Outcome(refusal=sent.refusal)
    if sent.state == "waiting":
        return Outcome(missing=True)
    return _judged(sent, row, at, ref)


def _judged(sent: Submission, row: Entry, at: datetime, ref: Reference) -> Outcome:
    """What came of a visit: the cases it opened or found open. Of those the person may not see only how many they are."""
    visit = Visit.objects.get(pk=sent.visit_id)
    seen = Observation.objects.filter(visit=visit, case__isnull=False).order_by("seq").select_related("case")
    opened: dict[int, dict[str, Any]] = {}
    for one in seen:
        assert one.case is not None
        opened.setdefault(one.case.pk, {**_named(one.case), "known": one.case_known})
    shown = seen_of(ref.actor(row.by, day_of(at)), opened)
    told = [one for number, one in opened.items() if number in shown]
    outcome = Outcome({"state": visit.state, "cases": told, "cases_hidden": len(opened) - len(told)})
    if is_far(visit.distance_m, visit.accuracy_m, ref):
        _warn(outcome, "far", metres=round(visit.distance_m or 0), accuracy_m=visit.accuracy_m)
    return outcome


def _named(case: Case) -> dict[str, Any]:
    return {"uid": str(case.uid), "number": case.number}


def _case(row: Entry, at: datetime, ref: Reference) -> Outcome:
    given = _known(righted_content(row.content, row.clock_offset_s), CASE_FIELDS)
    source = given.pop("source", None) or "patrol"
    if source not in SOURCES:
        raise Invalid("source", "unknown_choice", value=str(source)[:40])
    point = _point(given.pop("point", None))
    urgent = given.pop("urgent", None) or False
    if not isinstance(urgent, bool):
        raise Invalid("urgent", "not_yes_or_no", value=str(urgent)[:40])
    photos, spoken = evidence(row)
    made = cases.report(
        category_id=_category(given.pop("category", None), ref), by=row.by, at=at, uid=row.loop_uid, source=source,
        urgent=urgent, point_id=point, photos=photos, noted_at=noted(row, at=at), ref=ref,
        **{name: value for name, value in given.items() if value not in (None, "")},
    )  # fmt: skip
    _speak(row, made.case, spoken, at=at)
    outcome = Outcome({
        "case": _named(made.case), "version": made.case.version, "state": made.case.state,
        "duplicates": [{**_named(near.case), "metres": round(near.metres)} for near in made.duplicates[:10]],
        "duplicates_hidden": made.hidden,
        "recurrence_of": made.recurrence.number if made.recurrence else None,
    })  # fmt: skip
    _far_from(row, made.case, outcome, ref)
    return outcome


def _category(word: Any, ref: Reference) -> int:
    if not isinstance(word, str) or not word:
        raise Invalid("category", "required", field="category")
    try:
        found = ref.categories.by_uid(UUID(word))
    except ValueError:
        found = ref.categories.by_code(word)
    if found is None:
        raise Invalid("category", "unknown_category", category=word[:60])
    return found.id


def _point(word: Any) -> int | None:
    if word in (None, ""):
        return None
    try:
        asked: dict[str, Any] = {"uid": UUID(str(word))}
    except ValueError:
        asked = {"code": str(word)[:30]}
    found = Point.objects.filter(**asked).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("point", "unknown_point", value=str(word)[:60])
    return int(found)


def _step(row: Entry, at: datetime, ref: Reference) -> Outcome:
    given = _known(row.content, STEP_FIELDS)
    step, values = given.get("step"), given.get("given") or {}
    if not isinstance(step, str):
        raise Invalid("step", "required", field="step")
    if not isinstance(values, Mapping):
        raise Invalid("given", "not_an_object")
    return _take(row, step, dict(values), at=at, ref=ref)


def _comment(row: Entry, at: datetime, ref: Reference) -> Outcome:
    return _take(row, "comment", _known(row.content, ("note",)), at=at, ref=ref)


def _take(row: Entry, step: str, given: dict[str, Any], *, at: datetime, ref: Reference) -> Outcome:
    """Judged by the case as it stands now, not by the version that was seen: what fits is done, and what does not is told."""
    photos, spoken = evidence(row)
    case = cases.take(
        row.loop_uid, step, by=row.by, at=at, noted_at=noted(row, at=at), ref=ref,
        given={**given, "photos": photos} if photos else given,
    )  # fmt: skip
    _speak(row, case, spoken, at=at)
    outcome = Outcome({"case": _named(case), "version": case.version, "state": case.state})
    seen = seen_version(row)
    if seen is not None and seen < case.version - 1 and moved_by_others(row, seen, before=case.version):
        _warn(outcome, "changed_meanwhile")
    _far_from(row, case, outcome, ref)
    return outcome


def _speak(row: Entry, case: Case, spoken: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """What was said belongs to the step just taken, whose number is the case's version."""
    if spoken:
        voices.attach(KIND, case.uid, case.version, voices=spoken, by=row.by, at=at)


def seen_version(row: Entry) -> int | None:
    """The version of the case that the person had before him; None where the phone does not say."""
    told = row.content.get("expected_version") if isinstance(row.content, dict) else None
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def moved_by_others(row: Entry, seen: int, *, before: int | None = None) -> bool:
    """Whether somebody else has taken a step of the case since the version that was seen."""
    steps = CaseStep.objects.filter(case__uid=row.loop_uid, seq__gt=seen).exclude(by=row.by_id)
    return (steps if before is None else steps.filter(seq__lt=before)).exclude(name="comment").exists()


def _far_from(row: Entry, case: Case, outcome: Outcome, ref: Reference) -> None:
    """A remark, never a hindrance: satellites are bad between high houses, and some work is done from afar."""
    if None in (row.lon, row.lat, case.lon, case.lat):
        return
    metres = distance_m(row.lon, row.lat, case.lon, case.lat)  # type: ignore[arg-type]  # none is None, said above
    if is_far(metres, row.accuracy_m, ref):
        _warn(outcome, "far", metres=round(metres), accuracy_m=row.accuracy_m)


def _known(content: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        raise Invalid("content", "not_an_object")
    unknown = sorted(str(name) for name in content if name not in names)
    if unknown:
        raise Invalid(unknown[0][:40], "unknown_field", field=unknown[0][:40])
    return dict(content)


DOING: dict[str, Callable[[Entry, datetime, Reference], Outcome]] = {
    "visit": _visit, "case": _case, "step": _step, "comment": _comment,
}  # fmt: skip
