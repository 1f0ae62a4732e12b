"""Loading packs, and the edits offices make. Every change is a ledger line with the old value beside the new one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.worktime import Limit
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import clean
from civicloop.organisation.models import Person
from civicloop.organisation.revisions import bump
from civicloop.organisation.uids import named_uid
from civicloop.standards import editions, packload
from civicloop.standards.models import (
    Category,
    Edition,
    FilingCondition,
    LimitRow,
    Pack,
    Parameter,
    Question,
    StandardText,
)  # fmt: skip
from civicloop.standards.policy import require
from civicloop.standards.rules import shapes
from civicloop.standards.rules.difference import pack_digest, plain


@transaction.atomic
def load_pack(*, pack: shapes.Pack, by: Person | None, at: datetime) -> Pack:
    """Put a pack in force. Limits, texts and parameters that an office has edited since stay as the office set them.

    Loading the same pack again changes nothing. Categories that left the pack become inactive; cases keep them. What the
    pack says is kept as an edition for ever: rounds planned with an earlier one stay under it.
    """
    require(by, "standards.load_pack", at=at)
    digest = pack_digest(pack)
    row = Pack.objects.select_for_update().filter(code=pack.name).first()
    if row is not None and row.digest == digest:
        _keep_edition(row, pack, at)
        return row
    before = row.digest if row else ""
    row = packload.save(pack, row, digest=digest, at=at)
    _keep_edition(row, pack, at)
    data = {"pack": pack.name, "edition": pack.edition, "digest": digest, "before": before}
    record("pack", named_uid(f"pack:{pack.name}"), "pack.load", by=by.uid if by else None, at=at, data=data)
    bump("standards", "parameters")
    return row


def _keep_edition(row: Pack, pack: shapes.Pack, at: datetime) -> None:
    """One row for each thing a pack ever said. A database from before editions were kept gets its first one here."""
    _, new = Edition.objects.get_or_create(
        pack=row, digest=row.digest, defaults={"name": pack.edition, "content": plain(pack), "loaded_at": at}
    )
    if new:
        editions.book.cache_clear()  # a number given back by a transaction undone may be held with another book


@transaction.atomic
def set_limit(*, condition: FilingCondition, area_class: str, limit: Limit, by: Person, at: datetime) -> LimitRow:
    """Give a condition another limit in one class of area. Clocks that run already keep theirs."""
    require(by, "standards.set_limit", at=at)
    if area_class not in ("A", "B", "C"):
        raise Invalid("area_class", "unknown_choice", value=area_class)
    old = LimitRow.objects.select_for_update().filter(condition=condition, area_class=area_class).first()
    row, _ = LimitRow.objects.update_or_create(
        condition=condition, area_class=area_class, defaults={"amount": limit.amount, "unit": limit.unit.value}
    )
    _kept(condition.category, "limit.set", by, at, {
        "condition": condition.code, "area_class": area_class, "after": limit.to_json(),
        "before": {"amount": str(old.amount.normalize()), "unit": old.unit} if old else None,
    })  # fmt: skip
    bump("standards")
    return row


@transaction.atomic
def change_category(*, category: Category, changes: dict[str, Any], by: Person, at: datetime) -> Category:
    """Change what a city may set of a category: line, photos needed, radii, windows, whether it is in use."""
    require(by, "standards.change_category", at=at)
    editable = {
        "line", "needs_report_photo", "needs_rectify_photo", "radius_m", "duplicate_days", "recurrence_days", "active",
    }  # fmt: skip
    unknown = sorted(set(changes) - editable)
    if unknown:
        raise Invalid(unknown[0], "not_editable", field=unknown[0])
    row = Category.objects.select_for_update().get(pk=category.pk)
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    clean(row)
    row.save()
    _kept(row, "category.change", by, at, {"before": before, "after": changes})
    bump("standards")
    return row


@transaction.atomic
def set_text(
    *, category: Category | None, state: str, code: str, title: str, text: str, text_en: str = "", title_en: str = "",
    by: Person, at: datetime,
) -> StandardText:  # fmt: skip
    """Write the standard text of a state, for one category or for all."""
    require(by, "standards.set_text", at=at)
    if not text.strip():
        raise Invalid("text", "required", field="text")
    given = {"title": title, "title_en": title_en, "text": text, "text_en": text_en}
    clean(StandardText(category=category, state=state, code=code, **given))
    row, _ = StandardText.objects.update_or_create(category=category, state=state, code=code, defaults=given)
    data = {"state": state, "code": code, "text": text}
    if category is None:
        record("standard_text", named_uid(f"text:{state}:{code}"), "text.set", by=by.uid, at=at, data=data)
    else:
        _kept(category, "text.set", by, at, data)
    return row


@transaction.atomic
def set_question(
    *, category: Category, code: str, text: str, datatype: str, required: bool, values: list[dict[str, str]], order: int,
    part: str = "asked", hint: str = "", by: Person, at: datetime,
) -> Question:  # fmt: skip
    """Ask one more question in a category, or change one. `part` says who answers: people, nobody (a notice), a program.

    A notice is never required. Raises NotAllowed, Invalid (which field).
    """
    require(by, "standards.set_question", at=at)
    given: dict[str, Any] = {
        "text": text, "datatype": datatype, "required": required and part != "notice", "values": values, "order": order,
        "part": part, "hint": hint,
    }  # fmt: skip
    clean(Question(category=category, code=code, **given))
    row, _ = Question.objects.update_or_create(category=category, code=code, defaults=given)
    told = {"code": code, "text": text, "datatype": datatype, "required": given["required"], "part": part}
    _kept(category, "question.set", by, at, told)
    bump("standards")
    return row


@transaction.atomic
def set_parameter(*, name: str, value: Any, by: Person, at: datetime) -> Parameter:
    """Set one of the city's parameters. Raises NotFound for a name no rule reads, Invalid for a value no rule can use."""
    require(by, "standards.set_parameter", at=at)
    packload.check_parameter(name, value)
    old = Parameter.objects.select_for_update().filter(name=name).first()
    before = old.value if old else None
    row, _ = Parameter.objects.update_or_create(name=name, defaults={"value": value})
    data = {"before": before, "after": value}
    record("parameter", named_uid(f"parameter:{name}"), "parameter.set", by=by.uid, at=at, data=data)
    bump("parameters", "standards")
    return row


def _kept(category: Category, verb: str, by: Person, at: datetime, data: dict[str, Any]) -> None:
    plain = {key: str(value) if isinstance(value, Decimal) else value for key, value in data.items()}
    record("category", category.uid, verb, by=by.uid, at=at, data=plain)
