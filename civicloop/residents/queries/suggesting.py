"""Which categories a resident's words may mean: by the text intake, filled up by the words of the categories themselves."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.residents.rules.guessing import ranked
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.textintake.queries import suggest_categories

COMPONENT = "component"
FIRST_DAILY = "06"
MOST = 5
MOST_CHARACTERS = 1000


def suggested(text: str, ref: Reference, *, most: int = MOST) -> list[CategoryInfo]:
    """The likeliest categories, best first; none where the words say nothing."""
    words = text.strip()[:MOST_CHARACTERS]
    if len(words) < 2:
        return []
    known = {one.id: one for one in choices(ref)}
    numbers = [one.category for one in suggest_categories(words, ref, most)]
    told = [(one.id, one.name, " ".join((one.name_en, *(c.text for c in one.conditions)))) for one in known.values()]
    numbers += ranked(words, told, most=most)
    return [known[number] for number in dict.fromkeys(numbers) if number in known][:most]


def choices(ref: Reference) -> Sequence[CategoryInfo]:
    """Every category a resident may choose: what happens in the street, not the kinds of fixture."""
    rows = (one for one in ref.categories.all() if one.kind != COMPONENT)
    return sorted(rows, key=lambda one: (one.code < FIRST_DAILY, one.code))
