"""Who answers a poster was drawn by nobody: he is told beside the rates, and nothing he says moves one of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.surveys.rules.questionnaire import Paper, read
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.weighting import Ground

CHOICES = [{"code": code, "text": code, "counts": counts} for code, counts in (("a", "yes"), ("b", "no"), ("x", "out"))]
GROUND = {"A": Ground(5000, {}), "B": Ground(4000, {})}
OPEN = ("qr", "kiosk")


def paper() -> Paper:
    ages = [{"code": "young", "text": "young"}, {"code": "old", "text": "old"}]
    return read({
        "code": "x", "version": 1, "title": "t", "lead": "l", "about": [{"code": "age", "text": "?", "choices": ages}],
        "questions": [{"code": "q", "measure": "support", "text": "?", "choices": CHOICES, "required": False}],
    })  # fmt: skip


def said(channel: str, choice: str, many: int, *, town: str = "A", age: str = "old") -> list[Answered]:
    return [Answered(town, channel, {"q": choice, "age": age})] * many


def told(rows: list[Answered], least: int = 10) -> dict[str, Any]:
    return results(rows, paper(), GROUND, group="age", open_channels=OPEN, least=least)


def without(found: dict[str, Any]) -> dict[str, Any]:
    """All that is told of the drawn sample."""
    questions = [{key: value for key, value in one.items() if key != "open"} for one in found["questions"]]
    channels = [one for one in found["channels"] if not one["open"]]
    return {**found, "questions": questions, "channels": channels, "opened": None}


def test_a_crowd_at_a_poster_moves_no_rate() -> None:
    drawn = said("household", "a", 60) + said("street", "b", 40, town="B")
    plain, crowded = told(drawn), told(drawn + said("qr", "b", 900))

    assert without(crowded) == without(plain)
    assert crowded["questions"][0]["share"] > 0.5
    assert crowded["questions"][0]["open"]["share"] == 0.0
    assert (crowded["answers"], crowded["opened"]) == (100, 900)


def test_what_open_channels_said_has_a_count_and_a_share_and_no_interval() -> None:
    found = told(said("household", "a", 30) + said("qr", "a", 12) + said("qr", "b", 12) + said("kiosk", "a", 16))[
        "questions"
    ][0]["open"]

    assert (found["answers"], found["share"]) == (40, 0.7)
    assert {row["name"]: (row["answers"], row["share"]) for row in found["channels"]} == {
        "qr": (24, 0.5),
        "kiosk": (16, 1.0),
    }
    assert [one["share"] for one in found["choices"]] == [0.7, 0.3, 0.0]
    assert not {"low", "high", "effective"} & set(str(found).replace("'", " ").split())


def test_a_survey_by_posters_alone_has_no_rate_and_is_told_all_the_same() -> None:
    found = told(said("qr", "a", 50))

    assert found["questions"][0]["hidden"] is True
    assert found["questions"][0]["open"]["share"] == 1.0
    assert found["weighting"] is None


def test_a_few_at_a_kiosk_are_not_had_by_subtracting_the_posters() -> None:
    found = told(said("household", "a", 30) + said("qr", "a", 40) + said("kiosk", "b", 4))

    assert found["questions"][0]["open"]["channels"] == [
        {"name": "kiosk", "hidden": True},
        {"name": "qr", "hidden": True},
    ]
    assert [one["answers"] for one in found["channels"] if one["open"]] == [None, None]


def test_a_few_by_open_channels_are_not_told_at_all_not_even_how_many() -> None:
    drawn = said("household", "a", 30) + said("phone", "b", 30)
    found = told(drawn + said("qr", "b", 4))

    assert found["questions"][0]["open"] == {"hidden": True, "choices": [], "channels": []}
    assert (found["answers"], found["opened"]) == (60, None)


ROWS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(["household", "phone", "qr", "kiosk"]), st.sampled_from("abx"),
        st.sampled_from(["young", "old", ""]),
    ),
    max_size=80,
)  # fmt: skip


@settings(max_examples=120)
@given(ROWS, st.integers(2, 9))
def test_sample_and_open_channels_share_no_figure(rows: list[tuple[str, str, str, str]], least: int) -> None:
    """Nobody can subtract the sample from all, or all from the sample: no figure is reckoned from both."""
    every = [Answered(town, channel, {"q": choice, "age": age}) for town, channel, choice, age in rows]
    drawn, opened = ([one for one in every if (one.channel in OPEN) is held] for held in (False, True))
    both = told(every, least)

    assert without(both) == without(told(drawn, least))
    assert both["questions"][0]["open"] == told(opened, least)["questions"][0]["open"]
    found = both["questions"][0]["open"]
    if found is not None and not found["hidden"]:
        shown = [row["answers"] for row in found["channels"] if not row["hidden"]]
        rest = found["answers"] - sum(shown)
        assert all(many >= least for many in shown)
        assert rest == 0 or rest >= least or not shown
