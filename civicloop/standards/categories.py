"""The categories held in memory, with conditions, limits and questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from civicloop.kernel.refusal import NotFound
from civicloop.kernel.worktime import Limit
from civicloop.standards.models import Category, FilingCondition, LimitRow, Question
from civicloop.standards.parameters import Parameters

MATTER = "matter"
ASKED, NOTICE = "asked", "notice"


@dataclass(frozen=True, slots=True)
class ConditionInfo:
    """A filing condition with its limits by area class."""

    id: int
    code: str
    text: str
    closing: str
    limits: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class QuestionInfo:
    """An extra question a category asks."""

    code: str
    text: str
    text_en: str
    datatype: str
    required: bool
    values: tuple[Mapping[str, Any], ...]
    # asked, notice (nobody answers), server_set or hidden_field (programs answer).
    part: str = ASKED
    hint: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A category as the rules see it. Empty radii and windows are already filled from the city's parameters."""

    id: int
    uid: UUID
    pack: str
    kind: str
    code: str
    name: str
    name_en: str
    major: str
    line: str
    needs_report_photo: bool
    needs_rectify_photo: bool
    radius_m: int
    duplicate_days: int
    recurrence_days: int
    hints: tuple[Mapping[str, Any], ...]
    active: bool
    conditions: tuple[ConditionInfo, ...]
    questions: tuple[QuestionInfo, ...]

    @property
    def label(self) -> str:
        """The name in the reader's language; Chinese where there is no other."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def asked(self) -> tuple[QuestionInfo, ...]:
        """The questions that people answer."""
        return tuple(one for one in self.questions if one.part == ASKED)

    def condition(self, condition_id: int | None) -> ConditionInfo | None:
        """The condition with this number, or the first when none is named."""
        if condition_id is None:
            return self.conditions[0] if self.conditions else None
        return next((one for one in self.conditions if one.id == condition_id), None)


@dataclass(frozen=True)
class CategoryBook:
    """All categories by number, code and public id."""

    categories: Mapping[int, CategoryInfo]

    @cached_property
    def _by_uid(self) -> dict[UUID, CategoryInfo]:
        return {one.uid: one for one in self.categories.values()}

    @cached_property
    def _by_code(self) -> dict[str, list[CategoryInfo]]:
        found: dict[str, list[CategoryInfo]] = {}
        for one in self.categories.values():
            found.setdefault(one.code, []).append(one)
        return found

    def by_id(self, category_id: int) -> CategoryInfo:
        """The category with this number."""
        try:
            return self.categories[category_id]
        except KeyError:
            raise NotFound("category", category_id) from None

    def by_uid(self, uid: UUID) -> CategoryInfo | None:
        """The category with this public id."""
        return self._by_uid.get(uid)

    def by_code(self, code: str, pack: str | None = None, kind: str = MATTER) -> CategoryInfo | None:
        """The category with this code: a matter unless said otherwise, of the pack loaded first unless one is named.

        The national list gives a component and its matter the same code; `component:01001` names the component.
        """
        named, _, rest = code.partition(":")
        kind, code = (named, rest) if rest else (kind, code)
        found = [one for one in self._by_code.get(code, ()) if pack is None or one.pack == pack]
        return next((one for one in found if one.kind == kind), found[0] if found and kind == MATTER else None)

    def all(self) -> Iterable[CategoryInfo]:
        """Active categories, in order of code."""
        return (one for one in self.categories.values() if one.active)


def load_categories(parameters: Parameters) -> CategoryBook:
    """Read all categories: four statements."""
    limits: dict[int, dict[str, Limit]] = {}
    for condition, area_class, amount, unit in LimitRow.objects.values_list(
        "condition", "area_class", "amount", "unit"
    ):
        limits.setdefault(condition, {})[area_class] = Limit(Decimal(amount).normalize(), unit)
    conditions: dict[int, list[ConditionInfo]] = {}
    for row in FilingCondition.objects.order_by("category", "code"):
        info = ConditionInfo(row.pk, row.code, row.text, row.closing, limits.get(row.pk, {}))
        conditions.setdefault(row.category_id, []).append(info)
    questions: dict[int, list[QuestionInfo]] = {}
    for one in Question.objects.order_by("category", "order"):
        told = QuestionInfo(
            one.code, one.text, one.text_en, one.datatype, one.required, tuple(one.values), one.part, one.hint, one.hint_en
        )  # fmt: skip
        questions.setdefault(one.category_id, []).append(told)
    rows = Category.objects.select_related("pack").order_by("code", "-kind", "pack__loaded_at")
    return CategoryBook(
        {row.pk: _info(row, conditions.get(row.pk, []), questions.get(row.pk, []), parameters) for row in rows}
    )


def _info(
    row: Category, conditions: list[ConditionInfo], questions: list[QuestionInfo], parameters: Parameters
) -> CategoryInfo:
    def set_or(value: int | None, name: str) -> int:
        return int(parameters[name]) if value is None else value

    return CategoryInfo(
        id=row.pk, uid=row.uid, pack=row.pack.code, kind=row.kind, code=row.code, name=row.name, name_en=row.name_en,
        major=row.major, line=row.line, needs_report_photo=row.needs_report_photo,
        needs_rectify_photo=row.needs_rectify_photo, radius_m=set_or(row.radius_m, "duplicate.radius_m"),
        duplicate_days=set_or(row.duplicate_days, "duplicate.days"),
        recurrence_days=set_or(row.recurrence_days, "recurrence.days"), hints=tuple(row.hints), active=row.active,
        conditions=tuple(conditions), questions=tuple(questions),
    )  # fmt: skip
