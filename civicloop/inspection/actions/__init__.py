"""All writes of inspection."""

from civicloop.inspection.actions.assigning import Assigned, Left, assign_visits
from civicloop.inspection.actions.drawing import cancel_draw, commit_draw, perform_draw, publish_draw
from civicloop.inspection.actions.rounds import close_round, plan_round
from civicloop.inspection.actions.routes import make_routes
from civicloop.inspection.actions.submitting import add_photo, complete, submit
from civicloop.inspection.actions.substituting import miss_visit, substitute

__all__ = [
    "Assigned", "Left", "add_photo", "assign_visits", "cancel_draw", "close_round", "commit_draw", "complete", "make_routes",
    "miss_visit", "perform_draw", "plan_round", "publish_draw", "submit", "substitute",
]  # fmt: skip
