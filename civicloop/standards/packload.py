"""Writing a checked pack into rows."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.kernel.worktime import ClockError, Limit
from civicloop.standards.models import Category, FilingCondition, LimitRow, Pack, Parameter, Question, StandardText
from civicloop.standards.parameters import DEFAULTS
from civicloop.standards.rules import shapes
from civicloop.standards.rules.difference import plain

CONTENT = (
    "lines", "majors", "crosswalk", "point_types", "checklists", "indicators", "sampling", "projects", "questions",
    "disorders", "sample", "scoring", "negative_list",
)  # fmt: skip


def save(pack: shapes.Pack, row: Pack | None, *, digest: str, at: datetime) -> Pack:
    """Write the pack and everything in it; rows that exist keep what offices have edited."""
    row = row or Pack(code=pack.name)
    row.edition, row.title, row.digest, row.loaded_at = pack.edition, str(pack.title), digest, at
    row.content = {name: plain(getattr(pack, name)) for name in CONTENT}
    row.save()
    _save_categories(row, pack)
    if pack.parameters is not None:
        _save_parameters(pack)
    _save_texts(None, pack.texts)
    return row


def _save_categories(row: Pack, pack: shapes.Pack) -> None:
    kept = {(one.kind, one.code): one for one in Category.objects.filter(pack=row)}
    wanted = {one.key for one in pack.categories}
    new = [_category(row, one) for one in pack.categories if one.key not in kept]
    Category.objects.bulk_create(new, batch_size=500)
    Category.objects.filter(pk__in=[one.pk for key, one in kept.items() if key not in wanted]).update(active=False)
    rows = kept | {(one.kind, one.code): one for one in new}
    for one in pack.categories:
        if one.key in kept:
            changed = rows[one.key]
            changed.name, changed.name_en, changed.active = one.name.zh_Hans, one.name.en, True
            changed.hints = [plain(hint) for hint in one.hints]
            changed.save(update_fields=["name", "name_en", "hints", "active"])
        for text_row in (one.texts,):
            _save_texts(rows[one.key], text_row)
    _save_conditions([(rows[one.key], one) for one in pack.categories])


def _category(row: Pack, one: shapes.Category) -> Category:
    return Category(
        pack=row, code=one.code, kind=one.kind, name=one.name.zh_Hans, name_en=one.name.en, major=one.major, line=one.line,
        needs_report_photo=one.photos.report, needs_rectify_photo=one.photos.rectify, radius_m=one.radius_m,
        duplicate_days=one.duplicate_days, recurrence_days=one.recurrence_days,
        hints=[plain(hint) for hint in one.hints],
    )  # fmt: skip


def _save_conditions(pairs: list[tuple[Category, shapes.Category]]) -> None:
    """Conditions, limits and questions that are not there yet: four statements for a whole pack."""
    ids = [row.pk for row, _ in pairs]
    has = set(FilingCondition.objects.filter(category__in=ids).values_list("category", "code"))
    conditions, limits, questions = [], [], []
    for row, one in pairs:
        for condition in one.conditions:
            if (row.pk, condition.code) in has:
                continue
            made = FilingCondition(
                category=row, code=condition.code, text=condition.when.zh_Hans, closing=condition.closing.zh_Hans,
                sure=condition.sure,
            )  # fmt: skip
            conditions.append(made)
            limits += [
                LimitRow(condition=made, area_class=area, amount=limit.amount, unit=limit.unit.value)
                for area, limit in condition.limits.items()
            ]
    asked = set(Question.objects.filter(category__in=ids).values_list("category", "code"))
    for row, one in pairs:
        questions += [
            _question(row, question, order)
            for order, question in enumerate(one.questions, 1)
            if (row.pk, question.code) not in asked
        ]
    FilingCondition.objects.bulk_create(conditions, batch_size=500)
    LimitRow.objects.bulk_create(limits, batch_size=500)
    Question.objects.bulk_create(questions, batch_size=500)


def _question(row: Category, one: shapes.Question, order: int) -> Question:
    values = [{"key": choice.key, "name": choice.name.zh_Hans, "name_en": choice.name.en} for choice in one.values]
    return Question(
        category=row, code=one.code, text=one.question.zh_Hans, text_en=one.question.en, datatype=one.datatype,
        required=one.required, values=values, order=order, hint=one.help.zh_Hans[:200] if one.help else "",
        hint_en=one.help.en[:200] if one.help else "",
    )  # fmt: skip


def _save_texts(category: Category | None, texts: tuple[shapes.StandardText, ...]) -> None:
    for one in texts:
        StandardText.objects.get_or_create(
            category=category, state=one.state, code=one.code,
            defaults={
                "title": one.title.zh_Hans, "title_en": one.title.en, "text": one.body.zh_Hans, "text_en": one.body.en,
            },
        )  # fmt: skip


def _save_parameters(pack: shapes.Pack) -> None:
    given = pack.parameters
    assert given is not None
    rows: dict[str, Any] = {f"stages.{stage}": limit.to_json() for stage, limit in given.stages.items()}
    rows |= {
        "escalation": [_rung(rung) for rung in given.escalation],
        "return.within": given.return_within.to_json(), "return.at_most": given.return_at_most,
        "duplicate.radius_m": given.duplicate_radius_m, "duplicate.days": given.duplicate_days,
        "recurrence.radius_m": given.recurrence_radius_m, "recurrence.days": given.recurrence_window_days,
        "recurrence.limit_factor": given.recurrence_limit_factor,
        "whistle.arrive": {one.kind: one.arrive.to_json() for one in given.whistles},
        "appeal.within": given.appeal_within.to_json(),
        "extend.at_most": given.extend_at_most, "extend.limit_factor": given.extend_limit_factor,
        "suspend.review_days": given.suspend_review_days,
        "lines": [plain(line) for line in pack.lines],
    }  # fmt: skip
    has = set(Parameter.objects.values_list("name", flat=True))
    Parameter.objects.bulk_create(
        [Parameter(name=name, value=value) for name, value in rows.items() if name not in has]
    )


def _rung(rung: shapes.Rung) -> dict[str, Any]:
    data: dict[str, Any] = {"key": rung.key, "tell": rung.tell, "name": dataclasses.asdict(rung.name)}
    if rung.after_due is not None:
        return data | {"after_due": rung.after_due.to_json()}
    return data | {"fraction": rung.fraction}


def check_parameter(name: str, value: Any) -> None:
    """Refuse a parameter no rule reads (NotFound) or a value of another shape than the default's (Invalid)."""
    if name not in DEFAULTS:
        raise NotFound("parameter", name)
    sample = DEFAULTS[name]
    if isinstance(sample, dict) and set(sample) == {"amount", "unit"}:
        _check_limit(name, value)
    elif isinstance(sample, (int, float)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise Invalid("value", "not_a_number", name=name)
        if value > (most := OWN_MOST.get(name, MOST)):
            raise Invalid("value", "number_out_of_range", name=name, least=0, most=most)
    elif not isinstance(value, type(sample)) or not SHAPES.get(name, _is_any)(value):
        raise Invalid("value", "wrong_shape", name=name)
    if name == "escalation":
        _check_ladder(value)
    if name in ("whistle.arrive", "publicity.check_every"):
        if not set(sample) <= set(value):
            raise Invalid("value", "wrong_shape", name=name)
        for limit in value.values():
            _check_limit(name, limit)


def _is_any(_value: Any) -> bool:
    return True


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) is not None


def _are_two_times(value: Any) -> bool:
    return len(value) == 2 and all(map(_is_time, value))


def _are_two_days(value: Any) -> bool:
    """From this day to that one, counted from something."""
    return len(value) == 2 and all(type(one) is int for one in value) and 0 <= value[0] <= value[1] <= MOST


def _are_texts(value: Any) -> bool:
    told = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return all(isinstance(one, str) for one in told)


MOST = 100_000
"""No rule counts further: so many days from now is still within the calendar."""
OWN_MOST = {"residents.proof_bits": 24}
"""A device would work for hours, and nobody could report."""
SHAPES: dict[str, Callable[[Any], bool]] = {
    "notify.quiet": _are_two_times,
    "notify.digest_at": _is_time,
    "residents.ask_after_days": _are_two_days,
    **{
        name: _are_texts
        for name in DEFAULTS
        if name.startswith("open311.") and isinstance(DEFAULTS[name], (list, dict))
    },
}
"""What the parts of a parameter must be, where it is made of parts."""


def _check_ladder(value: list[Any]) -> None:
    for rung in value:
        if not isinstance(rung, dict) or not {"key", "tell"} <= set(rung):
            raise Invalid("value", "wrong_shape", name="escalation")
        if ("fraction" in rung) == ("after_due" in rung):
            raise Invalid("value", "wrong_shape", name="escalation")
        if "after_due" in rung:
            _check_limit("escalation", rung["after_due"])
        elif not _is_share(rung["fraction"]):
            raise Invalid("value", "not_a_number", name="escalation", value=str(rung["fraction"])[:40])
    keys = [str(rung["key"]) for rung in value]
    if len(set(keys)) != len(keys) or not all(0 < len(key) <= 30 for key in keys):
        raise Invalid("value", "wrong_shape", name="escalation")


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1


def _check_limit(name: str, value: Any) -> None:
    try:
        Limit.from_json(value)
    except (ClockError, TypeError) as fault:
        raise Invalid("value", "not_a_limit", name=name) from fault
