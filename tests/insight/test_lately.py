"""What was counted a moment ago in a large city: told with its moment, to those who may see the same, and not for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.insight import counted, lately
from civicloop.insight.lately import KEPT_FOR, Lately
from civicloop.insight.rules.rates import Period
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Unit
from civicloop.organisation.revisions import bump
from civicloop.standards import reference
from tests.cast import MONDAY_NINE as AT
from tests.insight.test_today import busy  # noqa: F401  (fixture)

MONTH = Period(AT - timedelta(days=20), AT + timedelta(days=10))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "_LATELY", Lately())


@pytest.fixture
def large(busy: Any, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: F811  (fixture)
    monkeypatch.setattr(counted, "LIVE_UP_TO", 3)
    monkeypatch.setattr(counted, "FRESH", timedelta(hours=1))
    counted.keep_counted(at=AT, ref=reference.now())
    return busy


def told(city: Any, at: Any, who: str = "supervisor", by: str = "unit") -> Any:
    ref = reference.now()
    return lately.rates(MONTH, actor=ref.actor(city.people[who], day_of(at)), at=at, ref=ref, group_by=by)


def test_a_small_city_is_counted_each_time(busy: Any) -> None:  # noqa: F811  (fixture)
    before = told(busy, AT)
    busy.walk("filed", at=AT + MINUTE)
    after = told(busy, AT + 2 * MINUTE)

    assert after.as_of == AT + 2 * MINUTE
    assert after.total.tally.reported == before.total.tally.reported + 1


def test_a_large_one_is_told_what_was_counted_with_its_moment_for_some_minutes(large: Any) -> None:
    before = told(large, AT)
    large.walk("filed", at=AT + MINUTE)

    assert told(large, AT + 2 * MINUTE) is before
    anew = told(large, AT + KEPT_FOR + MINUTE)
    assert anew.as_of == AT + KEPT_FOR + MINUTE
    assert anew.total.tally.reported == before.total.tally.reported + 1


def test_who_sees_other_cases_or_asks_otherwise_gets_his_own(large: Any) -> None:
    whole, unit = told(large, AT), told(large, AT + MINUTE, "other_handler")

    assert unit.as_of == AT + MINUTE
    assert unit.total.tally.reported < whole.total.tally.reported
    assert told(large, AT + MINUTE, by="category").as_of == AT + MINUTE
    assert told(large, AT + 2 * MINUTE, "filer").as_of == AT  # he sees the whole city too


def test_what_the_books_say_anew_is_seen_at_once(large: Any) -> None:
    told(large, AT)
    Unit.objects.filter(pk=large.lotus.pk).update(name="荷叶镇")
    bump("organisation")

    assert told(large, AT + MINUTE).as_of == AT + MINUTE


def test_the_whole_analysis_and_the_rates_of_grids_are_kept_as_well(large: Any) -> None:
    ref = reference.now()
    actor = ref.actor(large.people["supervisor"], day_of(AT))

    def asked(at: Any) -> tuple[Any, Any]:
        whole = lately.analyse(MONTH, at=at, ref=ref, group_by="town", edition_id=None)
        return whole.as_of, lately.grid_rates("on_time", "", actor=actor, at=at, ref=ref)["as_of"]

    assert asked(AT) == asked(AT + MINUTE)
    assert asked(AT) != asked(AT + KEPT_FOR + MINUTE)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30)), max_size=40))
def test_nothing_old_or_of_the_future_is_told_and_little_is_kept(asks: list[tuple[str, int]]) -> None:
    kept = Lately(most=3)
    for what, minutes in asks:
        at = AT + minutes * MINUTE
        name, counted_at = kept.or_now(what, at, lambda what=what, at=at: (what, at))  # type: ignore[misc]
        assert name == what
        assert timedelta() <= at - counted_at <= KEPT_FOR
        assert len(kept._kept) <= 3
