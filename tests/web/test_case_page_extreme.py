"""The case with everything: each kind of side affair, a long chain of recurrences, parts, merged ones, neighbours, a point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.actions.engine import CASES
from civicloop.cases.models import Case
from civicloop.loops.sweep import sweep
from civicloop.organisation.models import Grid
from tests.cast import SOUTH, WEST

Visit = Callable[..., Any]
PER_CASE = 15
HERE = {"lon": WEST + 0.005, "lat": SOUTH + 0.005}


@pytest.fixture
def extreme(city: Any, yesterday: Any) -> Any:
    """A case with everything at once. Most of it is past; a whistle and a question outside are pending."""
    begun = yesterday - timedelta(days=6)
    chain = [city.walk("closed", at=begun - timedelta(days=day), **HERE) for day in (9, 7, 5, 3)]
    case = city.walk("accepted", at=begun, **HERE)
    assert case.recurrence_of_id == chain[-1].pk

    def take(step: str, by: str, after: float, uid: Any = case.uid, **given: Any) -> Any:
        return actions.take(uid, step, by=city.people[by], at=begun + timedelta(hours=after), given=given)

    person = str(city.leader.uid)
    take("extend", "handler", 0.8, amount="1", unit_of_time="work_hour", reason="等吊车")
    take("grant_extension", "supervisor", 0.9, note="可以")
    take(
        "suspend",
        "supervisor",
        1,
        plan="下月改造",
        person=person,
        review_on=(begun + timedelta(days=30)).date().isoformat(),
    )
    take("resume", "supervisor", 2, reason="可以动工")
    take("supervise", "supervisor", 2.1, note="本周办结")
    take("split", "dispatcher", 2.2, units=["URBAN", "POLICE"])
    meet = (begun + timedelta(hours=4)).isoformat()
    take("whistle", "handler", 2.3, whistle_kind="enforcement", units=["URBAN"], place="莲花桥头", meet_at=meet)
    take("report_in", "urban_handler", 3)
    due = (timezone.now() + timedelta(days=2)).isoformat()
    take("forward_out", "handler", 3.1, party="供电公司", note="谁的电杆？", answer_by=due)
    twin = city.report(at=begun + timedelta(hours=3.2), **HERE)
    take("merge", "filer", 3.3, uid=twin.uid, into=str(case.uid))
    for part in Case.objects.filter(parent=case):
        take("void", "filer", 3.4, uid=part.uid, reason="不归我们")
    take("rectify", "handler", 4, note="已清理", photos=[city.photo()])
    take("appeal", "leader", 4.1, ground="lateness", reason="等吊车")
    take("send_back", "verifier", 4.2, reason="还有一堆")
    for _ in range(5):
        city.report(at=begun + timedelta(hours=5), category="water", **HERE)
    return case


@pytest.mark.parametrize(
    "name", ["handler", "supervisor", "filer", "verifier", "dispatcher", "urban_handler", "leader"]
)
def test_the_page_of_the_extreme_case_keeps_to_its_statements(extreme: Any, visitor: Visit, name: str) -> None:
    assert visitor(name).statements(f"/cases/{extreme.uid}") <= PER_CASE


def test_the_page_shows_all_of_it(extreme: Any, visitor: Visit) -> None:
    status, text = visitor("supervisor").get(f"/cases/{extreme.uid}")

    assert status == 200
    for word in ("等吊车", "下月改造", "本周办结", "莲花桥头", "供电公司", "城管局"):
        assert word in text, word
    for other in Case.objects.filter(category=extreme.category).exclude(pk=extreme.pk):
        assert other.number in text, other.number


def test_what_the_ladder_demands_stands_on_the_page_and_can_be_answered(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    case = city.walk("accepted", at=yesterday - timedelta(days=9))
    sweep(CASES, at=timezone.now())

    _, text = visitor("leader").get(f"/cases/{case.uid}")

    assert case.supervisions.get().by is None
    assert f"/cases/{case.uid}/steps/answer_supervision" in text


def test_a_case_left_in_a_grid_that_was_given_up_says_so(city: Any, visitor: Visit, yesterday: Any) -> None:
    """Without a place on the map it cannot be put into the grid that came after."""
    case = city.walk("dispatched", at=yesterday, **HERE)
    mark = '<span class="tag">not in use</span>'
    assert mark not in visitor("handler").get(f"/cases/{case.uid}")[1]

    Grid.objects.filter(pk=case.grid_id).update(active=False)
    assert mark in visitor("handler").get(f"/cases/{case.uid}")[1]
