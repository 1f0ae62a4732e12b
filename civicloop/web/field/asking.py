"""What visits and categories ask, as the phone keeps it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from civicloop.inspection.faults import MATTERS
from civicloop.inspection.queries.sheets import Asked, VisitSheet
from civicloop.standards.categories import ASKED, NOTICE, CategoryInfo, QuestionInfo
from civicloop.standards.reference import Reference

TOLD = (ASKED, NOTICE)
"""What a person is asked, and what is only said beside it; programs alone fill in the rest."""


def sheet_out(one: VisitSheet, language: str, ref: Reference) -> dict[str, Any]:
    """The questions of one kind of visit."""
    visit, book = one.visit, one.book
    kind = "" if visit.case_id else visit.point_type or (visit.point.point_type if visit.point else "")
    known = book.point_types.get(kind)
    return {
        "edition": {"code": book.pack, "name": book.name},
        "point_type": kind,
        "name": known.name.in_language(language) if known else "",
        "items": [_item(asked, language, visit.case.category_id if visit.case else None, ref) for asked in one.asked],
    }


def _item(one: Asked, language: str, category_id: int | None, ref: Reference) -> dict[str, Any]:
    item, count = one.item, one.item.counts
    plain = ("code", "how", "photo", "aspect", "becomes")
    return {name: getattr(item, name) for name in plain} | {
        "text": item.text.in_language(language),
        "observe": item.observe.in_language(language) if item.observe else None,
        "exceptions": [text.in_language(language) for text in item.exceptions],
        "count": None
        if count is None
        else {
            "what": count.what.in_language(language),
            "compare": count.compare,
            "value": count.value,
            "unit": count.unit,
            "per_m": count.per_m,
        },
        "question": {"code": one.question.key, "name": one.question.name.in_language(language)}
        if one.question
        else None,
        "checklist": {"code": one.checklist.code, "name": one.checklist.name.in_language(language)}
        if one.checklist
        else None,
        "category_photo": _needs_photo(item.becomes, category_id, ref),
    }


def _needs_photo(becomes: str, category_id: int | None, ref: Reference) -> bool:
    """Whether failing the item opens a case that needs a photo."""
    found: CategoryInfo | None = None
    if category_id is not None:
        found = ref.categories.by_id(category_id)
    elif becomes:
        found = ref.categories.by_code(becomes, MATTERS) or ref.categories.by_code(becomes)
    return found is not None and found.active and found.needs_report_photo


def categories(ref: Reference) -> list[dict[str, Any]]:
    """The categories in use, with their questions and which steps need a photo."""
    english = (get_language() or "").startswith("en")
    return [
        {
            "uid": one.uid,
            "code": one.code,
            "kind": one.kind,
            "name": one.label,
            "major": one.major,
            "report_photo": one.needs_report_photo,
            "rectify_photo": one.needs_rectify_photo,
            "hints": [_hint(dict(hint), english) for hint in one.hints],
            "questions": [_question(question, english) for question in one.questions if question.part in TOLD],
        }
        for one in ref.categories.all()
    ]


def _hint(hint: dict[str, Any], english: bool) -> dict[str, Any]:
    said = hint.get("text", "")
    if isinstance(said, dict):
        said = (said.get("en") if english else "") or said.get("zh_Hans", "")
    return {"code": hint.get("code", ""), "text": said}


def _question(one: QuestionInfo, english: bool) -> dict[str, Any]:
    return {
        "code": one.code,
        "text": one.text_en if english and one.text_en else one.text,
        "notice": one.part == NOTICE,
        "hint": one.hint_en if english and one.hint_en else one.hint,
        "datatype": one.datatype,
        "required": one.required,
        "values": [
            {"key": str(value["key"]), "name": (value.get("name_en") if english else "") or value.get("name", "")}
            for value in one.values
        ],
    }
