"""The words of volunteers, events, hours and certificates: acts, fields, refusals, notices, groups of people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, THINGS
from civicloop.spoken.verbs import NOTICES, VERBS

AGE_BANDS = {
    "under_14": _("under 14"), "14_17": _("14 to 17"), "18_34": _("18 to 34"), "35_59": _("35 to 59"), "60_up": _("60 and over"),
    "not_said": _("not said"),
}  # fmt: skip
CONFIRMED_BY = {
    "county": _("volunteer association of the county"), "city": _("volunteer association of the city"),
    "province": _("volunteer association of the province"),
}  # fmt: skip

VERBS |= {
    "volunteer.register": _("register a volunteer"), "volunteer.change": _("change what is known of a volunteer"),
    "volunteer.look": _("see a volunteer's personal data"), "volunteer.leave": _("let a volunteer go"),
    "application.decide": _("answer somebody who would like to serve"),
    "application.look": _("see the personal data of somebody who would like to serve"),
    "membership.change": _("say who serves in a team"), "project.keep": _("write down a project"),
    "project.publish": _("publish a project"), "event.keep": _("keep an event"), "event.sign_up": _("sign up for a shift"),
    "event.check_in": _("check in by the code on site"), "event.show_code": _("show the code on site"),
    "event.enter": _("enter who was there"), "hours.record": _("record hours of service"),
    "hours.correct": _("correct hours of service"), "certificate.issue": _("issue a certificate"),
    "certificate.revoke": _("revoke a certificate"), "volunteers.export": _("export volunteers and their hours"),
    "measures.see": _("see the figures of voluntary service"),
}  # fmt: skip
THINGS |= {
    "application": _("application to volunteer"), "areas": _("serves in"),
    "volunteer": _("volunteer"), "project": _("project"), "event": _("event"), "shift": _("shift"), "shifts": _("shifts"),
    "service_record": _("record of service"), "certificate": _("certificate of service"), "birth_on": _("date of birth"),
    "sex": _("sex"), "id_type": _("identity paper"), "id_number": _("number of the identity paper"),
    "consent": _("consent"), "guardian_name": _("guardian"), "guardian_phone": _("phone of the guardian"),
    "guardian_consent": _("consent of the guardian"), "title": _("title"), "content": _("what is done"),
    "needed": _("most people"), "minimum": _("fewest people"), "starts_at": _("from"), "ends_at": _("to"),
    "in_charge": _("person in charge"), "purpose": _("purpose"), "served": _("who served"),
}  # fmt: skip
REASONS |= {
    "ends_before_it_begins": _("The end must lie after the beginning."),
    "volunteer_consent_needed": _("Nobody is registered without having agreed to it."),
    "guardian_needed": _("Under 14, a guardian must be named, with a phone, and must have agreed."),
    "birth_not_possible": _("This cannot be a date of birth."),
    "id_number_wrong": _("This is no number of such an identity paper. Look at it again."),
    "id_contradicts_birth": _("The number of the identity card holds another date of birth."),
    "volunteer_known": _("This person is registered already."),
    "volunteer_left": _("This volunteer has left."),
    "seal_key_lost": _("The number was sealed with another key of this installation and cannot be read."),
    "in_team_already": _("This volunteer serves in the team already."),
    "membership_ended": _("This membership has ended already."),
    "code_taken": _("The code %(code)s is taken."),
    "project_ended": _("The project has ended."),
    "event_not_in_state": _("This cannot be done now: the event is %(state)s."),
    "event_not_open": _("The event is not open: it is not published yet, was called off or is over."),
    "event_over": _("The event is over."),
    "event_not_over": _("The event is not over yet."),
    "shift_room_impossible": _(
        "The fewest people must be one at least and no more than the most, which is %(most)s at most."
    ),
    "shift_clashes": _("%(people)s people of this shift have a place elsewhere at that time; choose another time."),
    "shift_has_more": _("%(signed)s people have a place in this shift already; nobody is put out."),
    "shift_begun": _("The shift has begun."),
    "shift_not_over": _("The shift is not over yet."),
    "signed_up_already": _("This volunteer has signed up for the shift already."),
    "signup_overlaps": _("This volunteer has a place in another shift at the same time."),
    "signup_cancelled": _("This sign-up was taken back already."),
    "signup_without_place": _(
        "Who is on the waiting list or has cancelled cannot check in. The leader can enter who was there."
    ),
    "not_the_time": _("The code counts from half an hour before the shift until two hours after it."),
    "code_wrong": _("This is not the code shown on site now. It changes every few minutes: look again."),
    "not_checked_in": _("Nobody has checked in here before. The leader can enter who was there."),
    "not_checked_out": _("It is not known until when this volunteer was there."),
    "hours_cross_midnight": _("Hours of two days are recorded as two: until midnight, and from midnight on."),
    "hours_not_in_steps": _("Hours are recorded in steps of half an hour, not %(hours)s."),
    "hours_too_few": _("Less than half an hour is not recorded."),
    "hours_more_than_time": _(
        "No more than %(hours)s hours lie between these moments. The way there and back does not count."
    ),
    "hours_overlap": _(
        "This volunteer has served elsewhere from %(start)s to %(end)s. Times of one person never overlap."
    ),
    "hours_over_daily_cap": _("On %(day)s only %(left)s more hours count: at most %(cap)s a day."),
    "hours_in_future": _("What lies ahead has not been served yet."),
    "hours_outside_shift": _("This time lies outside the shift."),
    "hours_outside_order": _("This time lies before the team accepted the order, or after it reported it served."),
    "hours_of_two_things": _("Hours belong to a shift or to an order, not to both."),
    "hours_recorded": _("These hours are recorded already."),
    "order_not_served": _("The order has not been served yet."),
    "application_answered": _("This has been answered already: %(state)s."),
    "say_you_mean_it": _("Tick that you mean it: this cannot be undone."),
    "nobody_named": _("Say who served: tick at least one member of the team."),
    "unknown_volunteer": _("There is no volunteer %(volunteer)s."),
    "not_of_the_team": _("This volunteer did not serve in the team of the order on that day."),
    "record_ended": _("This record was replaced or voided already."),
    "nothing_to_certify": _("There are no hours that this unit could certify for the period."),
    "certificate_revoked": _("The certificate %(number)s is revoked already."),
}
NOTICES |= {
    "volunteer.applied": _("Somebody would like to serve as a volunteer"),
    "event.cancelled": _("An event you signed up for was called off"),
    "event.changed": _("An event you signed up for has changed"),
    "event.moved_up": _("You have a place: you moved up from the waiting list"),
}
