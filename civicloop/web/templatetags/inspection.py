"""Template words of standards, draws and visits: `{% load inspection %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from civicloop.inspection.models.visits import ANSWER_LABELS, VISIT_LABELS
from civicloop.standards.rules.shapes import Count, Text
from civicloop.web.desk.asker import asker
from civicloop.web.ui import inspectwords as words

register = template.Library()
TABLES: Mapping[str, Mapping[str, Any]] = {
    "aspect": words.ASPECTS, "how": words.HOWS, "method": words.METHODS, "compare": words.COMPARES,
    "unit": words.UNITS, "photo": words.PHOTO_RULES, "event": words.EVENTS, "consequence": words.CONSEQUENCES,
    "list": words.POINT_LISTS, "section": words.SECTIONS, "answer": ANSWER_LABELS,
}  # fmt: skip


@register.filter
def said(text: Text | None) -> str:
    """A text of a pack in the reader's language; Chinese where there is no other."""
    return text.in_language(get_language() or "") if text else ""


@register.filter
def word(key: str, table: str) -> str:
    """An identifier of a pack in words; the identifier where nobody has given it a word yet."""
    return str(TABLES[table].get(key, key))


@register.filter
def at(table: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; nothing where it holds nothing."""
    return table.get(key)


@register.filter
def count_words(counts: Count) -> str:
    """公益广告（每 200 米）：不少于 1 处."""
    return words.count_words(counts)


@register.filter
def plain_number(value: float | str | None) -> str:
    """12, 12.5; a grade stays as it is."""
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


@register.filter
def percent(share: float | None) -> str:
    """0.125 as 12.5%; a dash where nothing is known."""
    return "—" if share is None else f"{share * 100:.1f}".removesuffix(".0") + "%"


@register.filter
def sure_mark(sure: str) -> SafeString:
    """How well a number is founded, by shape and word."""
    return format_html('<span class="sure sure-{}">{}</span>', sure, words.SURE.get(sure, sure))


@register.filter
def answer_mark(answer: str) -> SafeString:
    """An answer by colour, shape and word."""
    return format_html('<span class="answer answer-{}">{}</span>', answer, ANSWER_LABELS.get(answer, answer))


@register.filter
def visit_mark(state: str) -> SafeString:
    """The state of a visit by colour, shape and word."""
    return format_html('<span class="answer visit-{}">{}</span>', state, VISIT_LABELS.get(state, state))


@register.simple_tag(takes_context=True)
def matter_name(context: RequestContext, code: str) -> str:
    """The matter a failed item becomes, in words; its code where no loaded pack has it."""
    found = asker(context["request"]).ref.categories.by_code(code)
    return f"{code} {found.label}" if found else code
