"""The words of the numbers of Today and of the daily dispatch, and of the lists behind them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

LENSES = {
    "overdue": _("Overdue"),
    "due_today": _("Due today"),
    "due_soon": _("Due by the next working day"),
    "to_review": _("Suspensions to be reviewed"),
    "returned": _("Returned, to be dispatched anew"),
    "sent_back": _("Sent back, to be done again"),
    "whistled": _("Whistled for, nobody came yet"),
    "open": _("Open"),
    "received": _("Received today"),
    "done": _("Rectified yesterday"),
    "judged": _("Was due in the last 7 days"),
}
# How each is counted, in a sentence.
HOW = {
    "overdue": _("Open cases whose unit should have acted by now; suspended ones are not counted."),
    "due_today": _("Open cases to be acted on before midnight."),
    "due_soon": _("Open cases to be acted on after today, by the end of the next working day."),
    "to_review": _("Suspended cases whose review is due today or was due before."),
    "returned": _("Cases that a unit returned and that wait at the desk."),
    "sent_back": _("Cases that did not pass verification and are with the unit again."),
    "whistled": _("Cases to which a called unit has not come yet."),
    "open": _("Cases on which somebody still has to act."),
    "received": _("Cases dispatched since midnight, by responsible unit."),
    "done": _("Cases that were put right yesterday, voided and merged ones not counted."),
    "judged": _("Cases that should have been put right in the seven days before today."),
}
LEVELS = {"overdue": "late", "due_today": "soon", "to_review": "paused"}


def list_of(lens: str, unit: str = "") -> str:
    """The address of the list behind a number; `unit` is a code, with all units below it."""
    told = {"lens": lens, **({"of": unit} if unit else {})}
    return f"{reverse('desk:cases')}?{urlencode(told)}"
