"""Words in the languages a pack carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the languages a pack carries. Chinese is always there."""

    zh_Hans: str  # noqa: N815  the tag of the language, as in the files
    en: str = ""

    def in_language(self, language: str) -> str:
        """The words in `language`; Chinese where the pack has no English."""
        return self.en if language.startswith("en") and self.en else self.zh_Hans

    def __str__(self) -> str:
        return self.zh_Hans
