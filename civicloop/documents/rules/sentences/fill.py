"""Filling editable texts: `{name}` is replaced by what the paper knows; what it does not know stays as the office typed it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from civicloop.documents.rules.body import Paragraph

_PLACE = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with its placeholders filled. No other markup is read, so braces an office types are harmless."""
    return _PLACE.sub(lambda found: str(values[found[1]]) if found[1] in values else found[0], text)


def paragraphs(text: str, values: Mapping[str, object], how: str = "body") -> tuple[Paragraph, ...]:
    """One paragraph for each line that is not empty after filling."""
    lines = (line.strip() for line in fill(text, values).splitlines())
    return tuple(Paragraph(line, how=how) for line in lines if line)  # type: ignore[arg-type]
