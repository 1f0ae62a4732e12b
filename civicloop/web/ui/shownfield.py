"""A field of a form as a page shows it: for the steps of a case and for the edit pages alike (`ui/field.html`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from civicloop.web.ui.choices import Choice

# How each kind is given; a kind that is not here is one line of text.
WIDGETS = {
    "text": "area", "choice": "select", "unit": "select", "person": "select", "condition": "select", "forward": "select",
    "units": "several", "many": "ticks", "yes": "tick", "password": "secret", "present": "secret", "place": "place",
    "photos": "photos",
}  # fmt: skip
INPUT_TYPES = {"date": "date", "datetime": "datetime-local", "moment": "datetime-local"}
INPUT_MODES = {"integer": "numeric", "decimal": "decimal"}
# What a browser may fill in by itself.
FILLED_IN = {"password": "new-password", "present": "current-password"}


@dataclass(frozen=True)
class Shown:
    """One field with what is in it and what is wrong with it. `most` is the longest text, `extra` the parts of a place."""

    key: str
    kind: str
    label: str
    required: bool
    value: str = ""
    values: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    hint: str = ""
    fault: str = ""
    most: int = 200
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def widget(self) -> str:
        """How it is given."""
        return WIDGETS.get(self.kind, "line")

    @property
    def input_type(self) -> str:
        """The type of the input element."""
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def input_mode(self) -> str:
        """Which keys a phone offers, where it is not a text."""
        return INPUT_MODES.get(self.kind, "")

    @property
    def filled_in(self) -> str:
        """The word for a browser's memory of passwords."""
        return FILLED_IN.get(self.kind, "")

    @property
    def longest(self) -> int:
        """How many characters fit; 0 where it is no text."""
        return 0 if self.kind in INPUT_TYPES or self.kind in INPUT_MODES else self.most
