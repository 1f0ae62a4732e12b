"""What a questionnaire asks, read from plain data (a YAML file of a pack) and checked; and what somebody answered, checked.

Answers say what they count as: `yes` and `no` make a rate, `out` (does not know, does not concern me) stays out of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civicloop.kernel.refusal import Invalid

MEASURES = ("awareness", "support", "participation", "satisfaction")
"""知晓率、支持率、参与率、满意率. Any other question is a `topic`."""
TOPIC = "topic"
COUNTS = ("yes", "no", "out")
MOST_QUESTIONS, MOST_CHOICES, MOST_TEXT = 40, 12, 300
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be ticked; `counts` is yes, no or out."""

    code: str
    text: str
    text_en: str
    counts: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its choices. `measure` names the rate it makes; of each of the four there is one question at most."""

    code: str
    measure: str
    text: str
    text_en: str
    required: bool
    choices: tuple[Choice, ...]

    def choice(self, code: str) -> Choice | None:
        """The choice with this code."""
        return next((one for one in self.choices if one.code == code), None)

    def value(self, code: str | None) -> int | None:
        """1 for yes, 0 for no, None for what stays out of the rate."""
        found = self.choice(code) if code else None
        return {"yes": 1, "no": 0}.get(found.counts) if found else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A questionnaire: `about` are questions about the person (age band, sex), by which answers are weighted and compared."""

    code: str
    version: int
    title: str
    title_en: str
    lead: str
    lead_en: str
    about: tuple[Question, ...]
    questions: tuple[Question, ...]

    @property
    def every(self) -> tuple[Question, ...]:
        """All that is asked, in order."""
        return (*self.questions, *self.about)

    def about_named(self, code: str) -> Question | None:
        """The question about the person with this code."""
        return next((one for one in self.about if one.code == code), None)


def read(data: Any) -> Paper:
    """The questionnaire that `data` says. Raises Invalid with the place of the first fault."""
    if not isinstance(data, Mapping):
        raise Invalid("questionnaire", "not_an_object")
    known = {"code", "version", "title", "title_en", "lead", "lead_en", "source", "about", "questions"}
    _no_more(data, known, "questionnaire")
    about = _questions(data.get("about") or [], "about", measured=False)
    questions = _questions(data.get("questions"), "questions", measured=True)
    codes = [one.code for one in (*questions, *about)]
    measures = [one.measure for one in questions if one.measure != TOPIC]
    for name, rows in (("code", codes), ("measure", measures)):
        twice = next((one for one in rows if rows.count(one) > 1), None)
        if twice:
            raise Invalid(f"questions.{name}", "code_twice", value=twice)
    _text(data, "source", "source", need=False, most=1000)
    version = data.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise Invalid("version", "not_a_whole_number", value=str(version)[:40])
    return Paper(
        _code(data.get("code"), "code"), version, _text(data, "title", "title"), _text(data, "title_en", "", need=False),
        _text(data, "lead", "lead", need=False, most=1000), _text(data, "lead_en", "", need=False, most=1000), about, questions,
    )  # fmt: skip


def check_answers(paper: Paper, given: Mapping[str, Any]) -> dict[str, str]:
    """The answers as they are kept. Raises Invalid: which question is unknown, unanswered or answered by no choice of its own."""
    unknown = sorted(set(given) - {one.code for one in paper.every})
    if unknown:
        raise Invalid(unknown[0][:60], "unknown_field", field=unknown[0][:60])
    kept = {}
    for question in paper.every:
        answer = given.get(question.code)
        if answer in (None, ""):
            if question.required:
                raise Invalid(question.code, "answer_needed")
            continue
        if not isinstance(answer, str) or question.choice(answer) is None:
            raise Invalid(question.code, "unknown_choice", value=str(answer)[:40])
        kept[question.code] = answer
    return kept


def _questions(rows: Any, field: str, *, measured: bool) -> tuple[Question, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or (measured and not rows):
        raise Invalid(field, "not_a_list")
    if len(rows) > MOST_QUESTIONS:
        raise Invalid(field, "too_many", limit=MOST_QUESTIONS)
    return tuple(_question(row, f"{field}.{place}", measured) for place, row in enumerate(rows, 1))


def _question(row: Any, field: str, measured: bool) -> Question:
    if not isinstance(row, Mapping):
        raise Invalid(field, "not_an_object")
    _no_more(row, {"code", "measure", "text", "text_en", "required", "choices"}, field)
    measure = row.get("measure", TOPIC)
    if measure not in (*MEASURES, TOPIC) or (not measured and measure != TOPIC):
        raise Invalid(f"{field}.measure", "unknown_choice", value=str(measure)[:40])
    choices = row.get("choices")
    if not isinstance(choices, Sequence) or isinstance(choices, str) or len(choices) < 2:
        raise Invalid(f"{field}.choices", "not_a_list")
    if len(choices) > MOST_CHOICES:
        raise Invalid(f"{field}.choices", "too_many", limit=MOST_CHOICES)
    read_choices = tuple(_choice(one, f"{field}.choices.{place}", measured) for place, one in enumerate(choices, 1))
    codes = [one.code for one in read_choices]
    if len(set(codes)) < len(codes):
        raise Invalid(f"{field}.choices", "code_twice", value=next(one for one in codes if codes.count(one) > 1))
    if measured and {"yes", "no"} - {one.counts for one in read_choices}:
        raise Invalid(f"{field}.choices", "question_without_yes_or_no")
    text = _text(row, "text", f"{field}.text")
    required = bool(row.get("required", measured))
    return Question(
        _code(row.get("code"), field), measure, text, _text(row, "text_en", "", need=False), required, read_choices
    )


def _choice(row: Any, field: str, measured: bool) -> Choice:
    if not isinstance(row, Mapping):
        raise Invalid(field, "not_an_object")
    _no_more(row, {"code", "text", "text_en", "counts"}, field)
    counts = row.get("counts", "out")
    # YAML reads a bare yes and no as true and false.
    counts = {True: "yes", False: "no"}.get(counts, counts) if isinstance(counts, bool) else counts
    if counts not in COUNTS or (measured and "counts" not in row):
        raise Invalid(f"{field}.counts", "unknown_choice", value=str(counts)[:40])
    code = row.get("code")
    code = str(code) if isinstance(code, (str, int)) and not isinstance(code, bool) else ""
    if not re.fullmatch(r"[A-Za-z0-9+_-]{1,20}", code):
        raise Invalid(f"{field}.code", "unknown_choice", value=code[:40])
    return Choice(code, _text(row, "text", f"{field}.text"), _text(row, "text_en", "", need=False), counts)


def _code(value: Any, field: str) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise Invalid(field, "survey_code_malformed", value=str(value)[:40])
    return value


def _text(row: Mapping[str, Any], name: str, field: str, *, need: bool = True, most: int = MOST_TEXT) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise Invalid(field or name, "not_text")
    value = value.strip()
    if need and not value:
        raise Invalid(field or name, "required", field=name)
    if len(value) > most:
        raise Invalid(field or name, "too_long", limit=most)
    return value


def _no_more(row: Mapping[str, Any], known: set[str], field: str) -> None:
    more = sorted(set(map(str, row)) - known)
    if more:
        raise Invalid(field, "unknown_field", field=more[0][:60])
