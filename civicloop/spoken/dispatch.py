"""The words of dispatch: why a team is proposed, why an order gets none, what became of a proposal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS
from civicloop.spoken.verbs import VERBS

# Why an order gets no team (volunteers.rules.matching.WhyNot).
WHY_NOT = {
    "no_place": _("its place is not known"),
    "no_team": _("there is no team"),
    "missing_skill": _("no team has the skill"),
    "out_of_reach": _("too far for every team that has the skill"),
    "other_area": _("no team in reach serves this area"),
    "too_few_people": _("no team in reach has enough people"),
    "no_time": _("no team has time when it is wanted"),
    "away": _("no team is free then; one that could is away"),
    "all_refused": _("every team that could has refused or let it lapse"),
    "no_capacity": _("every team that could is full"),
    "by_hand": _("left in the pool by hand"),
}
# What is left of the teams after each sieve (SIEVES): skills, way, area, people, time, refusals, room.
SIEVE_WORDS = {
    "able": _("have the skill"),
    "near": _("in reach"),
    "area": _("serve there"),
    "people": _("have the people"),
    "time": _("have the time"),
    "asked": _("have not refused"),
    "room": _("have room"),
}
# Why one of the nearest teams is proposed, or another instead (Why).
WHY = {
    "chosen": _("proposed"),
    "full": _("full with this plan"),
    "slot_full": _("no room at the time wanted"),
    "farther": _("farther away"),
    "busier": _("busier; the load is spread"),
    "later": _("would come later"),
    "away": _("away"),
    "by_hand": _("another was chosen by hand"),
}
# What is said before the teams that are nearer: those that could come are named with what was weighed against them.
NEARER = {
    "busier": _("Nearer, but busier:"),
    "later": _("Nearer, but it would come later:"),
}
# Why one team does not suit one order, when a person names it.
FORCED = {
    "no_place": _("the place is not known"),
    "missing_skill": _("the team lacks the skill"),
    "out_of_reach": _("farther than the team goes"),
    "other_area": _("the team does not serve this area"),
    "too_few_people": _("the team has too few people"),
    "no_time": _("the team has no time when it is wanted"),
    "away": _("the team is away on all those days"),
    "all_refused": _("the team has refused it or let it lapse"),
    "no_capacity": _("the team is full"),
}
# Why a pair of a proposal was not carried out, where the refusal itself would say it in other words.
SKIPPED = {
    "stale": _("the order has changed meanwhile"),
    "step_not_from_here": _("the order does not wait for a team any more"),
    "team_full": _("the team is full meanwhile"),
    "team_refused_already": _("the team has refused it or let it lapse"),
    "team_not_active": _("the team is not active any more"),
    "team_lacks_skill": _("the team lacks the skill"),
    "team_away": _("the team is away on all those days"),
    "not_allowed": _("you may not dispatch this order"),
    "decided_meanwhile": _("somebody has decided otherwise meanwhile"),
}
# Why a change made by hand could not stand any longer.
FELL = {
    "order_gone": _("the order does not wait for a team any more"),
    "team_not_active": _("the team is not active any more"),
    "team_refused_already": _("the team has refused it or let it lapse"),
    "team_lacks_skill": _("the team has not the skill any more"),
    "team_full": _("the team has no room left"),
    "team_away": _("the team is away on all those days"),
}

VERBS |= {
    "proposal.make": _("have a dispatch proposed"),
    "proposal.carry_out": _("carry a proposal of dispatch out"),
    "proposal.edit": _("change a proposal of dispatch by hand"),
    "dispatch.keep": _("decide the team by hand"),
    "dispatch.take_back": _("take a decision by hand back"),
    "dispatch.fall": _("a decision by hand could not stand"),
}
REASONS |= {
    "proposal_over": _("This proposal has been carried out or is too old. Have a new one made."),
    "order_not_in_proposal": _("The order %(order)s is not in this proposal."),
    "order_not_waiting": _("The order %(order)s does not wait for a team any more."),
}
