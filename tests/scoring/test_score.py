"""The score read from rows: as of any moment, by the round's own edition, opened down to the photo."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from civicloop.inspection.models import DrawnPoint, Observation, ObservationPhoto
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Point
from civicloop.photos.models import Photo
from civicloop.scoring import queries
from civicloop.scoring.rules.plain import book_data, canonical
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import reference
from civicloop.standards.rules.assessment import Deduction, LadderStep, Repeat, ScoringRules
from civicloop.standards.rules.shapes import Text
from tests.cast import MONDAY_NINE, City, hours
from tests.scoring.town import Town, all_met, build, edition

LATER = MONDAY_NINE + timedelta(days=7)


@pytest.fixture
def town(city: City) -> Town:
    return build(city, edition())


def score(town: Town, **how: Any) -> Any:
    scope = how.pop("scope", Scope((town.round.pk,)))
    return queries.score(scope, as_of=how.pop("as_of", LATER), ref=reference.now(), **how)


def test_a_round_that_nobody_has_visited_has_no_score_and_says_so(town: Town) -> None:
    book = score(town)

    assert book.city.value is None
    assert book.city.estimate.how == "none"
    assert book.city.estimate.population == 12
    assert dict(book.left_out)["strata_not_visited"] == 4
    assert all(not group.rows and group.unranked for group in book.groups)


def test_points_are_weighted_by_the_places_they_stand_for(town: Town) -> None:
    town.visit("STREET-lotus-0", all_met("STREET"))
    town.visit("STREET-willow-0", all_met("STREET", i1="not_met"))

    book = score(town)

    assert book.types[1].value == pytest.approx((100 + 90) / 2)
    assert book.city.value == pytest.approx(95)
    assert book.city.estimate.n == 2
    assert book.city.estimate.low <= 95 <= book.city.estimate.high


def test_only_what_was_judged_by_then_enters(town: Town) -> None:
    town.visit("STREET-lotus-0", all_met("STREET"))
    town.visit("STREET-lotus-1", all_met("STREET", i4="not_met"), at=MONDAY_NINE + hours(4))

    assert score(town, as_of=MONDAY_NINE + hours(1)).city.value == 100
    assert score(town).city.value == pytest.approx(80)


def test_the_same_moment_is_the_same_bytes_whatever_comes_later(town: Town) -> None:
    town.visit("STREET-lotus-0", all_met("STREET", i1="not_met"))
    before = canonical(book_data(score(town, as_of=MONDAY_NINE + hours(1))))

    town.visit("STREET-lotus-1", all_met("STREET"), at=MONDAY_NINE + hours(2))
    Point.objects.update(point_type="OTHER", unit=town.city.willow)
    edition("2026")

    assert canonical(book_data(score(town, as_of=MONDAY_NINE + hours(1)))) == before
    assert canonical(book_data(score(town, as_of=MONDAY_NINE + hours(3)))) != before


def test_a_round_is_judged_by_its_own_edition_after_the_pack_has_changed(town: Town) -> None:
    town.visit("STREET-lotus-0", all_met("STREET", i1="not_met"))
    new = edition("2026", ScoringRules(methods={"site": 1.0}, sure="low", cap=50.0))

    assert score(town).city.value == pytest.approx(90)
    assert score(town).edition.name == "2025"
    assert score(town, edition_id=new.pk).city.value == pytest.approx(50)


def test_the_first_judged_of_two_visits_counts(town: Town) -> None:
    first = town.visit("STREET-lotus-0", all_met("STREET"))
    town.visit("STREET-lotus-0", all_met("STREET", i4="not_met"), at=MONDAY_NINE + hours(2), by=1, twin=first)

    book = score(town)

    assert book.city.value == 100
    assert dict(book.left_out)["second_visits"] == 1


def test_look_back_visits_do_not_enter(town: Town) -> None:
    town.visit("STREET-lotus-0", all_met("STREET"))
    DrawnPoint.objects.filter(pk=town.drawn["STREET-lotus-1"].pk).update(role="look_back")
    town.visit("STREET-lotus-1", all_met("STREET", i4="not_met"))

    book = score(town)

    assert book.city.value == 100
    assert dict(book.left_out)["look_back_visits"] == 1


def test_a_reserve_stands_for_the_place_it_replaced(town: Town) -> None:
    gone, reserve = town.drawn["STREET-lotus-0"], town.drawn["STREET-willow-2"]
    DrawnPoint.objects.filter(pk=reserve.pk).update(role="reserve", replaces=gone)
    town.visit("STREET-willow-2", all_met("STREET", i4="not_met"))

    areas = {node.key: node for node in score(town).types[1].children}

    assert areas["LOTUS"].estimate.n == 1
    assert areas["WILLOW"].estimate.n == 0


def test_a_fault_found_again_weighs_more(city: City) -> None:
    rules = ScoringRules(methods={"site": 1.0}, sure="low", repeat=Repeat(30, 2.0))
    town = build(city, edition("r", rules))
    town.visit("STREET-lotus-0", all_met("STREET", i4="not_met"))
    week = timedelta(days=7)
    again = build(
        city,
        town.round.edition,
        code="2026-49",
        starts_on=MONDAY_NINE.date() + week,
        ends_on=MONDAY_NINE.date() + 2 * week,
    )
    again.visit("STREET-lotus-0", all_met("STREET", i4="not_met"), at=MONDAY_NINE + week)

    book = score(again, as_of=MONDAY_NINE + 2 * week)

    assert book.city.value == pytest.approx(100 * 6 / 14)
    item = queries.node(
        Scope((again.round.pk,)), "point:STREET-lotus-0/item:STREET-4", as_of=LATER + week, ref=reference.now()
    )
    assert item.said["repeated"] is True


def test_every_score_opens_down_to_observation_and_photo(town: Town) -> None:
    visit = town.visit("STREET-lotus-0", all_met("STREET", i2="not_met"))
    case = town.city.report()
    seen = Observation.objects.get(visit=visit, item="STREET-2")
    Observation.objects.filter(pk=seen.pk).update(case=case)
    sha256 = hashlib.sha256(b"x").hexdigest()
    photo = Photo.objects.create(
        sha256=sha256, media_type="image/jpeg", size=1, width=1, height=1, received_at=MONDAY_NINE
    )
    ObservationPhoto.objects.create(observation=seen, photo=photo, kind="near")
    found = queries.read(Scope((town.round.pk,)), as_of=LATER, ref=reference.now())

    kind = next(one for one in found.book.types if one.key == "STREET")
    area = found.node(f"type:{kind.key}/area:{kind.children[0].key}")
    point = found.node(f"type:{kind.key}/area:LOTUS/point:{area.children[0].key}")
    leaf = found.node(f"point:{point.key}/visit:{visit.uid}/item:STREET-2/observation:{seen.uid}")

    assert area.children[0].name == "lotusSTREET0"
    assert (point.got, point.possible) == (8, 10)
    assert leaf.refs == {
        "observation": str(seen.uid), "visit": str(visit.uid), "case": str(case.uid), "photos": (sha256,),
    }  # fmt: skip


def test_a_path_that_leads_nowhere_is_refused(town: Town) -> None:
    found = queries.read(Scope((town.round.pk,)), as_of=LATER, ref=reference.now())

    for path in ("nonsense", "type:NONE", "unit:nobody", "point:nowhere", "question:none", "point:"):
        with pytest.raises(NotFound):
            found.node(path)


def test_a_score_takes_few_statements_whatever_the_size(town: Town, django_assert_max_num_queries: Any) -> None:
    for code in town.drawn:
        town.visit(code, all_met(code.split("-")[0]))
    ref = reference.now()
    ref.org  # noqa: B018  (read beforehand, as every page has it)

    with django_assert_max_num_queries(12) as captured:
        queries.score(Scope((town.round.pk,)), as_of=LATER, ref=ref)

    assert isinstance(captured, CaptureQueriesContext)


def test_units_lose_points_for_their_cases_by_the_ladder(city: City) -> None:
    ladder = (LadderStep(1, 1.0), LadderStep(2, 2.0))
    rules = ScoringRules(
        methods={"site": 1.0}, sure="low",
        deductions=(
            Deduction("found", Text("暗访发现"), "found", ladder, "low", "inspection", at_most=2.5),
            Deduction("sent_back", Text("退回重办"), "sent_back", ladder, "low"),
        ),
    )  # fmt: skip
    town = build(city, edition("d", rules))
    town.visit("STREET-lotus-0", all_met("STREET"))
    for number in range(3):
        case = city.report(source="inspection", at=MONDAY_NINE + hours(number))
        city.walk("dispatched", case=case, at=MONDAY_NINE + hours(number), unit="lotus")

    book = score(town)
    lotus = book.unit(city.lotus.pk)

    assert [(one.key, one.count, one.points) for one in book.deductions] == [("found", 3, 2.5)]
    assert lotus.value == pytest.approx(97.5)
    assert lotus.said["before_deductions"] == 100
    assert len(next(one for one in lotus.children if one.kind == "deduction").refs["cases"]) == 3
    assert score(town, as_of=MONDAY_NINE - hours(1)).deductions == ()
