"""Raking: several margins met at once, and what that does to the exactness."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Invalid
from civicloop.surveys.rules import design, questionnaire
from civicloop.surveys.rules.crossing import crossed
from civicloop.surveys.rules.estimating import estimate
from civicloop.surveys.rules.raking import MOST_TIMES, rake, weight_effect
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.suppressing import hidden_in_all
from civicloop.surveys.rules.weighting import Ground, weigh, weigh_by_margins
from tests.environment import ROOT

AGES, SEXES = ("young", "middle", "old"), ("f", "m")
PAPER = ROOT / "packs" / "questionnaires" / "residents.yaml"


def sums(weights: tuple[float, ...], groups: list[str]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for weight, group in zip(weights, groups, strict=True):
        found[group] += weight
    return found


PEOPLE = st.lists(st.tuples(st.sampled_from(AGES), st.sampled_from(SEXES)), min_size=12, max_size=80)
KNOWN = st.tuples(*[st.integers(1, 500)] * 3), st.tuples(*[st.integers(1, 500)] * 2)


@settings(deadline=None)
@given(PEOPLE, *KNOWN)
def test_margins_are_met_and_weights_are_above_nothing(
    people: list[tuple[str, str]], ages: tuple[int, ...], sexes: tuple[int, ...]
) -> None:
    both = [[one[at] for one in people] for at in (0, 1)]
    margins = [dict(zip(AGES, ages, strict=True)), dict(zip(SEXES, sexes, strict=True))]
    found = rake([10.0] * len(people), both, margins)
    whole = 10.0 * len(people)
    mean = whole / len(people)

    assert all(mean / MOST_TIMES - 1e-9 <= weight <= mean * MOST_TIMES + 1e-9 for weight in found.weights)
    if found.met:
        assert sum(found.weights) == pytest.approx(whole, rel=1e-5)
        for given_, margin in zip(found.groups, margins, strict=True):
            told = sums(found.weights, list(given_))
            everybody = sum(margin.values())
            for name, many in told.items():
                wanted = sum(margin[one] for one in name.split("+"))
                assert many == pytest.approx(whole * wanted / everybody, abs=2e-6 * whole)
    else:
        assert found.apart > 0


@settings(deadline=None)
@given(PEOPLE, *KNOWN)
def test_without_bounds_raking_ends_where_every_pair_was_met(
    people: list[tuple[str, str]], ages: tuple[int, ...], sexes: tuple[int, ...]
) -> None:
    """Deming and Stephan: with somebody in every cell it converges, and the odds between cells stay what they were."""
    many = Counter(people)
    assume(all(many[age, sex] > 1 for age in AGES for sex in SEXES))
    both = [[one[at] for one in people] for at in (0, 1)]
    margins = [dict(zip(AGES, ages, strict=True)), dict(zip(SEXES, sexes, strict=True))]
    found = rake([1.0] * len(people), both, margins, most=1e9)
    cells = sums(found.weights, [f"{age}{sex}" for age, sex in people])

    assert found.met
    assert found.held == 0
    for one, other in (("young", "middle"), ("middle", "old")):
        before = many[one, "f"] * many[other, "m"] / (many[one, "m"] * many[other, "f"])
        after = cells[f"{one}f"] * cells[f"{other}m"] / (cells[f"{one}m"] * cells[f"{other}f"])
        assert after == pytest.approx(before, rel=1e-4)


def test_what_is_met_already_stays_as_it_is() -> None:
    found = rake([2.0] * 4, [["a", "a", "b", "b"], ["f", "m", "f", "m"]], [{"a": 50, "b": 50}, {"f": 1, "m": 1}])

    assert (found.weights, found.rounds, found.met) == ((2.0,) * 4, 1, True)


def test_one_margin_is_post_stratification() -> None:
    answers = [("a", "young")] * 10 + [("a", "old")] * 40
    one = weigh(answers, {"a": Ground(1000, {"young": 500, "old": 500})})
    other = weigh_by_margins(
        ["a"] * 50, {"age": [age for _, age in answers]}, {"a": Ground(1000, {})}, {"age": {"young": 1, "old": 1}}
    )

    assert other.weights == pytest.approx(one.weights)


def test_who_did_not_say_keeps_his_share() -> None:
    found = rake([1.0] * 10, [["a"] * 4 + ["b"] * 4 + [""] * 2], [{"a": 30, "b": 10}])

    assert found.weights[-1] == pytest.approx(1.0)
    assert sum(found.weights[:4]) == pytest.approx(6.0)


def test_bounds_that_margins_cannot_meet_hold_and_are_told() -> None:
    found = rake([1.0] * 100, [["a"] * 2 + ["b"] * 98], [{"a": 60, "b": 40}])

    assert not found.met
    assert found.apart == pytest.approx(0.5, abs=0.02)
    assert max(found.weights) == pytest.approx(5.0)
    assert found.held >= 2


def test_groups_with_one_answer_are_joined_to_their_neighbour() -> None:
    found = rake([1.0] * 9, [["young"] + ["middle"] * 4 + ["old"] * 4], [{"young": 10, "middle": 40, "old": 50}])

    assert found.joined == (("young", "middle"),)
    assert found.met


@pytest.mark.parametrize(("start", "groups"), [([0.0, 1.0], [["a", "b"]]), ([1.0], [["a", "b"]])])
def test_weights_of_nothing_and_answers_without_a_group_are_refused(
    start: list[float], groups: list[list[str]]
) -> None:
    with pytest.raises(ValueError, match="above 0"):
        rake(start, groups, [{"a": 1, "b": 1}])


def test_unequal_weights_cost_what_kish_says() -> None:
    assert weight_effect([3.0] * 7) == 1.0
    assert weight_effect([1.0, 3.0]) == pytest.approx(2 * 10 / 16)


def test_intervals_after_raking_cover_the_truth_about_nineteen_times_in_twenty() -> None:
    """The old answer four times as often as the young and think otherwise; only the two margins are known, not their crossing."""
    draw = random.Random(20261122)
    share = {("young", "f"): 0.18, ("young", "m"): 0.22, ("old", "f"): 0.35, ("old", "m"): 0.25}
    chance = {("young", "f"): 0.8, ("young", "m"): 0.7, ("old", "f"): 0.55, ("old", "m"): 0.45}
    often = {"young": 0.2, "old": 0.8}
    truth = sum(share[one] * chance[one] for one in share)
    ages, sexes = {"young": 40, "old": 60}, {"f": 53, "m": 47}
    cells, odds = list(share), [share[one] * often[one[0]] for one in share]
    held = plain = 0
    for _ in range(400):
        people = draw.choices(cells, odds, k=250)
        values = [int(draw.random() < chance[one]) for one in people]
        groups = {"age": [one[0] for one in people], "sex": [one[1] for one in people]}
        weighted = weigh_by_margins(["a"] * 250, groups, {"a": Ground(10**6, {})}, {"age": ages, "sex": sexes})
        found = estimate(values, weighted)
        assert found is not None
        assert weighted.raked is not None
        assert weighted.raked.met
        assert found.effective <= 250
        held += found.low <= truth <= found.high
        whole = estimate(values, weigh([("a", "")] * 250, {"a": Ground(10**6, {})}))
        assert whole is not None
        plain += whole.low <= truth <= whole.high

    assert 0.925 <= held / 400 <= 0.98
    assert plain / 400 < 0.8, "without raking the old would speak for the city"


# Clusters


def test_neighbours_who_think_alike_cost_answers() -> None:
    one, five = (design.plan({"a": 50_000}, margin=0.05, per_cluster=many, alike=0.1) for many in (1, 5))

    assert (one.effect, five.effect) == (1.0, pytest.approx(1.4))
    assert five.answers == pytest.approx(1.4 * one.answers, rel=0.02)
    assert five.margin <= 0.05
    assert five.parts["a"].clusters == -(-five.parts["a"].answers // 5)
    assert design.margin_of(one.answers, 50_000, effect=1.4) > 0.058


@given(
    st.integers(2, 100_000), st.sampled_from([0.03, 0.05, 0.1]), st.integers(1, 20), st.sampled_from([0.0, 0.05, 0.3])
)
def test_a_size_reaches_its_margin_with_clusters_too(people: int, margin: float, many: int, alike: float) -> None:
    effect = design.cluster_effect(many, alike)
    answers = design.size_for(margin, people, effect=effect)

    assert design.margin_of(answers, people, effect=effect) <= margin + 1e-9
    assert answers == 1 or design.margin_of(answers - 1, people, effect=effect) > margin - 1e-9


@pytest.mark.parametrize(("more", "field"), [({"per_cluster": 0}, "per_cluster"), ({"alike": 1.5}, "alike")])
def test_clusters_that_make_no_sense_are_refused(more: dict[str, float], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        design.plan({"a": 1000}, margin=0.05, **more)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_an_interval_is_wider_where_neighbours_were_asked() -> None:
    rows = [Answered("a", "household", {"know": "a" if n % 4 else "c"}) for n in range(80)]
    paper = questionnaire.read(yaml.safe_load(Path(PAPER).read_text(encoding="utf-8")))
    one, other = (results(rows, paper, {"a": Ground(10_000, {})}, effect=effect) for effect in (1.0, 2.0))
    plain, clustered = (told["questions"][0] for told in (one, other))

    assert clustered["effective"] == pytest.approx(plain["effective"] / 2, rel=0.01)
    assert clustered["high"] - clustered["low"] > 1.3 * (plain["high"] - plain["low"])
    assert clustered["effect"] == pytest.approx(2 * plain["effect"], rel=0.01)
    assert other["weighting"]["effective"] == pytest.approx(40)


# Two-way tables

GROUPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", ""]), st.sampled_from(["yes", "no", "out", ""])), max_size=90
)


@given(GROUPS, st.integers(2, 12))
def test_no_row_of_a_small_group_can_be_had_by_subtraction(rows: list[tuple[str, str]], least: int) -> None:
    """Shown are the city, some groups and the others together: the others are two at least, and enough people; in the table of
    rates, where who cannot say is left out, as well."""
    names, choices = ["a", "b", "c", "d"], ["yes", "no", "out"]
    rated = Counter(group for group, choice in rows if choice in ("yes", "no"))
    every = Counter(group for group, choice in rows if choice)
    tables = [{name: many[name] for name in [*names, ""]} for many in (rated, every)]
    gone = hidden_in_all(tables, least)
    told = crossed(
        [one[0] for one in rows], [one[1] for one in rows], [1.0] * len(rows), names=names, choices=choices, gone=gone
    )

    assert all(row["answers"] >= least for row in told["rows"])
    assert {row["name"] for row in told["rows"]}.isdisjoint(gone)
    for sizes in tables:
        shown = [many for name, many in sizes.items() if name not in gone and many]
        left = [many for name, many in sizes.items() if name in gone and many]
        assert not left or not shown or (len(left) > 1 and sum(left) >= least)
    if told["rest"]:
        assert told["rest"]["answers"] >= least
        # Who told nothing of himself has no row; where those are not among the others, they are many enough to be had.
        untold = sum(every.values()) - sum(row["answers"] for row in (*told["rows"], told["rest"]))
        assert untold == (0 if "" in gone else every[""])
        assert untold == 0 or untold >= least


def test_a_group_hidden_in_one_table_is_hidden_in_the_other() -> None:
    gone = hidden_in_all([{"a": 9, "b": 20, "c": 14}, {"a": 10, "b": 20, "c": 30}], 10)

    assert gone == {"a", "c"}, "c goes with a in the first, so it goes in the second"


def test_each_group_shows_what_it_chose() -> None:
    rows = [
        Answered("a", "household", {"know": choice, "age": age})
        for age in ("18-34", "60+")
        for choice in "aaabbbccccca"
    ]
    paper = questionnaire.read(yaml.safe_load(Path(PAPER).read_text(encoding="utf-8")))
    told = results(rows, paper, {"a": Ground(5000, {})}, least=10)["questions"][0]["cross"]["age"]

    assert told["choices"] == ["a", "b", "c"]
    assert [(row["name"], row["shares"]) for row in told["rows"]] == [
        ("18-34", [0.3333, 0.25, 0.4167]), ("60+", [0.3333, 0.25, 0.4167]),
    ]  # fmt: skip
    assert told["rest"] is None


def test_open_channels_are_marked_in_the_results() -> None:
    rows = [Answered("a", channel, {"know": "a"}) for channel in ("qr", "household") for _ in range(12)]
    paper = questionnaire.read(yaml.safe_load(Path(PAPER).read_text(encoding="utf-8")))
    told = results(rows, paper, {"a": Ground(5000, {})}, open_channels=("qr", "kiosk"))

    assert told["channels"] == [
        {"name": "household", "answers": 12, "open": False}, {"name": "qr", "answers": 12, "open": True},
    ]  # fmt: skip
