"""How a case stands, in plain words for somebody outside."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from civicloop.cases.rules.lifecycle import State

OUTSIDE_STATES: dict[str, Any] = {
    State.REPORTED: _("received"),
    State.FILED: _("taken up"),
    State.DISPATCHED: _("with the unit"),
    State.ACCEPTED: _("being put right"),
    State.RECTIFIED: _("put right, being checked"),
    State.VERIFIED: _("checked"),
    State.CLOSED: _("finished"),
    State.SUSPENDED: _("takes longer: on a plan"),
    State.VOIDED: _("not taken up"),
    State.MERGED: _("goes on with another report"),
}
# The sentence at the top of the page that a code opens.
SENTENCES: dict[str, Any] = {
    State.REPORTED: _("We have your report. Somebody looks at it first."),
    State.FILED: _("Your report was taken up. It is being sent to the unit that is responsible."),
    State.DISPATCHED: _("The responsible unit has it."),
    State.ACCEPTED: _("The responsible unit is putting it right."),
    State.RECTIFIED: _("The unit says it is put right. Somebody else goes and looks."),
    State.VERIFIED: _("Somebody else has looked: it is put right."),
    State.CLOSED: _("It is finished."),
    State.SUSPENDED: _("It cannot be solved at once. There is a plan, and somebody looks at it again."),
    State.VOIDED: _("It was not taken up as a problem."),
    State.MERGED: _("It was reported already, and goes on there."),
}
STEP_WORDS: dict[str, Any] = {
    "report": _("Report received"),
    "file": _("Taken up"),
    "dispatch": _("Sent to the responsible unit"),
    "accept": _("The unit has begun"),
    "rectify": _("Put right, says the unit"),
    "verify": _("Checked on the spot: put right"),
    "send_back": _("Checked on the spot: not good enough yet"),
    "close": _("Finished"),
    "reopen": _("Taken up once more"),
    "suspend": _("Takes longer: on a plan"),
    "resume": _("Goes on"),
    "void": _("Not taken up"),
}
COMPLAINT_SENTENCES: dict[str, Any] = {
    "submitted": _("We have what you wrote. Somebody looks at it first."),
    "accepted": _("Somebody works on an answer."),
    "answered": _("There is an answer."),
    "closed": _("It is finished."),
}
