"""Which words of a large list stand in a text: one walk over the text, whatever the number of words.

Words are looked up by their first two characters, then by length, longest first. Chinese place names and problem words differ in
their first two characters nearly always, so a position of the text costs one look-up; an automaton in Python costs several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Match = tuple[int, int, str]
"""Begin and end in the text, and the word."""


class Dictionary:
    """A fixed list of words of one character or more."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(word for word in words if word)
        heads: dict[str, set[int]] = {}
        for word in self.words:
            heads.setdefault(word[:2], set()).add(len(word))
        self._heads = {head: tuple(sorted(lengths, reverse=True)) for head, lengths in heads.items()}
        self._single = frozenset(word for word in self.words if len(word) == 1)

    def all(self, text: str) -> Iterator[Match]:
        """Every word at every position, overlapping ones too; of one position the longest first."""
        words, heads, single = self.words, self._heads, self._single
        for begin in range(len(text)):
            lengths = heads.get(text[begin : begin + 2])
            if lengths is not None:
                for length in lengths:
                    word = text[begin : begin + length]
                    if word in words:
                        yield begin, begin + len(word), word
            if single and text[begin] in single and begin + 1 < len(text):
                yield begin, begin + 1, text[begin]

    def longest(self, text: str) -> list[Match]:
        """The words from left to right, the longest at each position; none overlaps another."""
        found: list[Match] = []
        free = 0
        for begin, end, word in self.all(text):
            if begin >= free:
                found.append((begin, end, word))
                free = end
        return found
