"""The draw itself: chances, quotas, permutation, replay; and a second implementation made from the document alone."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.inspection.rules.frame import Place
from civicloop.kernel.refusal import Invalid


def seed(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def town(rng: Random, many: int, *, types: int = 3, areas: int = 4) -> list[Place]:
    return [
        Place(
            f"P{number:04d}", f"T{rng.randrange(types)}", f"A{rng.randrange(areas)}", "U", "", "", rng.getrandbits(40)
        )
        for number in range(many)
    ]


def asked(**given: Any) -> designs.Design:
    return designs.read(given)


def main(outcome: drawing.Outcome) -> list[drawing.Drawn]:
    return [one for one in outcome.drawn if one.role != "reserve"]


PLANS = st.one_of(
    st.builds(lambda size: {"size": size}, st.integers(1, 80)),
    st.builds(lambda size: {"size": size, "allocation": "equal", "spread": False}, st.integers(1, 80)),
    st.builds(
        lambda one, two: {"allocation": "quota", "quota": {"T0": one, "T2": two}},
        st.integers(1, 30),
        st.integers(0, 30),
    ),
)


@given(st.integers(0, 60), PLANS, st.integers(0, 10**6))
def test_totals_match_and_no_place_comes_twice(many: int, plan: dict[str, Any], number: int) -> None:
    places = town(Random(number), many)
    design = asked(**plan)

    outcome = drawing.draw(places, design, seed(number))

    there = Counter(place.type for place in places)
    wanted = (
        {kind: min(quota, there[kind]) for kind, quota in design.quota.items() if quota and there[kind]}
        if design.allocation == "quota" else {"all": min(design.size, many)}
    )  # fmt: skip
    kinds = {place.code: place.type for place in places}
    drawn = Counter(kinds[one.code] if design.allocation == "quota" else "all" for one in main(outcome))
    assert drawn == Counter({kind: count for kind, count in wanted.items() if count})
    codes = [one.code for one in outcome.drawn]
    assert len(codes) == len(set(codes))
    assert [one.order for one in outcome.drawn] == list(range(1, len(codes) + 1))
    assert sum(stratum.drawn for stratum in outcome.strata) == len(main(outcome))


@given(st.integers(1, 50), PLANS, st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_the_frame_changes_nothing(many: int, plan: dict[str, Any], number: int, rng: Random) -> None:
    places = town(Random(number), many)
    mixed = places[:]
    rng.shuffle(mixed)

    assert frame.encode(mixed) == frame.encode(places)
    assert drawing.draw(mixed, asked(**plan), seed(number)) == drawing.draw(places, asked(**plan), seed(number))


@given(st.integers(1, 40), st.integers(0, 10**6))
def test_replay_from_the_frozen_bytes_is_equal(many: int, number: int) -> None:
    places = town(Random(number), many)
    design = asked(size=10)

    again = frame.decode(frame.unpack(frame.pack(frame.encode(places))))

    assert drawing.draw(again, design, seed(number)) == drawing.draw(places, design, seed(number))


@pytest.mark.parametrize(
    "plan",
    [
        {"size": 20},
        {"size": 20, "spread": False},
        {"size": 14, "allocation": "equal"},
        {"allocation": "quota", "quota": {"T0": 9, "T1": 2, "T2": 4}},
        {"size": 2},
    ],
    ids=["proportional", "simple random", "equal", "quota", "fewer than types"],
)
def test_every_place_comes_as_often_as_its_chance_says(plan: dict[str, Any]) -> None:
    places, design, rounds = town(Random(5), 60), asked(**plan), 3000
    chances = drawing.chances(places, design)

    taken: Counter[str] = Counter()
    for number in range(rounds):
        for one in main(drawing.draw(places, design, seed(number))):
            taken[one.code] += 1
            assert one.chance == chances[one.code]

    for place in places:
        chance = float(chances[place.code])
        # Five standard errors: one place in a million would be out by chance alone.
        assert abs(taken[place.code] / rounds - chance) <= 5 * math.sqrt(chance * (1 - chance) / rounds) + 1e-9


def test_panel_chances_hold_over_both_draws_and_for_newcomers() -> None:
    old = town(Random(8), 40, types=1, areas=2)
    newcomers = [Place(f"N{number}", "T0", "A0", "U", tile_key=number) for number in range(6)]
    first, second, rounds = asked(size=12), asked(size=12, panel_share=0.3, panel_from="X"), 4000
    before = drawing.chances(old, first)
    taken: Counter[str] = Counter()
    said: dict[str, set[Fraction]] = {}
    for number in range(rounds):
        had = {one.code for one in main(drawing.draw(old, first, seed(number)))}
        now = [place._replace(panel=int(place.code in had), prior=str(float(before[place.code]))) for place in old]
        outcome = drawing.draw([*now, *newcomers], second, seed(-1 - number))
        assert {one.code for one in outcome.drawn if one.role == "panel"} <= had
        assert not {one.code for one in outcome.drawn if one.role == "main"} & had
        for one in main(outcome):
            taken[one.code] += 1
            said.setdefault(one.code, set()).add(one.chance)

    for code, chances in said.items():
        assert len(chances) == 1
        chance = float(next(iter(chances)))
        assert abs(taken[code] / rounds - chance) <= 5 * math.sqrt(chance * (1 - chance) / rounds) + 1e-9
    assert len(said) == 46


def test_a_panel_of_everything_or_of_a_single_place_leaves_nobody_without_a_chance() -> None:
    full = [Place(f"P{number}", "T", "A", "U", tile_key=number, panel=1, prior="1") for number in range(4)]
    newcomer = Place("Z", "T", "A", "U", tile_key=9)
    design = asked(size=2, panel_share=0.3, panel_from="X")

    assert set(drawing.chances(full, design).values()) == {Fraction(1, 2)}
    assert all(chance > 0 for chance in drawing.chances([*full, newcomer], design).values())
    assert set(drawing.chances([*full, newcomer], asked(size=1, panel_share=0.9, panel_from="X")).values()) == {
        Fraction(1, 5)
    }


def test_look_back_takes_cases_by_weight_and_says_the_chance() -> None:
    places = [Place(f"C{number}", "litter", "A", "U", tile_key=number, weight=1 + number % 4) for number in range(40)]
    design = asked(**{"kind": "look_back", "size": 10, "from": "2026-10-01", "to": "2026-10-31"})
    taken: Counter[str] = Counter()

    for number in range(3000):
        taken.update(one.code for one in main(drawing.draw(places, design, seed(number))))

    for place in places:
        assert abs(taken[place.code] / 3000 - 10 * place.weight / 100) < 0.05
    outcome = drawing.draw(places, design, seed(1))
    assert {one.role for one in outcome.drawn} == {"look_back", "reserve"}
    assert all(
        one.chance == Fraction(place.weight, 10) for one in outcome.drawn for place in places if place.code == one.code
    )


def test_an_empty_frame_gives_nothing() -> None:
    outcome = drawing.draw([], asked(size=5), seed(1))

    assert outcome.drawn == ()
    assert outcome.strata == ()
    assert outcome.short == (drawing.Short("*", 5, 0),)


def test_a_quota_larger_than_the_type_takes_all_and_says_so() -> None:
    places = [Place("P1", "T0", "A", "U"), Place("P2", "T0", "B", "U"), Place("P3", "T1", "B", "U")]

    outcome = drawing.draw(places, asked(allocation="quota", quota={"T0": 9, "T9": 4}), seed(1))

    assert {one.code for one in outcome.drawn} == {"P1", "P2"}
    assert {one.chance for one in outcome.drawn} == {Fraction(1)}
    assert outcome.short == (drawing.Short("T0", 9, 2), drawing.Short("T9", 4, 0))


def test_strata_of_one_place_each_are_taken_whole() -> None:
    places = [Place(f"P{number}", "T", f"A{number}", "U") for number in range(5)]

    outcome = drawing.draw(places, asked(size=5), seed(3))

    assert len(main(outcome)) == 5
    assert {(stratum.population, stratum.drawn) for stratum in outcome.strata} == {(1, 1)}


def test_a_quota_that_cannot_reach_all_areas_is_drawn_from_the_areas_together() -> None:
    places = [Place(f"P{number}", "T", f"A{number % 5}", "U", tile_key=number) for number in range(20)]

    outcome = drawing.draw(places, asked(allocation="quota", quota={"T": 3}), seed(3))

    assert [stratum.key for stratum in outcome.strata] == ["T|*"]
    assert {one.chance for one in main(outcome)} == {Fraction(3, 20)}


def test_reserves_come_from_the_same_stratum_and_doubles_are_the_share_asked_for() -> None:
    places = town(Random(2), 300)

    outcome = drawing.draw(places, asked(size=100, double_share=0.08, reserve_share=0.2), seed(4))

    group = {place.code: f"{place.type}|{place.area}" for place in places}
    assert all(group[one.code] == one.stratum for one in outcome.drawn)
    assert sum(one.double for one in outcome.drawn) == 8
    for stratum in outcome.strata:
        spare = sum(one.role == "reserve" and one.stratum == stratum.key for one in outcome.drawn)
        assert spare == min(max(1, (2 * stratum.drawn + 5) // 10), stratum.population - stratum.drawn)


def test_places_of_a_stratum_are_spread_over_the_ground() -> None:
    places = [Place(f"P{number:03d}", "T", "A", "U", tile_key=number) for number in range(100)]

    drawn = main(drawing.draw(places, asked(size=10), seed(6)))

    assert sorted(int(one.code[1:]) // 10 for one in drawn) == list(range(10))


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({}, "design_nothing_wanted"),
        ({"size": -1}, "design_value_wrong"),
        ({"size": True}, "design_value_wrong"),
        ({"size": 5, "sise": 6}, "design_key_unknown"),
        ({"size": 5, "double_share": 0.9}, "design_value_wrong"),
        ({"size": 5, "panel_share": 0.3}, "design_panel_half"),
        ({"size": 5, "panel_share": "a third", "panel_from": "X"}, "design_value_wrong"),
        ({"allocation": "quota", "quota": {}}, "design_nothing_wanted"),
        ({"allocation": "quota", "quota": {"T": 1.5}}, "design_value_wrong"),
        ({"allocation": "by_feeling", "size": 5}, "design_value_wrong"),
        ({"size": 5, "windows": {"T": ["11:00", "09:00"]}}, "design_value_wrong"),
        ({"size": 5, "minutes": {"*": 0}}, "design_value_wrong"),
        ({"kind": "look_back", "size": 5}, "design_value_wrong"),
        ({"kind": "look_back", "size": 5, "from": "2026-10-31", "to": "2026-10-01"}, "ends_before_start"),
    ],
)  # fmt: skip
def test_a_design_that_makes_no_sense_is_refused(given_: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        designs.read(given_)

    assert refused.value.code == code


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        frame.encode([Place("P1", "T", "A", "U"), Place("P1", "T", "B", "U")])

    assert refused.value.code == "frame_code_twice"


@pytest.mark.parametrize(
    ("text", "line"), [("code,type\n", 1), (",".join(frame.COLUMNS) + "\nP1,T,A,U,,,x,1,0,0,\n", 2), ("", 1)]
)
def test_a_frame_that_cannot_be_read_names_the_line(text: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        frame.decode(text.encode())

    assert (refused.value.code, refused.value.params["line"]) == ("frame_unreadable", line)


# ── The same draw, written a second time from docs/explanation/draws.md and from nothing else ──


def redraw(content: bytes, size: int, seed_: bytes) -> list[tuple[str, str]]:
    """A proportional draw with the defaults, of at least one place per stratum: codes and strata of what is drawn."""

    def lot(label: str) -> int:
        return int(hashlib.sha256(seed_ + label.encode("utf-8")).hexdigest()[:16], 16)

    strata: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        strata.setdefault(row["type"] + "|" + row["area"], []).append(row)
    counts = {key: len(rows) for key, rows in strata.items()}
    total, everything = min(size, sum(counts.values())), sum(counts.values())
    least = 2
    while sum(min(least, count) for count in counts.values()) > total:
        least -= 1
    shares = {key: min(least, count) for key, count in counts.items()}
    while sum(shares.values()) < total:
        open_ = [key for key in sorted(shares) if shares[key] < counts[key]]
        neediest = max(
            open_, key=lambda key: (total * counts[key] - shares[key] * everything, [-ord(one) for one in key])
        )
        shares[neediest] += 1
    drawn = []
    for key in sorted(shares):
        rows = sorted(strata[key], key=lambda row: (row["tile_key"] == "-1", int(row["tile_key"]), row["code"]))
        many, share = len(rows), shares[key]
        rest = lot("start|" + key) % many
        for place, row in enumerate(rows):
            if ((place + 1) * share + rest) // many > (place * share + rest) // many:
                drawn.append((row["code"], key))
    return drawn


@settings(max_examples=40)
@given(st.integers(12, 120), st.integers(12, 60), st.integers(0, 10**6))
def test_a_second_implementation_draws_the_same(many: int, size: int, number: int) -> None:
    places = town(Random(number), many)

    outcome = drawing.draw(places, asked(size=size), seed(number))

    assert redraw(frame.encode(places), size, seed(number)) == [(one.code, one.stratum) for one in main(outcome)]
