"""Looking at visits: one's own of a day, one with what was seen, and how a submission stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from civicloop.inspection.models import Observation, ObservationPhoto, Submission, Visit
from civicloop.inspection.policy import sees_visit, visible_visits
from civicloop.inspection.sheets import items_of
from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import editions
from civicloop.standards.reference import Actor, Reference
from civicloop.standards.rules.shapes import ChecklistItem


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation with its item (None: found beside the checklist), its photos and its case."""

    observation: Observation
    item: ChecklistItem | None
    photos: tuple[ObservationPhoto, ...]


@dataclass(frozen=True, slots=True)
class VisitPage:
    """A visit with everything seen in it. `far` says that the answers were noted away from the point."""

    visit: Visit
    seen: tuple[Seen, ...]
    submissions: tuple[Submission, ...]
    far: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a submission stands: waiting for `missing` photos, applied with its cases, or refused with the reason."""

    submission: Submission
    visit: Visit
    far: bool
    observations: tuple[Observation, ...]


def whole_visits() -> QuerySet[Visit]:
    """Visits with the rows that every page of them names."""
    return Visit.objects.select_related("round", "point", "case__category", "inspector", "drawn__draw")


def get_visit(uid: UUID, actor: Actor, at: datetime) -> Visit:
    """One visit. Raises Conflict (`draw_sealed`) for one's own of a later day, NotFound for any other one may not see."""
    visit = whole_visits().filter(uid=uid).first()
    if visit is None:
        raise NotFound("visit", uid)
    _require_sight(visit, actor, at)
    return visit


def _require_sight(visit: Visit, actor: Actor, at: datetime) -> None:
    if visit.inspector_id == actor.person_id and visit.day > day_of(at):
        raise Conflict("draw_sealed", opens_on=visit.day.isoformat())
    if not sees_visit(actor, visit, at):
        raise NotFound("visit", visit.uid)


def visits_of(person: Person, day: date, at: datetime) -> list[Visit]:
    """An inspector's visits of a day in the order of the route; sealed until that day begins. One statement."""
    if day > day_of(at):
        raise Conflict("draw_sealed", opens_on=day.isoformat())
    rows = whole_visits().filter(inspector=person, day=day).exclude(state="replaced")
    return list(rows.order_by("order", "id"))


def visits_between(person: Person, first: date, last: date, at: datetime) -> list[Visit]:
    """An inspector's visits of some days, both included, that have begun: what his phone may know of. One statement."""
    rows = whole_visits().filter(inspector=person, day__gte=first, day__lte=min(last, day_of(at)))
    return list(rows.exclude(state="replaced").order_by("day", "order", "id"))


def is_far(distance_m: float | None, accuracy_m: float | None, ref: Reference) -> bool:
    """Whether the answers were noted farther off than the city allows without a question, whatever the device's inaccuracy."""
    return distance_m is not None and distance_m - (accuracy_m or 0) > float(ref.parameters["visit.far_m"])


def visit_page(visit: Visit, actor: Actor, at: datetime, ref: Reference) -> VisitPage:
    """A visit with observations, photos and cases: four statements. Raises as `get_visit`."""
    _require_sight(visit, actor, at)
    photos = Prefetch("photos", ObservationPhoto.objects.select_related("photo").order_by("id"))
    rows = visit.observations.select_related("case__category", "case__unit").prefetch_related(photos).order_by("seq")
    items = {item.code: item for item in items_of(visit, editions.book(visit.round.edition_id))}
    seen = tuple(Seen(row, items.get(row.item), tuple(row.photos.all())) for row in rows)
    submissions = tuple(visit.submissions.select_related("by").defer("source", "content").order_by("received_at"))
    return VisitPage(visit, seen, submissions, is_far(visit.distance_m, visit.accuracy_m, ref))


def get_submission(uid: UUID, actor: Actor, at: datetime) -> Submission:
    """A submission: for its sender, and for whoever may see its visit. Raises NotFound."""
    row = Submission.objects.select_related("by", "visit").filter(pk=uid).first()
    if row is None:
        raise NotFound("submission", uid)
    seen = row.by_id == actor.person_id
    if not seen and not sees_visit(actor, row.visit, at):
        raise NotFound("submission", uid)
    return row


def standing(submission: Submission, ref: Reference) -> Standing:
    """How a submission stands now: two statements."""
    visit = whole_visits().get(pk=submission.visit_id)
    seen: tuple[Observation, ...] = ()
    if submission.state == "applied":
        seen = tuple(visit.observations.select_related("case__category").order_by("seq"))
    return Standing(submission, visit, is_far(visit.distance_m, visit.accuracy_m, ref), seen)


def shows_photo(sha256: str, actor: Actor, at: datetime) -> bool:
    """Whether a visit the person may look at shows this photo: one statement."""
    seen = Visit.objects.filter(visible_visits(actor, at)).values("pk")
    return ObservationPhoto.objects.filter(photo=sha256, observation__visit__in=seen).exists()
