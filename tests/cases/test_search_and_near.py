"""Finding cases: by words, Chinese ones above all, by number, and by what lies near."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicloop.cases import actions, queries
from civicloop.cases.models import Case
from civicloop.cases.queries import CaseFilters
from civicloop.standards import actions as standards
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
METRE = 1 / 111_195  # of latitude, in degrees
WEEK = timedelta(weeks=1)


def found(city: City, text: str, who: str = "supervisor") -> set[str]:
    ref = reference.now()
    actor = ref.actor(city.people[who], MONDAY_NINE.date())
    return {case.description for case in queries.listing(actor, CaseFilters(text=text), ref)}


@pytest.fixture
def told(city: City) -> City:
    for words in ("莲花路口垃圾堆放", "莲塘KTV门口Noise很大", "ABC小区 3号楼 下水道堵", "路灯不亮"):
        city.report(description=words, category="water", address=words[:2] + "某处")
    return city


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("垃圾", {"莲花路口垃圾堆放"}),
        ("花路", {"莲花路口垃圾堆放"}),
        ("垃圾堆放", {"莲花路口垃圾堆放"}),
        ("圾垃", set()),
        ("莲", {"莲花路口垃圾堆放", "莲塘KTV门口Noise很大"}),
        ("灯", {"路灯不亮"}),
        ("莲 垃圾", {"莲花路口垃圾堆放"}),
        ("ktv", {"莲塘KTV门口Noise很大"}),
        ("ＫＴＶ", {"莲塘KTV门口Noise很大"}),
        ("莲塘 noise", {"莲塘KTV门口Noise很大"}),
        ("KTV噪音", set()),
        ("abc小区", {"ABC小区 3号楼 下水道堵"}),
        ("3号楼", {"ABC小区 3号楼 下水道堵"}),
        ("莲花某处", {"莲花路口垃圾堆放"}),
        ("路灯 某处 不亮", {"路灯不亮"}),  # words of two fields
        ("无人认领", {"莲花路口垃圾堆放", "莲塘KTV门口Noise很大", "ABC小区 3号楼 下水道堵", "路灯不亮"}),
        ("，。！", set()),
        ("   ", {"莲花路口垃圾堆放", "莲塘KTV门口Noise很大", "ABC小区 3号楼 下水道堵", "路灯不亮"}),
    ],
)
def test_words_are_found_whatever_their_length_and_script(told: City, text: str, expected: set[str]) -> None:
    assert found(told, text) == expected


def test_a_number_is_found_as_it_is_spoken(told: City) -> None:
    case = Case.objects.order_by("pk")[1]
    for text in (case.number, case.number.lower(), f" {case.number} "):
        assert found(told, text) == {case.description}
    for text in (str(case.pk), f"#{case.pk}"):  # a short number may also be that of a house
        assert case.description in found(told, text)
    assert found(told, "A999999") == found(told, "9" * 18) == found(told, "9" * 40) == set()


SIGNS = [
    "'", '"', 'a" OR "b', "莲*", "*", "莲 OR 灯", "NEAR(莲 灯)",
    "^莲", "a:b", "\\", "莲\\'", "-灯", "()", "\x00莲", "& | !", "莲:*",
]  # fmt: skip


@pytest.mark.parametrize("text", SIGNS)
def test_signs_of_the_databases_own_languages_are_only_signs(told: City, text: str) -> None:
    assert isinstance(found(told, text), set)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(max_size=12))
def test_no_text_breaks_the_search(told: City, text: str) -> None:
    assert isinstance(found(told, text), set)


def test_a_correction_is_found_and_what_it_replaced_is_not(told: City) -> None:
    case = Case.objects.get(description="路灯不亮")
    actions.correct(case.uid, description="井盖松动", by=told.filer, at=MONDAY_NINE)
    assert found(told, "井盖") == {"井盖松动"}
    assert found(told, "不亮") == set()


def test_the_search_finds_nothing_a_person_may_not_see(told: City) -> None:
    assert found(told, "垃圾", who="other_handler") == found(told, "垃圾", who="system_admin") == set()
    assert found(told, "垃圾", who="reporter") == {"莲花路口垃圾堆放"}


def near(city: City, *, metres: float = 0, after: timedelta = timedelta(0), **given: Any) -> Any:
    first = {"lon": WEST + 0.005, "lat": SOUTH + 0.005 + metres * METRE}
    return actions.report(
        **{"category_id": city.litter.pk, "by": city.grid_worker, "at": MONDAY_NINE + after, **first, **given}
    )


@pytest.mark.parametrize(
    ("metres", "after", "same"),
    [
        (0, timedelta(0), True), (49, timedelta(0), True), (51, timedelta(0), False), (49, 2 * WEEK, True),
        (49, 2 * WEEK + hours(1), False),
    ],
    ids=str,
)  # fmt: skip
def test_an_open_case_within_fifty_metres_and_two_weeks_may_be_the_same(
    city: City, metres: float, after: timedelta, same: bool
) -> None:
    first = city.report()
    reported = near(city, metres=metres, after=after)
    assert [one.case for one in reported.duplicates] == ([first] if same else [])
    if same:
        assert reported.duplicates[0].metres == pytest.approx(metres, abs=0.5)
    assert Case.objects.count() == 2, "a possible duplicate is still a case: a person decides"


def test_another_category_or_an_ended_case_is_no_duplicate_and_the_nearest_comes_first(city: City) -> None:
    city.report(category="water")
    actions.void(city.report().uid, reason="误报", by=city.filer, at=MONDAY_NINE)
    far, close = near(city, metres=30).case, near(city, metres=10).case
    assert [one.case for one in near(city).duplicates] == [close, far]


def test_a_place_known_by_address_alone_has_no_neighbours(city: City) -> None:
    city.report()
    reported = near(city, lon=None, lat=None, address="莲花路")
    assert (reported.duplicates, reported.recurrence) == ([], None)


@pytest.mark.parametrize(("days", "came_back"), [(1, True), (30, True), (31, False)])
def test_what_was_closed_within_the_window_has_come_back(city: City, days: int, came_back: bool) -> None:
    old = city.walk("closed")
    new = near(city, metres=20, after=timedelta(days=days, hours=1)).case
    assert (new.recurrence_of == old) == came_back
    assert ("recurrence_of" in new.steps.get().data) == came_back


def test_a_voided_case_never_comes_back(city: City) -> None:
    actions.void(city.report().uid, reason="误报", by=city.filer, at=MONDAY_NINE)
    assert near(city, after=timedelta(days=1)).case.recurrence_of is None


def test_a_category_may_have_its_own_radius_and_window(city: City) -> None:
    standards.change_category(
        category=city.litter, changes={"radius_m": 200, "duplicate_days": 1}, by=city.supervisor, at=MONDAY_NINE
    )
    first = city.report()
    assert [one.case for one in near(city, metres=150).duplicates] == [first]
    assert near(city, after=timedelta(days=3)).duplicates == []


def test_the_neighbourhood_shows_what_the_reader_may_see_of_the_last_twelve_weeks(city: City) -> None:
    old = city.report(at=MONDAY_NINE - 13 * WEEK)
    recent = city.report(at=MONDAY_NINE - 11 * WEEK, category="water")
    elsewhere = near(city, metres=60).case
    case = near(city).case
    ref = reference.now()

    def seen(who: str) -> list[Case]:
        return queries.nearby(case, ref.actor(city.people[who], MONDAY_NINE.date()))

    assert seen("supervisor") == [recent]
    assert seen("other_handler") == []
    assert old.pk != elsewhere.pk
