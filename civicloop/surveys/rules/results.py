"""The results of a survey as plain data, from its answers: rates with intervals, by street and group, small groups left out.

What is hidden is not in the data at all, so no page, file or API can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civicloop.surveys.rules.comparing import can_be_ranked, ranks
from civicloop.surveys.rules.estimating import Estimate, estimate
from civicloop.surveys.rules.questionnaire import Paper, Question
from civicloop.surveys.rules.suppressing import hidden
from civicloop.surveys.rules.weighting import UNKNOWN, Ground, Weighted, weigh

STRATUM, CHANNEL = "stratum", "channel"
DIGITS = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered questionnaire."""

    stratum: str
    channel: str
    answers: Mapping[str, str]


def results(
    rows: Sequence[Answered], paper: Paper, ground: Mapping[str, Ground], *, group: str = "", least: int = 10
) -> dict[str, Any]:
    """Everything a page shows. `group` names the question about the person by which answers are weighted besides strata.

    `least` is the smallest number of answers that is shown by itself. Raises ValueError where it is below 2.
    """
    if least < 2:
        raise ValueError("a group of one is a person")
    weighted = weigh([(row.stratum, row.answers.get(group, UNKNOWN) if group else UNKNOWN) for row in rows], ground)
    shown = len(rows) >= least
    return {
        "answers": len(rows),
        "population": sum(one.population for one in ground.values()),
        "least": least,
        "group": group,
        "joined": [list(one) for one in weighted.joined] if shown else [],
        "uncovered": list(weighted.uncovered),
        "channels": _counts(rows, least),
        "questions": [_question(rows, one, paper, weighted, ground, least) for one in paper.questions],
    }


def _counts(rows: Sequence[Answered], least: int) -> list[dict[str, Any]]:
    many: dict[str, int] = {}
    for row in rows:
        many[row.channel] = many.get(row.channel, 0) + 1
    gone = hidden(many, least)
    return [{"name": name, "answers": None if name in gone else count} for name, count in sorted(many.items())]


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
        return told | {"hidden": True, "choices": [], "by": {}}
    told |= {"hidden": False, **_plain(whole), "choices": _choices(rows, question, weighted)}
    told["by"] = {
        STRATUM: _by(rows, values, weighted, list(ground), lambda row: row.stratum, least),
        CHANNEL: _by(rows, values, weighted, sorted({row.channel for row in rows}), lambda row: row.channel, least),
        **{
            one.code: _by(rows, values, weighted, [c.code for c in one.choices], _answer_to(one.code), least)
            for one in paper.about
        },
    }
    return told


def _answer_to(code: str) -> Callable[[Answered], str]:
    return lambda row: row.answers.get(code, UNKNOWN)


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
    rows: Sequence[Answered], values: Sequence[int | None], weighted: Weighted, names: Sequence[str],
    name_of: Callable[[Answered], str], least: int,
) -> dict[str, Any]:  # fmt: skip
    """The rate in each group. Those who did not say their group are one more group when it comes to what may be subtracted."""
    groups = [name_of(row) for row in rows]
    sizes = dict.fromkeys([*names, UNKNOWN], 0)
    for group, value in zip(groups, values, strict=True):
        sizes[group] += value is not None
    gone = hidden(sizes, least)
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
    return {"rows": told, "ranked": len(shares) > 1 and can_be_ranked(shares), "hidden": len(gone - {UNKNOWN})}


def _plain(one: Estimate) -> dict[str, Any]:
    return {
        "share": round(one.share, DIGITS), "low": round(one.low, DIGITS), "high": round(one.high, DIGITS),
        "answers": one.answers, "effective": round(one.effective, 1),
    }  # fmt: skip
