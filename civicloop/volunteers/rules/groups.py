"""Counts of people by group, so that nobody is found out by a small one."""

from __future__ import annotations

from collections.abc import Mapping


def shielded(counts: Mapping[str, int], *, smallest: int) -> dict[str, int | None]:
    """The counts, with None in the place of groups of fewer than `smallest` people; no people at all may be said.

    Whoever knows the total must not find the hidden ones out: while they are one alone, few together, or each as large as a small
    group can be, the smallest of the others is hidden too.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    others = sorted((count, name) for name, count in counts.items() if count > 0 and name not in hidden)
    while hidden and others:
        total = sum(counts[name] for name in hidden)
        if len(hidden) > 1 and total >= smallest and total not in (len(hidden), len(hidden) * (smallest - 1)):
            break
        hidden.add(others.pop(0)[1])
    return {name: None if name in hidden else count for name, count in counts.items()}


def shield(count: int, *, smallest: int) -> int | None:
    """One count of people, or None where it is a small group."""
    return None if 0 < count < smallest else count
