"""What a category asks besides, such as what is wrong with a lid: the questions of Open311's definitions, on the portal's form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from civicloop.standards import reference
from civicloop.standards.categories import ASKED as PEOPLE
from civicloop.standards.categories import NOTICE, CategoryInfo, QuestionInfo
from civicloop.web.portal.forms import category_of
from civicloop.web.portal.limits import limited, public

LISTS = ("singlevaluelist", "multivaluelist")
# The form says for which category its questions were shown: who has not seen them is asked once, with JavaScript or without.
ASKED = "asked"


@public
@limited("suggest", per_minute=60)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """The questions of the chosen category: a part of the form."""
    category = category_of(request.GET, reference.now())
    return render(request, "portal/questions.html", told_of(category, request.GET))


def told_of(category: CategoryInfo | None, typed: QueryDict, faults: dict[str, str] | None = None) -> dict[str, Any]:
    """What the part is drawn from, with what was answered before."""
    rows = [_row(one, typed, faults or {}) for one in _shown(category)] if category is not None else []
    return {"questions": rows, "asks": category if rows else None}


def answers_of(category: CategoryInfo, typed: QueryDict) -> dict[str, Any]:
    """The answers as typed, by the code of the question; what is empty is left out."""
    told: dict[str, Any] = {}
    for one in category.asked:
        name = f"answer.{one.code}"
        value: Any = typed.getlist(name) if one.datatype == "multivaluelist" else typed.get(name, "").strip()
        if value not in ("", []):
            told[one.code] = value
    return told


def still_to_ask(category: CategoryInfo, typed: QueryDict) -> bool:
    """Whether the category asks something that the form has not shown yet."""
    return bool(_shown(category)) and typed.get(ASKED) != str(category.uid)


def _shown(category: CategoryInfo) -> list[QuestionInfo]:
    """What people are asked, and what they are only told."""
    return [one for one in category.questions if one.part in (PEOPLE, NOTICE)]


def _row(one: QuestionInfo, typed: QueryDict, faults: dict[str, str]) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    name = f"answer.{one.code}"
    given = typed.getlist(name)
    choices = [
        (str(value["key"]), (english and value.get("name_en")) or value["name"], str(value["key"]) in given)
        for value in one.values
    ]
    return {
        "notice": one.part == NOTICE, "hint": (english and one.hint_en) or one.hint,
        "name": name, "text": (english and one.text_en) or one.text, "datatype": one.datatype, "required": one.required,
        "choices": choices if one.datatype in LISTS else (), "value": typed.get(name, ""),
        "fault": faults.get(f"answers.{one.code}", ""),
    }  # fmt: skip
