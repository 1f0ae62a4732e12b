"""Answers to a category's extra questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.standards.categories import ASKED, NOTICE, CategoryInfo, QuestionInfo

LIMITS = {"string": 200, "text": 2000}
# Beyond it not every whole number is one of its own in JSON (RFC 8259, 6), and some writers of JSON refuse it.
MOST_NUMBER = 2**53


def check_answers(answers: Mapping[str, Any] | None, category: CategoryInfo, *, strict: bool = True) -> dict[str, Any]:
    """The answers as they are kept. Raises Invalid for a required question without answer, a wrong type or an unknown choice.

    Answers to questions the category does not ask are refused, so that a client's mistake shows. A notice asks nothing; what
    programs fill in is kept where it came along.
    """
    given = dict(answers or {})
    kept: dict[str, Any] = {}
    for question in category.questions:
        value = given.pop(question.code, None)
        if question.part == NOTICE:
            continue
        if value in (None, "", []):
            if question.required and question.part == ASKED and strict:
                raise Invalid(f"answers.{question.code}", "required", field=question.text)
            continue
        kept[question.code] = _read(question, value)
    if given and strict:
        raise Invalid("answers", "unknown_question", names=sorted(map(str, given)))
    return kept | ({} if strict else given)


def _read(question: QuestionInfo, value: Any) -> Any:
    where = f"answers.{question.code}"
    if question.datatype == "number":
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as fault:
            raise Invalid(where, "not_a_number", value=str(value)[:40]) from fault
        if not abs(number) <= MOST_NUMBER:  # no number, and infinity, are not either
            raise Invalid(where, "not_a_number", value=str(value)[:40])
        return int(number) if number == int(number) else number
    if question.datatype == "datetime":
        try:
            moment = parse_datetime(str(value))
        except ValueError:  # reads like one and is none: 30 February
            moment = None
        if moment is None:
            raise Invalid(where, "not_a_moment", value=str(value)[:40])
        return moment.isoformat()
    if question.datatype == "multivaluelist":
        values = value if isinstance(value, (list, tuple)) else [value]
        return [_choice(question, where, one) for one in values]
    if question.datatype == "singlevaluelist":
        return _choice(question, where, value)
    return clean_text(str(value), limit=LIMITS[question.datatype], multiline=question.datatype == "text", field=where)


def _choice(question: QuestionInfo, where: str, value: Any) -> str:
    if str(value) not in {str(one["key"]) for one in question.values}:
        raise Invalid(where, "unknown_choice", value=str(value)[:40])
    return str(value)
