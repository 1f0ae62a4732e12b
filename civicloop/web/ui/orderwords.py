"""The words of orders: what a step's button says, what must be done now, how much time is left, who must act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.kernel.worktime import LimitUnit, fraction_used, remaining
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.spoken import ROLES
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Order
from civicloop.web.desk.asker import Asker
from civicloop.web.ui import timewords
from civicloop.web.ui.timewords import SOON, Left
from civicloop.web.ui.whocan import MustAct, names_of

STEPS = {
    "amend": gettext_lazy("Change what is wanted"),
    "submit": gettext_lazy("Submit"),
    "approve": gettext_lazy("Approve"),
    "return": gettext_lazy("Return to the requester"),
    "reject": gettext_lazy("Reject"),
    "assign": gettext_lazy("Offer to a team"),
    "accept": gettext_lazy("Accept the order"),
    "decline": gettext_lazy("Decline"),
    "lapse": gettext_lazy("Lapsed: nobody answered in time"),
    "recall": gettext_lazy("Take back from the team"),
    "begin": gettext_lazy("Begin the service"),
    "finish": gettext_lazy("Report served"),
    "rate": gettext_lazy("Rate the service"),
    "rate_by_time": gettext_lazy("Rated by lapse of time"),
    "not_served": gettext_lazy("Was not served"),
    "archive": gettext_lazy("Archive"),
    "arrange": gettext_lazy("Set another time or the place"),
    "cancel": gettext_lazy("Cancel the order"),
    "expire": gettext_lazy("Ended by lapse of time"),
    "comment": gettext_lazy("Comment"),
}
NOW_DO = {
    "draft": gettext_lazy("Submit it"),
    "submitted": gettext_lazy("Review it: approve, return or reject"),
    "returned": gettext_lazy("The requester adds what is missing and submits it again"),
    "pooled": gettext_lazy("Offer it to a team"),
    "assigned": gettext_lazy("Accept it, or decline with a reason"),
    "accepted": gettext_lazy("Begin the service at the agreed time"),
    "serving": gettext_lazy("Serve, then report it served"),
    "served": gettext_lazy("The requester rates it"),
    "rated": gettext_lazy("Archive it"),
    "archived": gettext_lazy("Nothing: the order is archived"),
    "rejected": gettext_lazy("Nothing: the order was rejected"),
    "cancelled": gettext_lazy("Nothing: the order was cancelled"),
}
# Of the steps open to a person the first of these is the main thing to do.
FIRST = ("approve", "assign", "accept", "begin", "finish", "rate", "archive", "submit")
GRAVE = frozenset({"reject", "cancel"})
BACK = frozenset({"return", "reject", "decline", "lapse", "recall", "not_served", "cancel", "expire"})
WEIGHTS = {1: gettext_lazy("as any other"), 2: gettext_lazy("matters more"), 4: gettext_lazy("matters most")}
# Who takes an order on from a state: the roles in the unit that owns it.
TAKES_ON = {
    "draft": (Role.ORDER_DESK,), "submitted": (Role.ORDER_DESK,), "pooled": (Role.ORDER_DESK,), "rated": (Role.ORDER_DESK,),
    "assigned": (Role.UNIT_HANDLER, Role.UNIT_LEADER), "accepted": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
    "serving": (Role.UNIT_HANDLER, Role.UNIT_LEADER),
}  # fmt: skip
WITH_REQUESTER = frozenset({"draft", "returned", "served"})
# Why a team is not asked again.
REFUSED = {
    "declined": gettext_lazy("declined"), "lapsed": gettext_lazy("did not answer in time"),
    "recalled": gettext_lazy("was taken back"),
}  # fmt: skip


@dataclass(frozen=True)
class Stars:
    """A score of one to five as signs and as words."""

    signs: str
    words: str


def left(order: Order, at: datetime, ref: Reference) -> Left:
    """What remains for whoever must act now."""
    if order.ended_at is not None:
        return Left("ended", _("ended"), order.ended_at)
    clock = timewords.read_clock(order.stage_clock or order.clock)
    if clock is None or clock.is_paused or order.act_by is None:
        return _plain(order.act_by, at)
    calendar = ref.calendar_for(order.owner_id)
    if clock.is_late(at):
        words = _("%(time)s late") % {"time": timewords.amount(clock, -remaining(clock, at, calendar))}
        return Left("late", words, clock.due_at)
    level = "soon" if fraction_used(clock, at, calendar) >= SOON else "ok"
    words = _("%(time)s left") % {"time": timewords.amount(clock, remaining(clock, at, calendar))}
    return Left(level, words, clock.due_at)


def _plain(act_by: datetime | None, at: datetime) -> Left:
    if act_by is None:
        return Left("ok", "")
    said = timewords.spoken(LimitUnit.URGENT_HOUR, abs((act_by - at).total_seconds()))
    if act_by < at:
        return Left("late", _("%(time)s late") % {"time": said}, act_by)
    return Left("ok", _("%(time)s left") % {"time": said}, act_by)


def must_act(order: Order, asking: Asker) -> MustAct | None:
    """Who must act now, with names as `names_of` masks them; None when the order has ended. One statement at most."""
    if order.ended_at is not None or order.state in WITH_REQUESTER:
        return None
    roles = TAKES_ON.get(order.state, ())
    today = day_of(asking.at)
    people = [
        number
        for number, posts in asking.ref.org.posts.items()
        if any(post.role in roles and post.unit_id == order.owner_id and post.holds_on(today) for post in posts)
    ]
    named = names_of(people, asking)
    return MustAct(order.owner_id, [str(ROLES.get(role, role)) for role in roles], named, len(people) - len(named))


def wanted(order: Order) -> str:
    """When it is wanted: one moment, a span of one day, or a span of days."""
    return span(order.wanted_from, order.wanted_to)


def span(start: datetime | None, end: datetime | None) -> str:
    """2026-11-23 09:00 – 11:00."""
    if start is None or end is None:
        return timewords.moment(start or end)
    first, last = timewords.moment(start), timewords.moment(end)
    return f"{first} – {last[11:] if first[:10] == last[:10] else last}"


def stars(score: int | None) -> Stars | None:
    """Four of five."""
    if score is None:
        return None
    words = ngettext("%(n)s of 5", "%(n)s of 5", score) % {"n": score}
    return Stars("★" * score + "☆" * (5 - score), words)


def distance(metres: float | None) -> str:
    """350 m, 2.4 km."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("%(metres)s m") % {"metres": f"{metres:.0f}"}
    return _("%(km)s km") % {"km": f"{metres / 1000:.1f}"}


def skills(rows: Iterable[Any]) -> str:
    """Names of skills in a row."""
    return " · ".join(dict.fromkeys(one.name for one in rows))
