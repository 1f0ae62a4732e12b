"""The words of displays, honours and surveys: steps and states, what may be refused, what notices say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, STATES, STEPS, THINGS
from civicloop.spoken.verbs import NOTICES, VERBS

DISPLAY_STEPS = {
    "plan_display": _("enter a display"), "put_up": _("put up"), "check": _("found in order"),
    "find_broken": _("report it broken"), "mend": _("in use again"), "change_content": _("change what it shows"),
    "take_down": _("take down"),
}  # fmt: skip
DISPLAY_STATES = {
    "planned": _("to be put up"), "in_use": _("in use"), "broken": _("broken"), "taken_down": _("taken down"),
}  # fmt: skip
HONOUR_STEPS = {
    "apply_for": _("apply for an honour"), "recommend": _("recommend"), "examine": _("approve and put on notice"),
    "object": _("note an objection"), "award": _("award"), "turn_down": _("turn down"),
    "withdraw_honour": _("withdraw the application"), "revoke": _("revoke the honour"),
}  # fmt: skip
HONOUR_STATES = {
    "applied": _("applied for"), "recommended": _("recommended"), "on_notice": _("on public notice"),
    "awarded": _("awarded"), "revoked": _("revoked"), "turned_down": _("not awarded"), "withdrawn": _("withdrawn"),
}  # fmt: skip

for kind, steps, states in (("display", DISPLAY_STEPS, DISPLAY_STATES), ("honour", HONOUR_STEPS, HONOUR_STATES)):
    STEPS |= {f"{kind}.{name}": words for name, words in steps.items()}
    STATES |= {f"{kind}.{name}": words for name, words in states.items()}
    VERBS |= {f"{kind}.{name}": words for name, words in steps.items()}
    # What no other kind calls so may be named alone.
    STEPS |= {name: words for name, words in steps.items() if name not in STEPS}
    STATES |= {name: words for name, words in states.items() if name not in STATES}
VERBS |= {
    "display.plan": _("enter a display"), "survey.plan": _("plan a survey"), "survey.open": _("open a survey"),
    "survey.invite": _("make invitations"), "survey.close": _("close a survey"), "survey.cancel": _("give a survey up"),
    "survey.read": _("read surveys"), "survey.read_results": _("read the results of surveys"),
    "survey.interview": _("take down an interview"), "opinion.note": _("note an opinion"),
    "opinion.open_case": _("open a case of an opinion"), "opinion.pass_on": _("pass an opinion on"),
    "opinion.answer": _("answer an opinion"), "opinion.set_aside": _("set an opinion aside"),
    "opinion.late": _("an opinion was not dealt with in time"),
    "survey.answer": _("answer a survey"), "survey.revoke_invitation": _("take an invitation back"),
    "questionnaire.load": _("bring a questionnaire in"),
}  # fmt: skip
THINGS |= {
    "display": _("display"), "honour": _("honour"), "survey": _("survey"), "questionnaire": _("questionnaire"),
    "invitation": _("invitation"), "door_opinion": _("opinion"), "stratum": _("street or town"), "strata": _("streets or towns"),
    "holder": _("holder"), "grounds": _("what it is for"), "margin": _("margin of error"), "channel": _("channel"),
    "per_cluster": _("answers from each building or group"), "alike": _("how alike neighbours think"),
    "clusters": _("buildings or groups"), "cluster": _("number of the building or group"),
    "margins": _("people by feature"), "words": _("what was said"), "heard_on": _("heard on"), "population": _("people"),
}  # fmt: skip
REASONS |= {
    "display.step_not_from_here": _("“%(step)s” cannot be taken now: the display is %(state)s."),
    "honour.step_not_from_here": _("“%(step)s” cannot be taken now: the honour is %(state)s."),
    "display_known": _("There is a display with the code %(code)s already."),
    "display_case_open": _("The case %(case)s of this fault is still open; when it ends, the display is in use again by itself."),
    "honour_known": _("This honour was applied for already for %(year)s."),
    "notice_not_over": _("The public may object until %(day)s; it can be awarded after that day."),
    "survey_without_people": _("A survey needs streets or towns with people in them."),
    "survey_not_open": _("This survey cannot be answered or changed any more."),
    "survey_not_begun": _("This survey has not begun yet."),
    "survey_code_malformed": _("A code begins with a small letter and holds small letters, digits, - and _."),
    "question_without_yes_or_no": _("A question needs answers that count as yes and answers that count as no."),
    "questionnaire_differs": _(
        "Version %(version)s of the questionnaire %(code)s is here with other content: give it a new version."
    ),
    "groups_are_not_the_people": _("%(name)s: the groups do not sum to its people."),
    "one_way_of_weighting": _("Answers are weighted by one feature within each street, or by several in the whole city, not both."),
    "margin_needs_two": _("%(name)s: the people of two answers at least must be known."),
    "clusters_of_nobody": _("Whoever answers a poster or kiosk was drawn by nobody: there are no buildings or groups to number."),
    "answer_needed": _("Please choose an answer."),
    "invitation_used": _("This invitation has been answered. Each is good for one answer, or as many as were agreed on."),
    "invitation_revoked": _("This invitation was taken back."),
    "opinion_decided": _("This opinion has been dealt with already."),
}  # fmt: skip
# Of a display a look is due, of an honour somebody's judgement; neither comes on the bulletin list.
NOTICES |= {
    "opinion.passed_on": _("A suggestion heard at a door was passed on to your unit"),
    "opinion.late": _("Nothing came in time of what was heard at a door"),
    "opinion.decided": _("Something came of what you heard at a door"),
    "display.alarm.soon": _("A look at a display is due soon"),
    "display.alarm.due": _("A look at a display is due"),
    "display.alarm.late_1d": _("A look at a display is one day late"),
    "display.alarm.late_3d": _("A look at a display is three days late"),
    "honour.alarm.late_3d": _("Three days late"),
}
