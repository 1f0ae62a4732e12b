"""Which categories a resident may mean: by the words typed (text intake, filled up by the words of the categories themselves),
and by what is usual where and when the photo was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from civicloop.cases.models import Case
from civicloop.kernel.tilekey import ranges_around
from civicloop.residents.rules.guessing import merged, ranked, usual
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.textintake.queries import suggest_categories

COMPONENT = "component"
FIRST_DAILY = "06"
MOST = 5
MOST_CHARACTERS = 1000
# How far round the place, how far back, and how many cases are looked at.
NEAR_M, WEEKS, MOST_CASES = 200, 26, 400


@dataclass(frozen=True, slots=True)
class Scene:
    """Where (WGS-84) and when it was seen: by the photo, else by the device and the clock."""

    lon: float
    lat: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest categories, best first; `by_words` says whether the words speak for the first of them."""

    kinds: Sequence[CategoryInfo]
    by_words: bool = False


def guess(text: str, scene: Scene | None, ref: Reference, *, most: int = MOST) -> Guess:
    """The likeliest categories; none where neither words nor place say anything. One statement for the place."""
    known = {one.id: one for one in choices(ref)}
    said = [number for number in _said(text, known, ref, most) if number in known]
    here = {number: share for number, share in _usual_at(scene).items() if number in known} if scene else {}
    return Guess([known[number] for number in merged(said, here, most=most)], bool(said))


def choices(ref: Reference) -> Sequence[CategoryInfo]:
    """Every category a resident may choose: what happens in the street, not the kinds of fixture."""
    rows = (one for one in ref.categories.all() if one.kind != COMPONENT)
    return sorted(rows, key=lambda one: (one.code < FIRST_DAILY, one.code))


def _said(text: str, known: dict[int, CategoryInfo], ref: Reference, most: int) -> list[int]:
    words = text.strip()[:MOST_CHARACTERS]
    if len(words) < 2:
        return []
    numbers = [one.category for one in suggest_categories(words, ref, most)]
    told = [(one.id, one.name, " ".join((one.name_en, *(c.text for c in one.conditions)))) for one in known.values()]
    return [*numbers, *ranked(words, told, most=most)]


def _usual_at(scene: Scene) -> dict[int, float]:
    # Hidden from the index of report times, as in `cases.near`: SQLite would walk through half a year of the city.
    rows = Case.objects.at_place(ranges_around(scene.lon, scene.lat, NEAR_M))
    rows = rows.alias(reported=Coalesce("reported_at", "reported_at"))
    rows = rows.filter(reported__gt=scene.at - timedelta(weeks=WEEKS)).order_by()
    cases = rows.values_list("category_id", "reported_at")[:MOST_CASES]
    return usual(((number, localtime(at).hour) for number, at in cases), localtime(scene.at).hour)
