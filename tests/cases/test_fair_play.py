"""What must not be possible: taking one's own case out of the counts, backdating, answering for others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases import actions
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.organisation import actions as organisation
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours

pytestmark = pytest.mark.django_db
LATER = MONDAY_NINE + timedelta(days=3)


@pytest.mark.parametrize(
    ("step", "role", "given"),
    [("void", "filer", {"reason": "x"}), ("recall", "dispatcher", {"reason": "x"})],
)
def test_nobody_takes_his_own_units_case_out_of_the_counts(city: City, step: str, role: str, given: Any) -> None:
    case = city.walk("accepted")
    person = city.people[role]
    organisation.appoint(
        person=person, role="unit_handler", unit=city.lotus, starts_on=MONDAY_NINE.date(), by=None, at=MONDAY_NINE
    )

    with pytest.raises(NotAllowed):
        actions.take(case.uid, step, by=person, at=LATER, given=given)


def test_a_report_cannot_be_backdated_into_past_months(city: City) -> None:
    with pytest.raises(Invalid) as refused:
        city.report(noted_at=MONDAY_NINE - timedelta(days=31))
    assert refused.value.code == "noted_too_long_ago"

    assert city.report(noted_at=MONDAY_NINE - timedelta(days=2)).reported_at == MONDAY_NINE - timedelta(days=2)


def test_whoever_answers_for_a_suspended_case_belongs_to_its_unit(city: City) -> None:
    case = city.walk("accepted")
    given = {"plan": "x", "review_on": "2026-12-20", "person": "other_leader"}
    with pytest.raises(Invalid) as refused:
        actions.take(case.uid, "suspend", by=city.supervisor, at=MONDAY_NINE + hours(2), given=given)
    assert refused.value.code == "not_of_the_unit"


def test_nobody_is_whistled_to_a_meeting_that_is_over(city: City) -> None:
    case = city.walk("accepted")
    given = {"whistle_kind": "ordinary", "units": ["URBAN"], "place": "x", "meet_at": "2026-11-20T09:00:00+08:00"}
    with pytest.raises(Invalid) as refused:
        actions.take(case.uid, "whistle", by=city.handler, at=MONDAY_NINE + hours(2), given=given)
    assert refused.value.code == "lies_in_the_past"


def test_a_unit_has_one_part_of_a_case_at_a_time(city: City) -> None:
    case = city.walk("accepted")
    actions.split(case.uid, unit_ids=[city.urban.pk], by=city.dispatcher, at=MONDAY_NINE + hours(2))
    for unit in (city.urban, city.lotus):
        with pytest.raises(Conflict):
            actions.split(case.uid, unit_ids=[unit.pk], by=city.dispatcher, at=MONDAY_NINE + hours(2))


def test_a_component_is_named_apart_from_the_matter_of_the_same_code(city: City) -> None:
    from civicloop.organisation.actions import bump
    from civicloop.standards.models import Category

    component = Category.objects.create(pack=city.litter.pack, code="06010", kind="component", name="部件")
    bump("standards")
    book = reference.now().categories

    assert book.by_code("06010").id == city.litter.pk
    assert book.by_code("component:06010").id == component.pk
    assert book.by_code("matter:06010").id == city.litter.pk
