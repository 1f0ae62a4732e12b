"""Laws of days away: what is left over, what fits, and that no proposal offers a team on a day it is away."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Conflict
from civicloop.organisation.days import day_of
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.models import DaysAway
from civicloop.volunteers.proposing import reckon
from civicloop.volunteers.rules.days_away import AT_MOST, Period, away_until, fits, is_away, joined, left_over
from civicloop.volunteers.rules.matching import NOBODY
from civicloop.volunteers.rules.matching_times import Wanted
from tests.cast import hours
from tests.volunteers.cast import Corps
from tests.volunteers.test_days_away import AT, CITY, TUESDAYS, away, change, day, moment, pooled

pytestmark = pytest.mark.django_db


starts = st.integers(-3, 20)
periods_of_days = st.lists(st.tuples(starts, st.integers(0, 9)), max_size=5).map(
    lambda rows: [Period(day(first), day(first + length)) for first, length in rows]
)


@given(periods_of_days)
def test_what_is_left_over_are_exactly_the_days_that_are_not_away(periods: list[Period]) -> None:
    left = left_over(periods, at=AT, zone=CITY)

    for ahead in range(32):
        noon = moment(ahead, 12)
        assert any(one.begins <= noon < one.ends for one in left) is not is_away(periods, day(ahead))
    assert all(one.ends < two.begins for one, two in pairwise(left))
    assert all(is_away(periods, one.first) and is_away(periods, one.last) for one in joined(periods))


@given(periods_of_days, st.integers(0, 20), st.integers(1, 72), st.integers(10, 600))
def test_an_order_fits_exactly_when_some_free_stretch_of_its_time_is_long_enough(
    periods: list[Period], ahead: int, long: int, minutes: int
) -> None:
    wanted = Wanted(moment(ahead, 12), moment(ahead, 12) + hours(long), minutes)
    begins = [moment(ahead, 12) + timedelta(hours=number) for number in range(long + 1)]
    needed = timedelta(minutes=min(minutes, long * 60))
    slowly = any(
        one + needed <= wanted.ends  # type: ignore[operator]
        and not any(
            is_away(periods, (one + needed * part / 8 - timedelta(seconds=part == 8)).date()) for part in range(9)
        )
        for one in begins
    )

    found = bool(fits([wanted], left_over(periods, at=AT, zone=CITY), at=AT, within=AT_MOST).any())

    assert found or not slowly
    if not found:
        assert away_until(periods, Period(day(ahead), day(ahead + 4))) is not None


absences = st.lists(st.tuples(st.sampled_from(["mulberry", "plum"]), st.integers(0, 9), st.integers(0, 4)), max_size=4)
wishes = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 60)) | st.none(), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(absences=absences, wishes=wishes, weekly=st.booleans())
@example(absences=[("mulberry", 0, 9), ("plum", 0, 9)], wishes=[(2, 8), None], weekly=False)
def test_no_proposal_ever_offers_a_team_on_a_day_it_is_away(
    corps: Corps, absences: list[tuple[str, int, int]], wishes: list[Any], weekly: bool
) -> None:
    """The day that is planned is none of the team's days away; and what is planned for no day in particular can be done whole on
    days on which the team is there.
    """
    with transaction.atomic():
        change(
            corps,
            "mulberry",
            capacity=4,
            slots=[{**TUESDAYS[0], "weekday": one} for one in (2, 3, 5)] if weekly else [],
        )
        for team, first, length in absences:
            with suppress(Conflict):
                away(corps, team, first, first + length)
        orders = []
        for wish in wishes:
            given_times = {} if wish is None else {
                "wanted_from": moment(wish[0], 12), "wanted_to": moment(wish[0], 12) + hours(wish[1])
            }  # fmt: skip
            orders.append(pooled(corps, **given_times))
        made = propose(by=None, at=AT)
        rows = {row["order"]: row for row in made.content}
        for order in orders:
            row = rows[str(order.uid)]
            if row["team"] is None:
                continue
            own = DaysAway.objects.filter(team__unit__code=row["team"])
            kept = [Period(one.first_day, one.last_day) for one in own]
            if row["when"]:
                assert not is_away(kept, day_of(datetime.fromisoformat(row["when"][0])))
            if row["back"]:
                assert not is_away(kept, date.fromisoformat(row["back"]))
            wanted = Wanted(order.wanted_from, order.wanted_to, order.minutes)
            assert fits([wanted], left_over(kept, at=AT, zone=CITY), at=AT, within=AT_MOST).any()
        done = carry_out(made.uid, by=None, at=AT)
        assert not [one for one in done.skipped if one["code"] == "team_away"], "what is proposed can be offered"
        transaction.set_rollback(True)


def test_teams_that_are_not_away_keep_the_quick_way(corps: Corps) -> None:
    pooled(corps)
    away(corps, "mulberry", 40, 50)
    found = reckon(at=AT)

    assert found.found.pool.teams.any_time.all(), "days away after all that waits change nothing now"
    assert found.plan.slot.tolist() == [NOBODY]
