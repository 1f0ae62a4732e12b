"""Cases of any kind, for the laws that all of them obey."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from civicloop.insight.rules.rates import Facts

START = datetime(2026, 10, 26, tzinfo=UTC)
STATES = [
    "reported", "filed", "dispatched", "accepted", "rectified", "verified", "closed", "suspended", "voided", "merged",
]  # fmt: skip
ENDED = {"closed", "voided", "merged"}
# How far along the main road a case has been when it stands in a state.
REACHED = {
    "reported": 0,
    "filed": 1,
    "dispatched": 2,
    "accepted": 2,
    "suspended": 2,
    "rectified": 3,
    "verified": 3,
    "closed": 4,
}


@st.composite
def cases_of_any_kind(draw: st.DrawFn) -> Facts:
    """A case whose times are in order and fit its state; minutes apart or weeks."""
    state = draw(st.sampled_from(STATES))
    gaps = draw(st.lists(st.integers(0, 5 * 24 * 60), min_size=6, max_size=6))
    moments, now = [], START
    for gap in gaps:
        now += timedelta(minutes=gap)
        moments.append(now)
    reported, filed, dispatched, rectified, closed, ended = moments
    far = REACHED.get(state, draw(st.integers(0, 2)))
    due = dispatched + timedelta(minutes=draw(st.integers(1, 8 * 24 * 60)))
    worked = far >= 3 or (far == 2 and draw(st.booleans()))
    return Facts(
        state=state,
        reported_at=reported,
        filed_at=filed if far >= 1 else None,
        dispatched_at=dispatched if far >= 2 else None,
        due_at=due if far >= 2 else None,
        act_by=None if state in ENDED else due,
        rectified_at=rectified if worked else None,
        closed_at=closed if state == "closed" else None,
        ended_at=(closed if state == "closed" else ended) if state in ENDED else None,
        rectified=(rectified,) if worked else (),
        excused=draw(st.booleans()),
        returned=draw(st.integers(0, 1)),
        sent_back=draw(st.integers(0, 2)) if worked else 0,
        supervised=draw(st.booleans()),
        came_back=False,
    )
