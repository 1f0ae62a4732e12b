"""The answer sheet as a form: what is asked per item, what was typed, what is wrong with it, and the sheet it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from civicloop.inspection.rules.answers import read_sheet
from civicloop.inspection.rules.judging import check_sheet, reached
from civicloop.kernel.refusal import Invalid
from civicloop.sentences import sentence
from civicloop.standards.rules.shapes import ChecklistItem
from civicloop.web.ui.inspectwords import ANSWERS

# How many faults beside the checklist a page has room for; a second visit to the page of a report takes more.
EXTRAS = 3
# Any moment: items are held against their rules one by one, long before the sheet's own moment is.
SOME_MOMENT = "2026-01-01T00:00:00+00:00"
Photos = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Entry:
    """One item on the page, with what was typed."""

    item: ChecklistItem
    answer: str = ""
    count: str = ""
    length: str = ""
    note: str = ""
    commended: bool = False
    kept: Sequence[str] = ()
    faults: Sequence[str] = ()

    @property
    def open(self) -> bool:
        """Whether the part below the answers holds something to be seen."""
        return bool(
            self.note or self.commended or self.kept or self.answer == "not_met" or (self.answer and self.faults)
        )


@dataclass(frozen=True)
class ExtraEntry:
    """A fault beside the checklist, as typed."""

    number: int
    category: str = ""
    description: str = ""
    kept: Sequence[str] = ()
    faults: Sequence[str] = ()

    @property
    def key(self) -> str:
        """The name under which the form brings it."""
        return f"extra.{self.number}"


@dataclass(frozen=True)
class Typed:
    """What a form brought: the fields, the photos that are stored, and what is wrong by item (or `extra.0`)."""

    data: QueryDict
    photos: Photos = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)


def entries(items: Sequence[ChecklistItem], typed: Typed) -> list[Entry]:
    """The items with what was typed."""
    return [_entry(item, typed) for item in items]


def extras(typed: Typed) -> list[ExtraEntry]:
    """The rows for faults beside the checklist."""
    return [
        ExtraEntry(
            number, typed.data.get(f"extra.{number}.category", ""), typed.data.get(f"extra.{number}.description", ""),
            typed.photos.get(f"extra.{number}", ()), typed.faults.get(f"extra.{number}", ()),
        )
        for number in range(EXTRAS)
    ]  # fmt: skip


def keys(items: Sequence[ChecklistItem]) -> list[str]:
    """The names under which a form may bring photos."""
    return [*(item.code for item in items), *(f"extra.{number}" for number in range(EXTRAS))]


def content_of(items: Sequence[ChecklistItem], data: QueryDict, photos: Photos) -> dict[str, Any]:
    """The answer sheet that a form makes. The same form makes the same sheet, whenever it is sent."""
    started = data.get("started_at", "")
    answers = (_answer(item, data, photos.get(item.code, ())) for item in items)
    return {
        "started_at": started,
        "noted_at": data.get("noted_at", "") or started,
        "lon": data.get("lon", "").strip() or None,
        "lat": data.get("lat", "").strip() or None,
        "accuracy_m": data.get("accuracy_m", "").strip() or None,
        "note": data.get("note", ""),
        "answers": [one for one in answers if one is not None],
        "extra": [one for one in (_extra(number, data, photos) for number in range(EXTRAS)) if one is not None],
    }


def find_faults(items: Sequence[ChecklistItem], content: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong, item by item: everything at once, so that nobody sends a form ten times."""
    told = {one["item"]: one for one in content["answers"]}
    faults: dict[str, list[str]] = {}
    for item in items:
        if item.code not in told:
            faults[item.code] = [_("Not answered yet.")]
            continue
        try:
            check_sheet(read_sheet({"noted_at": SOME_MOMENT, "answers": [told[item.code]]}), [item])
        except Invalid as refused:
            faults[item.code] = [sentence(refused)]
    return faults


def place_of(refused: Invalid, content: Mapping[str, Any]) -> str:
    """The item (or `extra.0`) a refusal is about, "" where it is about the whole sheet."""
    part, _dot, rest = refused.field.partition(".")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return ""
    if part == "answers" and int(number) < len(content["answers"]):
        return str(content["answers"][int(number)]["item"])
    return f"extra.{number}" if part == "extra" and int(number) < EXTRAS else ""


def _entry(item: ChecklistItem, typed: Typed) -> Entry:
    code, data = item.code, typed.data
    return Entry(
        item, _chosen(item, data), data.get(f"{code}.count", ""), data.get(f"{code}.length", ""),
        data.get(f"{code}.note", ""), bool(data.get(f"{code}.commended")), typed.photos.get(code, ()),
        typed.faults.get(code, ()),
    )  # fmt: skip


def _chosen(item: ChecklistItem, data: QueryDict) -> str:
    """The answer chosen; where the item is counted and none was chosen, the count decides."""
    answer = data.get(f"{item.code}.answer", "")
    if answer or item.counts is None:
        return answer if answer in ANSWERS else ""
    counted, walked = _decimal(data, f"{item.code}.count"), _decimal(data, f"{item.code}.length")
    if counted is None or (item.counts.per_m is not None and not walked):
        return ""
    return "met" if reached(item.counts, counted, walked) else "not_met"


def _answer(item: ChecklistItem, data: QueryDict, photos: Sequence[str]) -> dict[str, Any] | None:
    answer = _chosen(item, data)
    if not answer:
        return None
    code = item.code
    told: dict[str, Any] = {"item": code, "answer": answer, "note": data.get(f"{code}.note", "")}
    if item.counts is not None:
        told["count"] = data.get(f"{code}.count", "").strip() or None
        told["length_m"] = data.get(f"{code}.length", "").strip() or None
    if data.get(f"{code}.commended"):
        told["commended"] = True
    if photos:
        told["photos"] = _photos(photos)
    return told


def _extra(number: int, data: QueryDict, photos: Photos) -> dict[str, Any] | None:
    name = f"extra.{number}"
    category, description = data.get(f"{name}.category", "").strip(), data.get(f"{name}.description", "").strip()
    pictures = photos.get(name, ())
    if not (category or description or pictures):
        return None
    # The list offers “06012 暴露垃圾”; the code is what counts.
    code = category.split()[0] if category else ""
    return {"category": code, "description": description, "photos": _photos(pictures)}


def _photos(sha256s: Sequence[str]) -> list[dict[str, str]]:
    return [{"sha256": sha256, "kind": "near"} for sha256 in sha256s]


def _decimal(data: QueryDict, name: str) -> Decimal | None:
    try:
        number = Decimal(data.get(name, "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None
