"""Words on edit pages."""

from __future__ import annotations

from django import template

from civicloop.kernel.worktime import Limit
from civicloop.spoken import THINGS
from civicloop.web.ui.timewords import limit_words

register = template.Library()


@register.filter
def limit_said(limit: Limit) -> str:
    """A limit as the standard writes it."""
    return limit_words(limit)


@register.filter
def thing_word(key: str) -> str:
    """A field's name in words; the name itself where there are none."""
    return str(THINGS.get(key, key))
