"""The arithmetic of surveys: sizes, weights, intervals, what is hidden."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Invalid
from civicloop.surveys.rules import comparing, design, questionnaire
from civicloop.surveys.rules.estimating import Estimate, estimate, wilson
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.suppressing import hidden
from civicloop.surveys.rules.weighting import Ground, weigh
from tests.environment import ROOT

PAPER = ROOT / "packs" / "questionnaires" / "residents.yaml"
TOWNS = {"莲花": 60_000, "柳塘": 30_000, "五显": 10_000}


def paper() -> questionnaire.Paper:
    return questionnaire.read(yaml.safe_load(Path(PAPER).read_text(encoding="utf-8")))


# Sizes


@pytest.mark.parametrize(
    ("margin", "population", "answers"), [(0.05, 10**9, 385), (0.04, 10**9, 601), (0.05, 1000, 278), (0.05, 100, 80)]
)
def test_sizes_are_those_of_the_books(margin: float, population: int, answers: int) -> None:
    assert design.size_for(margin, population) == answers


def test_a_hundred_answers_in_a_street_are_worth_ten_points_either_way() -> None:
    assert design.margin_of(100, 10**9) == pytest.approx(0.098, abs=0.0005)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(2, 200_000), min_size=1, max_size=12),
    st.sampled_from([0.02, 0.03, 0.05, 0.1]), st.sampled_from(["proportional", "equal"]),
)  # fmt: skip
def test_a_plan_reaches_its_margin_and_asks_nobody_twice(people: dict[str, int], margin: float, how: str) -> None:
    made = design.plan(people, margin=margin, how=how)

    assert made.margin <= margin + 1e-12
    assert made.answers == sum(part.answers for part in made.parts.values())
    assert all(part.answers <= part.asked <= part.population for part in made.parts.values())


def test_one_answer_fewer_would_not_do() -> None:
    made = design.plan(TOWNS, margin=0.05)
    fewer = design.allocate(made.answers - 1, TOWNS, "proportional")

    assert design.stratified_margin(fewer, TOWNS) > 0.05


def test_equal_shares_cost_answers_for_the_city_and_help_small_towns() -> None:
    fair, equal = (design.plan(TOWNS, margin=0.05, how=how) for how in ("proportional", "equal"))

    assert equal.answers > fair.answers
    assert equal.parts["五显"].margin < fair.parts["五显"].margin


def test_each_town_by_itself_needs_about_as_many_as_the_city() -> None:
    made = design.plan(TOWNS, margin=0.098, aim="each", response=0.5)

    assert {part.answers for part in made.parts.values()} == {100}
    assert made.asked == 2 * made.answers


@pytest.mark.parametrize(
    ("people", "more", "field"),
    [
        ({}, {}, "population"), ({"a": 0}, {}, "population"), (TOWNS, {"margin": 0.0}, "margin"),
        (TOWNS, {"response": 0.0}, "response"),
        (TOWNS, {"how": "by_taste"}, "allocation"), (TOWNS, {"aim": "none"}, "aim"),
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(people: dict[str, int], more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        design.plan(people, **{"margin": 0.05, **more})  # type: ignore[arg-type]
    assert refused.value.field == field


# Weights

AGES = st.sampled_from(["young", "old", ""])
ANSWERS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), AGES), min_size=1, max_size=60)


@given(
    ANSWERS, st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 9000)), min_size=3, max_size=3), st.booleans(),
    st.integers(1, 4),
)  # fmt: skip
def test_weights_sum_to_the_population(
    answers: list[tuple[str, str]], many: list[tuple[int, int]], known: bool, least: int
) -> None:
    ground = {
        name: Ground(young + old, {"young": young, "old": old} if known else {})
        for name, (young, old) in zip("abc", many, strict=True)
    }
    weighted = weigh(answers, ground, least=least)
    everybody = sum(one.population for one in ground.values())

    assert sum(weighted.weights) == pytest.approx(everybody)
    assert sum(weighted.people.values()) == pytest.approx(everybody)
    assert all(weight >= 0 for weight in weighted.weights)
    assert set(weighted.uncovered) == {name for name in "abc" if all(one != name for one, _ in answers)}


def test_a_group_that_answers_less_weighs_more() -> None:
    answers = [("a", "young")] * 10 + [("a", "old")] * 40
    weighted = weigh(answers, {"a": Ground(1000, {"young": 500, "old": 500})})

    assert weighted.weights[0] == pytest.approx(50)
    assert weighted.weights[-1] == pytest.approx(12.5)


def test_a_group_with_one_answer_is_joined_to_its_neighbour() -> None:
    weighted = weigh([("a", "young"), *[("a", "old")] * 9], {"a": Ground(100, {"young": 40, "old": 60})})

    assert weighted.joined == (("a", "young", "old"),)
    assert set(weighted.weights) == {10.0}


# Intervals


def test_wilson_is_wilson() -> None:
    low, high = wilson(0.9, 50)

    assert (low, high) == (pytest.approx(0.7864, abs=1e-4), pytest.approx(0.9565, abs=1e-4))


@given(st.lists(st.sampled_from([0, 1, None]), min_size=1, max_size=40))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(values: list[int | None]) -> None:
    found = estimate(values, weigh([("a", "")] * len(values), {"a": Ground(5000, {})}))

    if found is None:
        assert all(value is None for value in values)
    else:
        assert 0 <= found.low <= found.share <= found.high <= 1
        assert found.high > found.low


def test_who_asks_everybody_is_certain() -> None:
    found = estimate([1, 0, 1, 1], weigh([("a", "")] * 4, {"a": Ground(4, {})}))

    assert found is not None
    assert (found.low, found.share, found.high) == (0.75, 0.75, 0.75)


def test_intervals_cover_the_truth_about_nineteen_times_in_twenty() -> None:
    """Three towns of different mind, the smallest asked too often: weighted, the interval holds the city's true share."""
    chance, people = {"a": 0.9, "b": 0.7, "c": 0.4}, {"a": 6000, "b": 3000, "c": 1000}
    asked, draw = {"a": 120, "b": 100, "c": 100}, random.Random(20261122)
    city = {name: [draw.random() < chance[name] for _ in range(many)] for name, many in people.items()}
    truth = sum(map(sum, city.values())) / sum(people.values())
    ground = {name: Ground(many, {}) for name, many in people.items()}
    rows = [(name, "") for name, many in asked.items() for _ in range(many)]
    weighted = weigh(rows, ground)
    held, plain, repeats = 0, 0, 1000
    for _ in range(repeats):
        values = [int(one) for name, many in asked.items() for one in draw.sample(city[name], many)]
        found = estimate(values, weighted)
        assert found is not None
        held += found.low <= truth <= found.high
        low, high = wilson(sum(values) / len(values), len(values))
        plain += low <= truth <= high

    assert 0.93 <= held / repeats <= 0.97
    assert plain / repeats < 0.5, "without weights the small town would speak for the city"


def test_intervals_of_few_answers_near_the_end_cover_too() -> None:
    draw, held = random.Random(7), 0
    weighted = weigh([("a", "")] * 25, {"a": Ground(100_000, {})})
    for _ in range(1500):
        found = estimate([int(draw.random() < 0.93) for _ in range(25)], weighted)
        assert found is not None
        held += found.low <= 0.93 <= found.high

    assert held / 1500 >= 0.92


# Comparing


def share(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 100, 100.0)


def test_overlapping_intervals_are_not_ranked() -> None:
    shares = {"a": share(0.80, 0.90), "b": share(0.85, 0.95), "c": share(0.40, 0.50)}
    ranks = comparing.ranks(shares)

    assert (ranks["a"].low, ranks["a"].high) == (ranks["b"].low, ranks["b"].high) == (1, 2)
    assert (ranks["c"].low, ranks["c"].high) == (3, 3)
    assert not comparing.can_be_ranked(shares)
    assert comparing.compare(shares["a"], shares["b"]) == comparing.OPEN
    assert comparing.compare(shares["a"], shares["c"]) == comparing.HIGHER


# Hiding


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 40), max_size=8), st.integers(2, 15))
def test_what_is_hidden_cannot_be_had_by_subtraction(sizes: dict[str, int], least: int) -> None:
    gone = hidden(sizes, least)
    shown = {key: many for key, many in sizes.items() if many and key not in gone}
    rest = sum(sizes.values()) - sum(shown.values())

    assert all(many >= least for many in shown.values())
    if gone:
        # What the total leaves belongs to two groups at least and is no smaller than what may be shown; or nothing is shown.
        assert (len(gone) > 1 and rest >= least) or not shown
    else:
        assert rest == 0


def test_no_published_sum_of_groups_leaves_a_small_one() -> None:
    sizes = {"a": 3, "b": 40, "c": 12, "d": 60}
    gone = hidden(sizes, 10)
    shown = [sizes[key] for key in sizes if key not in gone]

    assert gone == {"a", "c"}
    for count in range(len(shown) + 1):
        for some in combinations(shown, count):
            assert not 0 < sum(sizes.values()) - sum(some) < 10


# Questionnaire and results


def answered(stratum: str, yes: bool, age: str, channel: str = "household") -> Answered:
    answers = {one.code: ("a" if yes else "c") for one in paper().questions}
    return Answered(stratum, channel, {**answers, "age": age})


def test_the_shipped_questionnaire_asks_for_the_four_rates() -> None:
    assert {one.measure for one in paper().questions} == {*questionnaire.MEASURES, questionnaire.TOPIC}


def test_results_hide_small_groups_and_those_that_would_tell_them() -> None:
    rows = [answered("a", True, "18-34")] * 30 + [answered("b", False, "35-59")] * 25 + [answered("c", True, "60+")] * 4
    told = results(rows, paper(), {"a": Ground(5000, {}), "b": Ground(4000, {}), "c": Ground(900, {})}, least=10)
    first = told["questions"][0]
    by_town = {row["name"]: row for row in first["by"]["stratum"]["rows"]}

    assert first["answers"] == 59
    assert by_town["c"] == {"name": "c", "hidden": True}
    assert by_town["b"] == {"name": "b", "hidden": True}, "59 - 30 - 25 would tell the four"
    assert by_town["a"]["answers"] == 30


def test_those_who_do_not_say_their_age_are_a_small_group_too() -> None:
    rows = [answered("a", True, "18-34")] * 30 + [answered("a", False, "")] * 3
    told = results(rows, paper(), {"a": Ground(5000, {})}, least=10)

    assert all("answers" not in row for row in told["questions"][0]["by"]["age"]["rows"])


def test_too_few_answers_make_no_rate_at_all() -> None:
    told = results([answered("a", True, "60+")] * 9, paper(), {"a": Ground(5000, {})}, least=10)

    assert all(one["hidden"] for one in told["questions"])
    assert "share" not in str(told)


def test_towns_whose_intervals_overlap_get_no_rank_of_their_own() -> None:
    rows = [answered("a", n % 10 < 8, "60+") for n in range(60)] + [answered("b", n % 10 < 7, "60+") for n in range(60)]
    towns = results(rows, paper(), {"a": Ground(5000, {}), "b": Ground(4000, {})}, least=10)["questions"][0]["by"][
        "stratum"
    ]

    assert towns["ranked"] is False
    assert [(row["rank_low"], row["rank_high"]) for row in towns["rows"]] == [(1, 2), (1, 2)]


YES, NO = ({"code": code, "text": code, "counts": counts} for code, counts in (("a", "yes"), ("b", "no")))
GOOD: dict[str, Any] = {
    "code": "x", "version": 1, "title": "t", "questions": [{"code": "q", "text": "?", "choices": [YES, NO]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": 0}, "version"), ({"version": True}, "version"), ({"code": "Ä"}, "code"), ({"title": ""}, "title"),
        ({"more": 1}, "questionnaire"), ({"questions": []}, "questions"), ({"questions": "q"}, "questions"),
        ({"questions": GOOD["questions"] * 2}, "questions.code"), ({"source": 5}, "source"),
        ({"questions": [{**GOOD["questions"][0], "choices": GOOD["questions"][0]["choices"][:1] * 2}]}, "questions.1.choices"),
        ({"questions": [{**GOOD["questions"][0], "measure": "joy"}]}, "questions.1.measure"),
    ],
)  # fmt: skip
def test_a_questionnaire_with_a_fault_is_refused_at_its_place(change: dict[str, object], field: str) -> None:
    questionnaire.read(GOOD)
    with pytest.raises(Invalid) as refused:
        questionnaire.read({**GOOD, **change})
    assert refused.value.field == field


@pytest.mark.parametrize(("given_", "field"), [({}, "know"), ({"know": "z"}, "know"), ({"name": "x"}, "name")])
def test_answers_that_do_not_fit_are_refused(given_: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        questionnaire.check_answers(paper(), given_)
    assert refused.value.field == field


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.booleans(), st.sampled_from(["18-34", "60+", ""])), min_size=1, max_size=40
    ),
    st.integers(2, 12),
)
def test_no_table_of_a_result_gives_a_small_group_away(rows: list[tuple[str, bool, str]], least: int) -> None:
    told = results([answered(*row) for row in rows], paper(), {"a": Ground(900, {}), "b": Ground(500, {})}, least=least)
    for question in told["questions"]:
        for table in question["by"].values():
            shown = [row["answers"] for row in table["rows"] if "answers" in row]
            rest = question["answers"] - sum(shown)
            assert all(many >= least for many in shown)
            assert rest == 0 or rest >= least or not shown
