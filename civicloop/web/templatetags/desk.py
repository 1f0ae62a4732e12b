"""Template words of the workplace: `{% load desk %}`."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from civicloop.cases.models import Case
from civicloop.loops.presence import Present, others
from civicloop.web.desk.asker import asker

register = template.Library()


@register.simple_tag(takes_context=True)
def others_on(context: RequestContext, case: Case) -> list[Present]:
    """Who else works on a case just now: one statement."""
    asking = asker(context["request"])
    return others([case.uid], person_id=asking.person.pk, at=asking.at).get(case.uid, [])
