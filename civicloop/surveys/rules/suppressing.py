"""Groups too small to be shown, and those hidden with them so that nobody can subtract.

With the number of all known, one hidden group is the rest. So either no group that has anybody is hidden, or at least two are, and
together they are no smaller than the least that may be shown (complementary suppression; L. Willenborg and T. de Waal, Elements of
Statistical Disclosure Control, 2001, 1.6). If that cannot be had, all are hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def hidden(sizes: Mapping[str, int], least: int, also: Collection[str] = ()) -> frozenset[str]:
    """The groups that must not be shown, of groups that share a published total. Groups nobody belongs to tell nothing.

    `also` are groups that another table of the same people hides.
    """
    peopled = {key: many for key, many in sizes.items() if many > 0}
    gone = {key for key, many in peopled.items() if many < least or key in also}
    # The smallest others go with them: least is lost.
    for key in sorted(peopled.keys() - gone, key=lambda one: (peopled[one], one)):
        if not gone or (len(gone) > 1 and sum(peopled[one] for one in gone) >= least):
            break
        gone.add(key)
    return frozenset(gone)


def hidden_in_all(
    tables: Sequence[Mapping[str, int]], least: int, also: Collection[str] = ()
) -> frozenset[str]:  # fmt: skip
    """The groups that must be hidden in every one of several tables of the same groups, such as a rate and the choices behind it.

    Two tables that hide different groups would tell by their difference what each of them hides. `also` are groups to be hidden
    whatever their size.
    """
    gone = frozenset(also)
    while True:
        more = gone.union(*(hidden(sizes, least, gone) for sizes in tables))
        if more == gone:
            return gone
        gone = more
