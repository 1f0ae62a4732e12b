"""Which categories a resident's words may mean: by the trained text intake, else by the words of the categories themselves."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.residents.rules.guessing import ranked
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference

COMPONENT = "component"
MOST = 5


def suggested(text: str, ref: Reference, *, most: int = MOST) -> list[CategoryInfo]:
    """The likeliest categories, best first; none where the words say nothing."""
    words = text.strip()[:1000]
    if len(words) < 2:
        return []
    rows = [one for one in ref.categories.all() if one.kind != COMPONENT]
    told = [
        (one.id, one.name, " ".join((one.name_en, *(str(hint) for hint in one.hints), *(c.text for c in one.conditions))))
        for one in rows
    ]
    return [ref.categories.by_id(number) for number in ranked(words, told, most=most)]


def choices(ref: Reference) -> Sequence[CategoryInfo]:
    """Every category a resident may choose: what happens in the street, not the kinds of fixture."""
    return sorted((one for one in ref.categories.all() if one.kind != COMPONENT), key=lambda one: (one.code < "06", one.code))
