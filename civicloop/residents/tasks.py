"""Jobs of residents' affairs. Each may run twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from civicloop.cases.desks import desk_unit
from civicloop.jobs import task
from civicloop.loops.desks import holders_near
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.residents.actions import settle_reopened
from civicloop.residents.kinds import answerable
from civicloop.residents.models import Complaint, ReopenRequest
from civicloop.standards import reference


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
def settle_when_reopened(*, case_uid: str, step: str, seq: int, at: str) -> None:
    """A case was reopened on its own page: what residents asked for is granted by that."""
    if step == "reopen":
        settle_reopened(UUID(case_uid), at=datetime.fromisoformat(at))
