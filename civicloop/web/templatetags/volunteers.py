"""Template words of the volunteers' room: `{% load volunteers %}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.text import mask_name, mask_phone
from civicloop.volunteers.actions.hours import NOT_SERVED
from civicloop.volunteers.models import Order
from civicloop.volunteers.models.orders import STATE_LABELS
from civicloop.web.desk.asker import asker
from civicloop.web.doors import reachable
from civicloop.web.templatetags.ui import kind_word
from civicloop.web.ui import orderwords, timewords

register = template.Library()
OWN_REASONS = {NOT_SERVED: _("the requester said that the order was not served")}
PAGES = (
    ("desk:volunteers", _("Orders")),
    ("desk:volunteer_board", _("Dispatch of orders")),
    ("desk:volunteer_teams", _("Teams")),
    ("desk:volunteer_sites", _("Sites")),
    ("desk:volunteer_menu", _("Menu")),
    ("desk:volunteer_people", _("Volunteers")),
    ("desk:volunteer_projects", _("Projects")),
    ("desk:volunteer_events", _("Events")),
    ("desk:volunteer_hours", _("Hours and certificates")),
    ("desk:volunteer_measures", _("Measures")),
)


@register.filter
def order_photo(kind: str) -> str:
    """What a photo of an order shows. Nothing was put right: what the team sends when it has served shows the service."""
    return str(_("photo of the service")) if kind == "after" else kind_word(kind)


@register.inclusion_tag("ui/tabs.html", takes_context=True)
def volunteer_nav(context: RequestContext, now: str = "") -> dict[str, Any]:
    """The pages that belong to the word 志愿 of the rail; `now` is the page a deeper one belongs to. Nobody is led to
    a page that refuses him.
    """
    pages = reachable(PAGES, asker(context["request"]))
    return {"pages": pages, "now": now or context["request"].path, "label": _("Volunteering")}


@register.filter
def order_step(name: str) -> str:
    """The verb of a step of an order."""
    return str(orderwords.STEPS.get(name, name))


@register.simple_tag
def order_state(state: str) -> SafeString:
    """A state of an order by colour, shape and word."""
    return format_html('<span class="state order-{}">{}</span>', state, STATE_LABELS.get(state, state))


@register.simple_tag(takes_context=True)
def order_left(context: RequestContext, order: Order) -> SafeString:
    """How much time is left, coloured and marked by how pressing it is."""
    asking = asker(context["request"])
    told = orderwords.left(order, asking.at, asking.ref)
    if told.until is None or order.ended_at is not None:
        return format_html('<span class="left {}">{}</span>', told.level, told.words)
    until = timewords.short_moment(told.until, asking.at)
    return format_html(
        '<span class="left {}">{}</span> <span class="quiet nowrap small"><time datetime="{}">{}</time></span>',
        told.level, told.words, told.until.isoformat(), until,
    )  # fmt: skip


@register.filter
def wanted(order: Order) -> str:
    """When an order is wanted."""
    return orderwords.wanted(order)


@register.simple_tag
def span(start: datetime | None, end: datetime | None) -> str:
    """Two moments, the day said once."""
    return orderwords.span(start, end)


@register.simple_tag
def stars(score: int | None) -> SafeString | str:
    """A score of one to five as signs, with words for those who cannot see them."""
    told = orderwords.stars(score)
    if told is None:
        return ""
    return format_html(
        '<span class="score" aria-hidden="true">{}</span> <span class="visually-hidden">{}</span>',
        told.signs, told.words,
    )  # fmt: skip


@register.filter
def masked_name(name: str) -> str:
    """张*三."""
    return mask_name(name) if name else ""


@register.filter
def masked_number(phone: str) -> str:
    """138****1234."""
    return mask_phone(phone) if phone else ""


@register.filter
def why(reason: str) -> str:
    """A reason as somebody wrote it, or in words where the house itself has given it."""
    return str(OWN_REASONS.get(reason, reason))


@register.filter
def metres(value: float | None) -> str:
    """350 m, 2.4 km."""
    return orderwords.distance(value)
