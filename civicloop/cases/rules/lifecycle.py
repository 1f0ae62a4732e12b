"""The problem loop. Change the loop here, and the pages, the API, the inbox and the drawing follow."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class State(StrEnum):
    """Where a case stands. Overdue is not a state: it is a question of time."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    VOIDED = "voided"
    MERGED = "merged"


S = State
AT_DESK = {S.REPORTED, S.FILED}
WITH_UNIT = {S.DISPATCHED, S.ACCEPTED}
UNDER_CHECK = {S.RECTIFIED, S.VERIFIED}
OPEN = AT_DESK | WITH_UNIT | UNDER_CHECK | {S.SUSPENDED}
ENDED = {S.CLOSED, S.VOIDED, S.MERGED}
# While the clock of handling runs.
RUNNING = WITH_UNIT
EVERY = OPEN | ENDED

LIFECYCLE = Lifecycle(
    S.REPORTED,
    # The seven stages: report → file → dispatch → accept → rectify → verify → close.
    Step.row("file", {S.REPORTED}, S.FILED, needs={"category"}, asks={"condition", "grid", "area_class", "note"}),
    Step.row("dispatch", {S.FILED}, S.DISPATCHED, needs={"unit"}, asks={"note"}),
    Step.row("accept", {S.DISPATCHED}, S.ACCEPTED, asks={"note"}),
    Step.row("rectify", {S.ACCEPTED}, S.RECTIFIED, needs={"note"}, asks={"photos"}),
    Step.row("verify", {S.RECTIFIED}, S.VERIFIED, needs={"note"}, asks={"photos"}),
    Step.row("close", {S.VERIFIED}, S.CLOSED, asks={"note"}),
    # Side steps that move.
    Step.row("return", WITH_UNIT, S.FILED, needs={"reason"}),
    Step.row("recall", WITH_UNIT, S.FILED, needs={"reason"}),
    Step.row("send_back", UNDER_CHECK, S.ACCEPTED, needs={"reason"}, asks={"photos"}),
    Step.row("suspend", WITH_UNIT, S.SUSPENDED, needs={"plan", "person", "review_on"}),
    Step.row("resume", {S.SUSPENDED}, S.ACCEPTED, needs={"reason"}),
    Step.row("void", AT_DESK | WITH_UNIT | {S.SUSPENDED}, S.VOIDED, needs={"reason"}),
    Step.row("merge", AT_DESK | WITH_UNIT, S.MERGED, needs={"into"}, asks={"note"}),
    Step.row("reopen", {S.CLOSED}, S.DISPATCHED, needs={"reason"}, asks={"photos"}),
    # Side steps that stay.
    Step.row("extend", WITH_UNIT, needs={"amount", "unit_of_time", "reason"}),
    Step.row("grant_extension", WITH_UNIT, asks={"note"}),
    Step.row("refuse_extension", WITH_UNIT, needs={"reason"}),
    Step.row("review", {S.SUSPENDED}, needs={"note", "review_on"}),
    Step.row("whistle", WITH_UNIT | {S.SUSPENDED}, needs={"whistle_kind", "units", "place", "meet_at"}, asks={"note"}),
    Step.row("report_in", WITH_UNIT | {S.SUSPENDED}, asks={"note"}),
    Step.row("plan_jointly", WITH_UNIT | {S.SUSPENDED}, needs={"plan"}),
    Step.row("score_whistle", OPEN | {S.CLOSED}, needs={"unit", "score"}, asks={"note"}),
    Step.row("end_whistle", OPEN, needs={"note"}),
    Step.row("supervise", OPEN, needs={"note"}, asks={"level", "answer_by"}),
    Step.row("remind", WITH_UNIT | {S.SUSPENDED}, asks={"note"}),
    Step.row("answer_supervision", OPEN, needs={"note"}),
    Step.row("split", {S.FILED, S.DISPATCHED, S.ACCEPTED}, needs={"units"}, asks={"note"}),
    Step.row(
        "correct", AT_DESK, asks={"category", "condition", "grid", "area_class", "place", "description", "reason"}
    ),
    # A question to a party outside: the unit stays the owner, and its clock runs.
    Step.row("forward_out", {S.FILED, S.SUSPENDED} | WITH_UNIT, needs={"party", "note", "answer_by"}, asks={"contact"}),
    Step.row("remind_forward", OPEN, needs={"forward"}, asks={"note"}),
    Step.row("answer_forward", OPEN, needs={"forward", "note"}, asks={"answered_by", "photos"}),
    Step.row("take_back_forward", OPEN, needs={"forward", "reason"}),
    Step.row("comment", EVERY, needs={"note"}, asks={"photos"}),
    Step.row("appeal", {S.RECTIFIED, S.VERIFIED, S.CLOSED}, needs={"ground", "reason"}),
    Step.row("decide_appeal", {S.RECTIFIED, S.VERIFIED, S.CLOSED}, needs={"verdict", "note"}),
)

# Steps that are the unit's work on the problem: who took one of them may not judge the result.
HANDLING_STEPS = frozenset({"accept", "rectify", "extend", "report_in", "plan_jointly", "return"})
# Steps that judge, or speak against a judgement: who took one of them may not decide the appeal.
JUDGING_STEPS = frozenset({"verify", "send_back", "close", "appeal"})
