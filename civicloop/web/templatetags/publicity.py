"""Template words of surveys, displays and honours: `{% load publicity %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from civicloop.spoken import STEPS
from civicloop.web.desk.asker import asker
from civicloop.web.doors import reachable

register = template.Library()
PAGES = (
    ("desk:papers", _("Papers")),
    ("desk:surveys", _("Surveys")),
    ("desk:opinions", _("Heard at the door")),
    ("desk:displays", _("Displays")),
    ("desk:honours", _("Honours")),
)


@register.inclusion_tag("ui/publicity_nav.html", takes_context=True)
def publicity_nav(context: RequestContext, now: str) -> dict[str, Any]:
    """The pages that belong to the word 公文 of the rail."""
    return {"pages": reachable(PAGES, asker(context["request"])), "now": reverse(now)}


@register.filter
def loop_step(name: str, kind: str) -> str:
    """The verb of a step of a kind of loop."""
    return str(STEPS.get(f"{kind}.{name}") or STEPS.get(name) or name)
