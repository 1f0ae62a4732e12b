"""Lists: pages, filters, and what they cost."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.api.paging import Place, listed, place_of
from civicloop.kernel.refusal import Invalid
from tests.api.town import LONG_AGO, Town, fill


def numbers(body: dict[str, Any]) -> list[str]:
    return [item["number"] for item in body["items"]]


def walk(asker: Any, path: str, towards: str = "next") -> list[list[str]]:
    """All pages from one on, each as its numbers."""
    pages = []
    address: str | None = path
    while address:
        response = asker.get(address)
        assert response.status_code == 200, response.content
        pages.append(numbers(response.json()))
        address = response.json()[towards]
        assert len(pages) < 50
    return pages


def test_pages_show_every_case_once_newest_first(town: Town, program: Any) -> None:
    fill(town, 25)

    pages = walk(program("filer"), "/cases?limit=10")

    shown = [number for page in pages for number in page]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 25


def test_going_back_shows_the_same_pages(town: Town, program: Any) -> None:
    fill(town, 25)
    filer = program("filer")
    forth = walk(filer, "/cases?limit=5")

    back = walk(filer, "/cases?limit=5&page=last", "previous")

    assert back[::-1] == forth


def test_a_new_case_moves_nothing_under_the_reader(town: Town, program: Any) -> None:
    fill(town, 6)
    filer = program("filer")
    first = filer.get("/cases?limit=3").json()
    fill(town, 2, unit="CG")

    second = filer.get(first["next"]).json()

    assert not set(numbers(first)) & set(numbers(second))
    assert len(numbers(second)) == 3


@pytest.mark.parametrize("name", ["filer", "handler"])
@pytest.mark.parametrize(
    "path", ["/cases?limit=100", "/cases?limit=100&page=last", "/cases?limit=100&q=垃圾&state=closed"]
)
def test_a_list_takes_few_statements_and_the_same_for_1_50_and_100_rows(
    town: Town, program: Any, name: str, path: str
) -> None:
    asker = program(name)
    asker.get("/cases")
    taken = []
    for more in (1, 49, 50):
        fill_more(town, more)
        with CaptureQueriesContext(connection) as seen:
            assert asker.get(path).status_code == 200
        taken.append(len(seen))

    assert len(set(taken)) == 1
    assert taken[0] <= 6, [one["sql"] for one in seen.captured_queries]


def fill_more(town: Town, count: int) -> None:
    fill(town, 0)
    from civicloop.cases.models import Case

    fill(town, Case.objects.count() + count)


def test_filters_narrow_the_list(town: Town, program: Any) -> None:
    fill(town, 6)
    fill(town, 3, unit="CG")
    filer = program("filer")

    def found(query: str) -> int:
        response = filer.get(f"/cases?{query}")
        assert response.status_code == 200, response.content
        return len(response.json()["items"])

    assert found("state=closed") == 3
    assert found("state=closed&state=dispatched") == 9
    assert found("unit=CG") == 3
    assert found("unit=CP") == 9
    assert found("category=07001") == 0
    assert found("overdue=true") == found("state=dispatched") == 6
    assert found("q=湖滨") == 9
    assert found("q=湖海") == 0
    assert found("bbox=118.15,24.72,118.16,24.73") == 9
    assert found("bbox=118.16,24.72,118.17,24.73") == 0
    assert found("due_before=2025-01-01T00:00:00%2B08:00") == 9
    assert found("due_after=2025-01-01T00:00:00%2B08:00") == 0
    assert found("reporter=me") == 0
    assert found("urgent=false") == 9


def test_a_unit_sees_what_reaches_it(town: Town, program: Any) -> None:
    fill(town, 4)
    fill(town, 3, unit="CG")

    assert len(program("handler").get("/cases").json()["items"]) == 4
    assert len(program("other").get("/cases").json()["items"]) == 3
    assert program("keeper").get("/cases").json() == {"items": [], "next": None, "previous": None}


def test_what_i_reported_is_found(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    assert numbers(program("walker").get("/cases?reporter=me").json()) == [case.number]


def test_the_inbox_shows_what_waits_for_me_most_pressing_first(town: Town, program: Any) -> None:
    fill(town, 7)

    pages = walk(program("handler"), "/me/inbox?limit=2")

    assert sorted(number for page in pages for number in page) == sorted(
        numbers(program("handler").get("/cases?state=dispatched").json())
    )
    assert program("other").get("/me/inbox").json()["items"] == []


@given(
    keys=st.lists(st.text("abc", min_size=1, max_size=4), unique=True, max_size=30),
    limit=st.integers(1, 7),
)
@settings(max_examples=60)
def test_pages_of_a_list_in_memory_join_to_the_whole_both_ways(keys: list[str], limit: int) -> None:
    whole = sorted(keys)
    forth: list[str] = []
    place: Place | None = Place()
    while place:
        items, page = listed(whole, str, place=place, limit=limit)
        forth += items
        place = page.next
    back: list[str] = []
    place = Place("p")
    while place:
        items, page = listed(whole, str, place=place, limit=limit)
        back = items + back
        place = page.previous

    assert forth == back == whole


@given(st.text(max_size=60))
def test_a_cursor_is_ours_or_refused(text: str) -> None:
    with suppress(Invalid):
        place = place_of(text)
        assert place_of(place.written()) == place


def test_a_cursor_of_another_list_is_refused(town: Town, program: Any) -> None:
    units = program("filer").get("/units?limit=1").json()["next"]
    cursor = units.split("cursor=")[1]

    response = program("filer").get(f"/cases?cursor={cursor}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "cursor"
