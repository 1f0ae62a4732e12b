"""What was said by open channels (posters, kiosks), told beside the rates and never in them.

A margin of error says how far a drawn part of the people may lie from all of them. Who answers a poster was drawn by nobody, so
his answer has a count and a share and no interval, and no weight: nobody knows whom he stands for (AAPOR, Report of the Task
Force on Non-Probability Sampling, 2013). Nothing here is reckoned from a drawn answer and no rate from one of these: there is no
figure of both together, so none can be had by subtracting one from the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from civicloop.surveys.rules.questionnaire import Question
from civicloop.surveys.rules.suppressing import hidden_in_all

DIGITS = 5
Said = tuple[str, str]
"""Channel, code of the choice; the code is "" for who said nothing."""


def told_beside(said: Sequence[Said], question: Question, least: int) -> dict[str, Any] | None:
    """Plain shares of those who answered a question by open channels, together and by channel; None where nobody did.

    `hidden` is true where fewer than `least` made a yes or a no; a channel of a few is left out, and with it what would tell it.
    """
    counted = [(channel, question.value(code)) for channel, code in said]
    told = [(channel, value) for channel, value in counted if value is not None]
    if not said:
        return None
    if len(told) < least:
        return {"hidden": True, "choices": [], "channels": []}
    chosen = Counter(code for _channel, code in said if question.choice(code))
    # Of one channel a rate and the choices behind it must not tell what the other hides.
    sizes = [
        Counter(channel for channel, _value in told),
        Counter(channel for channel, code in said if question.choice(code)),
    ]
    gone = hidden_in_all(sizes, least)
    return {
        "hidden": False, "answers": len(told), "share": _share([value for _channel, value in told]),
        "choices": [
            {"code": one.code, "share": round(chosen[one.code] / chosen.total(), DIGITS)} for one in question.choices
        ],
        "channels": [_row(name, [value for one, value in told if one == name], name in gone) for name in sorted(sizes[1])],
    }  # fmt: skip


def _row(name: str, values: Sequence[int], gone: bool) -> dict[str, Any]:
    return (
        {"name": name, "hidden": True}
        if gone
        else {"name": name, "hidden": False, "answers": len(values), "share": _share(values)}
    )


def _share(values: Sequence[int]) -> float:
    return round(sum(values) / len(values), DIGITS) if values else 0.0
