"""What the words say and what the classifier says, put together.

Two witnesses: the doubt left is the product of their doubts, 1 − (1 − w·r)(1 − t·m) with r from the words, m the
share of the classifier, t how often it is right at first as measured, w = 0.95. Where nobody speaks, nothing is suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civicloop.textintake.rules.words import Hit

WORDS_TRUST = 0.95
UNMEASURED = 0.3
LEAST = 0.12
SURE, LIKELY, APART = 0.8, 0.5, 0.15


@dataclass(frozen=True, slots=True)
class Ranked:
    """A category with its score (0 to 1), the words that led to it, and the pieces of the text the classifier heard."""

    category: int
    score: float
    words: tuple[str, ...]
    learned: tuple[str, ...]


def ranked(
    hits: Sequence[Hit], learned: Sequence[tuple[int, float, tuple[str, ...]]], trust: float, most: int
) -> tuple[Ranked, ...]:
    """The categories, the surest first; at most so many, none below 0.12."""
    trust = trust or UNMEASURED
    words = {hit.category: hit for hit in hits}
    heard = {category: (share, pieces) for category, share, pieces in learned}
    found = []
    for category in words.keys() | heard.keys():
        hit, (share, pieces) = words.get(category), heard.get(category, (0.0, ()))
        score = 1 - (1 - WORDS_TRUST * (hit.score if hit else 0.0)) * (1 - trust * share)
        if score >= LEAST:
            found.append(Ranked(category, round(score, 3), hit.words if hit else (), pieces))
    return tuple(sorted(found, key=lambda one: (-one.score, one.category))[:most])


def how_sure(categories: Sequence[Ranked]) -> str:
    """sure, likely or unsure: by the score of the first and how far the second is behind."""
    if not categories or categories[0].score < LIKELY:
        return "unsure"
    second = categories[1].score if len(categories) > 1 else 0.0
    if categories[0].score >= SURE and categories[0].score - second >= APART:
        return "sure"
    return "likely"
