"""Which category a resident means: by the words of the categories themselves, and by what is usual at that place and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from civicloop.kernel.text import bigrams, fold

# A case of the same part of the day counts twice; fewer than so many of a kind say nothing about a place.
SAME_HOURS = 3
LEAST_OF_A_KIND = 3
# What is usual decides among what the words leave open. Below a half, it never goes before what they say first.
USUAL_WEIGHT = 0.45


def ranked(text: str, categories: Iterable[tuple[int, str, str]], *, most: int = 5) -> list[int]:
    """Numbers of the best fitting categories, best first; none where nothing fits.

    `categories` are (number, name, other words). A pair of characters shared with the name counts three, with the other words one;
    the sum is divided by the root of the name's length, so that long names do not win by length alone.
    """
    said = {word for word in bigrams(text) if len(word) > 1}
    if not said:
        return []
    found = []
    for number, name, words in categories:
        named = {word for word in bigrams(name) if len(word) > 1}
        described = {word for word in bigrams(words) if len(word) > 1}
        score = 3 * len(said & named) / max(len(named), 1) ** 0.5 + len(said & (described - named)) * 0.3
        if fold(name) in fold(text):
            score += 3
        if score >= 0.5:
            found.append((-score, number))
    return [number for _score, number in sorted(found)[:most]]


def usual(cases: Iterable[tuple[int, int]], hour: int) -> dict[int, float]:
    """How usual each category is among cases nearby, as shares that sum to 1 at most.

    `cases` are (category, hour of the report, 0 to 23). One whose hour is within three of `hour`, round midnight, counts twice.
    """
    weights: Counter[int] = Counter()
    many: Counter[int] = Counter()
    for number, reported in cases:
        apart = abs(reported - hour)
        many[number] += 1
        weights[number] += 2 if min(apart, 24 - apart) <= SAME_HOURS else 1
    whole = sum(weights.values())
    return {number: weights[number] / whole for number in many if many[number] >= LEAST_OF_A_KIND}


def merged(said: Sequence[int], here: Mapping[int, float], *, most: int = 5) -> list[int]:
    """Both together, best first: the words by their rank (1, 1/2, 1/3 …), what is usual by its share times 0.45.

    What the words say first stays first, since 1/2 and 0.45 are less than 1.
    """
    scores = {number: 1 / rank for rank, number in enumerate(dict.fromkeys(said), 1)}
    for number, share in here.items():
        scores[number] = scores.get(number, 0.0) + USUAL_WEIGHT * share
    return sorted(scores, key=lambda number: (-scores[number], number))[:most]
