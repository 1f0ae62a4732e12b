"""What asking whole buildings costs is measured in the answers, and guessed only where they cannot say it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.surveys.rules.clustering import LEAST_DEGREES, mean_size, measured
from civicloop.surveys.rules.design import cluster_effect
from civicloop.surveys.rules.questionnaire import Paper, read
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.weighting import Ground

YES, NO = ({"code": code, "text": code, "counts": counts} for code, counts in (("a", "yes"), ("b", "no")))
GROUND = {"A": Ground(60_000, {}), "B": Ground(40_000, {})}


def paper() -> Paper:
    ages = [{"code": "young", "text": "young"}, {"code": "old", "text": "old"}]
    return read({
        "code": "x", "version": 1, "title": "t", "lead": "l", "about": [{"code": "age", "text": "?", "choices": ages}],
        "questions": [{"code": "q", "text": "?", "choices": [YES, NO]}],
    })  # fmt: skip


def asked(draw: random.Random, *, alike: float, buildings: int = 30, each: int = 8) -> list[Answered]:
    """Answers from so many buildings of each town. In a building the share of yes varies as neighbours are alike (beta)."""
    rows = []
    for town, mind in (("A", 0.7), ("B", 0.5)):
        for number in range(buildings):
            spread = 1 / alike - 1 if alike else 0.0
            yes = draw.betavariate(mind * spread, (1 - mind) * spread) if alike else mind
            for place in range(each):
                age = "young" if place % 4 == 0 else "old"
                told = {"q": "a" if draw.random() < yes else "b", "age": age}
                rows.append(Answered(town, "household", told, str(number + 1)))
    return rows


def told(rows: Sequence[Answered], **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = results(rows, paper(), GROUND, least=5, **more)["questions"][0]
    return found


def test_the_correlation_in_buildings_is_found_in_the_answers() -> None:
    draw = random.Random(20261122)
    found = [told(asked(draw, alike=0.2))["clusters"]["alike"] for _ in range(60)]

    assert sum(found) / len(found) == pytest.approx(0.2, abs=0.03)


def test_neighbours_who_are_not_alike_cost_next_to_nothing() -> None:
    draw = random.Random(7)
    found = [told(asked(draw, alike=0.0), effect=2.4)["clusters"]["effect"] for _ in range(40)]

    assert sum(found) / len(found) < 1.15, "whatever had been assumed"


def test_intervals_of_a_clustered_sample_hold_the_truth_nineteen_times_in_twenty_and_plain_ones_do_not() -> None:
    draw, repeats = random.Random(11), 400
    truth = 0.6 * 0.7 + 0.4 * 0.5
    held = plain = 0
    for _ in range(repeats):
        rows = asked(draw, alike=0.25)
        one = told(rows)
        held += one["low"] <= truth <= one["high"]
        alone = told([Answered(row.stratum, row.channel, row.answers) for row in rows])
        plain += alone["low"] <= truth <= alone["high"]

    assert 0.92 <= held / repeats <= 0.98
    assert plain / repeats < 0.85


def test_an_age_band_pays_only_for_its_own_neighbours() -> None:
    one = told(asked(random.Random(3), alike=0.3))
    alike = one["clusters"]["alike"]
    young, old = one["by"]["age"]["rows"]

    assert one["clusters"]["effect"] == pytest.approx(cluster_effect(8, alike), abs=0.01)
    assert 1.0 < young["effect"] < old["effect"] < one["effect"] * 1.05


def test_with_too_few_buildings_the_assumed_effect_stands_and_is_told_as_assumed() -> None:
    rows = asked(random.Random(5), alike=0.4, buildings=LEAST_DEGREES // 2)
    few = results(rows, paper(), GROUND, effect=1.7, least=5)
    one = few["questions"][0]["clusters"]

    assert one == {"effect": 1.7, "measured": False, "alike": None, "many": LEAST_DEGREES}
    assert (few["weighting"]["measured"], few["weighting"]["assumed"]) == (0, 1.7)
    enough = results(
        asked(random.Random(5), alike=0.4, buildings=LEAST_DEGREES // 2 + 1), paper(), GROUND, effect=1.7, least=5
    )
    assert enough["questions"][0]["clusters"]["measured"] is True
    assert enough["weighting"]["measured"] == 1


def test_answers_of_nobodys_building_are_as_planned() -> None:
    rows = [Answered(row.stratum, row.channel, row.answers) for row in asked(random.Random(5), alike=0.4)]
    assert told(rows, effect=1.3)["clusters"] == {"effect": 1.3, "measured": False, "alike": None, "many": 0}


PLACES = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "1", "2", "3"])), max_size=60)


@given(PLACES)
def test_a_cluster_has_one_answer_at_least_and_never_more_than_its_largest(places: list[tuple[str, str]]) -> None:
    largest = max((places.count(one) for one in places if one[1]), default=1)
    assert 1.0 <= mean_size(places) <= largest


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(1, 40)), min_size=2, max_size=120))
def test_what_is_measured_is_never_a_gain_and_never_more_than_copies(rows: list[tuple[float, int]]) -> None:
    places = [("a", str(number)) for _residue, number in rows]
    found = measured([residue for residue, _number in rows], places, least=1)

    if found is not None:
        assert 0.0 <= found.alike <= 1.0
        assert 1.0 <= found.effect(places) <= mean_size(places) + 1e-9


def test_copies_of_one_answer_are_worth_one_answer() -> None:
    draw = random.Random(1)
    one = [float(draw.random() < 0.5) - 0.5 for _ in range(40)]
    residues, places = (
        [value for value in one for _ in range(6)],
        [("a", str(at)) for at in range(40) for _ in range(6)],
    )
    found = measured(residues, places)

    assert found is not None
    assert found.effect(places) == pytest.approx(6, rel=0.05)
