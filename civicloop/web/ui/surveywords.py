"""The words of surveys: the four rates, groups of a table, what a change means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from civicloop.surveys.models.surveys import CHANNEL_LABELS, MEASURE_LABELS
from civicloop.surveys.rules.comparing import HIGHER, LOWER, OPEN

MEASURES = MEASURE_LABELS
CHANGES: dict[str, Any] = {
    HIGHER: _("higher than before"), LOWER: _("lower than before"), OPEN: _("no change can be told"),
}  # fmt: skip
TABLES: dict[str, Any] = {"stratum": _("By street or town"), "channel": _("By channel")}


def said(text: str, text_en: str) -> str:
    """A text of a questionnaire in the reader's language; the Chinese one where there is no other."""
    return text if (get_language() or "").startswith("zh") or not text_en else text_en


def listed(words: Iterable[str]) -> str:
    """Several words in a row, as the reader's language parts them."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(words)


def group_word(table: str, name: str, about: Any) -> str:
    """The name of a row: a stratum by its own name, a channel or an answer about the person in words."""
    if table == "stratum":
        return name
    if table == "channel":
        return str(CHANNEL_LABELS.get(name, name))
    question = about.get(table)
    choice = question.choice(name) if question else None
    return said(choice.text, choice.text_en) if choice else name
