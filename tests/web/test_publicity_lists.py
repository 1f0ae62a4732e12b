"""Long lists of surveys, displays and opinions: a page at a time, and nothing slips by."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from civicloop.publicity.models import Display
from civicloop.surveys.models import DoorOpinion, Survey
from civicloop.web.desk.codepages import page_by_code
from civicloop.web.desk.paging import SIZE
from tests.cast import MONDAY_NINE, SOUTH, WEST, City
from tests.surveys.conftest import plan, questionnaire  # noqa: F401  (fixtures)
from tests.web.conftest import Visitor

MOST_STATEMENTS, MOST_BYTES = 15, 120_000


def displays(city: City, many: int) -> None:
    """So many that hang in Lotus North and have been due for some days."""
    due = timezone.now() - timedelta(days=3)
    Display.objects.bulk_create(
        Display(
            kind="led", code=f"LED-{number:03d}", name=f"屏{number}", owner=city.lotus_north, state="in_use",
            created_at=due, act_by=due + timedelta(hours=number % 7), lon=WEST + 0.005, lat=SOUTH + 0.005,
        )
        for number in range(many)
    )  # fmt: skip


def walked(desk: Visitor, address: str, link: str) -> list[str]:
    """What the pages link to, from this page on by the links `rel=next` or `rel=prev`."""
    found: list[str] = []
    room = address.partition("?")[0]
    while address:
        status, text = desk.get(address)
        assert status == 200
        assert len(text.encode()) < MOST_BYTES
        assert desk.statements(address) <= MOST_STATEMENTS
        rows = re.findall(rf'href="{room}/([0-9a-f-]{{36}})"', text.split("<tbody>")[1])
        found = rows + found if link == "prev" else found + rows
        onward = re.search(rf'rel="{link}" href="([^"]*)"', text)
        address = room + onward[1].replace("&amp;", "&") if onward else ""
    return found


@pytest.mark.parametrize("filters", ["", "due=1", "kind=led&q=LED"])
def test_every_display_stands_on_one_page_there_and_back(
    filters: str, visitor: Callable[..., Visitor], city: City
) -> None:
    displays(city, 2 * SIZE + 3)
    order = ("act_by", "pk") if "due" in filters else ("code",)
    wanted = [str(uid) for uid in Display.objects.order_by(*order).values_list("uid", flat=True)]
    desk = visitor("handler")

    assert walked(desk, f"/displays?{filters}", "next") == wanted
    assert walked(desk, f"/displays?{filters}&end=1", "prev") == wanted


@pytest.mark.parametrize("query", ["after=LED-999", "before=LED-000", "after=", "end=1&before=x", "after=%00%27"])
def test_a_page_that_is_none_is_no_error(query: str, visitor: Callable[..., Visitor], city: City) -> None:
    displays(city, 3)
    assert visitor("handler").get(f"/displays?{query}")[0] in (200, 422)


def test_pages_by_code_lead_to_each_other(city: City) -> None:
    displays(city, 7)
    rows = Display.objects.all()

    first = page_by_code(rows, QueryDict("kind=led"), 3)
    second = page_by_code(rows, QueryDict((first.next or "").lstrip("?")), 3)
    last = page_by_code(rows, QueryDict("end=1"), 3)

    assert [one.code for one in second.rows] == ["LED-003", "LED-004", "LED-005"]
    assert (first.previous, first.first, last.next, last.last) == (None, None, None, None)
    assert [one.code for one in last.rows] == ["LED-004", "LED-005", "LED-006"]
    assert first.next == "?kind=led&after=LED-002"
    assert [one.code for one in page_by_code(rows, QueryDict((second.previous or "").lstrip("?")), 3).rows] == [
        "LED-000", "LED-001", "LED-002",
    ]  # fmt: skip


def test_every_survey_and_every_opinion_stands_on_one_page(
    visitor: Callable[..., Visitor],
    city: City,
    plan: Callable[..., Survey],  # noqa: F811
) -> None:
    kept = plan()
    told = {
        "questionnaire": kept.questionnaire,
        "starts_on": kept.starts_on,
        "ends_on": kept.ends_on,
        "made_at": MONDAY_NINE,
    }
    Survey.objects.bulk_create(Survey(title=f"问卷{number}", **told) for number in range(SIZE + 5))
    heard = {
        "kind": "praise",
        "unit": city.lotus_north,
        "words": "路面干净",
        "heard_on": kept.starts_on,
        "noted_by": city.handler,
    }
    DoorOpinion.objects.bulk_create(
        DoorOpinion(**heard, noted_at=MONDAY_NINE + timedelta(minutes=number // 2)) for number in range(SIZE + 5)
    )
    desk = visitor("supervisor")

    for address, rows in (
        ("/surveys", Survey.objects.order_by("-made_at", "-pk")),
        ("/opinions", DoorOpinion.objects.all()),
    ):
        wanted = [str(uid) for uid in rows.values_list("uid", flat=True)]
        assert walked(desk, address, "next") == walked(desk, f"{address}?end=1", "prev") == wanted
