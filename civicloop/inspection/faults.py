"""From failed items to the problem loop: what becomes a case, and what is open already at the same place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from civicloop.cases.models import Case
from civicloop.cases.near import look_around
from civicloop.inspection.models import Visit
from civicloop.inspection.rules.answers import Answer, Extra, Sheet, SheetPhoto
from civicloop.kernel.refusal import Invalid
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.standards.rules.shapes import ChecklistItem

# The list of matters that `becomes` names; where a city has another list, the code is looked for there.
MATTERS = "gb47678-2026"


@dataclass
class Fault:
    """What one visit found of one category at one place. `seqs` are the observations that show it, `where` the first of
    them in the sheet."""

    category: CategoryInfo
    where: str
    item: str
    lon: float | None
    lat: float | None
    address: str
    point_id: int | None
    seqs: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    photos: list[SheetPhoto] = field(default_factory=list)

    @property
    def description(self) -> str:
        """What is wrong, in the words of the checklist and the inspector's own."""
        return "\n".join(self.told)[:4000]


def find_faults(
    visit: Visit, sheet: Sheet, items: Iterable[ChecklistItem], ref: Reference
) -> tuple[list[Fault], list[str]]:
    """The faults of a sheet, and the items whose category the city does not have (they are noted and open no case).

    Items of one visit that become the same matter are one case: who puts right the posters gets one order, not eight.
    Raises Invalid for an extra fault of an unknown category.
    """
    asked = {item.code: item for item in items}
    found: dict[int, Fault] = {}
    unfiled: list[str] = []
    for seq, answer in enumerate(sheet.answers, 1):
        if answer.answer != "not_met":
            continue
        item = asked[answer.item]
        category = _category_of(visit, item, ref)
        if category is None:
            unfiled += [item.code] if item.becomes or visit.case_id else []
            continue
        fault = found.setdefault(category.id, _at_the_place(visit, sheet, category, f"answers.{seq - 1}", item.code))
        fault.seqs.append(seq)
        fault.told.append(_said(visit, answer, item))
        fault.photos += answer.photos
    extra = [_extra(visit, sheet, one, number, ref) for number, one in enumerate(sheet.extra)]
    return [*found.values(), *extra], unfiled


def _category_of(visit: Visit, item: ChecklistItem, ref: Reference) -> CategoryInfo | None:
    if visit.case is not None:
        category: CategoryInfo | None = ref.categories.by_id(visit.case.category_id)
    else:
        category = _matter(item.becomes, ref) if item.becomes else None
    return category if category is not None and category.active else None


def _matter(code: str, ref: Reference) -> CategoryInfo | None:
    return ref.categories.by_code(code, MATTERS) or ref.categories.by_code(code)


def _said(visit: Visit, answer: Answer, item: ChecklistItem) -> str:
    if visit.case is not None:
        head = f"{visit.case.number} {visit.case.description}".strip()
        return f"{head}\n{item.text.zh_Hans}：{answer.note}" if answer.note else f"{head}\n{item.text.zh_Hans}"
    head = f"{item.code} {item.text.zh_Hans}"
    if answer.count is not None and item.counts is not None:
        walked = f" / {answer.length_m.normalize():f} m" if answer.length_m is not None else ""
        head += f"（{item.counts.what.zh_Hans}：{answer.count.normalize():f}{walked}）"
    return f"{head}：{answer.note}" if answer.note else head


def _at_the_place(visit: Visit, sheet: Sheet, category: CategoryInfo, where: str, item: str) -> Fault:
    """At the point or the closed case; where neither has coordinates, where the inspector stood."""
    place = visit.point or visit.case
    lon, lat = (place.lon, place.lat) if place is not None else (None, None)
    if lon is None or lat is None:
        lon, lat = sheet.lon, sheet.lat
    address = place.address if place is not None else ""
    point_id = visit.point_id if visit.point_id else (visit.case.point_id if visit.case else None)
    return Fault(category, where, item, lon, lat, address, point_id)


def _extra(visit: Visit, sheet: Sheet, one: Extra, number: int, ref: Reference) -> Fault:
    category = _matter(one.category, ref)
    where = f"extra.{number}"
    if category is None:
        raise Invalid(f"{where}.category", "unknown_category", category=one.category)
    if not category.active:
        raise Invalid(f"{where}.category", "category_not_in_use", category=category.code)
    fault = _at_the_place(visit, sheet, category, where, one.category)
    if one.lon is not None and one.lat is not None:
        fault.lon, fault.lat = one.lon, one.lat
    fault.seqs.append(len(sheet.answers) + number + 1)
    fault.told.append(one.description or category.name)
    fault.photos += one.photos
    return fault


def open_already(fault: Fault, *, at: datetime, ref: Reference) -> Case | None:
    """The open case that is this fault: of its category at the same point, else the nearest one within its radius."""
    rows = Case.objects.filter(category_id=fault.category.id, ended_at=None)
    same = rows.filter(point_id=fault.point_id).order_by("id").first() if fault.point_id is not None else None
    if same is not None and _near_enough(fault, same):
        return same
    around = look_around(fault.category, fault.lon, fault.lat, at=at, ref=ref)
    return around.duplicates[0].case if around.duplicates else None


def _near_enough(fault: Fault, case: Case) -> bool:
    """An extra fault with a place of its own is compared by distance alone, not by the point it was found from."""
    return not fault.where.startswith("extra.") or (case.lon, case.lat) == (fault.lon, fault.lat)


def check_photos(faults: Sequence[Fault], *, at: datetime, ref: Reference) -> None:
    """Refuse, naming the item, a fault whose category asks for a photo where none was taken and a new case would be opened."""
    for fault in faults:
        if fault.category.needs_report_photo and not fault.photos and open_already(fault, at=at, ref=ref) is None:
            raise Invalid(f"{fault.where}.photos", "case_photo_needed", item=fault.item, category=fault.category.name)
