"""Which unit should have a case: category × grid × area class × time, with the reasons written down.

1. The city's own rules first: the one that says most about the case wins; ties go to the lower priority number.
2. Then the units that carry the category's line; of several, the one nearest to the grid's block in the tree.
3. What nobody's line covers belongs to the block it lies in (属地兜底): the place has first responsibility.
4. Without a block there is no proposal, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any


@dataclass(frozen=True, slots=True)
class DispatchQuestion:
    """What is known of a case before a unit is responsible. `blocks` are the grid's unit and all units above it."""

    category_id: int
    line: str
    blocks: tuple[int, ...]
    area_class: str
    at: time
    is_working_time: bool


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One of the city's dispatch rules; empty parts hold for everything. A window may run over midnight.

    Without a unit the rule gives the case to the block it lies in.
    """

    id: int
    unit_id: int | None
    priority: int
    category_id: int | None = None
    line: str = ""
    block_id: int | None = None
    area_class: str = ""
    from_time: time | None = None
    to_time: time | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code and what it is about; the page writes the sentence."""

    code: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed unit, or None, and why. `others` are the candidates that were passed over."""

    unit_id: int | None
    reasons: tuple[Reason, ...]
    others: tuple[int, ...] = ()


def propose(
    asked: DispatchQuestion,
    rules: Sequence[RuleInfo],
    candidates: Sequence[int],
    above: Callable[[int], tuple[int, ...]],
) -> Proposal:
    """The unit that should have the case. `candidates` carry the category's line; `above` gives the units over a unit."""
    fitting = [rule for rule in rules if _fits(rule, asked)]
    if fitting:
        best = min(fitting, key=lambda rule: (-_weight(rule), rule.priority, rule.id))
        unit = asked.blocks[0] if best.unit_id is None else best.unit_id
        return Proposal(unit, (Reason("rule", {"rule": best.id, "says": _said(best)}),))
    if candidates:
        ranked = sorted(candidates, key=lambda unit: (_steps_apart(unit, asked.blocks, above), candidates.index(unit)))
        code = "line_only" if len(ranked) == 1 else "line_nearest"
        return Proposal(ranked[0], (Reason(code, {"line": asked.line}),), tuple(ranked[1:]))
    if asked.blocks:
        return Proposal(asked.blocks[0], (Reason("no_line", {"line": asked.line}), Reason("block_first")))
    return Proposal(None, (Reason("no_line", {"line": asked.line}), Reason("no_block")))


def _fits(rule: RuleInfo, asked: DispatchQuestion) -> bool:
    return (
        (rule.unit_id is not None or bool(asked.blocks))
        and rule.category_id in (None, asked.category_id)
        and rule.line in ("", asked.line)
        and (rule.block_id is None or rule.block_id in asked.blocks)
        and rule.area_class in ("", asked.area_class)
        and _in_window(rule, asked.at)
    )


def _in_window(rule: RuleInfo, at: time) -> bool:
    if rule.from_time is None or rule.to_time is None:
        return True
    if rule.from_time <= rule.to_time:
        return rule.from_time <= at < rule.to_time
    return at >= rule.from_time or at < rule.to_time


def _weight(rule: RuleInfo) -> int:
    """How much a rule says: a category more than a place, a place more than a line, class or hour."""
    return (
        8 * (rule.category_id is not None) + 4 * (rule.block_id is not None) + 2 * bool(rule.line)
        + bool(rule.area_class) + (rule.from_time is not None)
    )  # fmt: skip


def _said(rule: RuleInfo) -> list[str]:
    parts = {
        "category": rule.category_id, "block": rule.block_id, "line": rule.line, "area_class": rule.area_class,
        "time": rule.from_time,
    }  # fmt: skip
    return [name for name, value in parts.items() if value not in (None, "")]


def _steps_apart(unit: int, blocks: tuple[int, ...], above: Callable[[int], tuple[int, ...]]) -> int:
    """Steps up from the grid's block to the first unit that also stands over the candidate."""
    line = (unit, *above(unit))
    return next((steps for steps, block in enumerate(blocks) if block in line), len(blocks) + 1)
