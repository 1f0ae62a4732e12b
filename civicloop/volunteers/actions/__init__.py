"""All writes of the order loop."""

from civicloop.volunteers.actions.orders import (
    Created,
    amend,
    approve,
    arrange,
    cancel,
    comment,
    create,
    expire,
    expires_at,
    hand_in,
    reject,
    return_,
)
from civicloop.volunteers.actions.orders_rating import archive, not_served, rate, rate_by_time
from civicloop.volunteers.actions.orders_take import order_of_code, take, take_by_code
from civicloop.volunteers.actions.orders_teams import (
    accept,
    assign,
    begin,
    check_team,
    decline,
    finish,
    lapse,
    metres_between,
    missing_skills,
    reassign,
    recall,
)

__all__ = [
    "Created", "accept", "amend", "approve", "archive", "arrange", "assign", "begin", "cancel", "check_team", "comment", "create",
    "decline", "expire", "expires_at", "finish", "hand_in", "lapse", "metres_between", "missing_skills", "not_served",
    "order_of_code", "rate", "rate_by_time", "reassign", "recall", "reject", "return_", "take", "take_by_code",
]  # fmt: skip
