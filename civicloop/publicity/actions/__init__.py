"""All writes of displays and honours."""

from civicloop.publicity.actions.displays import (
    change_content,
    check,
    find_broken,
    follow_case,
    mend,
    plan_display,
    put_up,
    take_down,
)
from civicloop.publicity.actions.honours import (
    apply_for,
    award,
    examine,
    object_to,
    recommend,
    revoke,
    turn_down,
    withdraw_honour,
)

__all__ = [
    "apply_for", "award", "change_content", "check", "examine", "find_broken", "follow_case", "mend", "object_to", "plan_display",
    "put_up", "recommend", "revoke", "take_down", "turn_down", "withdraw_honour",
]  # fmt: skip
