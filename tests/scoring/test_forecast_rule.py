"""The forecast as a rule: what it says of small and of extreme cities, and what it must never do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.calibration import try_out
from benchmarks.cities import SCENARIOS
from civicloop.scoring.rules.forecast import Known, Pairs, Plan, PlanRow, forecast, scaled
from civicloop.scoring.rules.forecast.fit import tells_of
from civicloop.scoring.rules.forecast.known import BadKnown
from civicloop.scoring.rules.forecast.simulate import choose

NAN = float("nan")


def city(found: dict[str, list[float]], areas: int = 2, age: float = 5.0, items: int = 4) -> Known:
    """A city of types with points; NaN: never visited. Every type has the same few items."""
    types = tuple(sorted(found))
    values = np.array([value for kind in types for value in found[kind]], float)
    kinds = np.array([at for at, kind in enumerate(types) for _ in found[kind]], np.intp)
    many = len(types) * items
    return Known(
        types=types, areas=tuple(f"a{one}" for one in range(areas)), items=tuple(f"i{one}" for one in range(items)),
        point_type=kinds, point_area=np.arange(len(kinds)) % areas, found=values, now=values,
        age=np.where(np.isnan(values), NAN, age), open_share=np.zeros(len(kinds)), cap=np.ones(len(kinds)),
        pairs=Pairs(
            np.repeat(np.arange(len(types)), items), np.tile(np.arange(items), len(types)), np.full(many, 1 / items),
            np.tile(np.arange(items, dtype=float), len(types)), np.full(many, 10.0), np.zeros(many),
        ),
        effort=np.array([10.0, 20.0, 5.0, NAN]) if items == 4 else np.full(items, NAN),
        judged_items=np.full(len(types), float(items)),
    )  # fmt: skip


def plan(*types: str, points: int = 10) -> Plan:
    return Plan(tuple(PlanRow(one, points, 1.0) for one in types))


MIXED = {"market": [0.8, 0.9, 0.7, 1.0] + [NAN] * 30, "street": [0.6, 0.5, 0.8, 0.9] + [NAN] * 30}


def test_the_same_seed_gives_the_same_numbers_and_another_does_not() -> None:
    one, two, other = (forecast(city(MIXED), plan("market", "street"), draws=500, seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(one.scores, two.scores)
    assert one.items == two.items
    assert not np.array_equal(one.scores, other.scores)


def test_the_score_lies_near_what_was_seen_and_types_add_up_to_it() -> None:
    told = forecast(city(MIXED), plan("market", "street"), seed=1)

    assert told.value is not None
    assert 70 < told.value < 85
    assert sum(part.contribution for part in told.types) == pytest.approx(told.value)
    assert sum(part.contribution + part.loss for part in told.types) == pytest.approx(100)
    assert sum(many for _, _, many in told.histogram) == told.draws


def test_wider_certainty_needs_a_wider_interval_and_the_median_lies_in_all() -> None:
    told = forecast(city(MIXED), plan("market", "street"), seed=1)

    ends = [told.intervals[level] for level in (0.5, 0.8, 0.9, 0.95)]
    assert all(wide[0] <= narrow[0] <= narrow[1] <= wide[1] for narrow, wide in pairwise(ends))
    assert ends[0][0] <= told.median <= ends[0][1]


def test_without_any_visit_there_is_no_number_and_it_is_said() -> None:
    told = forecast(city({"market": [NAN] * 9}), plan("market"), seed=1)

    assert (told.value, told.median, told.chance(90), told.quantile(0.5)) == (None, None, None, None)
    assert (told.histogram, told.items, told.types) == ((), (), ())
    assert told.notes[0].code == "nothing_known"


def test_a_city_without_points_has_no_number_either() -> None:
    told = forecast(city({"market": []}), plan("market"), seed=1)

    assert told.value is None
    assert {note.code for note in told.notes} == {"nothing_known", "type_without_points"}


def test_a_type_without_points_is_left_out_and_said() -> None:
    told = forecast(city(MIXED), plan("market", "street", "temple"), seed=1)

    assert [part.point_type for part in told.types] == ["market", "street"]
    assert sum(part.weight for part in told.types) == pytest.approx(1)
    assert ("type_without_points", "temple") in {(note.code, note.point_type) for note in told.notes}


def test_a_type_never_visited_is_predicted_from_the_others_with_more_doubt() -> None:
    told = forecast(city({**MIXED, "window": [NAN] * 34}), plan("market", "street", "window"), seed=1)

    parts = {part.point_type: part for part in told.types}
    assert parts["window"].how == "other_types"
    assert parts["window"].high - parts["window"].low > parts["market"].high - parts["market"].low
    assert "type_never_visited" in {note.code for note in told.notes}


def test_one_type_alone_and_one_visit_alone_are_enough_for_a_wide_answer() -> None:
    told = forecast(city({"market": [0.8] + [NAN] * 20}, areas=1), plan("market"), seed=1)

    low, high = told.intervals[0.9]
    assert told.value is not None
    assert high - low > 8


@pytest.mark.parametrize(("share", "least", "most"), [(1.0, 97, 100), (0.0, 0, 3)])
def test_all_met_or_none_met_stays_inside_the_scale_and_is_not_certain(share: float, least: float, most: float) -> None:
    told = forecast(
        city({"market": [share] * 25 + [NAN] * 30, "street": [share] * 25}), plan("market", "street"), seed=1
    )

    assert told.value is not None
    assert least <= told.value <= most
    assert 0 <= told.scores.min() <= told.scores.max() <= 100
    assert told.intervals[0.9][0] < told.intervals[0.9][1]


def test_a_sample_larger_than_the_city_takes_every_point_and_says_so() -> None:
    told = forecast(city({"market": [0.8, 0.9, 0.7]}), plan("market", points=50), seed=1)

    assert told.sampled == 3
    assert "fewer_points_than_sampled" in {note.code for note in told.notes}


def test_faults_known_and_open_fail_for_certain() -> None:
    known = city({"market": [1.0] * 10}, age=0.0)
    clean = forecast(known, plan("market"), seed=1)
    faulty = forecast(replace(known, open_share=np.full(10, 0.25)), plan("market"), seed=1)

    assert clean.value is not None
    assert faulty.value == pytest.approx(0.75 * clean.value, abs=0.1)


def test_a_failing_key_item_caps_its_points() -> None:
    told = forecast(replace(city({"market": [1.0] * 10}), cap=np.full(10, 0.6)), plan("market"), seed=1)

    assert told.scores.max() <= 60


def test_what_was_seen_long_ago_says_less() -> None:
    fresh, old = (
        forecast(city({"market": [0.5] * 8 + [1.0] * 8}, age=age), plan("market", points=16), seed=1)
        for age in (0, 400)
    )

    assert old.intervals[0.9][1] - old.intervals[0.9][0] > 2 * (fresh.intervals[0.9][1] - fresh.intervals[0.9][0])


def test_gains_of_all_items_add_up_to_what_is_lost() -> None:
    told = forecast(city(MIXED), plan("market", "street"), seed=1)

    assert told.value is not None
    assert sum(one.gain for one in told.items) == pytest.approx(100 - told.value)
    assert all(one.low <= one.gain <= one.high for one in told.items)


def test_items_come_by_gain_for_the_effort_and_those_of_unknown_effort_last() -> None:
    told = forecast(city(MIXED), plan("market", "street"), seed=1)

    known = [one.per_effort for one in told.items if one.per_effort is not None]
    assert known == sorted(known, reverse=True)
    assert told.items[-1].item == "i3"
    assert told.items[-1].effort is None


def test_an_item_that_fails_more_often_brings_more() -> None:
    told = forecast(city(MIXED), plan("market", "street"), seed=1)

    gains = {one.item: one.gain for one in told.items}
    assert gains["i3"] > gains["i1"] > gains["i0"]


def test_without_items_the_score_is_forecast_all_the_same() -> None:
    told = forecast(replace(city(MIXED), pairs=Pairs.none()), plan("market", "street"), seed=1)

    assert told.value is not None
    assert told.items == ()


@given(st.integers(1, 60), st.integers(1, 80), st.integers(0, 9))
def test_a_sample_never_holds_a_point_twice(population: int, many: int, seed: int) -> None:
    chosen = choose(population, many, 20, np.random.Generator(np.random.PCG64(seed)))

    assert chosen.shape == (20, min(many, population))
    assert all(len(set(row)) == len(row) and set(row) <= set(range(population)) for row in chosen.tolist())


@pytest.mark.parametrize(("population", "many"), [(40, 5), (12, 5)])
def test_every_point_is_drawn_as_often_as_every_other(population: int, many: int) -> None:
    chosen = choose(population, many, 20_000, np.random.Generator(np.random.PCG64(5)))

    counts = np.bincount(chosen.ravel(), minlength=population)
    expected = 20_000 * many / population
    assert abs(counts - expected).max() < 5 * (expected * (1 - many / population)) ** 0.5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 20), st.integers(1, 30), st.integers(0, 5))
def test_any_city_has_scores_inside_the_scale(seen: list[float], unseen: int, points: int, seed: int) -> None:
    told = forecast(
        city({"market": seen + [NAN] * unseen, "street": seen[:1]}),
        plan("market", "street", points=points),
        draws=200,
        seed=seed,
    )

    assert np.isfinite(told.scores).all()
    assert 0 <= told.scores.min() <= told.scores.max() <= 100


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.integers(1, 400))
def test_a_scaled_sample_has_the_points_asked_for_and_keeps_every_type(counts: list[int], points: int) -> None:
    rows = tuple(PlanRow(f"t{at}", many, 1.0) for at, many in enumerate(counts))
    made = scaled(Plan(rows), points)

    kept = sum(many > 0 for many in counts)
    if sum(counts):
        assert max(points, kept) <= sum(row.points for row in made.rows) <= points + kept
        assert all((row.points > 0) == (many > 0) for row, many in zip(made.rows, counts, strict=True))


def test_numbers_that_do_not_fit_are_refused() -> None:
    known = city(MIXED)
    for wrong in ({"found": known.found[:3]}, {"now": known.now * 2}, {"age": known.age - 99}, {"effort": np.zeros(1)},
                  {"point_type": known.point_type + 5}, {"judged_items": np.zeros(2)}):  # fmt: skip
        with pytest.raises(BadKnown):
            replace(known, **wrong)
    with pytest.raises(BadKnown):
        plan("market", "market")


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [SCENARIOS[0], *SCENARIOS[4:6]], ids=lambda one: one.name)
def test_the_ninety_percent_interval_keeps_its_word(scenario) -> None:  # type: ignore[no-untyped-def]
    """A quick look at a few cities of each kind; docs/reference/calibration.md has the full one. 90 % within four errors."""
    tried = try_out(scenario, 60)

    assert tried.covered(0.9) >= 45
    assert 15 <= tried.covered(0.5) <= 48


def test_visits_with_a_few_bad_points_say_less_of_the_scatter_than_those_of_a_bell_curve() -> None:
    def tells(found: list[float]) -> float:
        many = len(found)
        nothing, zeros = np.full(many, np.nan), np.zeros(many)
        return tells_of(
            Known(
                types=("T",), areas=("A",), items=(), point_type=np.zeros(many, np.intp),
                point_area=np.zeros(many, np.intp), found=np.array(found), now=nothing, age=nothing, open_share=zeros,
                cap=zeros + 1, pairs=Pairs.none(), effort=np.zeros(0), judged_items=np.ones(1),
            )
        )  # fmt: skip

    assert tells([1.0] * 49 + [0.4]) < 0.1
    assert tells([0.8, 0.9] * 25) == 1
    assert tells([1.0] * 20) == tells([0.9]) == 1
    bell = np.random.Generator(np.random.PCG64(1)).normal(0.5, 0.05, 4000).tolist()
    assert tells(bell) == pytest.approx(1, abs=0.1)
