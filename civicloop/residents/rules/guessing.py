"""Which category a resident's words point to, by the words of the categories themselves: used where no trained text intake is."""

from __future__ import annotations

from collections.abc import Iterable

from civicloop.kernel.text import bigrams, fold


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
