"""The category of a problem by its words: names of the packs, and a lexicon of how people say it.

A clue is one word that stands for a category by itself, or several groups of which each must be named nearby (垃圾桶 and 满). The
confusion rules of the national list are written as clues with a higher weight and words that rule a category out: overflowing
container → 垃圾站（箱）满溢, no container → 暴露垃圾, large or long-standing → 积存垃圾渣土; litter in green → 绿地脏乱, damage or
occupation → 非法占绿毁绿; materials of a site → 施工物料乱堆放, other heaps → 乱堆杂物; a fixed shop → 店外经营, a mobile vendor →
占道经营; posted and painted → 非法小广告, boards → 违规户外广告; spills of vehicles → 道路遗撒, dust and stains → 道路不洁.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civicloop.textintake.rules.dictionary import Dictionary

NAME_WEIGHT, PART_WEIGHT = 0.9, 0.6
NEAR = 14
"""Groups of one clue must stand within so many characters of each other: farther apart they tell of two things."""
MOST_TOLD = 5
MOST_PLACES = 12
"""Of a word that stands in a text again and again so many places count."""
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_FAULT = "异常"
_LIST = re.compile(r"[、，]")


@dataclass(frozen=True, slots=True)
class Clue:
    """Words that lead to a category. Of each group one word must be found; `unless` rules it out; weight is 0 to 1."""

    category: int
    groups: tuple[frozenset[str], ...]
    weight: float
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A category that words led to: how sure (0 to 1), and which words."""

    category: int
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What the lexicon must know of a category."""

    id: int
    name: str


class Lexicon:
    """All clues of a city's categories, ready to be asked."""

    def __init__(self, clues: Iterable[Clue]) -> None:
        self.clues = tuple(clues)
        words = {word for clue in self.clues for group in (*clue.groups, clue.unless) for word in group}
        self._dictionary = Dictionary(words)
        self._first: dict[str, list[int]] = {}
        for number, clue in enumerate(self.clues):
            for word in clue.groups[0]:
                self._first.setdefault(word, []).append(number)

    def hits(self, text: str) -> list[Hit]:
        """The categories the words lead to, the surest first. Two clues of one category make it surer (1 − ∏(1 − w))."""
        where: dict[str, list[int]] = {}
        for begin, _, word in self._dictionary.all(text):
            places = where.setdefault(word, [])
            if len(places) < MOST_PLACES:
                places.append(begin)
        asked = {number for word in where for number in self._first.get(word, ())}
        found: dict[int, tuple[float, dict[str, None]]] = {}
        for number in sorted(asked):
            clue = self.clues[number]
            words = _met(clue, where)
            if words is None:
                continue
            doubt, told = found.get(clue.category, (1.0, {}))
            # A clue whose words were all told already says nothing new.
            if not told or not set(words) <= set(told):
                found[clue.category] = (doubt * (1 - clue.weight), told | dict.fromkeys(words))
        hits = [Hit(category, 1 - doubt, _longest(told)) for category, (doubt, told) in found.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.category))

    def kinds(self, text: str) -> frozenset[str]:
        """The categories that words lead to with some certainty, for cutting a text into its problems."""
        hits = self.hits(text)
        best = hits[0].score if hits else 0.0
        return frozenset(str(hit.category) for hit in hits if hit.score >= 0.5 and hit.score >= best - 0.2)


def _met(clue: Clue, where: Mapping[str, list[int]]) -> list[str] | None:
    if clue.unless and not clue.unless.isdisjoint(where):
        return None
    first = [(begin, word) for word in clue.groups[0] if word in where for begin in where[word]]
    rest = [[(begin, word) for word in group if word in where for begin in where[word]] for group in clue.groups[1:]]
    if not all(rest):
        return None
    for begin, word in sorted(first):
        near = [min((abs(at - begin), other) for at, other in group) for group in rest]
        if all(apart <= NEAR + len(word) for apart, _ in near):
            return [word, *(other for _, other in near)]
    return None


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    """The words without those that are part of another."""
    told = list(words)
    return tuple(one for one in told if not any(one != other and one in other for other in told))[:MOST_TOLD]


def clues_of(named: Sequence[Named], entries: Mapping[str, Sequence[Mapping[str, Any]]], faults: Sequence[str],
             things: Mapping[str, Sequence[str]]) -> list[Clue]:  # fmt: skip
    """The clues for these categories: their names, and the entries of the lexicon that stand under a name.

    A category named 某物异常 is a thing with something wrong: its thing and one of the `faults`; `things` are other names.
    """
    found: list[Clue] = []
    every = {form for one in named for form in _forms(one.name)}
    for one in named:
        forms = _forms(one.name)
        # 机动车乱停放 stands in 非机动车乱停放 and is not meant there.
        longer = frozenset(other for other in every if any(form in other and form != other for form in forms)) - set(
            forms
        )
        found += [Clue(one.id, (frozenset(forms),), NAME_WEIGHT, longer)]
        if one.name.endswith(_FAULT):
            thing = _BRACKETS.sub("", one.name.removesuffix(_FAULT))
            names = frozenset(part for part in (thing, *things.get(one.name, ())) if len(part) > 1)
            if names:
                found += [Clue(one.id, (names, frozenset(faults)), 0.75), Clue(one.id, (names,), 0.35)]
        found += [
            Clue(
                one.id, tuple(frozenset(group) for group in entry["words"]), float(entry["weight"]),
                frozenset(entry.get("unless", ())),
            )
            for entry in entries.get(one.name, ())
        ]  # fmt: skip
    return found


def _forms(name: str) -> list[str]:
    """A name as it may be said: without brackets, and each part of a list that is long enough to mean it alone."""
    bare = _BRACKETS.sub("", name)
    parts = [part for part in _LIST.split(bare) if len(part) >= 4]
    return list(dict.fromkeys([name, bare, *parts]))
