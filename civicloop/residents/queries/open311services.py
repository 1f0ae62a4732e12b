"""Services of Open311 are the city's categories: how each is called there, and which may be reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from civicloop.organisation.revisions import Kept
from civicloop.standards.categories import MATTER, CategoryBook, CategoryInfo
from civicloop.standards.models import Pack
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Services:
    """The categories by their service code, and back."""

    by_code: Mapping[str, CategoryInfo]
    codes: Mapping[int, str]


# The book stays the same object as long as the standards do: one entry is enough.
_kept: list[tuple[CategoryBook, Services]] = []


def services_of(ref: Reference) -> Services:
    """All categories with their service codes, inactive ones among them: old requests have them."""
    book = ref.categories
    for known, services in _kept:
        if known is book:
            return services
    made = _made(book)
    _kept[:] = [(book, made)]
    return made


def _made(book: CategoryBook) -> Services:
    """A matter is called by its code; what would have the same name is called by its kind as well, or by its public id."""
    by_code: dict[str, CategoryInfo] = {}
    for one in sorted(book.categories.values(), key=lambda one: (not one.active, one.kind != MATTER, one.id)):
        wished = one.code if one.kind == MATTER else f"{one.kind}:{one.code}"
        by_code[wished if wished not in by_code and "/" not in wished else one.uid.hex] = one
    return Services(by_code, {one.id: code for code, one in by_code.items()})


def group_of(one: CategoryInfo, ref: Reference) -> str:
    """The class of a category in words of the reader's language, as its pack names it; its code where the pack does not."""
    chinese, english = _majors.at(ref.stamps).get((one.pack, one.kind, one.major), (one.major, ""))
    return english if english and (get_language() or "").startswith("en") else chinese


def _load_majors() -> dict[tuple[str, str, str], tuple[str, str]]:
    found = {}
    for pack, content in Pack.objects.values_list("code", "content"):
        for row in content.get("majors", ()):
            name = row["name"]
            named = (
                (str(name.get("zh_Hans", "")), str(name.get("en") or "")) if isinstance(name, dict) else (str(name), "")
            )
            found[pack, row["kind"], row["code"]] = named
    return found


_majors: Kept[dict[tuple[str, str, str], tuple[str, str]]] = Kept("standards", _load_majors)


def offered(ref: Reference) -> dict[str, CategoryInfo]:
    """What may be reported, in order of code: the city's own choice (`open311.services`), else every matter."""
    chosen = set(ref.parameters["open311.services"])
    return {
        code: one
        for code, one in sorted(services_of(ref).by_code.items())
        if (code in chosen if chosen else one.kind == MATTER)
    }
