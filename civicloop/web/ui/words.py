"""The office's words for steps, fields, states and ledger verbs. Identifiers stay inside; people read these."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# Buttons are the verb of the step.
STEPS = {
    "report": _("Report"),
    "file": _("File"),
    "dispatch": _("Dispatch"),
    "accept": _("Accept"),
    "rectify": _("Report rectified"),
    "verify": _("Verify"),
    "close": _("Close"),
    "return": _("Return (not ours)"),
    "recall": _("Recall"),
    "send_back": _("Send back"),
    "suspend": _("Suspend"),
    "resume": _("Resume"),
    "void": _("Void"),
    "merge": _("Merge"),
    "reopen": _("Reopen"),
    "extend": _("Ask for more time"),
    "grant_extension": _("Grant more time"),
    "refuse_extension": _("Refuse more time"),
    "review": _("Review suspension"),
    "whistle": _("Blow the whistle"),
    "report_in": _("Report in"),
    "plan_jointly": _("Set the joint plan"),
    "score_whistle": _("Score a department"),
    "end_whistle": _("End the whistle"),
    "supervise": _("Supervise"),
    "remind": _("Remind"),
    "answer_supervision": _("Answer supervision"),
    "split": _("Split"),
    "correct": _("Correct"),
    "comment": _("Comment"),
    "appeal": _("Appeal"),
    "decide_appeal": _("Decide the appeal"),
    "forward_out": _("Ask an outside party"),
    "remind_forward": _("Ask again"),
    "answer_forward": _("Note the answer"),
    "take_back_forward": _("Take the question back"),
}

# What must be done now, by the state a case is in.
NOW_DO = {
    "reported": _("Check the report and file it"),
    "filed": _("Dispatch it to the responsible unit"),
    "dispatched": _("Accept it, or return it with a reason"),
    "accepted": _("Put it right and report back"),
    "rectified": _("Verify on site"),
    "verified": _("Close it"),
    "suspended": _("Follow the plan and review it in time"),
    "closed": _("Nothing: the case is closed"),
    "voided": _("Nothing: the case is void"),
    "merged": _("Nothing: the case goes on in another one"),
}

FIELDS = {
    "note": _("Note"),
    "reason": _("Reason"),
    "category": _("Category"),
    "condition": _("Filing condition"),
    "grid": _("Unit grid"),
    "area_class": _("Area class"),
    "unit": _("Unit"),
    "units": _("Units"),
    "photos": _("Photos"),
    "plan": _("Plan"),
    "person": _("Answerable person"),
    "review_on": _("Review on"),
    "into": _("Main case"),
    "amount": _("How much"),
    "unit_of_time": _("Unit of time"),
    "whistle_kind": _("Kind of whistle"),
    "place": _("Place"),
    "meet_at": _("Meet at"),
    "score": _("Score (0 to 100)"),
    "level": _("Level"),
    "answer_by": _("Answer by"),
    "description": _("What is wrong"),
    "ground": _("Ground"),
    "verdict": _("Verdict"),
    "address": _("Place in words"),
    "answers": _("Answers"),
    "forward": _("Which question"),
    "party": _("Outside party"),
    "contact": _("Mail or phone of the party"),
    "answered_by": _("Who answered"),
}

HINTS = {
    "category": _("Code or name, as in the list of categories."),
    "grid": _("15 characters; empty means: by the place."),
    "into": _("Number of the case that goes on, such as A000123."),
    "amount": _("A number, such as 2 or 1.5."),
    "reason": _("The unit, the reporter and the auditors will read it."),
    "photos": _("JPEG, PNG, WebP or HEIC, up to 30 MB each."),
    "review_on": _("The day on which somebody looks at it again."),
    "meet_at": _("When the called units must be there."),
    "party": _("A company, an owner, an authority without an account here."),
    "contact": _("For your own reminder; the system sends nothing there by itself."),
    "answered_by": _("Name or office, as the party gave it."),
}

# Where a step asks for something under another name than others do.
STEP_WORDS = {
    ("forward_out", "note"): _("What you ask"),
    ("answer_forward", "note"): _("The answer"),
}
STEP_HINTS = {
    ("forward_out", "note"): _(
        "The party reads it, and of the case only kind, place and blurred photos. Name no resident."
    ),
    ("answer_forward", "photos"): _("What the party sent you."),
}

KINDS = {
    "near": _("close-up"),
    "far": _("overview"),
    "reference": _("with a landmark"),
    "before": _("before"),
    "after": _("after"),
}

VERBS = {
    "login": _("logged in"),
    "logout": _("logged out"),
    "login.failed": _("failed to log in"),
    "login.locked": _("was locked out"),
    "refused": _("was refused"),
    "personal_data.read": _("read personal data"),
    "case.locate": _("was put into another grid"),
    "calendar.add": _("added a calendar"),
    "grid.add": _("added a grid"),
    "point.add": _("added a point"),
    "pack.load": _("brought a pack in"),
    "calendar.seed": _("brought the announced years in"),
}

# Steps that go back or press: the story marks them.
BACK = frozenset({"return", "recall", "send_back", "reopen", "void", "supervise", "refuse_extension"})
# Steps that cannot be taken back or fall hard on somebody.
GRAVE = frozenset({"void", "merge"})

# Details of a step that the story tells.
DETAILS = {
    "unit": _("Unit"),
    "units": _("Units"),
    "to_unit": _("Unit"),
    "from_unit": _("Unit before"),
    "due_at": _("Due"),
    "whistle_kind": _("Kind of whistle"),
    "place": _("Place"),
    "meet_at": _("Meet at"),
    "plan": _("Plan"),
    "review_on": _("Review on"),
    "amount": _("How much"),
    "unit_of_time": _("Unit of time"),
    "answer_by": _("Answer by"),
    "score": _("Score"),
    "ground": _("Ground"),
    "verdict": _("Verdict"),
    "into": _("Main case"),
    "party": _("Outside party"),
    "recurrence_of": _("Came back from"),
}

# By kind of notice.
