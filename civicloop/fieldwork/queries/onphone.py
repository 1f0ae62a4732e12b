"""Which steps a phone offers beside a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from civicloop.cases.models import Case
from civicloop.cases.policy import REPORTERS
from civicloop.cases.queries import moving_steps
from civicloop.standards.reference import Actor, Reference

STEPS = ("accept", "return", "rectify", "verify", "send_back", "close", "resume", "comment")
"""What is done outside. Filing, dispatching and the side affairs are desk work; an entry may still name any step."""


def steps_on_phone(actor: Actor, cases: Sequence[Case], *, at: datetime, ref: Reference) -> dict[int, tuple[str, ...]]:
    """For each case, which the person sees, the steps he may take outside: one statement for all of them."""
    if not cases:
        return {}
    moving = moving_steps(actor, cases, at=at, ref=ref)
    comment = ("comment",) if actor.has(*REPORTERS) else ()
    return {pk: (*(step.name for step in steps if step.name in STEPS), *comment) for pk, steps in moving.items()}
