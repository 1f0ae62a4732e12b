"""When somebody hears: never in quiet hours, never more than the cap, everything once, urgent things soon."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.notify.rules.planning import (
    Mode,
    Waiting,
    Wish,
    held_until,
    is_quiet,
    is_urgent,
    never,
    quiet_ends,
    ready,
)
from tests.cast import CHINA

MIDNIGHT = datetime(2026, 11, 23, tzinfo=CHINA)
times = st.times(max_value=time(23, 59)).map(lambda one: one.replace(second=0, microsecond=0))
wishes = st.builds(Wish, st.sampled_from(Mode), st.tuples(times, times), times, st.integers(1, 9))
waiting = st.lists(
    st.builds(lambda minute, urgent: (minute, urgent), st.integers(0, 1439), st.booleans()), max_size=12
).map(lambda rows: [Waiting(n, MIDNIGHT + timedelta(minutes=m), u) for n, (m, u) in enumerate(rows)])


@given(waiting, wishes, st.integers(0, 2879), st.integers(0, 12))
def test_nothing_goes_out_in_quiet_hours_or_beyond_the_cap(
    rows: list[Waiting], wish: Wish, minute: int, sent: int
) -> None:
    at = MIDNIGHT + timedelta(minutes=minute)

    if ready(rows, wish, at=at, sent_today=sent):
        assert not is_quiet(at, wish.quiet)
        assert sent < wish.most


def walked(rows: list[Waiting], wish: Wish, days: int) -> dict[int, datetime]:
    """A sweep every ten minutes: when each matter went out."""
    told: dict[int, datetime] = {}
    sent: dict[object, int] = {}
    for step in range(days * 144):
        at = MIDNIGHT + timedelta(minutes=10 * step)
        open_rows = [one for one in rows if one.id not in told and one.created_at <= at]
        out = ready(open_rows, wish, at=at, sent_today=sent.get(at.date(), 0))
        if out:
            sent[at.date()] = sent.get(at.date(), 0) + 1
            told |= dict.fromkeys(out, at)
    return told


@given(waiting, wishes.filter(lambda one: not (one.quiet[0] != one.quiet[1] and hours_open(one) < 1)))
def test_within_three_days_everything_that_is_wanted_has_been_told_once(rows: list[Waiting], wish: Wish) -> None:
    told = walked(rows, wish, 4)

    assert set(told) == {one.id for one in rows if not never(one, wish)}


spans = st.tuples(times, times)
moments = st.integers(0, 2879).map(lambda minute: MIDNIGHT + timedelta(minutes=minute))


@given(moments, spans)
def test_quiet_hours_end_within_a_day_and_then_it_is_not_quiet(at: datetime, quiet: tuple[time, time]) -> None:
    ends = quiet_ends(at, quiet)

    assert timedelta(0) <= ends - at < timedelta(days=1, minutes=1)
    assert not is_quiet(ends, quiet)
    assert (ends == at) == (not is_quiet(at, quiet))


@given(moments, spans, st.integers(0, 12), st.integers(1, 9), st.none() | moments)
def test_a_message_outside_waits_for_an_hour_at_which_it_may_go(
    at: datetime, quiet: tuple[time, time], sent: int, most: int, useful: datetime | None
) -> None:
    held = held_until(at, quiet, sent_today=sent, most=most, useful_until=useful)
    if held is None:
        assert sent < most
        assert not is_quiet(at, quiet) or (useful is not None and useful <= quiet_ends(at, quiet))
        return
    assert held > at
    assert held_until(held, quiet, sent_today=0, most=most, useful_until=useful) is None
    assert held.date() > at.date() or sent < most


def hours_open(wish: Wish) -> float:
    start, end = (one.hour * 60 + one.minute for one in wish.quiet)
    return (1440 - (end - start) % 1440) / 60


def test_once_a_day_waits_for_the_hour_and_what_is_urgent_does_not() -> None:
    wish = Wish(Mode.DAILY)
    ten = MIDNIGHT.replace(hour=10)
    rows = [Waiting(1, ten, False), Waiting(2, ten, True)]

    assert ready(rows, wish, at=ten, sent_today=0) == (2,)
    assert ready(rows[:1], wish, at=ten + timedelta(hours=21, minutes=59), sent_today=0) == ()
    assert ready(rows[:1], wish, at=ten + timedelta(hours=22), sent_today=0) == (1,)


@pytest.mark.parametrize(("hour", "quiet"), [(20, False), (21, True), (0, True), (7, True), (8, False)])
def test_quiet_hours_run_over_midnight(hour: int, quiet: bool) -> None:
    assert is_quiet(MIDNIGHT.replace(hour=hour), (time(21), time(7, 30))) is quiet


def test_equal_ends_mean_never_quiet_and_kinds_say_what_is_urgent() -> None:
    assert not is_quiet(MIDNIGHT, (time(8), time(8)))
    assert [is_urgent(kind) for kind in ("alarm.late_3d", "case.whistle", "case.dispatched", "alarm.soon")] == [
        True,
        True,
        False,
        False,
    ]
