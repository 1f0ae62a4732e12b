"""Who answers for new grids: nobody loses a day, nobody gains one, and nobody is named twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from civicloop.organisation.rules.heirs import Held, heirs, last_day

DAY = date(2026, 11, 23)
days = st.integers(-40, 40).map(lambda many: DAY + timedelta(days=many))


@st.composite
def appointments(draw: st.DrawFn) -> Held:
    start = draw(days)
    end = draw(st.none() | st.integers(0, 30).map(lambda many: start + timedelta(days=many)))
    return Held(draw(st.integers(1, 2)), draw(st.sampled_from(["grid_worker", "sponsor"])), 7, start, end)


def holding(held: list[Held] | tuple[Held, ...], day: date) -> set[tuple[int, str]]:
    """Who holds what on a day."""
    return {
        (one.person, one.role) for one in held if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
    }


@given(held=st.lists(appointments(), max_size=6), later=st.integers(0, 80))
def test_on_every_day_to_come_the_same_people_hold_the_same_posts(held: list[Held], later: int) -> None:
    assert holding(heirs(held, DAY), DAY + timedelta(days=later)) == holding(held, DAY + timedelta(days=later))


@given(held=st.lists(appointments(), max_size=6))
def test_nobody_is_named_twice_for_the_same_day_and_nothing_begins_in_the_past(held: list[Held]) -> None:
    found = heirs(held, DAY)
    assert all(one.starts_on >= DAY and (one.ends_on is None or one.ends_on >= one.starts_on) for one in found)
    for many in range(80):
        day = DAY + timedelta(days=many)
        on = [
            (one.person, one.role)
            for one in found
            if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
        ]
        assert len(on) == len(set(on))


def test_the_old_appointment_ends_the_day_before_unless_it_had_not_begun() -> None:
    yesterday, today = DAY - timedelta(days=1), DAY
    assert last_day(Held(1, "grid_worker", 7, yesterday, None), DAY) == yesterday
    assert last_day(Held(1, "grid_worker", 7, today, None), DAY) is None
