"""The numbers as the database counts them: they must say what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from civicloop.cases.models import Case, CaseStep
from civicloop.insight.queries import GROUPS, first_report, rates, states
from civicloop.insight.rules.rates import Facts, Period, Tally, tally_of
from civicloop.insight.telling import as_data
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Grid, Unit
from civicloop.standards import reference
from civicloop.standards.models import Category, Pack
from tests.insight.made_up import START, cases_of_any_kind

DAY = timedelta(days=1)
WEEK = Period(START + 3 * DAY, START + 10 * DAY)
AS_OF = START + 14 * DAY


class House:
    """A town with a community, a department, a grid in the community, two categories."""

    def __init__(self) -> None:
        self.post = Unit.objects.create(code="post", name="Post", kind="command_post")
        self.town = Unit.objects.create(code="town", name="Town", kind="town", parent=self.post)
        self.village = Unit.objects.create(code="village", name="Village", kind="community", parent=self.town)
        self.office = Unit.objects.create(code="office", name="Office", kind="department", parent=self.post)
        square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
        self.grid = Grid.objects.create(
            code="350212001001001", name="Grid", unit=self.village, outline=square, west=0, south=0, east=1, north=1
        )
        pack = Pack.objects.create(code="small", edition="1", title="Small", digest="0", loaded_at=START)
        self.categories = [
            Category.objects.create(pack=pack, code=code, name=code, kind="matter") for code in ("06010", "09010")
        ]

    def keep(self, cases: Sequence[Facts], rng: Random) -> list[Case]:
        """Rows for these facts, spread over the groups."""
        main = self._row(
            replace(cases[0], state="reported", ended_at=None, act_by=START, reported_at=START - 99 * DAY), rng
        )
        main.save()
        rows = [self._row(case, rng, main) for case in cases]
        Case.objects.bulk_create(rows)
        steps = []
        for row, case in zip(rows, cases, strict=True):
            steps += [
                CaseStep(case=row, seq=seq, name="rectify", at=at, state_before="accepted", state_after="rectified")
                for seq, at in enumerate(case.rectified, start=1)
            ]
        CaseStep.objects.bulk_create(steps)
        main.delete() if not any(row.state == "merged" for row in rows) else None
        return rows

    def _row(self, case: Facts, rng: Random, main: Case | None = None) -> Case:
        unit = rng.choice([self.village, self.office])
        return Case(
            state=case.state, category=rng.choice(self.categories), owner=unit, unit=unit, grid=rng.choice([self.grid, None]),
            area_class=rng.choice("ABC"), reported_at=case.reported_at, received_at=case.reported_at,
            filed_at=case.filed_at, dispatched_at=case.dispatched_at, due_at=case.due_at, act_by=case.act_by or (
                None if case.ended_at else START), rectified_at=case.rectified_at, closed_at=case.closed_at,
            ended_at=case.ended_at, excused=case.excused, returned_count=case.returned, sent_back_count=case.sent_back,
            supervised=case.supervised, merged_into=main if case.state == "merged" else None,
        )  # fmt: skip


@pytest.fixture
def house(db: None) -> House:
    return House()


def told(case: Facts) -> Tally:
    return tally_of(case, WEEK, AS_OF)


class RulesAndDatabase(TestCase):  # type: ignore[misc]
    """Each example in a transaction of its own."""

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(cases_of_any_kind().filter(lambda case: case.state != "merged"), min_size=1, max_size=12))
    def test_the_database_counts_as_the_rules_say(self, cases: list[Facts]) -> None:
        House().keep(cases, Random(1))

        report = rates(WEEK, as_of=AS_OF, ref=reference.now())

        assert report.total.tally == sum((told(case) for case in cases), Tally())

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(cases_of_any_kind().filter(lambda case: case.state != "merged"), min_size=1, max_size=12))
    def test_groups_add_up_to_the_whole_however_they_are_made(self, cases: list[Facts]) -> None:
        House().keep(cases, Random(2))
        ref = reference.now()
        whole = rates(WEEK, as_of=AS_OF, ref=ref).total.tally

        for group_by in set(GROUPS) - {"all"}:
            groups = rates(WEEK, as_of=AS_OF, ref=ref, group_by=group_by).groups
            assert sum((group.tally for group in groups), Tally()) == whole


some = Facts(
    "closed", START + 4 * DAY, filed_at=START + 4 * DAY, dispatched_at=START + 4 * DAY, due_at=START + 6 * DAY,
    rectified_at=START + 5 * DAY, closed_at=START + 5 * DAY, ended_at=START + 5 * DAY, rectified=(START + 5 * DAY,),
)  # fmt: skip


def test_a_merged_case_is_counted_as_merged(house: House) -> None:
    house.keep([replace(some, state="merged", closed_at=None)], Random(1))

    assert rates(WEEK, as_of=AS_OF, ref=reference.now()).total.tally.merged == 1


def test_a_recurrence_counts_against_the_unit_that_closed_the_first_case(house: House) -> None:
    first, second = house.keep([some, replace(some, reported_at=START + 9 * DAY)], Random(3))
    Case.objects.filter(pk=second.pk).update(recurrence_of=first)

    groups = rates(WEEK, as_of=AS_OF, ref=reference.now(), group_by="unit").groups

    assert {group.code: group.tally.closed_came_back for group in groups}[first.unit.code] == 1
    assert sum(group.tally.closed_came_back for group in groups) == 1


def test_a_recurrence_that_was_voided_is_none(house: House) -> None:
    first, second = house.keep([some, replace(some, state="voided", closed_at=None)], Random(3))
    Case.objects.filter(pk=second.pk).update(recurrence_of=first)

    assert rates(WEEK, as_of=AS_OF, ref=reference.now()).total.tally.closed_came_back == 0


def test_rectified_twice_is_one_case(house: House) -> None:
    house.keep([replace(some, rectified=(START + 4 * DAY, START + 5 * DAY), sent_back=1)], Random(1))

    tally = rates(WEEK, as_of=AS_OF, ref=reference.now()).total.tally

    assert (tally.rectified, tally.rectified_sent_back) == (1, 1)


def test_a_town_has_the_cases_on_its_ground_whoever_handles_them(house: House) -> None:
    rows = house.keep([some] * 12, Random(4))

    groups = {
        group.code: group.tally.closed
        for group in rates(WEEK, as_of=AS_OF, ref=reference.now(), group_by="town").groups
    }

    inside = sum(row.grid_id is not None for row in rows)
    assert groups == {"town": inside, "": 12 - inside}


def test_only_the_cases_one_may_see_are_counted(house: House) -> None:
    rows = house.keep([some] * 6, Random(5))
    seen = Case.objects.filter(unit=house.office)

    report = rates(WEEK, as_of=AS_OF, ref=reference.now(), cases=seen)

    expected = sum(row.unit_id == house.office.pk for row in rows)
    assert report.total.tally.closed == report.total.tally.rectified == expected
    assert report.states == {"closed": expected}


@pytest.mark.parametrize("group_by", sorted(GROUPS))
def test_statements_do_not_grow_with_cases_or_groups(house: House, group_by: str) -> None:
    ref = reference.now()
    _ = ref.org.units, ref.grids.grids, ref.categories.categories
    counted = []
    for many in (1, 40):
        house.keep([some] * many, Random(many))
        with CaptureQueriesContext(connection) as statements:
            rates(WEEK, as_of=AS_OF, ref=ref, group_by=group_by)
        counted.append(len(statements))

    assert counted[0] == counted[1] <= 6


def test_an_unknown_group_is_refused_with_what_could_be_asked(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        rates(WEEK, as_of=AS_OF, ref=reference.now(), group_by="moon")

    assert refused.value.field == "by"
    assert "unit" in refused.value.params["known"]


def test_an_empty_house_has_numbers_too(house: House) -> None:
    report = rates(WEEK, as_of=AS_OF, ref=reference.now(), group_by="unit")

    assert (report.groups, report.states, first_report()) == ((), {}, None)
    assert report.total.rates["on_time_rate"].value is None


def test_states_are_counted_as_of_the_moment(house: House) -> None:
    house.keep([some, replace(some, state="accepted", closed_at=None, ended_at=None, act_by=START)], Random(1))

    assert states(AS_OF) == {"accepted": 1, "closed": 1}
    assert states(datetime(2020, 1, 1, tzinfo=UTC)) == {}


def test_the_data_keeps_its_keys(house: House) -> None:
    house.keep([some], Random(1))

    data = as_data(rates(WEEK, as_of=AS_OF, ref=reference.now(), group_by="category"))

    assert list(data) == ["as_of", "period", "by", "states", "total", "groups"]
    assert list(data["groups"][0]) == ["code", "name", "counts", "rates"]
    assert data["total"]["rates"]["on_time_rate"] == {
        "rule": "on_time_rate", "value": 1.0, "numerator": 1, "denominator": 1, "as_of": AS_OF.isoformat(),
    }  # fmt: skip
