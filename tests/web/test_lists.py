"""Inbox and case list: what is found, in which order, at what price."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.loops.notices import tell

Visit = Callable[..., Any]
PER_LIST = 8
PER_WORKPLACE = 12


def numbers(text: str) -> list[str]:
    return re.findall(r'nowrap"><a href="/cases/[^"]+">(A\d+)</a>', text)


def grow(city: Any, count: int) -> None:
    """Cases a minute apart, copied from one that was reported by the book."""
    city.report(at=timezone.now() - timedelta(days=2))
    first = Case.objects.latest("pk")
    reach = list(first.reach.values_list("unit_id", flat=True))
    for number in range(1, count):
        moment = first.reported_at + timedelta(minutes=number)
        copy = Case.objects.get(pk=first.pk)
        copy.pk, copy.uid, copy.reported_at = None, type(first)().uid, moment
        copy.save(force_insert=True)
        copy.reach.model.objects.bulk_create(
            copy.reach.model(case=copy, unit_id=unit, reported_at=moment) for unit in reach
        )


def test_the_inbox_holds_what_a_person_must_act_on_the_overdue_first(city: Any, visitor: Visit, yesterday: Any) -> None:
    late = city.walk("dispatched", at=yesterday - timedelta(days=9))
    fresh = city.walk("dispatched", at=timezone.now() - timedelta(hours=1))
    city.walk("dispatched", at=yesterday, unit="willow")

    _, text = visitor("handler").get("/inbox")

    assert numbers(text) == [late.number, fresh.number]
    assert f"/cases/{late.uid}/steps/accept" in text
    assert "late" in text


def test_an_auditor_has_an_empty_inbox_that_says_what_would_be_there(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("dispatched", at=yesterday)

    status, text = visitor("auditor").get("/inbox")

    assert status == 200
    assert numbers(text) == []
    assert "Nothing waits for you" in text


def test_the_list_shows_only_what_reaches_ones_unit(city: Any, visitor: Visit, yesterday: Any) -> None:
    ours = city.walk("dispatched", at=yesterday)
    theirs = city.walk("dispatched", at=yesterday, unit="willow", lon=118.105, lat=24.725)

    assert numbers(visitor("other_handler").get("/cases")[1]) == [theirs.number]
    assert set(numbers(visitor("supervisor").get("/cases")[1])) == {ours.number, theirs.number}
    assert numbers(visitor("system_admin").get("/cases")[1]) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=垃圾", "litter"),
        ("q=莲花桥头", "parking"),
        ("category=09009", "parking"),
        ("category=暴露垃圾", "litter"),
        ("state=accepted", "parking"),
        ("unit=LOTUS", "parking"),
        ("grid=350212001001001", "litter"),
    ],
)
def test_filters_find_the_one_case_meant(city: Any, visitor: Visit, yesterday: Any, query: str, found: str) -> None:
    cases = {
        "litter": city.report(at=yesterday),
        "parking": city.walk("accepted", at=yesterday, category="parking", address="莲花桥头"),
    }

    status, text = visitor("supervisor").get(f"/cases?{query}")

    assert status == 200
    assert numbers(text) == [cases[found].number]


def test_overdue_only(city: Any, visitor: Visit) -> None:
    late = city.report(at=timezone.now() - timedelta(days=20))
    city.report(at=timezone.now(), category="parking")

    assert numbers(visitor("supervisor").get("/cases?overdue=1")[1]) == [late.number]


@pytest.mark.parametrize("query", ["category=nothing", "grid=XYZ", "unit=NOBODY"])
def test_a_filter_that_means_nothing_is_said_and_kept(city: Any, visitor: Visit, query: str) -> None:
    status, text = visitor("supervisor").get(f"/cases?{query}")

    assert status == 422
    assert query.partition("=")[2] in text


def test_pages_by_key_show_every_case_once_forwards_and_backwards(city: Any, visitor: Visit) -> None:
    grow(city, 120)
    everything = [case.number for case in Case.objects.order_by("-reported_at", "-pk")]
    person = visitor("supervisor")

    def walk(path: str, rel: str) -> list[list[str]]:
        pages = []
        while path:
            _, text = person.get(path)
            pages.append(numbers(text))
            link = re.search(f'rel="{rel}" href="([^"]+)"', text)
            path = "/cases" + link[1].replace("&amp;", "&") if link else ""
        return pages

    forwards = walk("/cases", "next")
    backwards = walk("/cases?end=1", "prev")

    assert [len(page) for page in forwards] == [50, 50, 20]
    assert [one for page in forwards for one in page] == everything
    assert [one for page in reversed(backwards) for one in page] == everything


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~y", "~", "2026-01-01T00:00:00+00:00~" + "9" * 30])
def test_a_broken_page_address_is_refused_not_a_fault(city: Any, visitor: Visit, cursor: str) -> None:
    assert visitor("supervisor").get(f"/cases?after={cursor}")[0] == 422


@pytest.mark.parametrize("person", ["supervisor", "handler"])
@pytest.mark.parametrize("count", [1, 50, 100])
def test_a_list_costs_the_same_however_long_it_is(city: Any, visitor: Visit, count: int, person: str) -> None:
    grow(city, count)

    assert visitor(person).statements("/cases") == 7 <= PER_LIST
    assert visitor(person).statements("/cases?q=垃圾&state=open") <= PER_LIST


@pytest.mark.parametrize("count", [1, 60])
def test_the_inbox_costs_the_same_however_full_it_is(city: Any, visitor: Visit, count: int) -> None:
    grow(city, count)

    assert visitor("filer").statements("/inbox") <= PER_WORKPLACE


def test_the_download_has_the_same_rows_and_no_formulas(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.report(at=yesterday, description="=HYPERLINK(1)")
    city.report(at=yesterday, category="parking")
    client = visitor("supervisor").client

    answer = client.get("/cases.csv?category=06010")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]


def test_notices_are_read_once(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    tell(
        [city.sponsor.pk],
        kind="case.dispatched",
        loop_kind="case",
        loop_uid=case.uid,
        data={},
        at=yesterday,
        key="once",
    )
    person = visitor("sponsor")

    assert "Dispatched to your unit" in person.get("/notices")[1]
    assert '<span class="count">1</span>' in person.get("/")[1]
    person.post("/notices/seen")
    assert '<span class="count">' not in person.get("/")[1]
