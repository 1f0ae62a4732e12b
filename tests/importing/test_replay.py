"""A life replayed from any steps keeps the promises every case keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from civicloop.cases.rules.lifecycle import ENDED, LIFECYCLE, RUNNING
from civicloop.cases.rules.replay import Deed, Terms, act_by, complete, replay
from civicloop.kernel.refusal import Refused
from civicloop.kernel.worktime import Limit, WorkCalendar

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CALENDAR = WorkCalendar()
STAGES = {name: Limit(4, "work_hour") for name in ("file", "dispatch", "verify", "close")}
TERMS = Terms(Limit(2, "work_day"), STAGES, lambda unit: CALENDAR)
DATA = {
    "extend": {"amount": 1, "unit_of_time": "work_day"},
    "suspend": {"review_on": "2026-12-01"},
    "review": {"review_on": "2026-12-02"},
    "decide_appeal": {"verdict": "granted"},
}
names = st.sampled_from([step.name for step in LIFECYCLE])
stories = st.lists(st.tuples(names, st.integers(0, 100)), max_size=14)


def deeds(story: list[tuple[str, int]]) -> list[Deed]:
    at, told = START, []
    for name, hours in story:
        at += timedelta(hours=hours)
        told.append(Deed(name, at, data=DATA.get(name, {})))
    return told


@given(stories)
def test_what_can_be_lived_keeps_the_promises_of_a_case(story: list[tuple[str, int]]) -> None:
    told = deeds(story)
    try:
        whole = complete(told, START)
        life = replay(whole, START, TERMS, unit_id=7)
    except Refused:
        return
    assert [one for one in whole if not one.assumed] == told
    assert [one.at for one in whole] == sorted(one.at for one in whole)
    assert len(life.moves) == len(whole)
    open_now = life.state not in ENDED
    assert (act_by(life, CALENDAR) is not None) == open_now
    assert (life.ended_at is None) == open_now
    if life.state in RUNNING | {"rectified", "verified", "closed", "suspended"}:
        assert life.unit_id == 7
        assert life.due_at is not None
    assert (life.stage is None) == (life.state in RUNNING | {"suspended"}) or not open_now
    if life.clock is not None and life.state in RUNNING:
        assert not life.clock.is_paused


@given(stories)
def test_replaying_the_completed_story_changes_nothing(story: list[tuple[str, int]]) -> None:
    try:
        whole = complete(deeds(story), START)
    except Refused:
        return
    assert complete(whole, START) == whole
