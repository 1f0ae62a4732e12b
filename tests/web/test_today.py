"""Today and the daily dispatch: every number leads to exactly the list behind it, and the list shows the same number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.inspection.models import Round
from civicloop.scoring.models import DailyFigure
from civicloop.standards.models import Edition, Pack
from tests.cast import MONDAY_NINE, PASSWORD

Visit = Callable[..., Any]
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def busy(city: Any) -> Any:
    """A city in the middle of a day: everything that Today tells of is there."""
    now = timezone.now()
    for days in (0, 1, 3, 8):
        for number, state in enumerate(("reported", "filed", "dispatched", "accepted", "rectified", "closed")):
            unit = ("lotus", "willow", "sanitation")[number % 3]
            city.walk(state, at=now - timedelta(days=days, hours=3), unit=unit, address=f"路{days}-{number}号")
    returned = city.walk("dispatched", at=now - timedelta(hours=2))
    actions.return_(returned.uid, reason="不是我们的", by=city.handler, at=now - timedelta(hours=1))
    again = city.walk("rectified", at=now - timedelta(hours=3))
    actions.send_back(again.uid, reason="没清干净", by=city.verifier, at=now - timedelta(hours=1))
    whistled = city.walk("accepted", at=now - timedelta(hours=3))
    actions.whistle(
        whistled.uid, kind="ordinary", unit_ids=[city.urban.pk], place="桥头", meet_at=now + timedelta(hours=2),
        by=city.handler, at=now - timedelta(hours=1),
    )  # fmt: skip
    suspended = city.walk("accepted", at=now - timedelta(days=9))
    Case.objects.filter(pk=suspended.pk).update(state="suspended")
    return city


def links(text: str) -> list[tuple[str, int]]:
    """Every number of a page that leads to a list: the address and the number."""
    found = []
    for address, inside in re.findall(r'<a href="(/(?:cases|inbox)[^"]*)"([^>]*>.*?)</a>', text, re.S):
        told = re.search(r'data-number="[^"]+"[^>]*?(?:data-many="(\d+)")?[^>]*>\s*(\d+)', inside)
        many = re.search(r'data-many="(\d+)"', inside)
        if told:
            found.append((unescape(address), int(many[1] if many else told[2])))
    return found


def listed(person: Any, address: str) -> tuple[int, int]:
    """What the list behind an address says it counts, and how many rows its pages really hold."""
    said, rows, path = None, 0, address
    while path:
        status, text = person.get(path)
        assert status == 200
        told = re.search(r'data-count="[^"]*"(?: data-many="(\d+)")?>(\d*)', text)
        assert told
        said = int(told[1] or told[2])
        rows += len(set(re.findall(r'nowrap"><a href="/cases/[^"]+">(A\d+)</a>', text)))
        link = re.search(r'rel="next" href="([^"]+)"', text)
        path = address.split("?")[0] + unescape(link[1]) if link else ""
    assert said is not None
    return said, rows


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "handler", "urban_handler", "verifier", "leader"])
def test_every_number_of_today_is_the_number_of_rows_behind_it(busy: Any, visitor: Visit, who: str) -> None:
    person = visitor(who)
    _, text = person.get("/")
    numbers = links(text)

    assert len(numbers) >= 3
    for address, many in numbers:
        assert listed(person, address) == (many, many), address


@pytest.mark.parametrize("who", ["dispatcher", "leader"])
def test_every_number_of_the_daily_dispatch_is_the_number_of_rows_behind_it(
    busy: Any, visitor: Visit, who: str
) -> None:
    person = visitor(who)
    _, text = person.get("/dispatch")
    numbers = links(text)

    assert len(numbers) >= 3
    for address, many in numbers:
        assert listed(person, address) == (many, many), address


def test_what_is_pressing_is_told_and_nought_is_not_a_warning(busy: Any, visitor: Visit) -> None:
    _, of_city = visitor("dispatcher").get("/")
    _, of_police = visitor("urban_handler").get("/")

    assert 'class="late"' in of_city
    assert "Returned, to be dispatched anew" in of_city
    assert "Whistled for, nobody came yet" in of_city
    assert 'class="late"' not in of_police


def test_a_unit_is_told_of_its_own_work_alone(busy: Any, visitor: Visit) -> None:
    _, text = visitor("other_handler").get("/")
    _, daily = visitor("other_handler").get("/dispatch")

    assert "Your unit and those below it" in text
    assert "How the city stands" not in text
    assert "柳塘街道" in daily
    assert "莲花镇" not in daily


def test_a_unit_cannot_look_into_the_daily_dispatch_of_another(busy: Any, visitor: Visit) -> None:
    person = visitor("other_handler")

    assert person.get(f"/dispatch?unit={busy.lotus.uid}")[0] == 404
    assert person.get("/dispatch?unit=nonsense")[0] == 404
    assert visitor("dispatcher").get(f"/dispatch?unit={busy.lotus.uid}")[0] == 200


def test_a_list_of_another_units_cases_shows_no_more_than_one_may_see(busy: Any, visitor: Visit) -> None:
    said, rows = listed(visitor("other_handler"), "/cases?lens=open&of=LOTUS")

    assert said == rows == 0


@pytest.mark.parametrize("query", ["lens=nothing", "lens=overdue&of=NOBODY"])
def test_a_lens_that_means_nothing_is_refused(city: Any, visitor: Visit, query: str) -> None:
    assert visitor("dispatcher").get(f"/cases?{query}")[0] == 422


def test_administrators_find_no_cases_and_are_told_why(busy: Any, visitor: Visit) -> None:
    for who in ("system_admin", "security_admin", "audit_admin"):
        status, text = visitor(who).get("/")
        assert status == 200
        assert links(text) == []


def test_score_and_forecast_are_read_as_they_were_kept(city: Any, visitor: Visit) -> None:
    at = timezone.now()
    for back, score in ((2, 84.0), (1, 85.0), (0, 86.4)):
        DailyFigure.objects.create(
            day=date(2026, 11, 23) - timedelta(days=back), as_of=at, rounds=["R-1"], title="一轮", score=score,
            score_low=score - 3, score_high=score + 3, observations=240, target=90, forecast=87.5, forecast_low=84,
            forecast_high=91, chance=0.21,
        )  # fmt: skip

    _, text = visitor("supervisor").get("/")

    for told in ("86.4", "83.4–89.4", "240 judgements", "+2.4 since 2026-11-21", "87.5", "21%", "round=R-1"):
        assert told in text
    assert '<polyline class="line"' in text
    assert "86.4" not in visitor("handler").get("/")[1]


def test_the_score_of_a_round_nobody_was_told_of_is_shown_to_its_directors_alone(city: Any, visitor: Visit) -> None:
    pack = Pack.objects.create(code="w", edition="1", title="w", digest="0", loaded_at=MONDAY_NINE)
    edition = Edition.objects.create(pack=pack, name="1", digest="0", content={}, loaded_at=MONDAY_NINE)
    days = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 11, 29), "planned_at": MONDAY_NINE}
    Round.objects.create(
        code="SECRET", title="暗访", kind="weekly_visit", edition=edition, organiser=city.office, **days
    )
    DailyFigure.objects.create(
        day=date(2026, 11, 23),
        as_of=MONDAY_NINE,
        rounds=["SECRET"],
        title="暗访",
        score=86.4,
        score_low=83,
        score_high=89,
    )

    assert "86.4" in visitor("supervisor").get("/")[1]
    told = visitor("filer").get("/")[1]
    assert "86.4" not in told
    assert "SECRET" not in told


def test_without_a_kept_figure_the_page_says_what_would_be_there(city: Any, visitor: Visit) -> None:
    assert "none has been kept yet" in visitor("supervisor").get("/")[1]


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "handler", "system_admin"])
@pytest.mark.parametrize("page", ["/", "/dispatch", "/inbox"])
def test_the_pages_keep_to_their_budgets(busy: Any, visitor: Visit, who: str, page: str) -> None:
    person = visitor(who)

    assert person.statements(page) <= MOST_STATEMENTS
    assert len(person.get(page)[1].encode()) <= MOST_BYTES


def test_whoever_logs_in_arrives_at_today(city: Any, client: Any) -> None:
    answer = client.post("/login", {"username": "handler", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
