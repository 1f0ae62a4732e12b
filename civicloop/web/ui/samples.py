"""What the catalogue of building blocks shows: which blocks there are, and made-up content for those that want some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from django.template import Engine
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models.case import STATE_LABELS
from civicloop.web.desk.paging import Page
from civicloop.web.ui.intervals import axis_of

CHINA = timezone(timedelta(hours=8))
NINE = datetime(2026, 11, 23, 9, tzinfo=CHINA)
COLOURS = (
    "ink",
    "quiet",
    "paper",
    "surface",
    "line",
    "edge",
    "action",
    "tint",
    "red",
    "amber",
    "green",
    "violet",
    "blue",
)
SIZES = (("huge", "40 · 44"), ("title", "28 · 32"), ("lead", "20 · 24"), ("text", "16 · 20"), ("small", "14 · 18"))


@dataclass(frozen=True)
class Block:
    """A building block: its anchor, its title and when to use it. Its sample is the template of the same name."""

    key: str
    title: Any
    use: Any

    @property
    def template(self) -> str:
        """The template that is both shown and quoted."""
        return f"ui/samples/{self.key}.html"

    @property
    def markup(self) -> str:
        """The sample's own text."""
        return Engine.get_default().get_template(self.template).source.strip()


GROUPS: tuple[tuple[Any, tuple[Block, ...]], ...] = (
    (_("Foundations"), (
        Block("colours", _("Colours"), _("A colour means something, and never says it alone.")),
        Block("type", _("Type"), _("Five sizes, two weights. In large text each is a step bigger.")),
    )),
    (_("To act with"), (
        Block("buttons", _("Buttons"), _("A button is the verb of the step. One filled button on a page.")),
        Block("fields", _("Fields"), _("What must be filled in is not marked; what may stay empty is.")),
        Block("choices", _("Choices"), _("Two to five words stand side by side; more go into a list.")),
        Block("filters", _("Filters"), _("They stand over the list and in its address.")),
        Block("toolbar", _("Toolbar"), _("What can be done with the rows that are chosen.")),
        Block("menu", _("Menu"), _("A fold over the page, for what is rarely needed. Escape closes it.")),
        Block("fold", _("Fold"), _("Instead of a dialog: what explains waits until it is asked for.")),
    )),
    (_("To read"), (
        Block("tables", _("Table"), _("Figures on the right, the reason for the order above, cards on a phone.")),
        Block("states", _("State marks"), _("A shape, a word and a colour.")),
        Block("left", _("Time left"), _("What is left for whoever must act now.")),
        Block("tags", _("Tags"), _("What is special about a row.")),
        Block("numbers", _("Numbers"), _("Of how many, as of when, and a link to the rows behind.")),
        Block("bars", _("Bars"), _("They begin at zero and are written out.")),
        Block("intervals", _("Intervals"), _("A dot with its span, all on one axis.")),
        Block("story", _("Timeline"), _("What happened to a loop; a square is a step back.")),
        Block("photos", _("Photo pair"), _("Before and after on the same scale.")),
        Block("facts", _("Facts"), _("A word and what it is.")),
        Block("rows", _("Rows"), _("A list that needs no columns.")),
        Block("map", _("Map slot"), _("A small map, and in words the same beside it.")),
    )),
    (_("To find one's way"), (
        Block("tabs", _("Tabs"), _("The pages behind one word of the rail.")),
        Block("pager", _("Pager"), _("By keys, not by numbers: the last page costs what the first one costs.")),
        Block("columns", _("Two columns"), _("A list and its detail; one column under 1024 px.")),
    )),
    (_("To be told"), (
        Block("told", _("Messages"), _("What happened, what was kept, what to do.")),
        Block("empty", _("Empty"), _("What would be here, and the next step.")),
        Block("loading", _("Loading"), _("The layout stays; nothing turns.")),
        Block("now", _("What to do now"), _("The one framed thing of a page.")),
    )),
)  # fmt: skip
LEFT: Mapping[str, Any] = {
    "ok": _("6 work hours left"),
    "soon": _("1 work hour left"),
    "late": _("3 work hours late"),
    "paused": _("clock stands still"),
    "ended": _("in time"),
}


def told() -> dict[str, Any]:
    """What the samples are filled with."""
    values = ((_("Lotus Town"), 86.4, 83.1, 89.7), (_("Willow Street"), 81.0, 76.2, 85.8))
    return {
        "states": list(STATE_LABELS),
        "levels": LEFT.items(),
        "colours": COLOURS,
        "sizes": SIZES,
        "nine": NINE,
        "page": Page([], None, None, "?after=2", "?end=1"),
        "axis": axis_of([low for _name, _value, low, _high in values] + [high for *_rest, high in values], 85),
        "estimates": values,
        "counts": ((_("Lotus Town"), 42, "late"), (_("Willow Street"), 17, "soon"), (_("Reed Town"), 5, "")),
        "sample_pages": (("/ui", _("Building blocks")), ("/settings", _("Settings")), ("/cases", _("Cases"))),
    }
