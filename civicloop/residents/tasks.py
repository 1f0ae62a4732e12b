"""Jobs of residents' affairs. Each may run twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from civicloop.cases.desks import desk_unit
from civicloop.jobs import task
from civicloop.loops.desks import holders_near
from civicloop.loops.models import Notice
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.residents import policy
from civicloop.residents.actions import settle_reopened
from civicloop.residents.kinds import answerable
from civicloop.residents.matters import REPORTS
from civicloop.residents.models import Complaint, ReopenRequest, Report
from civicloop.standards import reference

HELD = "report.held"
MOST_A_DAY = 8
"""Notices of waiting reports that one moderator hears in a day, however many come."""


@task
def tell_held(*, report_uid: str, at: str) -> None:
    """Tell the moderators that reports wait: once an hour at most, and only once a day to who has not read the last notice.

    A flood is one notice with the number of those that wait; who reads it finds all of them in the queue.
    """
    report = Report.objects.filter(uid=report_uid, state="waiting").first()
    if report is None:
        return
    moment, ref = datetime.fromisoformat(at), reference.now()
    desk = desk_unit(ref, "file", day_of(moment))
    people = _not_told_yet(holders_near(desk, policy.MODERATORS, ref, day_of(moment)), moment)
    if not people:
        return
    hour = timezone.localtime(moment).strftime("%Y-%m-%dT%H")
    data = {"waiting": Report.objects.filter(state="waiting").count()}
    tell(people, kind=HELD, loop_kind=REPORTS.name, loop_uid=report.uid, data=data, at=moment, key=f"held:{hour}")


def _not_told_yet(people: Iterable[int], at: datetime) -> list[int]:
    """Those who have read what they were told of waiting reports in the last day, and have not heard of them too often today."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = list(people)
    rows = Notice.objects.filter(person__in=wanted, kind=HELD)
    unread = set(rows.filter(seen_at=None, created_at__gt=at - timedelta(days=1)).values_list("person_id", flat=True))
    heard = list(rows.filter(created_at__gte=today).values_list("person_id", flat=True))
    return [one for one in wanted if one not in unread and heard.count(one) < MOST_A_DAY]


@task
def tell_reopen(*, request_uid: str, at: str) -> None:
    """Tell those who may reopen that a resident says it is not put right."""
    request = ReopenRequest.objects.select_related("case__category").filter(uid=request_uid).first()
    if request is None:
        return
    moment, case, ref = datetime.fromisoformat(at), request.case, reference.now()
    # A closed case is owned by the desk that closed it; who reopens sits at the desk that verifies.
    desk = desk_unit(ref, "verify", day_of(moment))
    people = holders_near(desk, (Role.VERIFIER, Role.SUPERVISOR), ref, day_of(moment))
    data = {"number": case.number, "category": case.category.name, "place": case.address}
    tell(
        people,
        kind="case.not_fixed",
        loop_kind="case",
        loop_uid=case.uid,
        data=data,
        at=moment,
        key=f"not_fixed:{request.uid}",
    )


@task
def tell_complaint(*, complaint_uid: str, step: str, seq: int, at: str) -> None:
    """Tell those who answer for a complaint that it waits for them."""
    complaint = Complaint.objects.filter(uid=complaint_uid).first()
    if complaint is None or step not in ("submit", "hand_over", "ask_again"):
        return
    moment = datetime.fromisoformat(at)
    tell(
        answerable(complaint, reference.now(), moment), kind="complaint.waits", loop_kind="complaint", loop_uid=complaint.uid,
        data={"number": complaint.number}, at=moment, key=f"complaint:{complaint.uid}:{seq}",
    )  # fmt: skip


@task
def settle_when_reopened(*, case_uid: str, seq: int, at: str) -> None:
    """A case was reopened on its own page: what residents asked for is granted by that."""
    settle_reopened(UUID(case_uid), at=datetime.fromisoformat(at))
