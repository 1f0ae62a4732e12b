"""Who may change the standards: a table."""

from __future__ import annotations

from datetime import datetime

from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role

KEEPERS = (Role.SYSTEM_ADMIN,)
CITY_OFFICE = (Role.SYSTEM_ADMIN, Role.SUPERVISOR)

MAY = {
    "standards.load_pack": KEEPERS,
    "standards.set_parameter": CITY_OFFICE,
    "standards.set_limit": CITY_OFFICE,
    "standards.change_category": CITY_OFFICE,
    "standards.set_text": CITY_OFFICE,
    "standards.set_question": CITY_OFFICE,
    "dispatch_rule.change": (Role.SYSTEM_ADMIN, Role.DISPATCHER),
}


def require(by: Person | None, verb: str, *, at: datetime) -> None:
    """Raise NotAllowed unless the person holds one of the verb's roles. The system itself (None) may do all."""
    require_role(by, verb, MAY[verb], at=at)
