"""What one table of a survey shows must not tell, together with another table, what a few people said."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.surveys.rules.differencing import REST, hidden_across
from civicloop.surveys.rules.questionnaire import Paper, read
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.weighting import Ground

YES, NO = ({"code": code, "text": code, "counts": counts} for code, counts in (("a", "yes"), ("b", "no")))


def paper() -> Paper:
    return read({
        "code": "x", "version": 1, "title": "t", "lead": "l",
        "questions": [{"code": "q", "text": "?", "choices": [YES, NO]}],
    })  # fmt: skip


def rows(secret: str) -> list[Answered]:
    """One single answer by telephone in A, and twenty in B."""
    house = [Answered("A", "household", {"q": "ab"[n % 2]}) for n in range(20)]
    return [*house, Answered("A", "phone", {"q": secret}), *(Answered("B", "phone", {"q": "a"}) for _ in range(20))]


def test_the_one_telephone_answer_of_a_street_is_not_told_by_subtracting() -> None:
    told = results(rows("b"), paper(), {"A": Ground(1000, {}), "B": Ground(1000, {})}, least=10)["questions"][0]
    shown = {
        table: {row["name"] for row in told["by"][table]["rows"] if "share" in row} for table in ("stratum", "channel")
    }

    assert not ("A" in shown["stratum"] and "household" in shown["channel"])
    assert not ("B" in shown["stratum"] and "phone" in shown["channel"])
    assert shown["stratum"] | shown["channel"], "one of the tables is still told"


def test_tables_that_do_not_meet_in_few_people_stay_whole() -> None:
    many = [
        Answered(town, channel, {"q": "ab"[n % 2]})
        for town in "AB" for channel in ("household", "phone") for n in range(12)
    ]  # fmt: skip
    told = results(many, paper(), {"A": Ground(1000, {}), "B": Ground(1000, {})}, least=10)["questions"][0]

    assert all("share" in row for table in told["by"].values() for row in table["rows"])


PEOPLE = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=60)


@settings(max_examples=200)
@given(PEOPLE, st.integers(2, 8))
def test_no_two_shown_groups_differ_by_a_few(people: list[tuple[str, str]], least: int) -> None:
    tables = {
        str(column): [
            {name: sum(1 << n for n, one in enumerate(people) if one[column] == name) for name in names}
        ]
        for column, names in enumerate(("abc", "xyz"))
    }  # fmt: skip

    gone = hidden_across(tables, least)

    told = []
    for table, (count,) in tables.items():
        shown = {name: one for name, one in count.items() if one and name not in gone[table]}
        rest = sum(count[name] for name in gone[table])
        told.append({**shown, REST: rest} if shown and rest else shown)
    for left, right in combinations(told, 2):
        for mine in left.values():
            for theirs in right.values():
                apart = (mine ^ theirs).bit_count()
                assert apart == 0 or apart >= least
                assert len(people) - apart == 0 or len(people) - apart >= least
