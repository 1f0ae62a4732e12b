"""What acts are called in refusals, what notices say, and why something was left out of a route."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, THINGS

# Why a drawn place was given to nobody, or stands in no route.
LEFT_OUT = {
    "nobody_eligible": _("nobody without a conflict of interest"), "no_second_inspector": _("no second inspector"),
    "day_full": _("the day is full"), "too_far": _("too far for one day"), "window": _("cannot be reached in its hours"),
}  # fmt: skip
REASONS |= {
    "draw_not_in_state": _("The draw %(draw)s cannot be used for this now: it is %(state)s."),
    "draw_tampered": _("The frame or the secret of the draw %(draw)s is not the one that was committed to."),
    "draw_has_visits": _("Visits of the draw %(draw)s have been assigned; it cannot be cancelled any more."),
    "draw_open": _("What came out of the draw %(draw)s may be read already; it is published, not cancelled."),
    "visits_ahead": _(
        "Visits of the draw %(draw)s lie ahead, the last on %(day)s. Until then it stays secret where they lead."
    ),
    "draws_not_published": _("These draws of the round are not published yet: %(draws)s."),
    "round_closed": _("The round %(round)s has ended."),
    "round_kind_unknown": _("There is no such kind of round: %(value)s"),
    "frame_empty": _("There is no place that could be drawn."),
    "frame_code_twice": _("The code %(value)s stands twice in the frame."),
    "frame_unreadable": _("Line %(line)s of the frame cannot be read."),
    "frame_place_gone": _("%(value)s stands in the frame but is here no longer."),
    "design_key_unknown": _("“%(key)s” means nothing here."),
    "design_value_wrong": _("The value of “%(key)s” cannot be used."),
    "design_nothing_wanted": _("Say how many places are to be drawn."),
    "design_panel_half": _("A panel needs both its share and the draw it is kept from."),
    "panel_not_drawn": _("There is no earlier draw %(draw)s whose panel could be kept."),
    "point_type_unknown": _("The standard of this round has no point type %(value)s."),
    "secret_malformed": _("A secret has 64 lower-case hexadecimal digits."),
    "beacon_comes_later": _("The design says where the public value will come from: give it when you draw."),
    "beacon_needed": _("The design names a public value: give it to draw."),
    "beacon_fixed": _("What goes into the seed of this draw was fixed at the commitment."),
    "no_inspectors": _("There is nobody among whom inspectors could be drawn."),
    "not_an_inspector": _("%(person)s is not an inspector on these days."),
    "day_outside_round": _("Each day must lie in the round, from %(first)s to %(last)s, and be named once."),
    "assigned_meanwhile": _("Somebody else has assigned visits of %(draw)s in the meantime. Look at it again."),
    "no_reserve_left": _("No reserve is left in the stratum %(stratum)s."),
    "not_in_use": _("%(point)s is not to be visited: it is a reserve, or was replaced."),
    "visited_already": _("%(point)s was visited already."),
    "visit_not_planned": _("Only a planned visit can be missed."),
    "visit_not_due": _("This visit is planned for %(day)s; it cannot be missed before."),
    "no_visits_on_day": _("There are no planned visits on %(day)s."),
    "verify_file_missing": _("The file %(file)s is missing."),
    "verify_unreadable": _("The file %(file)s cannot be read."),
    "verify_other_algorithm": _("This draw was made by another algorithm: %(value)s"),
    "verify_other_commitment": _("The commitment noted down beforehand is another: %(given)s, here %(present)s."),
    "verify_file_changed": _("The file %(file)s is not the one that was published."),
    "verify_not_the_secret": _("The secret does not fit its commitment."),
    "verify_frame_changed": _("The frame is not the one that was frozen."),
    "verify_design_changed": _("The design is not the one that was published."),
    "verify_seed_differs": _("The seed does not come from this secret, public value and frame."),
    "verify_digest_differs": _("Drawn again, the result has another SHA-256 than the one published."),
    "verify_line_differs": _("Line %(line)s of the result differs: drawn again “%(drawn)s”, published “%(shown)s”."),
    "verify_more_lines": _("… and %(more)s more lines."),
    "verify_not_in_ledger": _("The ledger promised something else before the draw: %(what)s."),
}

# Entries of phones (civicloop.fieldwork).
THINGS |= {
    "entry": _("entry"),
    "content": _("content"),
    "device": _("device"),
    "clock": _("clock"),
    "entries": _("entries"),
}
REASONS |= {
    "entry_differs": _("An entry with this id is here with other content. Nothing was changed."),
    "entry_uid_taken": _("The id of this entry is in use."),
    "entry_of_another": _("Somebody else has made this entry. It stays on the phone until that person logs in."),
    "entry_too_large": _("This entry is larger than %(kilobytes)s kB."),
    "entry_not_settled_so": _("This cannot be done with the entry as it stands now."),
    "entry_behind": _("It stands behind an entry that was not accepted: %(why)s"),
    "entry_withdrawn": _("The case it belongs to was withdrawn on the phone."),
    "entry_predecessor_missing": _("The entry before it has never arrived. Let it go alone, or take it back."),
    "entry_case_missing": _("The case it belongs to has never arrived. Send that first, or take this back."),
    "entry_failed": _("The server could not apply this entry. It is kept; support can see it. Try again later."),
    "entry_photos_never_came": _(
        "Its photos or voice notes have not come within %(days)s days. It takes effect when they do: connect the phone that has "
        "them, or send the record again without them."
    ),
    "entry_photos_missing": _("Photos still to be sent: %(count)s."),
    "entry_held": _("It waits for the entries before it."),
    "entry_not_yet_tried": _("Stored. It is applied in a moment."),
    "photo_not_listed": _("A photo is named that the entry does not list: %(sha256)s"),
    "too_deep": _("Lists within lists, more than %(limit)s levels, are not taken."),
    "after_itself": _("An entry cannot come after itself."),
    "not_a_uid": _("This is not an id: %(value)s"),
    "logged_out": _("You are logged out. What is on the phone stays there: log in to send it."),
    "csrf_failed": _("The page has grown old. Try again."),
    "not_json": _("This is not JSON."),
    "wrong_method": _("This address does not do that."),
    "no_such_address": _("There is no such address."),
    "server_busy": _("The server is busy. What was sent is kept; try again in a moment."),
}

# What a refusal calls an act whose last word means something else elsewhere: a round is not closed as a case is.
VERBS = {
    "case.voice": _("add a voice note"),
    "text.suggest": _("have a text read"), "text.file": _("report a part of a text"), "text.drop": _("set a part of a text aside"),
    "text_model.train": _("train the classifier"),
    "forecast.read": _("read the forecast"), "analysis.read": _("read the joint analysis"),
    "negative_event.read": _("read the negative list"), "negative_event.record": _("write into the negative list"),
    "negative_event.revoke": _("take an entry out of the negative list"), "score.verify": _("reckon a published score again"),
    "score.publish": _("publish a score"), "score.read": _("read the score"), "round.plan": _("plan a round"),
    "round.close": _("end a round"), "route.order": _("make routes"), "draw.read": _("read what was drawn"),
    "draw.publish": _("publish a draw"), "ledger.read": _("read the ledger"),
    "personal_data.read": _("read personal data"), "token.revoke": _("revoke a token"),
    "appointment.end": _("end an appointment"), "import.units": _("bring units in"), "import.grids": _("bring grids in"),
    "import.points": _("bring points in"), "import.cases": _("bring cases in"),
    "score_appeal.lodge": _("lodge an appeal"), "score_appeal.withdraw": _("withdraw an appeal"),
    "score_appeal.take_up": _("take up an appeal"), "score_appeal.forward": _("forward an appeal"),
    "score_appeal.dismiss": _("dismiss an appeal"), "score_appeal.grant": _("grant an appeal"),
    "score_appeal.refuse": _("refuse an appeal"),
    "grid.draw": _("draw a grid"), "grid.edit": _("change a grid"), "grid.split": _("split a grid"),
    "grid.merge": _("merge grids"), "screen.read": _("open the big screen"),
    "robot.keep": _("set up a robot"), "unit.add": _("add a unit"), "unit.change": _("change a unit"), "area.add": _("add an area"),
    "area.change": _("change an area"), "duty_grid.add": _("add a duty grid"), "duty_grid.change": _("change a duty grid"),
    "point.bring_in": _("add points"), "point.change": _("change a point"), "calendar.change": _("change the calendar"),
    "person.add": _("add a person"), "person.change": _("change a person"), "person.set_password": _("set a password"),
    "appointment.make": _("make an appointment"), "token.make": _("make a token"),
    "standards.set_parameter": _("set a parameter"), "standards.set_limit": _("set a limit"),
    "standards.change_category": _("change a category"), "standards.set_question": _("set a question"),
}  # fmt: skip

# What a notice says, by its kind: on the page, in a mail, in a group chat.
NOTICES = {
    "alarm.soon": _("Three quarters of the time are used"),
    "alarm.due": _("The time is up"),
    "alarm.late_1d": _("One day late"),
    "alarm.late_3d": _("Three days late: on the bulletin list"),
    "case.dispatched": _("Dispatched to your unit"),
    "case.extend": _("More time is asked for: decide"),
    "case.appeal": _("An appeal waits for a decision"),
    "case.rectify": _("Reported rectified: verify"),
    "case.send_back": _("Sent back to your unit"),
    "case.grant_extension": _("More time was granted"),
    "case.refuse_extension": _("More time was refused"),
    "case.remind": _("Reminded: the case waits for your unit"),
    "case.supervise": _("Under supervision: answer"),
    "case.return": _("Returned: dispatch anew"),
    "case.resume": _("The clock runs again"),
    "case.reopen": _("Reopened"),
    "case.suspend": _("Suspended: follow the plan"),
    "case.decide_appeal": _("An appeal was decided"),
    "case.answer_forward": _("An outside party has answered"),
    "forward.soon": _("The answer of an outside party is due soon: ask again"),
    "forward.late": _("An outside party has not answered in time"),
    "case.whistle": _("Your unit is called: report in on time"),
    "case.closed": _("A case you reported or follow was closed"),
    "case.voided": _("A case you reported or follow was voided"),
    "case.merged": _("A case you reported or follow goes on in another one"),
}
