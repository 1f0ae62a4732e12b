"""Lifecycle tables: which step leads from which state to which, and what it needs.

One table describes the life of a kind of loop. The buttons of a page, the steps of the API, the inbox and the drawing in the
documentation are computed from it, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from civicloop.kernel.refusal import StepRefused


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table.

    `to` is the state reached; `None` means a side step that leaves the state as it is. `needs` names what the person must give.
    `asks` names what may be given as well. Both are keys the doors know how to ask for.
    """

    name: str
    origin: frozenset[str]
    to: str | None = None
    needs: frozenset[str] = field(default=frozenset())
    asks: frozenset[str] = field(default=frozenset())

    @classmethod
    def row(
        cls,
        name: str,
        origin: Iterable[str],
        to: str | None = None,
        *,
        needs: Iterable[str] = (),
        asks: Iterable[str] = (),
    ) -> Step:
        """A row written with plain sets."""
        return cls(name, frozenset(origin), to, frozenset(needs), frozenset(asks))


class Lifecycle:
    """A kind's whole life. Names of steps are unique; the first state is where every loop begins."""

    def __init__(self, start: str, *steps: Step) -> None:
        self.start = start
        self._steps = {step.name: step for step in steps}
        if len(self._steps) != len(steps):
            raise ValueError("a step is named twice")

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps.values())

    def __contains__(self, name: str) -> bool:
        return name in self._steps

    def __getitem__(self, name: str) -> Step:
        return self._steps[name]

    @property
    def states(self) -> frozenset[str]:
        """Every state a loop of this kind can be in."""
        found = {self.start}
        for step in self:
            found |= step.origin
            if step.to is not None:
                found.add(step.to)
        return frozenset(found)

    @property
    def endings(self) -> frozenset[str]:
        """States that no step of the table leaves for another state."""
        return frozenset(
            state for state in self.states if not any(state in s.origin and s.to not in (None, state) for s in self)
        )

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that can be taken from `state`, in the order of the table."""
        return tuple(step for step in self if state in step.origin)

    def take(self, name: str, *, state: str, given: Iterable[str] = ()) -> str:
        """The state after step `name`. Raises StepRefused when the step is unknown, not from here, or lacks what it needs."""
        step = self._steps.get(name)
        if step is None:
            raise StepRefused(name, state, code="step_unknown")
        if state not in step.origin:
            raise StepRefused(name, state)
        missing = step.needs - frozenset(given)
        if missing:
            raise StepRefused(name, state, missing=missing)
        return state if step.to is None else step.to

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram; side steps that stay are listed as notes on the arrow back."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for step in self:
            for origin in sorted(step.origin):
                lines.append(f"    {origin} --> {step.to or origin}: {step.name}")
        lines += [f"    {state} --> [*]" for state in sorted(self.endings)]
        return "\n".join(lines) + "\n"
