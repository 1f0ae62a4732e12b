"""The city's parameters: windows, radii, stage limits, the alarm ladder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.uids import named_uid
from civicloop.standards import actions, policy
from civicloop.standards.models import LIMIT_UNIT_LABELS, Parameter
from civicloop.standards.parameters import DEFAULTS
from civicloop.web.desk.asker import asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.editing import Asked

WORDS: dict[str, Any] = {
    "stages.file": gettext_lazy("Time to file a report"),
    "stages.dispatch": gettext_lazy("Time to dispatch"),
    "stages.verify": gettext_lazy("Time to verify"),
    "stages.close": gettext_lazy("Time to close"),
    "escalation": gettext_lazy("Alarm ladder: who hears when"),
    "return.within": gettext_lazy("A unit may return a case within"),
    "return.at_most": gettext_lazy("Times a case may be returned"),
    "duplicate.radius_m": gettext_lazy("Duplicate: same place within (m)"),
    "duplicate.days": gettext_lazy("Duplicate: within (days)"),
    "recurrence.radius_m": gettext_lazy("Recurrence: same place within (m)"),
    "recurrence.days": gettext_lazy("Recurrence: within (days)"),
    "recurrence.limit_factor": gettext_lazy("Recurrence: share of the limit"),
    "whistle.arrive": gettext_lazy("Whistle: time to arrive"),
    "appeal.within": gettext_lazy("An appeal may be lodged within"),
    "extend.at_most": gettext_lazy("Extensions of a case"),
    "extend.limit_factor": gettext_lazy("Longest extension: share of the limit"),
    "suspend.review_days": gettext_lazy("A suspended case is reviewed after (days)"),
    "limit.default": gettext_lazy("Limit where a category has none"),
    "place.snap_m": gettext_lazy("A place so far outside still counts (m)"),
    "report.noted_within_days": gettext_lazy("A report may be so old (days)"),
    "visit.grace_days": gettext_lazy("A visit may be sent so many days later"),
    "visit.far_m": gettext_lazy("A visit is far from its point beyond (m)"),
    "notify.quiet": gettext_lazy("Quiet hours of messages"),
    "notify.digest_at": gettext_lazy("When the digest of the day is sent"),
    "notify.most_a_day": gettext_lazy("Messages a person gets at most in a day, by each way"),
    "residents.keep_contact_days": gettext_lazy("Residents: phone and mail are kept after the end (days)"),
    "residents.keep_media_days": gettext_lazy("Residents: photos are kept whole after the end (days)"),
    "residents.keep_address_days": gettext_lazy("Residents: digests of network addresses are kept (days)"),
    "residents.keep_refused_days": gettext_lazy("Residents: refused reports are kept (days)"),
    "residents.keep_unsent_days": gettext_lazy("Residents: photos whose report was never sent are kept (days)"),
    "residents.decide_within_days": gettext_lazy(
        "Residents: a waiting report nobody decides is refused by rule after (days)"
    ),
    "residents.photos_an_hour": gettext_lazy("Residents: photos one sender may send in an hour"),
    "residents.photo_megabytes_an_hour": gettext_lazy("Residents: megabytes of photos one sender may send in an hour"),
    "open311.photos_an_hour": gettext_lazy("Open311: photos one program may send in an hour"),
    "open311.photo_megabytes_an_hour": gettext_lazy("Open311: megabytes of photos one program may send in an hour"),
    "residents.reopen_days": gettext_lazy("Residents: may say “not put right” after the closing (days)"),
    "residents.ask_after_days": gettext_lazy("Residents: asked how content after the closing (from, to, days)"),
    "residents.most_a_day": gettext_lazy("Residents: reports a day before a moderator looks first"),
    "residents.proof_bits": gettext_lazy("Residents: work a device does before it sends (bits)"),
    "residents.link_minutes": gettext_lazy("Residents: a link to all reports lasts (minutes)"),
    "residents.complaint_accept": gettext_lazy("Complaints about the platform: taken up within"),
    "residents.complaint_answer": gettext_lazy("Complaints about the platform: answered within"),
    "field.hold_hours": gettext_lazy("An entry of a phone waits for one before it (hours)"),
    "field.photo_days": gettext_lazy("An entry of a phone waits for its photos (days)"),
    "orders.review_within": gettext_lazy("Orders: time to review"),
    "orders.answer_within": gettext_lazy("Orders: a returned one waits for its requester"),
    "orders.dispatch_within": gettext_lazy("Orders: time to find a team"),
    "orders.accept_within": gettext_lazy("Orders: a team answers within"),
    "orders.urgent_within": gettext_lazy("Orders: each of these three for urgent ones"),
    "orders.serve_within": gettext_lazy("Orders: a team serves within, where no time was named"),
    "orders.rate_after_days": gettext_lazy("Orders: silence counts as confirmed after (days)"),
    "orders.archive_within": gettext_lazy("Orders: time to file away what was rated"),
    "orders.keep_personal_days": gettext_lazy("Orders: name and phone are kept after the end (days)"),
    "orders.drop_after_days": gettext_lazy("Orders: what was not answered ends by itself after (days)"),
    "orders.keep_proposals_days": gettext_lazy("Orders: old proposals of dispatch are kept (days)"),
    "api.keep_receipts_days": gettext_lazy("API: the first answer to a repeated request is kept (days)"),
    "texts.keep_days": gettext_lazy("Texts: parts nobody decided, and the words of decided ones, are kept (days)"),
    "surveys.smallest_group": gettext_lazy("Surveys: smallest group that is shown"),
    "surveys.most_by_code": gettext_lazy("Surveys: answers by one code on a poster"),
    "surveys.opinion_decide": gettext_lazy("Heard at the door: decided within"),
    "surveys.opinion_answer": gettext_lazy("Heard at the door: a suggestion is answered within"),
    "publicity.check_every": gettext_lazy("Displays are looked at every"),
    "publicity.put_up_within": gettext_lazy("A display is put up within"),
    "publicity.broken_category": gettext_lazy("Category of a broken display"),
    "publicity.recommend_within": gettext_lazy("An honour is recommended within"),
    "publicity.examine_within": gettext_lazy("An honour is examined within"),
    "publicity.notice_for": gettext_lazy("An honour is on public notice for"),
    "open311.sources": gettext_lazy("Open311: cases of these sources are public"),
    "open311.private": gettext_lazy("Open311: categories that are not public"),
    "open311.services": gettext_lazy("Open311: what may be reported (none named: every matter)"),
    "open311.staff": gettext_lazy("Open311: services that clients offer to staff alone"),
    "open311.batch": gettext_lazy("Open311: services answered with a token"),
    "open311.blackbox": gettext_lazy("Open311: services answered without an id"),
    "open311.zipcodes": gettext_lazy("Open311: postal codes by unit"),
    "open311.jurisdictions": gettext_lazy("Open311: jurisdictions"),
    "open311.contact": gettext_lazy("Open311: whom to ask"),
    "open311.key_service": gettext_lazy("Open311: how to get a key"),
}


@dataclass(frozen=True)
class Row:
    """A parameter with its words, its value, and whether the city has set it."""

    name: str
    words: Any
    kind: str
    value: Any
    own: bool


@login_required
@require_GET
def parameters(request: HttpRequest) -> HttpResponse:
    """All parameters with their values."""
    asking = asker(request)
    own = dict(Parameter.objects.values_list("name", "value"))
    rows = [
        Row(name, WORDS.get(name, name), _kind(name), own.get(name, DEFAULTS[name]), name in own)
        for name in DEFAULTS if name != "lines"
    ]  # fmt: skip
    may = asking.actor.has(*policy.MAY["standards.set_parameter"])
    return render(request, "edit/parameters.html", {"rows": rows, "may": may})


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, name: str) -> HttpResponse:
    """One parameter."""
    asking = asker(request)
    policy.require(asking.person, "standards.set_parameter", at=asking.at)
    if name not in DEFAULTS or name == "lines":
        raise NotFound("parameter", name)
    value = asking.ref.parameters[name]

    def act(given: dict[str, Any]) -> Parameter:
        return actions.set_parameter(name=name, value=_value(name, now | given), by=asking.person, at=asking.at)

    now = _now(name, value)
    return run(request, Form(
        str(WORDS.get(name, name)), _fields(name), act, reverse("desk:edit_parameters"), _("Save"),
        _("The parameter is set. Clocks that run already keep theirs."), now=now,
        about=("parameter", named_uid(f"parameter:{name}")), lead=name,
    ))  # fmt: skip


def _kind(name: str) -> str:
    sample = DEFAULTS[name]
    if isinstance(sample, dict) and set(sample) == {"amount", "unit"}:
        return "limit"
    return "number" if isinstance(sample, (int, float)) else "json"


def _fields(name: str) -> list[Asked]:
    match _kind(name):
        case "limit":
            return [
                Asked("amount", _("Amount"), "decimal", required=True),
                Asked(
                    "unit", _("Unit of time"), "choice", required=True, choices=choosing.of_labels(LIMIT_UNIT_LABELS)
                ),
            ]
        case "number":
            return [Asked("value", _("Value"), "decimal", required=True)]
        case _:
            hint = _("Written as JSON. What no rule can use is refused, and nothing is lost.")
            return [Asked("value", _("Value"), "text", required=True, hint=hint)]


def _now(name: str, value: Any) -> dict[str, Any]:
    match _kind(name):
        case "limit":
            return {"amount": str(value["amount"]), "unit": value["unit"]}
        case "number":
            return {"value": str(value)}
        case _:
            return {"value": json.dumps(value, ensure_ascii=False, indent=2)}


def _value(name: str, given: dict[str, Any]) -> Any:
    match _kind(name):
        case "limit":
            return {"amount": str(given["amount"]), "unit": given["unit"]}
        case "number":
            number = Decimal(given["value"])
            whole = number == number.to_integral_value()
            if isinstance(DEFAULTS[name], int) and not whole:
                raise Invalid("value", "not_a_whole_number", value=str(number))
            return int(number) if whole else float(number)
        case _:
            try:
                return json.loads(given["value"])
            except (ValueError, RecursionError):
                raise Invalid("value", "not_json") from None
