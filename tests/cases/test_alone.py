"""Can one person bring a case to its end alone? Every door takes the same steps; here they are tried one after the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import ENDED, LIFECYCLE
from civicloop.kernel.refusal import NotAllowed, Refused
from civicloop.organisation import actions as organisation
from civicloop.organisation.rules.roles import Role
from tests.cast import MONDAY_NINE, SINCE, City, hours

pytestmark = pytest.mark.django_db


def _everything(city: City) -> Any:
    """One person with every post that takes part, at the top of the city and in the town."""
    person = organisation.add_person(
        username="alone", name="独行", phone="13800000000", password="lotus-pond-2026", by=None, at=MONDAY_NINE
    )
    posts = [(role, "command") for role in (Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.SUPERVISOR, Role.REPORTER)]
    posts += [(role, unit) for role in (Role.UNIT_HANDLER, Role.UNIT_LEADER) for unit in ("lotus", "command")]
    for role, unit in posts:
        organisation.appoint(person=person, role=role, unit=city.units[unit], starts_on=SINCE, by=None, at=MONDAY_NINE)
    return person


def _given(step: str, city: City, person: Any, at: datetime, main: Case) -> dict[str, Any]:
    """All that a step needs, as a form would give it."""
    told = {
        "category": str(city.parking.uid), "unit": "LOTUS", "units": ["WILLOW"], "note": "好了", "reason": "好了", "plan": "下月",
        "person": str(person.uid), "review_on": (at + timedelta(days=10)).date().isoformat(), "into": str(main.uid),
        "amount": "1", "unit_of_time": "work_hour", "whistle_kind": "ordinary", "place": "桥头", "score": "90",
        "meet_at": (at + hours(1)).isoformat(), "party": "供电", "answer_by": (at + hours(30)).isoformat(), "ground": "lateness",
        "verdict": "granted", "forward": "",
    }  # fmt: skip
    row = LIFECYCLE[step]
    return {name: told[name] for name in row.needs}


def test_who_has_every_post_still_cannot_close_a_case_he_has_handled(city: City) -> None:
    """Every step is tried again and again; what is refused is refused, the others are taken."""
    person, main = _everything(city), city.walk("accepted", address="别处")
    case, at = city.report(category="parking"), MONDAY_NINE + hours(1)
    # Without having handled it he may end it as a mistake, or as the same twice; and what only leads back is left out.
    ends = {"void", "merge", "return", "recall", "suspend", "split", "send_back"}
    for _ in range(4):
        for step in sorted({row.name for row in LIFECYCLE} - ends):
            at += timedelta(minutes=1)
            try:
                actions.take(case.uid, step, by=person, at=at, given=_given(step, city, person, at, main))
            except Refused:
                continue
    case.refresh_from_db()
    assert case.steps.filter(name="rectify", by=person).exists(), "he got as far as his own work goes"
    assert case.state not in ENDED
    assert not case.steps.filter(name__in=["verify", "close"]).exists()


@pytest.mark.parametrize("step", ["void", "merge", "recall"])
@pytest.mark.parametrize("returned_by", ["alone", "handler"])
def test_nobody_takes_a_case_out_of_the_counts_that_his_unit_has_just_given_back(
    city: City, step: str, returned_by: str
) -> None:
    person, main = _everything(city), city.walk("accepted", unit="willow", address="别处")
    case, at = city.walk("dispatched"), MONDAY_NINE + hours(1)
    who = person if returned_by == "alone" else city.handler
    actions.take(case.uid, "return", by=who, at=at, given={"reason": "不归我们"})

    with pytest.raises(NotAllowed):
        actions.take(case.uid, step, by=person, at=at + hours(0.1), given=_given(step, city, person, at, main))
    case.refresh_from_db()
    assert case.state == "filed"


def test_the_desk_may_still_void_what_a_unit_has_returned(city: City) -> None:
    case, at = city.walk("dispatched"), MONDAY_NINE + hours(1)
    actions.take(case.uid, "return", by=city.handler, at=at, given={"reason": "不归我们"})
    assert actions.take(case.uid, "void", by=city.dispatcher, at=at, given={"reason": "误报"}).state == "voided"
