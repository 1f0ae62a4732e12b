"""What can be done with scores: appeal against a judgement, keep the negative list, publish."""

from civicloop.scoring.actions.appeals import lodge_appeal, review_appeal, withdraw_appeal
from civicloop.scoring.actions.keeping import keep_figures, keep_named
from civicloop.scoring.actions.negative import record_negative_event, revoke_negative_event
from civicloop.scoring.actions.publishing import publish_score

__all__ = [
    "keep_figures", "keep_named", "lodge_appeal", "publish_score", "record_negative_event", "review_appeal",
    "revoke_negative_event", "withdraw_appeal",
]  # fmt: skip
