"""The results of a survey as plain data, from its answers: rates with intervals, by street and group, small groups left out.

What is hidden is not in the data at all, so no page, file or API can show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from civicloop.surveys.rules.comparing import can_be_ranked, ranks
from civicloop.surveys.rules.crossing import crossed
from civicloop.surveys.rules.differencing import hidden_across
from civicloop.surveys.rules.estimating import Estimate, estimate
from civicloop.surveys.rules.questionnaire import Paper, Question
from civicloop.surveys.rules.raking import UNKNOWN, weight_effect
from civicloop.surveys.rules.suppressing import hidden
from civicloop.surveys.rules.weighting import Ground, Weighted, weigh, weigh_by_margins

STRATUM, CHANNEL = "stratum", "channel"
DIGITS = 5
Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered questionnaire."""

    stratum: str
    channel: str
    answers: Mapping[str, str]


def results(
    rows: Sequence[Answered], paper: Paper, ground: Mapping[str, Ground], *, group: str = "", margins: Margins | None = None,
    effect: float = 1.0, open_channels: Collection[str] = (), least: int = 10,
) -> dict[str, Any]:  # fmt: skip
    """Everything a page shows. `group` names the question about the person by which answers are weighted besides strata;
    `margins` the people by answer to several such questions, which are raked. `effect` is the design effect of asking in
    clusters. `open_channels` are those by which anybody may answer: they are marked, since a margin of error holds for people
    who were drawn.

    `least` is the smallest number of answers that is shown by itself. Raises ValueError where it is below 2.
    """
    if least < 2:
        raise ValueError("a group of one is a person")
    weighted = replace(_weighted(rows, ground, group, margins or {}), effect=effect)
    shown = len(rows) >= least
    return {
        "answers": len(rows),
        "population": sum(one.population for one in ground.values()),
        "least": least,
        "group": group,
        "joined": [list(one) for one in weighted.joined] if shown else [],
        "uncovered": list(weighted.uncovered),
        "channels": _counts(rows, open_channels, least),
        "weighting": _weighting(weighted, margins or {}) if shown else None,
        "questions": [_question(rows, one, paper, weighted, ground, least) for one in paper.questions],
    }


def _weighted(rows: Sequence[Answered], ground: Mapping[str, Ground], group: str, margins: Margins) -> Weighted:
    if margins:
        groups = {name: [row.answers.get(name, UNKNOWN) for row in rows] for name in margins}
        return weigh_by_margins([row.stratum for row in rows], groups, ground, margins)
    return weigh([(row.stratum, row.answers.get(group, UNKNOWN) if group else UNKNOWN) for row in rows], ground)


def _weighting(weighted: Weighted, margins: Margins) -> dict[str, Any]:
    """What the weights cost: their design effect, and how many answers of people drawn one by one they are worth."""
    mean = sum(weighted.weights) / len(weighted.weights)
    effect = weight_effect(weighted.weights) * weighted.effect
    raked = weighted.raked
    return {
        "margins": list(margins), "lightest": round(min(weighted.weights) / mean, 3),
        "heaviest": round(max(weighted.weights) / mean, 3),
        "effect": round(effect, 3), "clusters": round(weighted.effect, 3), "effective": round(len(weighted.weights) / effect, 1),
        "rounds": raked.rounds if raked else 0, "met": raked.met if raked else True,
        "apart": round(raked.apart, 6) if raked else 0.0, "held": raked.held if raked else 0,
    }  # fmt: skip


def _counts(rows: Sequence[Answered], open_channels: Collection[str], least: int) -> list[dict[str, Any]]:
    many = Counter(row.channel for row in rows)
    gone = hidden(many, least)
    return [
        {"name": name, "answers": None if name in gone else count, "open": name in open_channels}
        for name, count in sorted(many.items())
    ]


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
    whole = estimate(values, weighted)
    if whole is None or whole.answers < least:
        return told | {"hidden": True, "choices": [], "by": {}, "cross": {}}
    told |= {"hidden": False, **_plain(whole), "choices": _choices(rows, question, weighted), "by": {}, "cross": {}}
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
        told["by"][table] = _by(groups, values, weighted, names, gone[table])
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
    groups: Sequence[str], values: Sequence[int | None], weighted: Weighted, names: Sequence[str], gone: Collection[str]
) -> dict[str, Any]:
    """The rate in each group that may be shown."""
    shares: dict[str, Estimate] = {}
    for name in names:
        inside = [value if group == name else None for group, value in zip(groups, values, strict=True)]
        found = None if name in gone else estimate(inside, weighted)
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
