"""Tables of voluntary service."""

from civicloop.volunteers.models.orders import (
    Order,
    OrderAlarm,
    OrderEvidence,
    OrderRefusal,
    OrderStep,
    Proposal,
    Requester,
)
from civicloop.volunteers.models.places import PracticeSite, ServiceKind, Skill, Team

__all__ = [
    "Order", "OrderAlarm", "OrderEvidence", "OrderRefusal", "OrderStep", "PracticeSite", "Proposal", "Requester",
    "ServiceKind", "Skill", "Team",
]  # fmt: skip
