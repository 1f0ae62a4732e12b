"""What the desk sees of residents' affairs: what waits for a moderator, requests to reopen, plates, blocks, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import State
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.rules.roles import Role
from civicloop.residents.models import Block, Complaint, Feedback, Plate, ReopenRequest, Report, ReportPhoto
from civicloop.residents.models.reports import GRADES
from civicloop.residents.policy import may, units_hidden
from civicloop.standards.reference import Actor

DAYS = 90


def waiting_reports() -> QuerySet[Report]:
    """Reports that wait for a moderator, oldest first, with their photos."""
    rows = Report.objects.filter(state="waiting").select_related("category", "reporter", "plate")
    return rows.prefetch_related("photos").order_by("received_at", "id")


def waiting_requests() -> QuerySet[ReopenRequest]:
    """Requests to reopen that nobody has decided, oldest first."""
    rows = ReopenRequest.objects.filter(state="waiting").select_related("case__category", "case__unit")
    return rows.order_by("asked_at", "id")


def waiting_request(case: Case) -> ReopenRequest | None:
    """What a resident asked about this closed case and nobody has decided; a case that is not closed costs no statement."""
    if case.state != State.CLOSED:
        return None
    return ReopenRequest.objects.filter(case=case, state="waiting").first()


def waiting_for(actor: Actor, *, most: int) -> int:
    """How many reports and requests to reopen wait for what this person may decide, counted up to `most`; one statement."""
    rows: list[QuerySet[Any, Any]] = []
    if may(actor, "report.accept"):
        rows.append(Report.objects.filter(state="waiting").order_by().values_list("pk"))
    if actor.has(Role.VERIFIER, Role.SUPERVISOR):  # who may reopen
        rows.append(ReopenRequest.objects.filter(state="waiting").order_by().values_list("pk"))
    return len(rows[0].union(*rows[1:], all=True)[:most]) if rows else 0


def newest_photos(*, most: int = 24) -> list[ReportPhoto]:
    """Photos that came with reports that entered at once and that nobody has looked at, newest first."""
    rows = ReportPhoto.objects.filter(state="waiting", report__state="entered").select_related("report__case")
    return list(rows.order_by("-id")[:most])


def complaints_for(actor: Actor) -> QuerySet[Complaint]:
    """Complaints a person may see: those of his units and below, all for city-wide desks; never one about himself or his unit."""
    rows = Complaint.objects.select_related("owner", "about_unit").exclude(about=actor.person_id)
    rows = rows.exclude(about_unit__in=sorted(units_hidden(actor)))
    if not actor.sees_all:
        below = {one for unit in actor.sight_units for one in actor.book.subtree(unit)}
        rows = rows.filter(owner__in=sorted(below))
    return rows.order_by("ended_at", "act_by", "-id")


def plates() -> QuerySet[Plate]:
    """Plates in use, with how many reports each has brought."""
    return (
        Plate.objects.filter(active=True)
        .annotate(brought=Count("reports"))
        .select_related("point")
        .order_by("name", "id")
    )


def blocks(*, at: datetime) -> QuerySet[Block]:
    """Blocks that hold now, newest first."""
    return Block.objects.filter(until__gt=at).select_related("by").order_by("-at")


def how_content(*, at: datetime, days: int = DAYS) -> dict[str, Any]:
    """The answers of the last days: how many of how many asked, and of each grade (out of those who answered)."""
    rows = Feedback.objects.filter(asked_at__gt=at - timedelta(days=days))
    sums = rows.aggregate(
        asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)),
        **{f"grade_{grade}": Count("pk", filter=Q(grade=grade)) for grade in GRADES},
    )  # fmt: skip
    grades = [(grade, GRADES[grade], int(sums[f"grade_{grade}"])) for grade in sorted(GRADES, reverse=True)]
    return {"days": days, "asked": int(sums["asked"]), "answered": int(sums["answered"]), "grades": grades}


def last_retention() -> LedgerLine | None:
    """What the retention did last."""
    return LedgerLine.objects.filter(kind="retention").order_by("-at").first()
