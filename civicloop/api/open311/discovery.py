"""Service discovery, the services and their definitions: what a client reads before it reports."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import MOST
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.services import definition, service_list
from civicloop.api.open311.writing import CONTENT_TYPES, Told, answer
from civicloop.ledger.models import LedgerLine
from civicloop.residents.rules.open311 import w3c
from civicloop.standards.models import Pack
from civicloop.standards.reference import Reference

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""Clients compare this text letter by letter."""
# What the services are made of, as the ledger calls it.
MADE_OF = ("category", "parameter", "pack")
# The moment of the last change, by the stamp of the standards.
_kept: dict[str, datetime] = {}


@opened("GET", "HEAD", several=False)
def discovery(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The endpoints, one for production and one for trying out, both in both formats."""
    ref = asked.ref
    changed = w3c(changed_at(ref, asked.at), timezone.get_default_timezone())
    home = settings.CIVICLOOP_PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    endpoints = [
        {
            "specification": SPECIFICATION,
            "url": home + reverse(f"{name}:root").rstrip("/"),
            "changeset": changed,
            "type": kind,
            "formats": [one.partition(";")[0] for one in CONTENT_TYPES.values()],
        }
        for name, kind in (("open311", "production"), ("open311-test", "test"))
    ]
    contact = ref.parameters["open311.contact"] or _("The operators of this site: %(home)s") % {"home": home}
    how = ref.parameters["open311.key_service"] or _(
        "Ask the operators for an api_key and say what for. Reading needs none."
    )
    told = {
        "changeset": changed, "contact": contact, "key_service": how, "max_requests": MOST, "endpoints": endpoints,
    }  # fmt: skip
    return answer(Told("discovery", told), asked.form)


@opened("GET", "HEAD")
def services(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The services."""
    return answer(service_list(asked.args, asked.ref), asked.form)


@opened("GET", "HEAD")
def service(request: HttpRequest, asked: Asked, code: str) -> HttpResponse:
    """The definition of one service."""
    return answer(definition(code, asked.ref), asked.form)


def changed_at(ref: Reference, at: datetime) -> datetime:
    """When services or their questions last changed: by the packs loaded and by what the ledger knows of categories since."""
    stamp = ref.stamps.get("standards", "") + ref.stamps.get("parameters", "")
    found = _kept.get(stamp)
    if found is None:
        lines = LedgerLine.objects.filter(kind__in=MADE_OF).aggregate(last=Max("at"))["last"]
        packs = Pack.objects.aggregate(last=Max("loaded_at"))["last"]
        found = max((one for one in (lines, packs) if one is not None), default=at)
        _kept.clear()
        _kept[stamp] = found
    return min(found, at)
