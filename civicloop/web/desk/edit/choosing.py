"""What edit forms offer to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Unit
from civicloop.standards import editions
from civicloop.standards.reference import Reference
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.titles import titles


def of_labels(labels: Mapping[str, Any]) -> list[Choice]:
    """A table of labels as choices."""
    return [Choice(str(key), str(words)) for key, words in labels.items()]


def units(asking: Asker, *, but: Iterable[int] = ()) -> list[Choice]:
    """All units in use, by code and name; without those in `but`."""
    left_out = set(but)
    rows = sorted(asking.ref.org.units.values(), key=lambda one: one.code)
    return [Choice(one.code, f"{one.name} ({one.code})") for one in rows if one.active and one.id not in left_out]


def unit_of(code: str, field: str = "unit") -> Unit | None:
    """The unit chosen by its code; None for an empty choice."""
    if not code:
        return None
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise Invalid(field, "unknown_unit", code=code[:40])
    return found


def lines(ref: Reference) -> list[Choice]:
    """The functions (城管, 环卫 …) a unit may have and a category may point to, in the reader's language."""
    known = titles(ref)
    return [Choice(key, known.line(key)) for key in known.lines]


def point_types() -> list[Choice]:
    """The point types of the standard in force."""
    try:
        book = editions.book(editions.current().pk)
    except NotFound:
        return []
    language = get_language() or ""
    return [Choice(code, f"{row.name.in_language(language)} ({code})") for code, row in book.point_types.items()]
