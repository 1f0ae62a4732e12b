"""When each rung of the ladder is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from civicloop.loops.rules.ladder import next_alarm

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
DEADLINE = START + timedelta(hours=8)


@dataclass
class Rung:
    key: str
    fraction: float | None = None
    after_due: timedelta | None = None


LADDER = [
    Rung("soon", 0.75),
    Rung("due", 1),
    Rung("late", None, timedelta(days=1)),
    Rung("last", None, timedelta(days=3)),
]


def moment_at(share: float) -> datetime:
    return START + share * (DEADLINE - START)


def test_a_share_of_the_time_a_due_time_and_a_time_after_it() -> None:
    found = [next_alarm(LADDER, number, DEADLINE, moment_at) for number in range(5)]

    assert [one and one.at for one in found] == [
        START + timedelta(hours=6), DEADLINE, DEADLINE + timedelta(days=1), DEADLINE + timedelta(days=3), None,
    ]  # fmt: skip


def test_the_whole_share_is_the_deadline_itself_whatever_the_clock_says() -> None:
    found = next_alarm(LADDER, 1, DEADLINE, lambda share: START)
    assert found is not None
    assert found.at == DEADLINE


def test_an_empty_ladder_never_rings() -> None:
    assert next_alarm([], 0, DEADLINE, moment_at) is None


@given(shares=st.lists(st.floats(0.01, 1), min_size=1, max_size=6), late=st.lists(st.integers(1, 100), max_size=4))
def test_a_ladder_in_order_rings_in_order(shares: list[float], late: list[int]) -> None:
    ladder = [Rung(str(share), share) for share in sorted(shares)]
    ladder += [Rung(str(days), None, timedelta(days=days)) for days in sorted(late)]
    found = [next_alarm(ladder, number, DEADLINE, moment_at) for number in range(len(ladder))]

    moments = [one.at for one in found if one]
    assert moments == sorted(moments)
    assert [one.rung for one in found if one] == list(range(len(ladder)))
