"""Services are the city's categories: how each is called here, the list, and the definitions with their questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import Arguments
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.writing import Told, plain
from civicloop.residents.queries.open311 import is_private
from civicloop.standards.categories import MATTER, CategoryBook, CategoryInfo, QuestionInfo
from civicloop.standards.reference import Reference

# Filled in silently by clients that know these words (mySociety); what they hold is not kept, but for the first.
SENT_AS = "fixmystreet_id"
AUTOMATED = frozenset({
    SENT_AS, "easting", "northing", "closest_address", "uprn", "usrn", "title", "description", "report_url", "group",
    "external_id", "contributed_by", "user_id",
})  # fmt: skip
LIST_KINDS = ("singlevaluelist", "multivaluelist")


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


def offered(ref: Reference) -> dict[str, CategoryInfo]:
    """What may be reported, in order of code: the city's own choice (`open311.services`), else every matter."""
    chosen = set(ref.parameters["open311.services"])
    return {
        code: one
        for code, one in sorted(services_of(ref).by_code.items())
        if (code in chosen if chosen else one.kind == MATTER)
    }


def service_named(code: str, ref: Reference) -> CategoryInfo:
    """The service of this code. Raises Fault 404."""
    found = offered(ref).get(code)
    if found is None:
        raise Fault(404, _("There is no service %(code)s.") % {"code": code[:60]})
    return found


def service_list(args: Arguments, ref: Reference) -> Told:
    """The services; with `lat` and `long` those valid at that place, which are none outside the city."""
    place = args.place()
    if place is not None and ref.grids.grids and ref.grids.locate(*place) is None:
        return Told("services", [])
    return Told("services", [_service(code, one, ref) for code, one in offered(ref).items()])


def _service(code: str, one: CategoryInfo, ref: Reference) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": plain(one.label),
        "description": plain(_described(one)),
        "metadata": bool(one.questions),
        "type": "realtime",
        "keywords": ",".join(_keywords(code, one, ref)) or None,
        "group": plain(one.major) or None,
    }


def _described(one: CategoryInfo) -> str:
    texts = [condition.text for condition in one.conditions if condition.text]
    return "; ".join(texts)[:500] or one.label


def _keywords(code: str, one: CategoryInfo, ref: Reference) -> list[str]:
    """Words to search by, then the flags that FixMyStreet understands."""
    other = one.name if _english() else one.name_en
    words = [word.replace(",", " ") for word in (plain(other), plain(one.major)) if word]
    flags = [flag for flag, holds in (("private", is_private(one, ref)), ("inactive", not one.active)) if holds]
    return [*words, *flags]


def definition(code: str, ref: Reference) -> Told:
    """The questions of a service, in order."""
    category = service_named(code, ref)
    attributes = [_attribute(number, one) for number, one in enumerate(category.questions, 1)]
    return Told("service_definition", {"service_code": code, "attributes": attributes})


def _attribute(number: int, one: QuestionInfo) -> dict[str, Any]:
    told: dict[str, Any] = {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype,
        "required": one.required,
        "datatype_description": None,
        "order": number,
        "description": plain(asked(one)),
    }
    if one.datatype in LIST_KINDS:
        told["values"] = [{"key": str(value["key"]), "name": named(value)} for value in one.values]
    return told


def asked(one: QuestionInfo) -> str:
    """A question in the reader's language."""
    return one.text_en if _english() and one.text_en else one.text


def named(value: Mapping[str, Any]) -> str:
    """An answer of a list in the reader's language."""
    english = value.get("name_en") if _english() else None
    return plain(str(english or value.get("name") or value["key"]))


def _english() -> bool:
    return (get_language() or "").startswith("en")
