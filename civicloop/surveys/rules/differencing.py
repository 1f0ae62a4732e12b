"""Groups of different tables that are nearly the same people: whoever subtracts one from the other learns what the few between them
said.

If all answers by telephone but one came from one street, the street's rate less the telephone's is that one answer. So of two shown
groups whose people differ, by fewer than the least that may be shown, one is hidden (differencing across tables; L. Willenborg and
T. de Waal, Elements of Statistical Disclosure Control, 2001, 1.6). The same holds for a group and all who are not in another, as
the total is known. Sums of several groups of one table against sums of another are not looked through: there are too many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import combinations, product
from operator import or_

from civicloop.surveys.rules.suppressing import hidden_in_all

Group = tuple[str, str]
"""Name of a table, name of a group in it."""
REST = "\0rest"
"""The hidden groups of a table, which are told together."""


def hidden_across(tables: Mapping[str, Sequence[Mapping[str, int]]], least: int) -> dict[str, frozenset[str]]:
    """The groups to hide in each table. A table is given by the groups of one or more counts of the same people (such as a rate and
    the choices behind it), each group as a number whose bit n says that the nth person belongs to it.

    Each table by itself is safe (`suppressing.hidden_in_all`), and of any two shown groups from different tables nobody can tell
    what fewer than `least` people said. Hiding one asks for others of its table, so this goes on until nothing changes.
    """
    sizes = {
        name: [{key: one.bit_count() for key, one in count.items()} for count in counts]
        for name, counts in tables.items()
    }
    gone = {name: hidden_in_all(counts, least) for name, counts in sizes.items()}
    while True:
        found = _too_close(tables, gone, least)
        if found is None:
            return gone
        table, name = found
        gone[table] = hidden_in_all(sizes[table], least, {*gone[table], name})


def _too_close(
    tables: Mapping[str, Sequence[Mapping[str, int]]], gone: Mapping[str, Collection[str]], least: int
) -> Group | None:  # fmt: skip
    """A group to hide: the smaller one of two that differ by too few; None where no two do."""
    for number in range(max((len(counts) for counts in tables.values()), default=0)):
        every = _all(bits for counts in tables.values() for bits in counts[number].values()).bit_count()
        told = {name: _told(counts[number], gone[name]) for name, counts in tables.items()}
        for first, second in combinations(told, 2):
            for (left, mine), (right, theirs) in product(told[first].items(), told[second].items()):
                apart = (mine ^ theirs).bit_count()
                if 0 < min(apart, every - apart or least) < least:
                    pair = [(mine.bit_count(), first, left), (theirs.bit_count(), second, right)]
                    return _to_hide(pair, told)
    return None


def _all(people: Iterable[int]) -> int:
    """Everybody who is in any of them."""
    return reduce(or_, people, 0)


def _told(count: Mapping[str, int], gone: Collection[str]) -> dict[str, int]:
    """What a reader knows of a table: its shown groups, and the hidden ones together, where any is shown."""
    shown = {key: one for key, one in count.items() if one and key not in gone}
    rest = _all(count.get(key, 0) for key in gone)
    return {**shown, REST: rest} if shown and rest else shown


def _to_hide(pair: Sequence[tuple[int, str, str]], told: Mapping[str, Mapping[str, int]]) -> Group:
    """The smaller group by name; where both are what is hidden already, the smallest group shown beside either."""
    named = [(size, table, name) for size, table, name in pair if name != REST]
    if not named:
        named = [
            (one.bit_count(), table, name)
            for _size, table, _name in pair for name, one in told[table].items() if name != REST
        ]  # fmt: skip
    _size, table, name = min(named)
    return table, name
