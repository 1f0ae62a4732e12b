"""What each group chose: one question by one feature of the people, as shares of the group.

Groups that must not be shown (`suppressing.hidden_in_all`, the same as in the table of rates) are told together as one row,
or not at all. Nobody can have one of them by subtraction: the city's shares less the rows that are shown leave only that row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

DIGITS = 4


def crossed(
    groups: Sequence[str], chosen: Sequence[str], weights: Sequence[float], *, names: Sequence[str], choices: Sequence[str],
    gone: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """Rows of groups with the weighted share of each choice; `rest` are the hidden groups together, None where none is hidden.

    `groups` and `chosen` say for every answer its group and its choice; who chose nothing is left out. Groups nobody belongs
    to have no row.
    """
    rows = [_row(name, {name}, groups, chosen, weights, choices) for name in names if name not in gone]
    rest = _row("", set(gone), groups, chosen, weights, choices) if gone else None
    shown = [row for row in rows if row["answers"]]
    return {"choices": list(choices), "rows": shown, "rest": rest if rest and rest["answers"] and shown else None}


def _row(
    name: str, inside: Collection[str], groups: Sequence[str], chosen: Sequence[str], weights: Sequence[float],
    choices: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    sums, answers = dict.fromkeys(choices, 0.0), 0
    for group, choice, weight in zip(groups, chosen, weights, strict=True):
        if group in inside and choice in sums:
            sums[choice] += weight
            answers += 1
    whole = sum(sums.values()) or 1.0
    return {"name": name, "answers": answers, "shares": [round(sums[choice] / whole, DIGITS) for choice in choices]}
