"""What a code opens: a report or a following with its case, as somebody outside may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.kernel.codes import digest, read_code
from civicloop.kernel.geo import distance_m
from civicloop.kernel.refusal import NotFound
from civicloop.photos import finding
from civicloop.residents.keys import code_for, kept_key
from civicloop.residents.models import Complaint, Feedback, Following, ReopenRequest, Report, Reporter
from civicloop.residents.rules.telling import for_everybody

# What others hear of a case: the steps of its way, without who took them.
TOLD_STEPS = (
    "report",
    "file",
    "dispatch",
    "accept",
    "rectify",
    "verify",
    "send_back",
    "close",
    "reopen",
    "suspend",
    "resume",
    "void",
)
MOST_PHOTOS = 4
MOST_MERGES = 5
SAME_PLACE_M = 100.0


@dataclass(frozen=True)
class Opened:
    """What a code leads to: a report (perhaps without a case yet), a following, or a complaint."""

    report: Report | None = None
    following: Following | None = None
    complaint: Complaint | None = None

    @property
    def case(self) -> Case | None:
        """The case, if there is one."""
        held = self.report or self.following
        return held.case if held is not None else None

    @property
    def reporter(self) -> Reporter | None:
        """Who may be reached about it."""
        held = self.report or self.following or self.complaint
        return held.reporter if held is not None else None


@dataclass(frozen=True)
class Told:
    """A step of the way as it is told outside: which, when, and in which unit's hands it was."""

    name: str
    at: datetime
    unit_id: int | None
    words: str


def opened_by(code: str) -> Opened:
    """What this code opens. Raises NotFound."""
    read = read_code(code)
    if read is None:
        raise NotFound("code", "…")
    kept = digest(read)
    report = Report.objects.select_related("case", "reporter", "category", "plate").filter(code_digest=kept).first()
    if report is not None:
        return Opened(report=report)
    following = Following.objects.select_related("case", "reporter").filter(code_digest=kept).first()
    if following is not None:
        return Opened(following=following)
    complaint = Complaint.objects.select_related("owner", "reporter", "about_unit").filter(code_digest=kept).first()
    if complaint is not None:
        return Opened(complaint=complaint)
    raise NotFound("code", "…")


def code_sent(sent_key: str) -> str | None:
    """The code of the report that this form has sent already; None for a form that comes for the first time."""
    return code_for(sent_key) if Report.objects.filter(key=kept_key(sent_key)).exists() else None


def sent_here(
    sent_key: str, *, category_id: int, described: bool, lon: float | None, lat: float | None
) -> Report | None:  # fmt: skip
    """The report that a form has sent, unless it was refused or is about something else: further than 100 m away from this place
    (WGS-84), or, where nothing was `described`, of another kind.
    """
    found = Report.objects.select_related("case").filter(key=kept_key(sent_key)).exclude(state="refused").first()
    if found is None or (not described and found.category_id != category_id):
        return None
    there = _place_of(found)
    if there is not None and lon is not None and lat is not None and distance_m(*there, lon, lat) > SAME_PLACE_M:
        return None
    return found


def _place_of(report: Report) -> tuple[float, float] | None:
    if report.case is not None:
        lon, lat = report.case.lon, report.case.lat
    else:
        told = report.content if report.content.get("datum") == "wgs84" else {}
        lon, lat = told.get("lon"), told.get("lat")
    return None if lon is None or lat is None else (float(lon), float(lat))


def main_case(case: Case) -> Case:
    """The case a merged one goes on in; itself otherwise."""
    for _ in range(MOST_MERGES):
        if case.merged_into is None:
            break
        case = case.merged_into
    return case


def way_of(case: Case) -> list[Told]:
    """The steps as they are told outside, oldest first. Of the words only the outcome's: what was done, or why it was no case."""
    rows = CaseStep.objects.filter(case=case, name__in=TOLD_STEPS).order_by("seq")
    steps = list(rows.values_list("name", "at", "unit_id", "note"))
    last = max((number for number, row in enumerate(steps) if row[0] in ("rectify", "void")), default=-1)
    return [
        Told(name, at, unit_id, for_everybody(note) if number == last else "")
        for number, (name, at, unit_id, note) in enumerate(steps)
    ]


def after_photos(case: Case) -> Sequence[str]:
    """Photos of the result, which are shown outside with faces and plates blurred: none before somebody has verified it, and none
    where they cannot be blurred here.
    """
    if case.verified_at is None or not finding.available():
        return []
    rows = CaseEvidence.objects.filter(case=case, kind="after", step__name__in=["rectify", "verify"])
    return list(dict.fromkeys(rows.order_by("-id").values_list("photo_id", flat=True)))[:MOST_PHOTOS]


def open_requests(case: Case) -> list[ReopenRequest]:
    """What residents have asked about the closing, newest first."""
    return list(ReopenRequest.objects.filter(case=case).order_by("-asked_at")[:3])


def question_for(about: Report | Following) -> Feedback | None:
    """The question how content somebody is with the latest closing, answered or not; None where none was asked."""
    closed = main_case(about.case).closed_at if about.case else None
    rows = (
        Feedback.objects.filter(report=about) if isinstance(about, Report) else Feedback.objects.filter(following=about)
    )
    return rows.filter(closed_at=closed).first() if closed else None


def others(case: Case) -> int:
    """How many people besides one have reported or follow it."""
    found = Case.objects.filter(pk=case.pk).aggregate(
        reports=Count("resident_reports", distinct=True),
        followings=Count("followings", filter=Q(followings__counted=True), distinct=True),
    )
    return max(0, int(found["reports"]) + int(found["followings"]) - 1)


def following_counts(cases: Sequence[int]) -> dict[int, int]:
    """How many residents have reported or follow each case: two statements."""
    counts: dict[int, int] = dict.fromkeys(cases, 0)
    for found in (Report.objects.filter(case__in=cases), Following.objects.filter(case__in=cases, counted=True)):
        rows: Any = found.values_list("case").annotate(n=Count("pk")).order_by()
        for case, many in rows:
            counts[case] += many
    return counts


def reports_of(contact_key: str, *, uid: UUID | None = None, most: int = 100) -> list[Report]:
    """All reports under one phone number or mail address, newest first; or the one of this id."""
    mine = Q(reporter__phone_key=contact_key) | Q(reporter__email_key=contact_key)
    rows = Report.objects.filter(mine, *([] if uid is None else [Q(uid=uid)]))
    rows = rows.select_related("case__merged_into", "category", "reporter", "plate")
    return list(rows.order_by("-received_at", "-id")[:most])


def followings_of(contact_key: str, *, uid: UUID | None = None, most: int = 100) -> list[Following]:
    """What is followed under one phone number or mail address, newest first; or the one of this id."""
    mine = Q(reporter__phone_key=contact_key) | Q(reporter__email_key=contact_key)
    rows = Following.objects.filter(mine, *([] if uid is None else [Q(uid=uid)]))
    rows = rows.select_related("case__merged_into", "case__category", "reporter")
    return list(rows.order_by("-since", "-id")[:most])
