"""Permission rules that are read aloud in meetings: small predicates, joined with | & ~."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from civicloop.standards.reference import Actor

Check = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Rule:
    """A question about a person and a loop. `roles` are those that could answer yes; they are shown when it says no."""

    name: str
    check: Check
    roles: frozenset[str] = frozenset()

    def __call__(self, actor: Actor, loop: Any) -> bool:
        return self.check(actor, loop)

    def __or__(self, other: Rule) -> Rule:
        return Rule(f"{self.name} or {other.name}", lambda a, c: self(a, c) or other(a, c), self.roles | other.roles)

    def __and__(self, other: Rule) -> Rule:
        both = self.roles & other.roles if self.roles and other.roles else self.roles | other.roles
        return Rule(f"{self.name} and {other.name}", lambda a, c: self(a, c) and other(a, c), both)

    def __invert__(self) -> Rule:
        return Rule(f"not {self.name}", lambda a, c: not self(a, c))


def rule(*roles: str) -> Callable[[Check], Rule]:
    """Make a rule of a predicate; its name is the function's."""
    return lambda check: Rule(check.__name__, check, frozenset(roles))
