"""Words around papers: what each kind is for, what its texts are called, why one could not be written and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.cases.models.case import STATE_LABELS
from civicloop.documents.rules.options import Option
from civicloop.kernel.refusal import Refused
from civicloop.sentences import sentence

USES = {
    "problem_list": gettext_lazy("problems of a unit with their limits, as a workbook"),
    "ledger": gettext_lazy("the register of rectification, one row a problem, as a workbook"),
    "notice": gettext_lazy("tells a unit what is to be put right and until when"),
    "letter": gettext_lazy("presses for what is overdue or supervised"),
    "whistle": gettext_lazy("the record of a joint meeting about one case"),
    "brief": gettext_lazy("what the secret visits of a week found"),
    "bulletin": gettext_lazy("the month with rankings, charts and photos"),
    "exposure": gettext_lazy("for the public: faces and number plates are made unreadable"),
    "handbook": gettext_lazy("an area's standards, contacts, problems and progress"),
    "summary": gettext_lazy("the work of a period in full sentences"),
}
TEXTS = {
    "issuer": gettext_lazy("Issuer in the head"),
    "sign": gettext_lazy("Sign in the number"),
    "suffix": gettext_lazy("Word after the issuer"),
    "title": gettext_lazy("Title"),
    "city": gettext_lazy("Name of the city"),
    "opening": gettext_lazy("Opening"),
    "demands": gettext_lazy("Demands"),
    "closing": gettext_lazy("Closing"),
    "nothing": gettext_lazy("When there is nothing to tell"),
    "plans": gettext_lazy("Next steps"),
    "copies_to": gettext_lazy("Copies to"),
}
# What else a kind may be asked for: a label for each option; the same words where kinds share one.
OPTIONS = {
    "photos": gettext_lazy("Photos"),
    "states": gettext_lazy("States of the cases"),
    "area": gettext_lazy("Area (code)"),
    "category": gettext_lazy("Category (code)"),
    "days": gettext_lazy("Overdue for at least so many days"),
    "sent_back": gettext_lazy("Sent back at least so often"),
    "most": gettext_lazy("At most so many cases"),
    "purpose": gettext_lazy("Purpose for which whole phone numbers are shown"),
    "standard": gettext_lazy("Standard (code of the pack)"),
}
LONG = ("opening", "demands", "closing", "nothing", "plans", "copies_to")


def failure(told: Mapping[str, Any]) -> str:
    """Why a paper could not be written, as a sentence."""
    kept = dict(told)
    return sentence(Refused(str(kept.pop("code", "paper_failed")), **kept))


def what_to_do(told: Mapping[str, Any]) -> str:
    """What helps against it."""
    if told.get("code") == "blur_models_missing":
        return _("Nothing was published. Have it written again when the administrator has fetched what is needed.")
    return _("Nothing half-written is offered. Look at the texts and the period, then have it written again.")


@dataclass(frozen=True)
class Field:
    """An option as the form shows it. `value` is what was typed, `chosen` the words that were picked."""

    name: str
    label: Any
    option: Option
    value: str
    chosen: tuple[str, ...]

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """Values and words of an option that takes words."""
        return [(one, STATE_LABELS.get(one, one)) for one in self.option.choices]


def options(known: Mapping[str, Option], typed: QueryDict) -> list[Field]:
    """The options of a kind with what was typed; their names in the form begin with `option.`."""
    return [
        Field(
            name, OPTIONS.get(name, name), one, typed.get(f"option.{name}", ""), tuple(typed.getlist(f"option.{name}"))
        )
        for name, one in known.items()
    ]


def given(known: Mapping[str, Option], typed: QueryDict) -> dict[str, str]:
    """What was typed for the options; words that were picked stand with commas between them. Empty ones are left out."""
    told = {name: ",".join(one for one in typed.getlist(f"option.{name}") if one.strip()) for name in known}
    return {name: value for name, value in told.items() if value}
