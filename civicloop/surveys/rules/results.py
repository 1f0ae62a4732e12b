"""The results of a survey as plain data, from its answers: rates with intervals, by street and group, small groups left out.

What is hidden is not in the data at all, so no page, file or API can show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from civicloop.surveys.rules.clustering import measured
from civicloop.surveys.rules.comparing import can_be_ranked, ranks
from civicloop.surveys.rules.crossing import crossed
from civicloop.surveys.rules.differencing import hidden_across
from civicloop.surveys.rules.estimating import Estimate, estimate, residues_of
from civicloop.surveys.rules.opened import told_beside
from civicloop.surveys.rules.questionnaire import Paper, Question
from civicloop.surveys.rules.raking import UNKNOWN, weight_effect
from civicloop.surveys.rules.suppressing import hidden
from civicloop.surveys.rules.weighting import Ground, Weighted, weigh, weigh_by_margins

STRATUM, CHANNEL = "stratum", "channel"
DRAWN = "drawn"
"""What rates rest on. Results of earlier versions lack the word: theirs may hold answers by open channels."""
DIGITS = 5
Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered questionnaire. `cluster` tells apart the buildings or groups that were drawn in a stratum; "": nobody's."""

    stratum: str
    channel: str
    answers: Mapping[str, str]
    cluster: str = ""


def results(
    rows: Sequence[Answered], paper: Paper, ground: Mapping[str, Ground], *, group: str = "", margins: Margins | None = None,
    effect: float = 1.0, open_channels: Collection[str] = (), least: int = 10,
) -> dict[str, Any]:  # fmt: skip
    """Everything a page shows. `group` names the question about the person by which answers are weighted besides strata;
    `margins` the people by answer to several such questions, which are raked. `effect` is the design effect of asking in
    clusters that was planned with: it counts where the answers cannot say how alike neighbours are.

    Rates, intervals, tables and ranks rest on those who were drawn. By `open_channels` anybody may answer: they are told beside
    each question (`opened`) and are in no other figure. `least` is the smallest number of answers that is shown by itself. Raises
    ValueError where it is below 2.
    """
    if least < 2:
        raise ValueError("a group of one is a person")
    drawn = [row for row in rows if row.channel not in open_channels]
    opened = [row for row in rows if row.channel in open_channels]
    weighted = replace(_weighted(drawn, ground, group, margins or {}), effect=effect)
    shown = len(drawn) >= least
    questions = [_question(drawn, one, paper, weighted, ground, least) for one in paper.questions]
    for told, question in zip(questions, paper.questions, strict=True):
        said = [(row.channel, row.answers.get(question.code, UNKNOWN)) for row in opened]
        told["open"] = told_beside(said, question, least)
    return {
        "basis": DRAWN,
        "answers": len(drawn),
        "opened": len(opened) if not 0 < len(opened) < least else None,
        "population": sum(one.population for one in ground.values()),
        "least": least,
        "group": group,
        "joined": [list(one) for one in weighted.joined] if shown else [],
        "uncovered": list(weighted.uncovered),
        "channels": _counts(drawn, least, opened=False) + _counts(opened, least, opened=True),
        "weighting": _weighting(weighted, margins or {}, questions) if shown else None,
        "questions": questions,
    }


def _weighted(rows: Sequence[Answered], ground: Mapping[str, Ground], group: str, margins: Margins) -> Weighted:
    if margins:
        groups = {name: [row.answers.get(name, UNKNOWN) for row in rows] for name in margins}
        return weigh_by_margins([row.stratum for row in rows], groups, ground, margins)
    return weigh([(row.stratum, row.answers.get(group, UNKNOWN) if group else UNKNOWN) for row in rows], ground)


def _weighting(weighted: Weighted, margins: Margins, questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What weights and clusters cost: their design effect, and how many answers of people drawn one by one they are worth."""
    mean = sum(weighted.weights) / len(weighted.weights)
    told = [one["clusters"] for one in questions if "clusters" in one] or [
        {"effect": weighted.effect, "measured": False}
    ]
    found = [one["effect"] for one in told]
    clusters = sum(found) / len(found)
    effect = weight_effect(weighted.weights) * clusters
    raked = weighted.raked
    return {
        "margins": list(margins), "lightest": round(min(weighted.weights) / mean, 3),
        "heaviest": round(max(weighted.weights) / mean, 3),
        "effect": round(effect, 3), "effective": round(len(weighted.weights) / effect, 1), "clusters": round(clusters, 3),
        "clusters_low": min(found), "clusters_high": max(found), "assumed": round(weighted.effect, 3),
        "measured": sum(bool(one["measured"]) for one in told), "asked": len(told),
        "many_clusters": max(one.get("many", 0) for one in told),
        "rounds": raked.rounds if raked else 0, "met": raked.met if raked else True,
        "apart": round(raked.apart, 6) if raked else 0.0, "held": raked.held if raked else 0,
    }  # fmt: skip


def _counts(rows: Sequence[Answered], least: int, *, opened: bool) -> list[dict[str, Any]]:
    many = Counter(row.channel for row in rows)
    gone = hidden(many, least)
    return [
        {"name": name, "answers": None if name in gone else count, "open": opened}
        for name, count in sorted(many.items())
    ]


class _Costs:
    """What asking in clusters costs a share of one question: measured in its answers, else as it was planned."""

    def __init__(self, rows: Sequence[Answered], values: Sequence[int | None], weighted: Weighted) -> None:
        self.places = [(row.stratum, row.cluster) for row in rows]
        self.assumed = weighted.effect
        residues = residues_of(values, replace(weighted, effect=1.0))
        within = [at for at, value in enumerate(values) if value is not None]
        self.numbers = {self.places[at] for at in within if self.places[at][1]}
        self.found = measured([residues[at] for at in within], [self.places[at] for at in within]) if residues else None

    def of(self, values: Sequence[int | None]) -> float:
        """The design effect for those who have a value."""
        if self.found is None:
            return self.assumed
        return self.found.effect(place for place, value in zip(self.places, values, strict=True) if value is not None)

    def told(self, values: Sequence[int | None]) -> dict[str, Any]:
        """Which it was, as plain data."""
        alike = round(self.found.alike, 4) if self.found else None
        return {
            "effect": round(self.of(values), 3), "measured": self.found is not None, "alike": alike, "many": len(self.numbers)
        }  # fmt: skip


def _question(
    rows: Sequence[Answered], question: Question, paper: Paper, weighted: Weighted, ground: Mapping[str, Ground], least: int
) -> dict[str, Any]:  # fmt: skip
    values = [question.value(row.answers.get(question.code)) for row in rows]
    told: dict[str, Any] = {
        "code": question.code,
        "measure": question.measure,
        "text": question.text,
        "text_en": question.text_en,
    }
    costs = _Costs(rows, values, weighted)
    whole = estimate(values, replace(weighted, effect=costs.of(values)))
    if whole is None or whole.answers < least:
        return told | {"hidden": True, "choices": [], "by": {}, "cross": {}}
    told |= {"hidden": False, **_plain(whole), "choices": _choices(rows, question, weighted), "by": {}, "cross": {}}
    told["clusters"] = costs.told(values)
    chosen = [row.answers.get(question.code, UNKNOWN) for row in rows]
    codes = [one.code for one in question.choices]
    tables = {
        table: (names, [name_of(row) for row in rows])
        for table, (names, name_of) in _tables(rows, paper, ground).items()
    }
    # One of a rate and the choices behind it must not tell what the other hides, nor one table what another does.
    answered = (values, [one or None for one in chosen])
    gone = hidden_across(
        {table: [_members(groups, one, names) for one in answered] for table, (names, groups) in tables.items()}, least
    )
    for table, (names, groups) in tables.items():
        told["by"][table] = _by(groups, values, weighted, costs, names, gone[table])
        told["cross"][table] = crossed(groups, chosen, weighted.weights, names=names, choices=codes, gone=gone[table])
    return told


def _tables(
    rows: Sequence[Answered], paper: Paper, ground: Mapping[str, Ground]
) -> dict[str, tuple[list[str], Callable[[Answered], str]]]:
    """By what answers are told apart: the names of the groups, and the group of an answer."""
    return {
        STRATUM: (list(ground), lambda row: row.stratum),
        CHANNEL: (sorted({row.channel for row in rows}), lambda row: row.channel),
        **{one.code: ([c.code for c in one.choices], _answer_to(one.code)) for one in paper.about},
    }


def _answer_to(code: str) -> Callable[[Answered], str]:
    return lambda row: row.answers.get(code, UNKNOWN)


def _members(groups: Sequence[str], values: Sequence[object], names: Sequence[str]) -> dict[str, int]:
    """Who answered in each group, as bits. Those who did not say theirs are one more when it comes to what may be subtracted."""
    inside: dict[str, list[int]] = {name: [] for name in (*names, UNKNOWN)}
    for place, (group, value) in enumerate(zip(groups, values, strict=True)):
        if value is not None:
            inside[group].append(place)
    return {name: _bits(places, len(groups)) for name, places in inside.items()}


def _bits(places: Sequence[int], many: int) -> int:
    """A number with these bits set."""
    held = bytearray(many // 8 + 1)
    for place in places:
        held[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(held, "little")


def _choices(rows: Sequence[Answered], question: Question, weighted: Weighted) -> list[dict[str, Any]]:
    """Weighted shares of all choices, among those who answered the question."""
    sums = dict.fromkeys((one.code for one in question.choices), 0.0)
    for row, weight in zip(rows, weighted.weights, strict=True):
        answer = row.answers.get(question.code)
        if answer in sums:
            sums[answer] += weight
    whole = sum(sums.values()) or 1.0
    return [
        {
            "code": one.code, "text": one.text, "text_en": one.text_en, "counts": one.counts,
            "share": round(sums[one.code] / whole, DIGITS),
        }
        for one in question.choices
    ]  # fmt: skip


def _by(
    groups: Sequence[str], values: Sequence[int | None], weighted: Weighted, costs: _Costs, names: Sequence[str],
    gone: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """The rate in each group that may be shown."""
    shares: dict[str, Estimate] = {}
    for name in names:
        inside = [value if group == name else None for group, value in zip(groups, values, strict=True)]
        found = None if name in gone else estimate(inside, replace(weighted, effect=costs.of(inside)))
        if found is not None:
            shares[name] = found
    order = ranks(shares)
    told = [
        {"name": name, **_plain(shares[name]), "rank_low": order[name].low, "rank_high": order[name].high}
        if name in shares else {"name": name, "hidden": name in gone}
        for name in names
    ]  # fmt: skip
    hidden_names = len(set(gone) - {UNKNOWN})
    return {"rows": told, "ranked": len(shares) > 1 and can_be_ranked(shares), "hidden": hidden_names}


def _plain(one: Estimate) -> dict[str, Any]:
    return {
        "share": round(one.share, DIGITS), "low": round(one.low, DIGITS), "high": round(one.high, DIGITS),
        "answers": one.answers, "effective": round(one.effective, 1), "effect": round(one.effect, 3),
    }  # fmt: skip
