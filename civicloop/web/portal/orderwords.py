"""How an order is told to whoever ordered: plain words, no names of people, no notes that are not meant for him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.volunteers.models import Order, OrderStep
from civicloop.volunteers.rules.lifecycle import LIFECYCLE

STANDS = {
    "draft": gettext_lazy("Not handed in yet"),
    "submitted": gettext_lazy("The centre looks at it"),
    "returned": gettext_lazy("Something is missing: please add it"),
    "rejected": gettext_lazy("It was not taken on"),
    "pooled": gettext_lazy("A team is being found"),
    "assigned": gettext_lazy("A team has been asked"),
    "accepted": gettext_lazy("A team will come"),
    "serving": gettext_lazy("It is being done"),
    "served": gettext_lazy("It was reported done: please say how it was"),
    "rated": gettext_lazy("Thank you, it is rated"),
    "archived": gettext_lazy("It is finished"),
    "cancelled": gettext_lazy("It was cancelled"),
}
THEN = {
    "submitted": gettext_lazy("You need do nothing. Look here again with your code."),
    "pooled": gettext_lazy("You need do nothing. Look here again with your code."),
    "assigned": gettext_lazy("If this team cannot come, another one is asked."),
    "accepted": gettext_lazy("It may call the number you gave."),
    "served": gettext_lazy("If you say nothing within the time below, it counts as accepted, and is marked so."),
}
# What each step is called towards the requester; steps that are not here are not his concern.
STEPS = {
    "create": gettext_lazy("You ordered"),
    "submit": gettext_lazy("Handed in"),
    "approve": gettext_lazy("The centre took it on"),
    "return": gettext_lazy("The centre asks for more"),
    "reject": gettext_lazy("Not taken on"),
    "assign": gettext_lazy("A team was asked"),
    "accept": gettext_lazy("The team will come"),
    "decline": gettext_lazy("Another team is being found"),
    "lapse": gettext_lazy("Another team is being found"),
    "recall": gettext_lazy("Another team is being found"),
    "begin": gettext_lazy("The team has begun"),
    "finish": gettext_lazy("Reported done"),
    "rate": gettext_lazy("You rated it"),
    "rate_by_time": gettext_lazy("Accepted by lapse of time"),
    "not_served": gettext_lazy("You said that it was not done"),
    "archive": gettext_lazy("Finished"),
    "arrange": gettext_lazy("Another time or the place was agreed"),
    "cancel": gettext_lazy("Cancelled"),
    "expire": gettext_lazy("Ended, since it was not handed in again"),
}
# Whose notes are written for the requester, or by him.
NOTES = frozenset({"return", "reject", "finish", "rate", "not_served", "cancel"})
CANCELLABLE = LIFECYCLE["cancel"].origin
SCORES = (
    (5, gettext_lazy("very good")), (4, gettext_lazy("good")), (3, gettext_lazy("fair")), (2, gettext_lazy("poor")),
    (1, gettext_lazy("very poor")),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One line of the story."""

    word: str
    at: datetime
    note: str


def told(order: Order) -> list[Told]:
    """The story, newest first. One statement."""
    rows = OrderStep.objects.filter(order=order, name__in=list(STEPS)).order_by("-seq")
    return [Told(_word(row), row.at, row.note if row.name in NOTES else "") for row in rows]


def _word(row: OrderStep) -> str:
    if row.name == "rate" and row.by_id is not None:
        return _("Rated, after a call")
    return str(STEPS[row.name])


def asked_why(order: Order) -> str:
    """What the centre asked for, where the order was sent back."""
    if order.state != "returned":
        return ""
    last = OrderStep.objects.filter(order=order, name="return").order_by("-seq").first()
    return last.note if last else ""
