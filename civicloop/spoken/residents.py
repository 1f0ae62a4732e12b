"""What residents' affairs are called, and why something is refused there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, THINGS
from civicloop.spoken.verbs import NOTICES, VERBS

COMPLAINT_STATES = {
    "submitted": _("submitted"), "accepted": _("taken up"), "answered": _("answered"), "closed": _("finished"),
}  # fmt: skip
COMPLAINT_STEPS = {
    "submit": _("submit"), "accept": _("take up"), "hand_over": _("hand over"), "answer": _("answer"),
    "ask_again": _("ask again"), "close": _("finish"),
}  # fmt: skip
THINGS |= {
    "report": _("resident's report"), "complaint": _("complaint"), "plate": _("plate"), "link": _("link"), "contact": _("contact"),
    "reopen_request": _("request to reopen"),
    "feedback": _("question how content one is"), "block": _("block of senders"), "word": _("word"),
    "answer": _("answer"),
    "open311_key": _("key for Open311"), "client": _("program"), "jurisdiction": _("jurisdiction"),
    "services": _("services it may report"), "per_minute": _("requests a minute"), "test": _("for tests"),
    "own_only": _("only what it reported"), "secret": _("our key there"),
}  # fmt: skip
THINGS.setdefault("code", _("code"))
REASONS |= {
    "key_unusable": _("This form has grown old. Load the page again."),
    "words_or_photo": _("Say what is wrong, or add a photo of it."),
    "choose_kind": _("Choose what kind of problem it is."),
    "contact_unreadable": _("This is neither a telephone number nor a mail address."),
    "phone_unreadable": _("This is not a telephone number."),
    "mail_unreadable": _("This is not a mail address."),
    "consent_needed": _("Tick that your contact may be used, or leave it empty."),
    "too_many_today": _("There were too many from you today. Try again tomorrow, or call 12345."),
    "report_decided": _("This report was decided already."),
    "nothing_to_block": _("Nothing is known any more of who sent this."),
    "days_out_of_range": _("A block lasts from 1 to %(most)s days."),
    "word_too_short": _("A word on the block list has two characters at least."),
    "case_is_over": _("This has been finished in the meantime. Report it as a new problem."),
    "near_is_old": _("This page has grown old. Load it again and look once more."),
    "portal_check_unusable": _("CIVICLOOP_PORTAL_CHECK names %(name)s, which cannot be used: %(why)s."),
    "not_closed": _("This is not finished yet: what you say now would come too early."),
    "reopen_too_late": _("The time to say so is over. Report it as a new problem."),
    "reopen_waits": _("Somebody has said so already; it waits for a decision."),
    "rated_already": _("You have answered this already."),
    "link_used": _("This link was used already. Ask for a new one."),
    "link_ended": _("This link has ended. Ask for a new one."),
    "about_or_nobody": _("Say whom it is about, or that it is about nobody in particular."),
    "may_still_ask_again": _("Who complained may still ask again. Only when that time is over can you finish it."),
    "photos_too_often": _(
        "There were too many photos from you in the last hour. Send it without photos, or try again later."
    ),
    "about_that_unit": _("It is about that unit: hand it over to another one."),
    "about_yourself": _("It is about yourself: hand it over to another unit."),
    "plate_there": _("%(name)s has a plate in use already."),
    "key_revoked": _("This key was revoked and stays so. Make another one."),
}
VERBS |= {
    "report.accept": _("accept a resident's report"), "report.refuse": _("refuse a resident's report"),
    "report.hide_photo": _("hide a photo"), "block.set": _("block a sender"), "block.lift": _("lift a block"),
    "plate.make": _("make a plate"), "plate.retire": _("take a plate out of use"),
    "residents.read": _("read residents' affairs"), "residents.read_contact": _("read a resident's contact"),
    "complaint.accept": _("take up a complaint"), "complaint.answer": _("answer a complaint"),
    "complaint.hand_over": _("hand a complaint over"), "complaint.close": _("finish a complaint"),
    "complaint.ask_again": _("ask for another answer"),
    "open311_key.make": _("make a key for Open311"), "open311_key.change": _("change a key for Open311"),
    "open311_key.revoke": _("revoke a key for Open311"), "open311_subscription.set": _("set what is told to another system"),
    "open311_subscription.again": _("tell again what was given up"),
}  # fmt: skip
NOTICES |= {
    "case.not_fixed": _("A resident says it is not put right: decide"),
    "complaint.waits": _("A complaint about the platform waits for your unit"),
    "complaint.alarm.late_3d": _("Three days late"),
    "report.held": _("Reports of residents wait for a moderator: %(waiting)s"),
}
