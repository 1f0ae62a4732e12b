"""Practice sites of the five levels added, changed and closed: what each stands under, where it is, what it offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.volunteers import policy
from civicloop.volunteers.actions import places as actions
from civicloop.volunteers.models import PracticeSite, ServiceKind
from civicloop.volunteers.models.places import LEVEL_LABELS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.placing import (
    TEMPLATE,
    place_fields,
    place_now,
    placed,
    service_choices,
    site_choices,
)
from civicloop.web.ui.editing import Asked

PLAIN = ("name", "address", "opening", "active")


@login_required
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A new site; its level stays what it is."""
    asking = asker(request)
    policy.require_do(asking.person, "site.make", at=asking.at, ref=asking.ref)
    first = [
        Asked("code", _("Code"), required=True, most=30, hint=_("Short and for good: lists and files name it.")),
        Asked("level", _("Level"), "choice", required=True, choices=choosing.of_labels(LEVEL_LABELS)),
    ]

    def act(given: dict[str, Any]) -> PracticeSite:
        return actions.make_site(**_ready(given, {}, asking), by=asking.person, at=asking.at)

    over = PracticeSite.objects.filter(code=request.GET.get("under", "")[:30]).select_related("unit").first()
    now = {"datum": "wgs84", "parent": over.code if over else "", "unit": over.unit.code if over else ""}
    return run(request, Form(
        _("Add a site"), [*first, *_fields(asking, None)], act, reverse("desk:volunteer_sites"), _("Add"), _("The site is added."),
        now=now, only_changes=False, template=TEMPLATE, then=lambda made: reverse("desk:volunteer_site", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name, place, opening hours, services, what it stands under; closing it is not being in use any more."""
    asking = asker(request)
    found = PracticeSite.objects.select_related("unit", "parent").filter(uid=uid).first()
    if found is None:
        raise NotFound("site", uid)
    policy.require_do(asking.person, "site.change", found, at=asking.at, ref=asking.ref)
    now = {name: getattr(found, name) for name in PLAIN} | place_now(found)
    now |= {"unit": found.unit.code, "parent": found.parent.code if found.parent else ""}
    now["services"] = [one.code for one in found.services.all()]
    used = Asked(
        "active", _("In use"), "yes", hint=_("A site that is closed stays in the history; close those below it first.")
    )

    def act(given: dict[str, Any]) -> PracticeSite:
        return actions.change_site(site=found, changes=_ready(given, now, asking), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Change %(name)s") % {"name": found.name}, [*_fields(asking, found.pk), used], act,
        reverse("desk:volunteer_site", args=[uid]), _("Save"), _("The site is changed."), now=now, about=("site", found.uid),
        lead=_("Code %(code)s, %(level)s.") % {"code": found.code, "level": found.get_level_display()}, template=TEMPLATE,
    ))  # fmt: skip


def _fields(asking: Asker, own: int | None) -> list[Asked]:
    return [
        Asked("name", _("Name"), required=True, most=100),
        Asked("parent", _("Belongs to"), "choice", choices=site_choices(but=own),
              hint=_("Institutes stand under the centre, stations under an institute, posts under a station.")),
        Asked("unit", _("Kept by"), "choice", required=True, choices=choosing.units(asking)),
        Asked("address", _("Address")),
        *place_fields(),
        Asked("opening", _("Opening hours")),
        Asked("services", _("Services offered"), "many", choices=service_choices()),
    ]  # fmt: skip


def _ready(given: dict[str, Any], now: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """Codes turned into what they name; the place in WGS-84."""
    ready = placed(given, now, asking)
    if "unit" in ready:
        unit = choosing.unit_of(ready["unit"])
        if unit is None:
            raise Invalid("unit", "required", field="unit")
        ready["unit"] = unit
    if "parent" in ready:
        ready["parent"] = PracticeSite.objects.filter(code=ready["parent"]).first() if ready["parent"] else None
    if "services" in ready:
        ready["services"] = list(ServiceKind.objects.filter(code__in=ready["services"]))
    return ready
