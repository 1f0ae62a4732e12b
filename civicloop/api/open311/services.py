"""Services as clients read them: the list, and the definitions with their questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import Arguments
from civicloop.api.open311.faults import Fault
from civicloop.api.open311.writing import Told, plain
from civicloop.residents.queries.open311 import is_private
from civicloop.residents.queries.open311services import group_of, offered
from civicloop.standards.categories import NOTICE, CategoryInfo, QuestionInfo
from civicloop.standards.reference import Reference

# Filled in silently by clients that know these words (mySociety); what they hold is not kept, but for the first.
SENT_AS = "fixmystreet_id"
AUTOMATED = frozenset({
    SENT_AS, "easting", "northing", "closest_address", "uprn", "usrn", "title", "description", "report_url", "group",
    "external_id", "contributed_by", "user_id",
})  # fmt: skip
LIST_KINDS = ("singlevaluelist", "multivaluelist")
# mySociety's `automated`: the client answers by itself, seen or unseen.
BY_PROGRAMS = ("server_set", "hidden_field")


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
        "type": type_of(code, ref),
        "keywords": ",".join(_keywords(code, one, ref)) or None,
        "group": plain(group_of(one, ref)) or None,
    }


def type_of(code: str, ref: Reference) -> str:
    """What a report of this service is answered with: its id (`realtime`), a token (`batch`), or neither (`blackbox`)."""
    types = ("blackbox", "batch")
    return next((one for one in types if code in ref.parameters[f"open311.{one}"]), "realtime")


def _described(one: CategoryInfo) -> str:
    texts = [condition.text for condition in one.conditions if condition.text]
    return "; ".join(texts)[:500] or one.label


def _keywords(code: str, one: CategoryInfo, ref: Reference) -> list[str]:
    """Words to search by, then the flags that FixMyStreet understands."""
    other = one.name if _english() else one.name_en
    words = [word.replace(",", " ") for word in (plain(other), plain(group_of(one, ref))) if word]
    flags = {
        "private": is_private(one, ref),
        "staff": code in ref.parameters["open311.staff"],
        "inactive": not one.active,
    }
    return [*words, *(flag for flag, holds in flags.items() if holds)]


def definition(code: str, ref: Reference) -> Told:
    """The questions of a service, in order."""
    category = service_named(code, ref)
    attributes = [_attribute(number, one) for number, one in enumerate(category.questions, 1)]
    return Told("service_definition", {"service_code": code, "attributes": attributes})


def _attribute(number: int, one: QuestionInfo) -> dict[str, Any]:
    told: dict[str, Any] = {
        "variable": one.part != NOTICE,
        "code": one.code,
        "datatype": one.datatype,
        "required": one.required,
        "datatype_description": plain((_english() and one.hint_en) or one.hint) or None,
        "order": number,
        "description": plain(asked(one)),
    }
    if one.part in BY_PROGRAMS:
        told["automated"] = one.part
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
