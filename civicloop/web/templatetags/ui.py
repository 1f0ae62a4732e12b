"""Template words: `{% load ui %}`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS, STATE_LABELS
from civicloop.kernel.text import mask_phone
from civicloop.spoken import VERBS as DEEDS
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.models import LIMIT_UNIT_LABELS
from civicloop.web.desk.asker import asker
from civicloop.web.doors import reachable
from civicloop.web.ui import casecolumns, caserow, surveywords, timewords, words
from civicloop.web.ui.caserow import TableLine, table_lines
from civicloop.web.ui.titles import titles

register = template.Library()
OWN_KEY = re.compile(r"[a-z_]+:[0-9a-f]{8}-[0-9a-f]{4}-")
# The pages that belong to the word 单位 of the rail; those that do not exist are left out.
UNIT_PAGES = (
    ("desk:units", _("Units")),
    ("desk:people", _("People")),
    ("desk:gaps", _("Places without an owner")),
    ("desk:edit_points", _("Inspection points")),
    ("desk:edit_areas", _("Areas")),
    ("desk:edit_duty_grids", _("Duty grids")),
    ("desk:grids_edit", _("Unit grids")),
    ("desk:edit_categories", _("Categories and limits")),
    ("desk:edit_calendars", _("Calendar")),
    ("desk:edit_parameters", _("Parameters")),
    ("desk:import_page", _("Import")),
)


@register.filter
def moment(at: datetime | None) -> str:
    """2026-11-23 10:30."""
    return timewords.moment(at)


@register.filter
def masked_phone(phone: str) -> str:
    """138****1234."""
    return mask_phone(phone) if phone else ""


@register.filter
def colon(word: object) -> str:
    """A word with what stands between it and what is said of it. The wide colon of Chinese has its blank within."""
    told = gettext("%(word)s:") % {"word": word}
    return f"{told} " if told.endswith(":") else told


@register.filter
def listed(names: Iterable[object]) -> str:
    """Names, or things that have one, in a row, as the reader's language parts them."""
    return surveywords.listed(str(getattr(one, "name", one)) for one in names)


@register.filter
def step_word(name: str) -> str:
    """The verb of a step; its identifier where nobody has given it a word yet."""
    return str(words.STEPS.get(name, name))


@register.filter
def field_word(key: str) -> str:
    """The label of something a step needs."""
    return str(words.FIELDS.get(key, key))


@register.filter
def kind_word(key: str) -> str:
    """What a photo shows."""
    return str(words.KINDS.get(key, key))


@register.filter
def verb_word(verb: str) -> str:
    """A ledger verb in words."""
    known = words.VERBS.get(verb) or words.STEPS.get(verb.removeprefix("case.")) or DEEDS.get(verb)
    return str(known or verb)


@register.filter
def limit_unit(unit: str) -> str:
    """A unit of time in words."""
    return str(LIMIT_UNIT_LABELS.get(unit, unit))


@register.filter
def source_word(source: str) -> str:
    """Where a report came from."""
    return str(SOURCE_LABELS.get(source, source))


@register.filter
def source_number(key: str | None) -> str:
    """The number under which the source knows a case; a key of our own making, with a public id in it, is nobody's number."""
    return "" if key is None or OWN_KEY.match(key) else key


@register.filter
def state_word(state: str) -> str:
    """The word of a state."""
    return str(STATE_LABELS.get(state, state))


@register.inclusion_tag("ui/tabs.html", takes_context=True)
def unit_nav(context: RequestContext) -> dict[str, Any]:
    """The pages that belong to the word 单位 of the rail."""
    return {
        "pages": reachable(UNIT_PAGES, asker(context["request"])),
        "now": context["request"].path,
        "label": _("Units"),
    }


@register.simple_tag
def bar(value: float, most: float) -> SafeString:
    """A bar that starts at zero, `most` filling the whole width; its figure is written beside it."""
    width = max(0.0, min(100.0, 100 * value / most)) if most else 0.0
    return format_html(
        '<svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="ground" width="100" height="14"/><rect width="{}" height="14"/></svg>',
        f"{width:.2f}".rstrip("0").rstrip("."),
    )


@register.filter
def usual_columns(columns: Any) -> Any:
    """The columns of a case table; the usual ones where the page has not asked which the reader wants."""
    return columns or casecolumns.USUAL


@register.simple_tag(takes_context=True)
def case_lines(context: RequestContext, cases: Iterable[Case], columns: Any) -> list[TableLine]:
    """Cases as lines of a table with these columns."""
    return table_lines(cases, columns, asker(context["request"]))


@register.simple_tag
def state_mark(state: str) -> SafeString:
    """A state by colour, shape and word."""
    return caserow.state_mark(state)


@register.simple_tag(takes_context=True)
def time_left(context: RequestContext, case: Case) -> SafeString:
    """How much time a case has, coloured and marked by how pressing it is."""
    return caserow.left_mark(case, asker(context["request"]))


@register.simple_tag(takes_context=True)
def line_name(context: RequestContext, key: str) -> str:
    """A function (line) in words."""
    return titles(asker(context["request"]).ref).line(key)


@register.simple_tag(takes_context=True)
def major_name(context: RequestContext, category: CategoryInfo) -> str:
    """The major class of a category in words."""
    return titles(asker(context["request"]).ref).major(category.pack, category.kind, category.major)


@register.simple_tag(takes_context=True)
def unit_name(context: RequestContext, unit_id: int | None) -> str:
    """The name of a unit by its number, from the book in memory."""
    unit = asker(context["request"]).ref.org.units.get(unit_id) if unit_id is not None else None
    return unit.name if unit else ""


@register.simple_tag(takes_context=True)
def category_label(context: RequestContext, category_id: int) -> str:
    """The name of a category by its number, from the book in memory."""
    return asker(context["request"]).ref.categories.by_id(category_id).label


@register.simple_tag(takes_context=True)
def unit_uid(context: RequestContext, unit_id: int | None) -> Any:
    """The public id of a unit by its number."""
    unit = asker(context["request"]).ref.org.units.get(unit_id) if unit_id is not None else None
    return unit.uid if unit else ""


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changed: Any) -> str:
    """The present address's query with some values changed; None removes one."""
    query = context["request"].GET.copy()
    for key, value in changed.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
