"""Applying a sheet: observations, photos and cases in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.bus import announce
from civicloop.cases import actions as cases
from civicloop.cases import policy as case_policy
from civicloop.cases.models import Case
from civicloop.inspection.facts import VisitJudged
from civicloop.inspection.faults import Fault, check_photos, find_faults, open_already
from civicloop.inspection.models import Observation, ObservationPhoto, Submission, SubmissionPhoto, Visit
from civicloop.inspection.rules.answers import Sheet, SheetPhoto
from civicloop.inspection.sheets import items_of
from civicloop.kernel.geo import distance_m
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.loops.evidence import MOST_PHOTOS
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Point
from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference

KIND = "visit"


@dataclass
class Applied:
    """What applying one sheet has to hand: the rows it writes about, and which photo stands for which name."""

    submission: Submission
    visit: Visit
    sheet: Sheet
    at: datetime
    ref: Reference
    photos: Mapping[str, str]
    cases: dict[int, tuple[Case, bool]] = field(default_factory=dict)

    def sha256(self, photo: SheetPhoto) -> str:
        """The stored photo a sheet's photo is."""
        return photo.sha256 or self.photos[photo.name]

    def evidence(self, photos: Sequence[SheetPhoto]) -> list[dict[str, Any]]:
        """Photos as the problem loop takes them."""
        return [
            {
                "sha256": self.sha256(one), "kind": one.kind, "noted_at": one.noted_at, "lon": one.lon, "lat": one.lat,
                "accuracy_m": one.accuracy_m,
            }
            for one in photos[:MOST_PHOTOS]
        ]  # fmt: skip


@transaction.atomic
def apply_sheet(submission: Submission, visit: Visit, sheet: Sheet, *, at: datetime, ref: Reference) -> None:
    """Write the observations of a whole sheet and open or recognise its cases. The caller holds the visit's row.

    Raises what the problem loop refuses, naming the item; then nothing of it is written.
    """
    if visit.state == "judged":
        raise Conflict("visit_judged", visit=str(visit.uid))
    if visit.state not in ("planned", "waiting"):
        raise Conflict("visit_not_open", state=visit.state)
    if visit.point_id is not None:
        # Two visits to one point that are applied together find each other's cases, one after the other.
        Point.objects.select_for_update(no_key=True).filter(pk=visit.point_id).first()
    arrived = SubmissionPhoto.objects.filter(submission=submission, twice=False).values_list("name", "photo_id")
    work = Applied(submission, visit, sheet, at, ref, dict(arrived))
    faults, unfiled = find_faults(visit, sheet, items_of(visit), ref)
    check_photos(faults, at=at, ref=ref)
    for fault in faults:
        _raise(work, fault)
    _write_observations(work)
    _close_visit(work)
    submission.state, submission.applied_at, submission.refusal = "applied", at, None
    told = {
        "submission": str(submission.uid), "digest": submission.digest, "answers": _tally(sheet), "unfiled": unfiled,
        "cases": sorted({case.number for case, known in work.cases.values() if not known}),
        "known": sorted({case.number for case, known in work.cases.values() if known}),
    }  # fmt: skip
    record(KIND, visit.uid, "visit.judge", by=submission.by.uid, at=at, data=told)
    announce(VisitJudged(visit.uid, at))


def _tally(sheet: Sheet) -> dict[str, int]:
    told: dict[str, int] = {}
    for one in sheet.answers:
        told[one.answer] = told.get(one.answer, 0) + 1
    return told


def _raise(work: Applied, fault: Fault) -> None:
    """Open a case, or recognise the one that is open and add what was seen."""
    open_one = open_already(fault, at=work.at, ref=work.ref)
    if open_one is None:
        case, known = _report(work, fault), False
    else:
        case, known = open_one, True
        _add_to(work, fault, open_one)
    for seq in fault.seqs:
        work.cases[seq] = (case, known)


def _report(work: Applied, fault: Fault) -> Case:
    try:
        return cases.report(
            category_id=fault.category.id, by=work.submission.by, at=work.at, description=fault.description,
            lon=fault.lon, lat=fault.lat, address=fault.address, photos=work.evidence(fault.photos),
            source="inspection", point_id=fault.point_id, noted_at=work.sheet.noted_at, questions_asked=False, ref=work.ref,
        ).case  # fmt: skip
    except Invalid as refused:
        # The sender knows items, not the fields of a case.
        refused.field, refused.params["item"] = f"{fault.where}.{refused.field}", fault.item
        raise


def _add_to(work: Applied, fault: Fault, case: Case) -> None:
    """A word and the photos on the case that is open already, where the inspector may; the link alone where not."""
    person = work.submission.by
    if case_policy.may(work.ref.actor(person, day_of(work.at)), "comment", case):
        cases.comment(
            case.uid, note=fault.description, photos=work.evidence(fault.photos), by=person, at=work.at,
            noted_at=work.sheet.noted_at, ref=work.ref,
        )  # fmt: skip


def _write_observations(work: Applied) -> None:
    sheet, rows, shown = work.sheet, [], []
    for seq, one in enumerate(sheet.answers, 1):
        case, known = work.cases.get(seq, (None, False))
        rows.append(
            Observation(
                visit=work.visit, seq=seq, item=one.item, answer=one.answer, count=one.count, length_m=one.length_m,
                note=one.note, commended=one.commended, case=case, case_known=known,
            )
        )  # fmt: skip
        shown.append(one.photos)
    for seq, extra in enumerate(sheet.extra, len(sheet.answers) + 1):
        case, known = work.cases[seq]
        rows.append(
            Observation(
                visit=work.visit, seq=seq, answer="not_met", note=extra.description, case=case, case_known=known
            )
        )
        shown.append(extra.photos)
    made = Observation.objects.bulk_create(rows)
    ObservationPhoto.objects.bulk_create(
        ObservationPhoto(
            observation=row, photo_id=work.sha256(one), kind=one.kind, noted_at=one.noted_at, lon=one.lon, lat=one.lat,
            accuracy_m=one.accuracy_m,
        )
        for row, photos in zip(made, shown, strict=True)
        for one in {(work.sha256(photo), photo.kind): photo for photo in photos}.values()
    )  # fmt: skip


def _close_visit(work: Applied) -> None:
    visit, sheet = work.visit, work.sheet
    visit.state, visit.judged_at, visit.received_at = "judged", work.at, work.submission.received_at
    visit.started_at, visit.noted_at = sheet.started_at, min(sheet.noted_at, work.submission.received_at)
    visit.lon, visit.lat, visit.accuracy_m, visit.note = sheet.lon, sheet.lat, sheet.accuracy_m, sheet.note
    visit.distance_m = distance_to(visit, sheet)
    point = visit.point
    if point is not None:
        visit.point_type, visit.unit_id = point.point_type, point.unit_id
        visit.block_id = block_of(point, work.ref)
    visit.save()


def distance_to(visit: Visit, sheet: Sheet) -> float | None:
    """Metres between where the inspector stood and the place visited; None where one of them is unknown."""
    place = visit.point or visit.case
    if place is None or place.lon is None or place.lat is None or sheet.lon is None or sheet.lat is None:
        return None
    return round(distance_m(place.lon, place.lat, sheet.lon, sheet.lat), 1)


def block_of(point: Point, ref: Reference) -> int | None:
    """The town a point lies in: that of its grid, else the one over its responsible unit."""
    grid = ref.grids.info(point.grid_id) if point.grid_id is not None else None
    for start in (grid.unit_id if grid else None, point.unit_id):
        for unit_id in (start, *ref.org.above(start)) if start is not None else ():
            unit = ref.org.units.get(unit_id)
            if unit is not None and unit.kind == UnitKind.TOWN:
                return unit_id
    return None
