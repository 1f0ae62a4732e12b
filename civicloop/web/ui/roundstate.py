"""How far a round of inspection has come, in words, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from civicloop.inspection.models import Draw, Round

STEPS = (
    ("commit", _("Fix the seed")),
    ("draw", _("Draw")),
    ("assign", _("Assign")),
    ("visit", _("Visit")),
    ("publish", _("Publish")),
)
# The verb of the next step, where it is taken (an address name), and whether it is a form of its own.
NEXT = {
    "commit": (_("Fix the seed"), "desk:draw_new", True),
    "draw": (_("Draw"), "desk:draw_perform", False),
    "assign": (_("Assign inspectors"), "desk:draw_assign", True),
    "visit": (_("Visits of the day"), "desk:visits", True),
    "publish": (_("Publish the draw"), "desk:draw_publish", False),
    "close": (_("Close the round"), "desk:round_close", False),
}
WORDS = {
    "commit": _("no draw yet"),
    "draw": _("seed fixed"),
    "assign": _("drawn, not assigned"),
    "wait": _("assigned, visits to come"),
    "visit": _("visits under way"),
    "publish": _("visits over, not published"),
    "close": _("published"),
    "closed": _("round closed"),
}
# What is said above the button.
WHY = {
    "commit": _("Say what is drawn. The list of places is frozen and the seed fixed before anything is drawn."),
    "draw": _("The seed is fixed. Drawing uses it and nothing else; what comes out stays sealed."),
    "assign": _("Choose inspectors and days. Who goes where is drawn by lot, nobody inspects his own unit."),
    "wait": _("Visits are sealed until their day. Nothing is to be done here before."),
    "visit": _("Inspectors answer their visits on the day. Nothing is to be done here until they have."),
    "publish": _("Publishing shows the seed and all files, so that anybody can draw again and compare."),
    "close": _("Everything is published. Closing ends the round; nothing is drawn or assigned afterwards."),
    "closed": _("Nothing: the round is closed."),
}


@dataclass(frozen=True)
class Count:
    """Visits of a round: how many, how many judged, how many still open."""

    all: int = 0
    judged: int = 0
    open: int = 0

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.judged / self.all if self.all else 0.0


@dataclass(frozen=True)
class Standing:
    """The next step by its key, the draw it is about, and the words for both."""

    key: str
    draw: Draw | None

    @property
    def word(self) -> Any:
        """The state of the round in a word or two."""
        return WORDS[self.key]

    @property
    def why(self) -> Any:
        """What stands and what the next step does."""
        return WHY[self.key]

    @property
    def verb(self) -> Any:
        """The button's word."""
        return NEXT[self.key][0] if self.key in NEXT else ""

    @property
    def address(self) -> str:
        """The name of the address at which the step is taken."""
        return NEXT[self.key][1] if self.key in NEXT else ""

    @property
    def is_form(self) -> bool:
        """Whether a form comes first; the others are taken by pressing the button."""
        return self.key in NEXT and NEXT[self.key][2]

    @property
    def steps(self) -> list[tuple[Any, bool, bool]]:
        """The five steps: word, done, present."""
        keys = [key for key, _word in STEPS]
        key = "visit" if self.key == "wait" else self.key
        here = keys.index(key) if key in keys else len(keys)
        return [(word, place < here, place == here) for place, (_key, word) in enumerate(STEPS)]


def standing(round: Round, draws: Sequence[Draw], visits: Count, today: date) -> Standing:
    """How far a round is, by its draws (newest first), its visits and the day."""
    if round.closed_at is not None:
        return Standing("closed", None)
    live = [one for one in draws if one.state != "cancelled"]
    if not live:
        return Standing("commit", None)
    committed = next((one for one in live if one.state == "committed"), None)
    if committed is not None:
        return Standing("draw", committed)
    sealed = next((one for one in live if one.state == "drawn"), None)
    if sealed is None:
        return Standing("close", None)
    if not visits.all:
        return Standing("assign", sealed)
    if today < round.starts_on:
        return Standing("wait", sealed)
    return Standing("visit" if visits.open and today <= round.ends_on else "publish", sealed)
