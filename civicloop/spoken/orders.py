"""The words of voluntary service: steps and states of an order, what may be refused, what notices say.

A step or state whose name another kind of loop uses too is found under `order.` first (see `sentences`).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, ROLES, STATES, STEPS, THINGS
from civicloop.spoken.verbs import NOTICES, VERBS

ORDER_STEPS = {
    "create": _("write an order down"), "amend": _("change what is wanted"), "submit": _("submit"), "approve": _("approve"),
    "return": _("return to the requester"), "reject": _("reject"), "assign": _("offer to a team"),
    "accept": _("accept the order"), "decline": _("decline"), "lapse": _("let the offer lapse"),
    "recall": _("take back from the team"), "reassign": _("offer to another team instead"), "begin": _("begin the service"),
    "finish": _("report served"), "rate": _("rate"), "rate_by_time": _("rate by lapse of time"),
    "not_served": _("say that it was not served"), "archive": _("archive"), "cancel": _("cancel the order"),
    "arrange": _("set another time or the place"), "expire": _("end it by lapse of time"),
    "comment": _("comment"), "recount": _("count the time again"), "anonymise": _("take the personal data away"),
}  # fmt: skip
ORDER_STATES = {
    "draft": _("draft"), "submitted": _("waits for review"), "returned": _("returned to the requester"),
    "rejected": _("rejected"), "pooled": _("waits for a team"), "assigned": _("offered to a team"),
    "accepted": _("accepted by the team"), "serving": _("being served"), "served": _("served, waits for rating"),
    "rated": _("rated"), "archived": _("archived"), "cancelled": _("cancelled"),
}  # fmt: skip

STEPS |= {f"order.{name}": words for name, words in ORDER_STEPS.items()}
STATES |= {f"order.{name}": words for name, words in ORDER_STATES.items()}
# What no other kind calls so may be named alone.
STEPS |= {name: words for name, words in ORDER_STEPS.items() if name not in STEPS}
STATES |= {name: words for name, words in ORDER_STATES.items() if name not in STATES}
VERBS |= {f"order.{name}": words for name, words in ORDER_STEPS.items()}
VERBS |= {
    "requester.read": _("read who asks"), "service.make": _("make a service for the menu"),
    "service.change": _("change a service of the menu"), "service.publish": _("put a service on the menu"),
    "service.withdraw": _("take a service from the menu"), "skill.make": _("add a skill"), "team.make": _("set up a team"),
    "team.change": _("change a team"), "site.make": _("add a practice site"), "site.change": _("change a practice site"),
    "team.add_days_away": _("enter days away"), "team.end_days_away": _("end days away"),
}  # fmt: skip
ROLES |= {"order_desk": _("order desk of the volunteer centre")}
THINGS |= {
    "service": _("service"), "team": _("team"), "skill": _("skill"), "skills": _("skills"), "site": _("practice site"),
    "weight": _("weight"), "urgent": _("urgent"), "as_asked": _("what was asked for"), "requester": _("requester"),
    "wanted_from": _("wanted from"), "wanted_to": _("wanted until"), "people": _("people needed"),
    "minutes": _("expected minutes"), "capacity": _("orders at a time"), "slots": _("weekly times"),
    "on_holidays": _("serves on public holidays"), "purpose": _("purpose"), "metres": _("distance (m)"),
    "first_day": _("first day"), "days_away": _("days away"),
}  # fmt: skip
REASONS |= {
    "order.step_not_from_here": _("“%(step)s” cannot be taken now; state of the order: %(state)s."),
    "order.not_found": _("There is no such order, or you may not see it."),
    "order_known": _("This order came in before with other content."),
    "order_with_another": _("The order %(order)s is no longer with your team: the offer was taken back, or its time ran out."),
    "team_has_accepted": _("%(team)s has accepted the order meanwhile; what was accepted stays. Take it back first if it must be."),
    "team_refused_already": _("%(team)s has had this order before and is not asked again."),
    "team_full": _("%(team)s is full: it has %(busy)s orders and takes %(capacity)s at a time."),
    "team_lacks_skill": _("%(team)s cannot do this: it lacks %(skills)s."),
    "team_not_active": _("The team %(team)s is not active."),
    "team_away": _("%(team)s is away until %(until)s: it serves nobody on the days on which this could be done."),
    "days_away_wrong_way_round": _("The last day away lies before the first."),
    "days_away_over": _("These days are over."),
    "days_away_too_long": _("Days away are at most %(most)s in one go. Take a team that is gone for longer out of use."),
    "days_away_too_far": _("Days away are entered at most %(most)s days ahead."),
    "days_away_overlap": _("The team is away already from %(first)s to %(last)s. Enter other days, or end those first."),
    "reason_has_number": _("Everybody reads the reason: leave telephone and identity numbers out."),
    "team_known": _("%(team)s is a volunteer team already."),
    "unit_is_no_team": _("%(unit)s is not a team: only units of this kind can serve orders."),
    "unknown_team": _("There is no team %(team)s."),
    "unknown_service": _("There is no service %(service)s."),
    "unknown_skill": _("There is no skill %(skill)s."),
    "service_not_on_menu": _("“%(service)s” is not on the menu."),
    "order_consent_needed": _("Name and phone are kept only where whoever orders has agreed to it."),
    "order_form_is_old": _("This form is too old. Open it again."),
    "order_day_out_of_range": _("The day must lie between today and %(days)s days from now."),
    "service_published": _("“%(service)s” is on the menu already."),
    "service_not_published": _("“%(service)s” is not on the menu."),
    "wanted_wrong_way_round": _("The time that is wanted ends before it begins."),
    "wanted_is_past": _("The time that is wanted is over already."),
    "nothing_to_arrange": _("Give another time, or the place."),
    "not_lapsed_yet": _("The time has not run out yet."),
    "bad_slots": _("A weekly time needs a weekday from 1 (Monday) to 7, a beginning before its end, and a number of orders."),
    "site_level_wrong": _("A site of this level cannot stand there: posts stand under stations, stations under institutes."),
}  # fmt: skip
NOTICES |= {
    "order.submitted": _("A new order waits for review"),
    "order.pooled": _("An order waits for a team again"),
    "order.assigned": _("An order is offered to your team: accept or decline"),
    "order.recalled": _("An order was taken back from your team"),
    "order.returned": _("Your order was returned: something is missing"),
    "order.not_served": _("The requester says that nobody has served: go again"),
    "order.rated_low": _("An order was rated low: look into it"),
    "order.accepted": _("A team has accepted your order"),
    "order.served": _("Your order was served: say how it was"),
    "order.rejected": _("Your order was rejected"),
    "order.cancelled": _("An order of your team was cancelled"),
    "order.arranged": _("Time or place of your order was set anew"),
    "order.expired": _("Your order ended by itself: it was not handed in again"),
    "order.alarm.late_3d": _("Three days late"),
}
