"""Who may set up ways out of the house: a table. What a person wants to hear is chosen by that person alone."""

from __future__ import annotations

from datetime import datetime

from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role

MAY = {"robot.keep": (Role.SYSTEM_ADMIN,)}


def require(by: Person | None, verb: str, *, at: datetime) -> None:
    """Raise NotAllowed unless the person holds one of the verb's roles. The system itself (None) may do all."""
    require_role(by, verb, MAY[verb], at=at)
