"""The life of an appeal against a judgement (申诉): lodged, first review, review by the department, decision."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class AppealState(StrEnum):
    """Where an appeal stands."""

    LODGED = "lodged"
    PRE_REVIEW = "pre_review"
    DEPARTMENT_REVIEW = "department_review"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


RUNNING = frozenset({AppealState.LODGED, AppealState.PRE_REVIEW, AppealState.DEPARTMENT_REVIEW})
ENDED = frozenset(AppealState) - RUNNING

LIFECYCLE = Lifecycle(
    AppealState.LODGED,
    Step.row("take_up", {AppealState.LODGED}, AppealState.PRE_REVIEW, asks={"note"}),
    Step.row("forward", {AppealState.PRE_REVIEW}, AppealState.DEPARTMENT_REVIEW, needs={"note"}),
    Step.row("dismiss", {AppealState.PRE_REVIEW}, AppealState.REFUSED, needs={"note"}),
    Step.row("grant", {AppealState.DEPARTMENT_REVIEW}, AppealState.GRANTED, needs={"note", "change"}),
    Step.row("refuse", {AppealState.DEPARTMENT_REVIEW}, AppealState.REFUSED, needs={"note"}),
    Step.row("withdraw", RUNNING, AppealState.WITHDRAWN, asks={"note"}),
)
# What a reviewer may do; the leader who lodged withdraws.
REVIEWS = ("take_up", "forward", "dismiss", "grant", "refuse")
