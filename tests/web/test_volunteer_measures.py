"""The figures of voluntary service on the desk: each with its meaning and the rows behind it; small groups lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from civicloop.volunteers.actions import hours
from civicloop.volunteers.rules.persons import BANDS, band, born_between
from tests.cast import noon
from tests.volunteers.cast import Corps, corps
from tests.volunteers.folk import volunteer

__all__ = ["corps"]


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


def links(text: str, words: str) -> list[str]:
    """Where a figure leads, by what stands in the link."""
    return [found[1].replace("&amp;", "&") for found in re.finditer(rf'<a href="([^"]+)">\s*{re.escape(words)}', text)]


def rows_of(text: str) -> set[str]:
    return set(re.findall(r"单\d+", text))


def test_each_figure_of_orders_leads_to_exactly_its_rows(corps: Corps, visitor: Callable[..., Any]) -> None:
    from civicloop.volunteers import actions

    at, desk = timezone.now() - timedelta(hours=6), visitor("order_desk")
    met = corps.walk("rated", at=at)
    unmet = corps.walk("served", at=at)
    actions.take(unmet.uid, "rate", by=corps.reporter, at=timezone.now(), given={"score": 2, "as_asked": False})
    lapsed = corps.walk("served", at=at)
    actions.rate_by_time(lapsed.uid, at=timezone.now() + timedelta(days=8))
    waiting = corps.order(at=at)
    text = desk.get("/volunteers/measures")[1]

    assert rows_of(desk.get(links(text, "50")[0])[1]) == {met.number}
    assert rows_of(desk.get(links(text, "the others")[0])[1]) == {unmet.number}
    assert rows_of(desk.get(links(text, "3 served")[0])[1]) == {met.number, unmet.number, lapsed.number}
    assert rows_of(desk.get(links(text, "1 more by lapse")[0])[1]) == {lapsed.number}
    assert rows_of(desk.get(links(text, "4")[0])[1]) == {met.number, unmet.number, lapsed.number, waiting.number}
    assert rows_of(desk.get(links(text, "2 of 5")[0])[1]) == {unmet.number}
    assert "2 requesters said whether it was" in text
    assert "2 gave a score; 2 of them also said whether" in text
    earlier = desk.get("/volunteers?from=2020-01-01&to=2020-01-31")[1]
    assert rows_of(earlier) == set()
    assert rows_of(desk.get("/volunteers?unit=PLUM")[1]) == set()


def served(corps: Corps, serial: int, **given: Any) -> None:
    who = volunteer(corps, f"义{serial}", serial=serial, **given)
    hours.record(
        volunteer=who, starts_at=noon(2), ends_at=noon(2) + timedelta(hours=1), title="值守",
        place="站", unit=corps.mulberry, by=corps.order_desk, at=timezone.now(),
    )  # fmt: skip


def test_a_group_that_is_told_leads_to_its_rows_and_a_small_one_nowhere(
    corps: Corps, visitor: Callable[..., Any]
) -> None:
    for serial in range(1, 7):
        served(corps, serial)
    for serial in range(7, 12):
        served(corps, serial, birth_on=date(1950, 1, 1), home=corps.willow_east)
    served(corps, 12, birth_on=date(2001, 1, 1), home=corps.willow_east)
    text, desk = visitor("order_desk").get("/volunteers/measures")[1], visitor("order_desk")

    assert len(re.findall("/volunteers/people/", desk.get(links(text, "35 to 59")[0])[1])) == 6
    assert len(re.findall("/volunteers/people/", desk.get(links(text, "莲花镇")[0])[1])) == 6
    assert links(text, "18 to 34") == []
    assert links(text, "60 and over") == [], "it would give the small one away"
    assert text.count("too few to tell") >= 2


def test_every_figure_says_what_it_counts(corps: Corps, visitor: Callable[..., Any]) -> None:
    text = visitor("order_desk").get("/volunteers/measures")[1]

    for words in (
        "What each figure counts",
        "A rating by lapse of time is no answer",
        "by age on the last day",
        "brand projects",
    ):
        assert words in text


@given(st.dates(date(1900, 1, 1), date(2060, 12, 31)), st.dates(date(2020, 1, 1), date(2060, 12, 31)))
def test_the_dates_of_birth_of_a_band_are_those_the_band_counts(born: date, day: date) -> None:
    if born > day or day.year - born.year > 120:
        return
    within = [name for name, _ in BANDS if born_between(name, day)[0] <= born <= born_between(name, day)[1]]

    assert within == [band(born, day)]
