"""Categories: what a city may set of each, the limits under each condition, its questions and texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.kernel.worktime import Limit
from civicloop.organisation.models.places import CLASS_LABELS
from civicloop.standards import actions, policy
from civicloop.standards.categories import ASKED, CategoryInfo
from civicloop.standards.models import (
    DATATYPES,
    LIMIT_UNIT_LABELS,
    PART_LABELS,
    Category,
    FilingCondition,
    LimitRow,
    Question,
)
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
SETTABLE = (
    "line",
    "needs_report_photo",
    "needs_rectify_photo",
    "radius_m",
    "duplicate_days",
    "recurrence_days",
    "active",
)


@login_required
@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    """All categories, found by code or name."""
    asking = asker(request)
    words = clean_text(request.GET.get("q", ""), limit=60, field="q").lower()
    rows = [
        one for one in asking.ref.categories.categories.values()
        if not words or words in one.code.lower() or words in one.name.lower() or words in one.name_en.lower()
    ]  # fmt: skip
    shown = {"rows": rows[:MOST], "more": len(rows) > MOST, "most": MOST, "many": len(rows), "words": words}
    return render(request, "edit/categories.html", shown)


@login_required
@require_GET
def category(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One category with its conditions, limits and questions, and what was changed when by whom."""
    asking = asker(request)
    found = _info(asking, uid)
    limits = [
        (one, [(area_class, one.limits.get(area_class)) for area_class in CLASS_LABELS]) for one in found.conditions
    ]
    shown = {
        "category": found, "conditions": limits, "classes": CLASS_LABELS, "history": history_of("category", uid),
        "may": may(asking),
    }  # fmt: skip
    return render(request, "edit/category.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What a city may set of a category."""
    asking, found = asker(request), _row(uid)
    policy.require(asking.person, "standards.change_category", at=asking.at)

    def act(given: dict[str, Any]) -> Category:
        return actions.change_category(category=found, changes=given, by=asking.person, at=asking.at)

    return run(request, Form(
        _("Change %(what)s") % {"what": found.label}, _fields(asking), act, reverse("desk:edit_category", args=[uid]), _("Save"),
        _("The category is changed."), now={name: getattr(found, name) for name in SETTABLE}, about=("category", uid),
        lead=_("Code %(code)s. Empty numbers: those of the city's parameters.") % {"code": found.code},
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def limit(request: HttpRequest, number: int, area_class: str) -> HttpResponse:
    """The time a unit has under one condition in areas of one class."""
    asking = asker(request)
    policy.require(asking.person, "standards.set_limit", at=asking.at)
    condition = FilingCondition.objects.select_related("category").filter(pk=number).first()
    if condition is None or area_class not in CLASS_LABELS:
        raise NotFound("condition", number)
    row = LimitRow.objects.filter(condition=condition, area_class=area_class).first()

    def act(given: dict[str, Any]) -> LimitRow:
        told = now | given
        if not 0 < Decimal(told["amount"]) < 100_000:
            raise Invalid("amount", "number_out_of_range", least=1, most=99_999)
        wanted = Limit.from_json({"amount": str(told["amount"]), "unit": told["unit"]})
        return actions.set_limit(
            condition=condition, area_class=area_class, limit=wanted, by=asking.person, at=asking.at
        )

    now = {"amount": f"{row.amount.normalize():f}", "unit": row.unit} if row else {}
    fields = [
        Asked("amount", _("Amount"), "decimal", required=True),
        Asked("unit", _("Unit of time"), "choice", required=True, choices=choosing.of_labels(LIMIT_UNIT_LABELS)),
    ]
    back = reverse("desk:edit_category", args=[condition.category.uid])
    return run(request, Form(
        _("Limit of %(what)s") % {"what": condition.category.label}, fields, act, back, _("Save"),
        _("The limit is set. Clocks that run already keep theirs."), now=now, about=("category", condition.category.uid),
        lead=f"{condition.text} · {CLASS_LABELS[area_class]}",
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, uid: UUID, code: str = "") -> HttpResponse:
    """One more question of a category, or one that is there."""
    asking, found = asker(request), _row(uid)
    policy.require(asking.person, "standards.set_question", at=asking.at)
    row = Question.objects.filter(category=found, code=code).first() if code else None
    if code and row is None:
        raise NotFound("question", code)

    def act(given: dict[str, Any]) -> Question:
        told: dict[str, Any] = {"code": code, **given}
        told |= {"values": _values(given["values"]), "order": given["order"] or 1, "part": given["part"] or ASKED}
        return actions.set_question(category=found, **told, by=asking.person, at=asking.at)

    fields = [*([] if row else [Asked("code", _("Code"), required=True, most=40)]), *_question_fields()]
    return run(request, Form(
        _("Question of %(what)s") % {"what": found.label}, fields, act, reverse("desk:edit_category", args=[uid]), _("Save"),
        _("The question is set."), now=_question_now(row), only_changes=False, about=("category", uid),
    ))  # fmt: skip


def may(asking: Asker) -> bool:
    """Whether the asker may set what a city may set of categories. The action asks again."""
    return asking.actor.has(*policy.MAY["standards.change_category"])


def _fields(asking: Asker) -> list[Asked]:
    return [
        Asked("line", _("Responsible function"), "choice", choices=choosing.lines(asking.ref)),
        Asked("needs_report_photo", _("A report needs a photo"), "yes"),
        Asked("needs_rectify_photo", _("Rectification needs a photo"), "yes"),
        Asked("radius_m", _("Same place within (m)"), "integer", most=5000),
        Asked("duplicate_days", _("Duplicate within (days)"), "integer", most=3650),
        Asked("recurrence_days", _("Recurrence within (days)"), "integer", most=3650),
        Asked("active", _("In use"), "yes"),
    ]


def _question_fields() -> list[Asked]:
    kinds = {
        "string": _("short text"), "text": _("long text"), "number": _("number"), "datetime": _("date with time"),
        "singlevaluelist": _("one of a list"), "multivaluelist": _("several of a list"),
    }  # fmt: skip
    return [
        Asked("text", _("Question"), required=True),
        Asked("datatype", _("Answer"), "choice", required=True, choices=[Choice(one, kinds[one]) for one in DATATYPES]),
        Asked(
            "values", _("Values of a list"), "text", hint=_("One per line: key, then the words, with a space between.")
        ),
        Asked("part", _("Who answers"), "choice", choices=choosing.of_labels(PART_LABELS)),
        Asked("hint", _("How to answer")),
        Asked("required", _("Must be answered"), "yes"),
        Asked("order", _("Order"), "integer", most=999),
    ]


def _question_now(row: Question | None) -> dict[str, Any]:
    if row is None:
        return {"order": 1, "part": ASKED}
    values = "\n".join(f"{one['key']} {one.get('name', '')}".strip() for one in row.values)
    return {
        "text": row.text, "datatype": row.datatype, "required": row.required, "order": row.order, "values": values,
        "part": row.part, "hint": row.hint,
    }  # fmt: skip


def _values(text: str) -> list[dict[str, str]]:
    rows = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [{"key": row[0], "name": row[1] if len(row) > 1 else row[0]} for row in rows]


def _info(asking: Asker, uid: UUID) -> CategoryInfo:
    found = asking.ref.categories.by_uid(uid)
    if found is None:
        raise NotFound("category", uid)
    return found


def _row(uid: UUID) -> Category:
    found = Category.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("category", uid)
    return found
