"""The words of teams, sites, projects and events: what the history of each calls what was done, and what may be refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, THINGS
from civicloop.spoken.verbs import VERBS

VERBS |= {
    "project.end": _("end a project"), "event.draft": _("plan an event"), "event.publish": _("publish an event"),
    "event.change": _("change an event"), "event.change_shift": _("change a shift"), "event.add_shift": _("add a shift"),
    "event.remove_shift": _("take a shift out"), "event.cancel_shift": _("call a shift off"),
    "event.cancel": _("call an event off"), "event.finish": _("finish an event"),
    "event.cancel_signup": _("take a sign-up back"), "order.locate": _("find the grid again"),
}  # fmt: skip
THINGS |= {
    "about": _("what it is about"), "told": _("people told"), "brand": _("brand project"),
    "services": _("services offered"), "reach_m": _("goes as far as (m)"),
    "contact_phone": _("phone of the contact"), "opening": _("opening hours"), "by_hand": _("decided by hand"),
    "instead_of": _("team that was proposed"),
}  # fmt: skip
REASONS |= {
    "shift_cancelled": _("This shift was called off."),
    "too_many_shifts": _("An event has %(most)s shifts at most."),
    "last_shift": _("An event has one shift at least. Call the event off instead."),
    "shift_published": _("People may have signed up for it: a shift of a published event is called off with a reason."),
    "site_above_closed": _("%(site)s, under which it would stand, is closed. Put it under another, or open that one first."),
    "site_in_use": _("%(many)s sites below it are still in use. Close those first, or put them under another."),
}  # fmt: skip
