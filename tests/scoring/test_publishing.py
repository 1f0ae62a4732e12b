"""Published scores are kept whole and come out the same when they are reckoned again; the negative list with its window."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.organisation.models import Unit
from civicloop.organisation.revisions import bump
from civicloop.scoring import actions, queries
from civicloop.scoring.commands import score as command
from civicloop.scoring.models import NegativeEvent, Publication
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours
from tests.scoring.town import Town, all_met, build, edition

LATER = MONDAY_NINE + timedelta(days=2)
CLAUSES = {
    "N1": {"code": "N1", "text": {"zh_Hans": "发生重大事故"}, "consequence": "deduct", "window_months": 12, "sure": "low",
           "points": 3.0},
    "N2": {"code": "N2", "text": {"zh_Hans": "弄虚作假"}, "consequence": "suspend", "window_months": 6, "sure": "low"},
}  # fmt: skip


@pytest.fixture
def town(city: City) -> Town:
    made = build(city, edition(negative=CLAUSES))
    made.visit("STREET-lotus-0", all_met("STREET", i1="not_met"))
    made.visit("STREET-willow-0", all_met("STREET"))
    return made


def publish(town: Town, **how: Any) -> Publication:
    given = {
        "scope": Scope((town.round.pk,)),
        "as_of": LATER,
        "title": "第48周",
        "by": town.city.supervisor,
        "at": LATER,
    }
    return actions.publish_score(**{**given, **how})


def book(town: Town, as_of: Any = LATER) -> Any:
    return queries.score(Scope((town.round.pk,)), as_of=as_of, ref=reference.now())


def test_a_published_score_comes_out_the_same_after_units_were_renamed_and_moved(town: Town) -> None:
    found = publish(town)
    Unit.objects.filter(pk=town.city.lotus_north.pk).update(name="新社区", parent=town.city.willow)
    bump("organisation")
    town.visit("STREET-lotus-1", all_met("STREET"), at=LATER + hours(1))

    assert queries.verify(found, ref=reference.now()).same


def test_whoever_changes_what_was_published_is_found_out(town: Town) -> None:
    found = publish(town)
    found.content["city"]["estimate"]["value"] = 99.0
    verdict = queries.verify(found, ref=reference.now())

    assert not verdict.same
    assert set(verdict.differs) == {"city", "content"}


def test_whoever_changes_what_was_observed_is_found_out(town: Town) -> None:
    found = publish(town)
    from civicloop.inspection.models import Observation

    Observation.objects.filter(answer="not_met").update(answer="met")

    assert "city" in queries.verify(found, ref=reference.now()).differs


def test_only_a_city_wide_supervisor_publishes_and_only_what_was_judged(town: Town) -> None:
    for who in ("leader", "filer", "auditor", "system_admin"):
        with pytest.raises(NotAllowed):
            publish(town, by=town.city.people[who])
    with pytest.raises(Invalid):
        publish(town, as_of=MONDAY_NINE - hours(1))
    with pytest.raises(Invalid):
        publish(town, as_of=LATER + hours(1))


def test_the_negative_list_counts_within_its_window_and_until_it_is_revoked(town: Town) -> None:
    by, before = town.city.supervisor, book(town).city.value
    event = actions.record_negative_event(
        clause="N1", happened_on=date(2026, 3, 1), note="通报", by=by, at=MONDAY_NINE + hours(1)
    )
    actions.record_negative_event(
        clause="N2", happened_on=date(2026, 11, 1), note="台账造假", unit_id=town.city.lotus.pk, by=by, at=MONDAY_NINE
    )
    actions.record_negative_event(clause="N1", happened_on=date(2025, 11, 25), note="旧", by=by, at=MONDAY_NINE)

    now = book(town)
    assert [(one.clause, one.points, one.until) for one in now.negative] == [
        ("N1", 3.0, date(2027, 3, 1)), ("N2", 0.0, date(2027, 5, 1)),
    ]  # fmt: skip
    assert now.city.value == pytest.approx(before - 3)
    assert now.city.said["before_deductions"] == pytest.approx(before)

    actions.revoke_negative_event(event_uid=event.uid, reason="误记", by=by, at=LATER)
    assert book(town, LATER + hours(1)).city.value == pytest.approx(before)
    assert book(town, LATER - hours(1)).city.value == pytest.approx(before - 3)
    with pytest.raises(Conflict):
        actions.revoke_negative_event(event_uid=event.uid, reason="再次", by=by, at=LATER)


def test_the_negative_list_takes_known_clauses_that_have_happened_from_supervisors(town: Town) -> None:
    def record(**how: Any) -> NegativeEvent:
        given = {"clause": "N1", "happened_on": date(2026, 3, 1), "note": "x", "by": town.city.supervisor, "at": LATER}
        return actions.record_negative_event(**{**given, **how})

    for wrong in ({"clause": "N9"}, {"happened_on": date(2027, 1, 1)}, {"note": " "}):
        with pytest.raises(Invalid):
            record(**wrong)
    with pytest.raises(NotAllowed):
        record(by=town.city.leader)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, list(arguments))


def test_the_command_says_the_same_twice_and_opens_any_node(town: Town) -> None:
    asked = ("--round", "2026-48", "--as-of", "2026-11-25")
    first, second = run(*asked, "--json"), run(*asked, "--json")

    assert first.exit_code == 0, first.output
    assert first.output == second.output
    assert json.loads(first.output)["city"]["estimate"]["value"] == pytest.approx(95)
    assert "STREET" in run(*asked).output
    assert "point:STREET-lotus-0" in run(*asked, "--explain", "type:STREET/area:LOTUS").output
    told = run(*asked, "--unit", "LOTUS", "--json")
    assert told.exit_code == 0, told.exception
    assert json.loads(told.output)["key"] == "LOTUS"
    assert run().exit_code == 2


def test_the_command_verifies_what_was_published(town: Town) -> None:
    found = publish(town)
    assert str(found.uid) in run("verify").output
    assert run("verify", str(found.uid)).exit_code == 0

    Publication.objects.update(digest="0" * 64)
    assert run("verify").exit_code == 1
