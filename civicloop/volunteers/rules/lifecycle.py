"""The order loop (百姓点单、中心派单、队伍接单、百姓评单). Change it here, and pages, inbox and drawing follow."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    POOLED = "pooled"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    SERVING = "serving"
    SERVED = "served"
    RATED = "rated"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


S = OrderState
WITH_REQUESTER = {S.DRAFT, S.RETURNED}
AT_DESK = {S.SUBMITTED, S.POOLED, S.RATED}
WITH_TEAM = {S.ASSIGNED, S.ACCEPTED, S.SERVING}
OPEN = WITH_REQUESTER | AT_DESK | WITH_TEAM | {S.SERVED}
ENDED = {S.ARCHIVED, S.REJECTED, S.CANCELLED}
# Steps that only the system takes, when a time has run out.
BY_CLOCK = frozenset({"lapse", "rate_by_time", "expire"})
# Steps a requester without an account may take, once the door has checked his code.
BY_REQUESTER = frozenset({"amend", "submit", "cancel", "rate", "not_served"})

LIFECYCLE = Lifecycle(
    S.DRAFT,
    Step.row("amend", WITH_REQUESTER, asks={"description", "place", "wanted_from", "wanted_to"}),
    Step.row("submit", WITH_REQUESTER, S.SUBMITTED, asks={"note"}),
    Step.row("approve", {S.SUBMITTED}, S.POOLED, asks={"service", "urgent", "weight", "note"}),
    # The time passed while no team was found, or nobody knows the place: the desk asks the requester and notes what he said.
    Step.row("arrange", {S.SUBMITTED, S.POOLED}, needs={"note"}, asks={"place", "wanted_from", "wanted_to"}),
    Step.row("return", {S.SUBMITTED}, S.RETURNED, needs={"reason"}),
    Step.row("reject", {S.SUBMITTED}, S.REJECTED, needs={"reason"}),
    Step.row("assign", {S.POOLED}, S.ASSIGNED, needs={"team"}, asks={"note"}),
    Step.row("accept", {S.ASSIGNED}, S.ACCEPTED, asks={"note"}),
    # A refusal gives the order back to the pool, and this team is not asked again.
    Step.row("decline", {S.ASSIGNED}, S.POOLED, needs={"reason"}),
    # Nobody answered in time: the system takes the order back.
    Step.row("lapse", {S.ASSIGNED}, S.POOLED),
    # Also from a team that has begun: it may dissolve, or never come back.
    Step.row("recall", WITH_TEAM, S.POOLED, needs={"reason"}),
    Step.row("begin", {S.ACCEPTED}, S.SERVING, asks={"note"}),
    Step.row("finish", {S.SERVING}, S.SERVED, needs={"note"}, asks={"photos", "served"}),
    Step.row("rate", {S.SERVED}, S.RATED, needs={"score"}, asks={"as_asked", "note"}),
    Step.row("rate_by_time", {S.SERVED}, S.RATED),
    Step.row("not_served", {S.SERVED}, S.SERVING, needs={"reason"}),
    Step.row("archive", {S.RATED}, S.ARCHIVED, asks={"note"}),
    Step.row("cancel", WITH_REQUESTER | {S.SUBMITTED, S.POOLED, S.ASSIGNED, S.ACCEPTED}, S.CANCELLED, needs={"reason"}),
    # Nobody has handed it in (again): the system ends it, so that its personal data have an end as well.
    Step.row("expire", WITH_REQUESTER, S.CANCELLED),
    Step.row("comment", OPEN | ENDED, needs={"note"}),
)
