"""From a filled form to the answer sheet. XML is read without entities, and nothing in it is believed.

The names of the fields are those of `standards.xlsform`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from civicloop.api.openrosa.forms import Form
from civicloop.api.problems import Refusal
from civicloop.inspection.rules.judging import JUDGED
from civicloop.kernel.refusal import Invalid
from civicloop.standards.rules.shapes import ChecklistItem

MOST_FIELDS = 20_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came: its id, the ids of the instance and of the one it replaces, every leaf by name, and the repeats."""

    form_id: str
    version: str
    uid: UUID
    replaces: UUID | None
    values: Mapping[str, str]
    extra: Sequence[Mapping[str, str]]
    source: str


def read(xml: bytes) -> Filled:
    """The filled form. Raises Refusal 400: not XML, entities, a field twice, no form id, no instanceID made by a device."""
    try:
        source = xml.decode("utf-8-sig")
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError) as fault:
        raise Refusal(400, "xml_not_readable") from fault
    if sum(1 for _ in root.iter()) > MOST_FIELDS:
        raise Refusal(413, "too_many", limit=MOST_FIELDS)
    meta = next((one for one in root if _local(one) == "meta"), None)
    told = _leaves(meta) if meta is not None else {}
    uid = _uuid(told.get("instanceID", ""))
    if uid is None:
        raise Refusal(400, "instance_id_missing")
    form_id = root.get("id") or ""
    if not form_id:
        raise Refusal(400, "form_id_missing")
    replaces = told.get("deprecatedID", "")
    repeats = [one for one in root if _local(one) == "extra"]
    values: dict[str, str] = {}
    for one in root:
        if one is not meta and one not in repeats:
            told = _leaves(one)
            if twice := sorted(values.keys() & told.keys()):
                raise Refusal(400, "field_twice", field=twice[0][:60])
            values |= told
    extra = [_leaves(one) for one in repeats]
    return Filled(form_id, root.get("version") or "", uid, _uuid(replaces) if replaces else None, values, extra, source)


def sheet_of(filled: Filled, form: Form) -> dict[str, Any]:
    """The answer sheet that a filled form is, in the shape of `inspection.rules.answers`."""
    values = filled.values
    praised = set(values.get("commended", "").split())
    return {
        "started_at": values.get("start") or None,
        "noted_at": values.get("end") or None,
        "note": values.get("note", ""),
        "answers": [
            _answer(values, name, item, name in praised) for name, item in form.items.items() if values.get(name)
        ],
        "extra": [_extra(one) for one in filled.extra if any(one.values())],
        **_place(values.get("place", "")),
    }


def visit_uid(filled: Filled) -> UUID:
    """Which visit the form answers: the place that was chosen. Raises Invalid."""
    uid = _uuid(filled.values.get("point", ""))
    if uid is None:
        raise Invalid("visit", "required", field="visit")
    return uid


def _answer(values: Mapping[str, str], name: str, item: ChecklistItem, praised: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "item": item.code, "answer": values[name], "note": values.get(f"{name}_note", ""), "commended": praised,
        "photos": _photos(values.get(f"{name}_photo", "")),
    }  # fmt: skip
    if values.get(f"{name}_count"):
        told["count"] = values[f"{name}_count"]
    # The length is asked once for the whole street; it belongs to the items that count by it.
    if item.counts is not None and item.counts.per_m is not None and values[name] in JUDGED and values.get("length_m"):
        told["length_m"] = values["length_m"]
    return told


def _extra(one: Mapping[str, str]) -> dict[str, Any]:
    told = {"category": one.get("extra_category", ""), "description": one.get("extra_description", "")}
    place = _place(one.get("extra_place", ""))
    return told | {name: place[name] for name in ("lon", "lat") if name in place} | {
        "photos": _photos(one.get("extra_photo", ""))
    }  # fmt: skip


def _photos(name: str) -> list[dict[str, str]]:
    return [{"name": name, "kind": "near"}] if name else []


def _leaves(element: Element) -> dict[str, str]:
    """Every leaf by its name. One that stands twice would hide an answer: Refusal 400."""
    found: dict[str, str] = {}
    for one in element.iter():
        if len(one) == 0:
            if _local(one) in found:
                raise Refusal(400, "field_twice", field=_local(one)[:60])
            found[_local(one)] = (one.text or "").strip()
    return found


def _place(geopoint: str) -> dict[str, float]:
    """`latitude longitude altitude accuracy`, as devices write it. Raises Invalid."""
    if not geopoint:
        return {}
    parts = geopoint.split()
    try:
        numbers = [float(part) for part in parts[:4]]
    except ValueError as fault:
        raise Invalid("place", "not_a_number", value=geopoint[:40]) from fault
    if len(numbers) < 2:
        raise Invalid("place", "half_a_place")
    place = {"lat": numbers[0], "lon": numbers[1]}
    return place | {"accuracy_m": numbers[3]} if len(numbers) > 3 else place


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.removeprefix("uuid:"))
    except ValueError:
        return None
