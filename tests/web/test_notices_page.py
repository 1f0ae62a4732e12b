"""The page of notices: each in words, with what it is about and the way there, whatever kind it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from civicloop.loops.matters import known
from civicloop.loops.models import Notice
from civicloop.loops.notices import tell
from civicloop.spoken import NOTICES
from tests.cast import MONDAY_NINE
from tests.notify.test_sight import ROWS
from tests.residents.conftest import Send, send
from tests.volunteers.cast import Corps, corps
from tests.web.conftest import Visitor

__all__ = ["corps", "send"]
pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15


@pytest.fixture
def city(corps: Corps) -> Any:
    """The desk of a city with volunteers."""
    return corps.city


@pytest.fixture
def rows(corps: Corps, send: Send) -> dict[str, Any]:
    return {kind: make(corps, send) for kind, (make, _, _) in ROWS.items()}


def told(person: Any, rows: dict[str, Any]) -> None:
    Notice.objects.all().delete()
    for kind, row in rows.items():
        tell([person.pk], kind="alarm.due", loop_kind=kind, loop_uid=row.uid, data={}, at=MONDAY_NINE, key=f"n:{kind}")


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_the_link_of_a_notice_leads_to_what_it_is_about(
    corps: Corps, visitor: Any, rows: dict[str, Any], kind: str
) -> None:
    person = ROWS[kind][1]
    told(corps.city.people[person], {kind: rows[kind]})
    desk: Visitor = visitor(person)
    _, page = desk.get(reverse("desk:notices"))
    (link,) = re.findall(r'<td><a href="([^"]+)">', page)

    assert str(rows[kind].uid) in link or kind == "report"
    assert desk.get(link)[0] == 200


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_what_the_reader_may_not_see_any_more_has_no_name_and_no_link(
    corps: Corps, visitor: Any, rows: dict[str, Any], kind: str
) -> None:
    stranger = ROWS[kind][2]
    told(corps.city.people[stranger], {kind: rows[kind]})
    _, page = visitor(stranger).get(reverse("desk:notices"))

    assert ("A look at a display is due" if kind == "display" else "The time is up") in page
    assert re.findall(r'<td><a href="([^"]+)">', page) == []


def test_a_page_of_every_kind_keeps_to_its_statements(
    corps: Corps, visitor: Any, rows: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    told(corps.supervisor, rows)
    desk: Visitor = visitor("supervisor")
    status, page = desk.get(reverse("desk:notices"))

    assert status == 200
    shown = page.count('<td><a href="')
    assert shown == len(known()) - 2  # events and applications are seen by who keeps them
    assert "上门理发" in page
    assert "莲花超市门口屏" in page
    assert len(page.encode()) < 120_000
    with django_assert_max_num_queries(MOST_STATEMENTS):
        desk.get(reverse("desk:notices"))


def test_every_kind_of_notice_is_a_sentence_that_counts_where_it_says_so() -> None:
    for kind, words in NOTICES.items():
        assert str(words).count("%(") == (1 if kind == "report.held" else 0)
