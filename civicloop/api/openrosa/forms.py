"""The form of a visit as an XForm, made from the pack's XLSForm: one form for every set of checklists of an edition.

Where places of a type have several checklists the form asks all of them; a look-back has a form with its one question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from civicloop.inspection.models import Visit
from civicloop.inspection.rules.judging import LOOK_BACK, LOOK_BACK_ITEM
from civicloop.kernel.refusal import NotFound
from civicloop.standards import editions, xlsform
from civicloop.standards.editions import StandardBook
from civicloop.standards.models import Edition
from civicloop.standards.rules.shapes import Checklist, ChecklistItem, Text

NOTHING = "NONE"
"""The form of places whose type has no checklist: other problems can still be told."""


@dataclass(frozen=True)
class Form:
    """An XForm. `id` names the checklists, `version` the edition; `items` are those it asks, by the name of their field."""

    id: str
    version: str
    title: str
    items: Mapping[str, ChecklistItem]
    xml: bytes

    @property
    def key(self) -> tuple[str, str]:
        """What tells forms apart: two with the same id and version are the same form."""
        return self.id, self.version

    @cached_property
    def md5(self) -> str:
        """What Collect compares to see whether it has this form."""
        return hashlib.md5(self.xml, usedforsecurity=False).hexdigest()


def form_of(visit: Visit) -> Form:
    """The form a visit is answered with."""
    edition_id = visit.round.edition_id
    if visit.case_id is not None or visit.point is None:
        return form(edition_id, LOOK_BACK)
    book = editions.book(edition_id)
    kind = visit.point.point_type
    return form(edition_id, _joined(book.checklists_for(kind)) if kind in book.point_types else NOTHING)


def named_form(form_id: str, version: str) -> Form:
    """The form with this id and version. Raises NotFound."""
    digest = version.rpartition("-")[2]
    for edition_id in Edition.objects.filter(digest__startswith=digest).values_list("pk", flat=True) if digest else ():
        key = _keys(edition_id).get(form_id)
        if key is not None and (found := form(edition_id, key)).version == version:
            return found
    raise NotFound("form", f"{form_id} {version}"[:100])


@lru_cache(maxsize=128)
def form(edition_id: int, key: str) -> Form:
    """The form of some checklists of an edition. Editions never change, so neither does it: the same bytes every time."""
    from pyxform.xls2xform import convert  # noqa: PLC0415  (slow import; few processes ever make a form)

    book = editions.book(edition_id)
    lists = _lists(book)
    if key not in lists:
        raise NotFound("form", key)
    checklist = lists[key]
    sheets = _for_phones(xlsform.workbook(book, checklist), checklist)
    settings = sheets["settings"][0]
    items = {xlsform.field_of(item.code): item for item in checklist.items}
    xml = convert(xlsform=sheets, validate=False).xform.encode()
    return Form(settings["form_id"], settings["version"], settings["form_title"], items, xml)


@lru_cache(maxsize=64)
def _keys(edition_id: int) -> Mapping[str, str]:
    book = editions.book(edition_id)
    return {xlsform.form_id(book, one): key for key, one in _lists(book).items()}


def _lists(book: StandardBook) -> Mapping[str, Checklist]:
    """Every set of checklists that one visit may have to answer, each as one checklist."""
    found = {
        LOOK_BACK: Checklist(LOOK_BACK, Text("回头看", "Look-back"), (), (LOOK_BACK_ITEM,)),
        NOTHING: Checklist(NOTHING, Text("其他点位", "Other places"), (), ()),
    }
    for kind in book.point_types:
        lists = book.checklists_for(kind)
        if lists:
            found[_joined(lists)] = lists[0] if len(lists) == 1 else _together(lists)
    return found


def _joined(lists: tuple[Checklist, ...]) -> str:
    return "_".join(one.code for one in lists) or NOTHING


def _together(lists: tuple[Checklist, ...]) -> Checklist:
    name = Text("、".join(one.name.zh_Hans for one in lists), ", ".join(str(one.name.en or one.name) for one in lists))
    return Checklist(_joined(lists), name, (), tuple(item for one in lists for item in one.items))


def _for_phones(sheets: dict[str, list[xlsform.Row]], checklist: Checklist) -> dict[str, list[xlsform.Row]]:
    """What the server asks and paper does not: another problem has its category; nothing is praised where nothing is asked."""
    rows = [row for row in sheets["survey"] if checklist.items or row.get("name") != "commended"]
    survey = [row | {"required": "yes"} if row.get("name") == "extra_category" else row for row in rows]
    return sheets | {"survey": survey}
