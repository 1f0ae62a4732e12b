"""Counts of people by group, so that nobody is found out by a small one."""

from __future__ import annotations

from collections.abc import Mapping


def shielded(counts: Mapping[str, int], *, smallest: int) -> dict[str, int | None]:
    """The counts, with None in the place of groups of fewer than `smallest` people; no people at all may be said.

    Where one group alone would be hidden, the smallest of the others is hidden too: else the total gives it away.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    if len(hidden) == 1:
        others = sorted((count, name) for name, count in counts.items() if count > 0 and name not in hidden)
        hidden |= {name for _, name in others[:1]}
    return {name: None if name in hidden else count for name, count in counts.items()}


def shield(count: int, *, smallest: int) -> int | None:
    """One count of people, or None where it is a small group."""
    return None if 0 < count < smallest else count
