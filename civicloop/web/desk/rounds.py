"""Rounds of inspection: which there are, a new one, and how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count as CountOf
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.inspection import policy, queries
from civicloop.inspection.actions.rounds import close_round, plan_round
from civicloop.inspection.models import Draw, Observation, Round, Visit
from civicloop.inspection.models.rounds import KIND_LABELS
from civicloop.inspection.queries.openly import visible_rounds
from civicloop.inspection.rules.judging import kappa
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.rules.roles import UnitKind
from civicloop.sentences import sentence
from civicloop.standards.editions import book
from civicloop.standards.models import Edition
from civicloop.standards.reference import Reference
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep
from civicloop.web.ui.roundstate import Count, Standing, standing

MOST = 60
ORGANISERS = (UnitKind.COMMAND_POST, UnitKind.CAMPAIGN_OFFICE, UnitKind.TASK_FORCE)
FIELDS = ("code", "title", "kind", "edition", "organiser", "starts_on", "ends_on")
NO_PLACE = gettext_lazy("without a town")
LIVE = ("committed", "drawn", "published")
# Rows of a draw without what is secret and without what is large.
DRAWS = Draw.objects.defer("frame", "secret").order_by("-id")


@dataclass(frozen=True)
class Listed:
    """A round in the list."""

    round: Round
    standing: Standing
    visits: Count
    kappa: float | None
    pairs: int


@dataclass(frozen=True)
class Part:
    """Visits of one kind of place, or in one town."""

    name: str
    visits: Count


@login_required
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds, the latest first."""
    asking = asker(request)
    today = timezone.localdate(asking.at)
    rows = (
        visible_rounds(asking.actor).defer("edition__content", "edition__pack__content").order_by("-starts_on", "-pk")
    )
    rows = rows.annotate(
        many=CountOf("visits", filter=~Q(visits__state="replaced")),
        judged=CountOf("visits", filter=Q(visits__state="judged")),
        left=CountOf("visits", filter=Q(visits__state__in=["planned", "waiting"])),
        **{f"is_{state}": Exists(Draw.objects.filter(round=OuterRef("pk"), state=state)) for state in LIVE},
    )
    found = list(rows[: MOST + 1])
    pairs = _pairs(found)
    listed = []
    for one in found[:MOST]:
        visits = Count(one.many, one.judged, one.left)
        said = pairs.get(one.pk, [])
        now = standing(one, [Draw(state=state) for state in LIVE if getattr(one, f"is_{state}")], visits, today)
        listed.append(Listed(one, now, visits, kappa(said), len(said)))
    shown = {
        "rows": listed,
        "more": len(found) > MOST,
        "most": MOST,
        "may_plan": policy.may(asking.actor, "round.plan"),
    }
    return render(request, "desk/round_list.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """The form of a new round."""
    asking = asker(request)
    if request.method == "GET":
        policy.require(asking.person, "round.plan", at=timezone.localtime(asking.at))
        return _form(request, QueryDict())
    try:
        made = plan_round(**_given(request.POST, asking), by=asking.person, at=asking.at, ref=asking.ref)
    except Refused as refused:
        keep(request, refused)
        field = refused.field if isinstance(refused, Invalid) else ""
        return _form(request, request.POST, {field: sentence(refused)}, status=refused.status)
    messages.success(request, _("The round is planned."))
    return redirect("desk:draw_new", made.code)


@login_required
@require_GET
def round(request: HttpRequest, code: str) -> HttpResponse:
    """What stands, the next thing to do, progress and agreement."""
    asking = asker(request)
    found = find(code, asking)
    today = timezone.localdate(asking.at)
    draws = list(DRAWS.filter(round=found))
    groups = _groups(found)
    visits = _sum(groups)
    now = standing(found, draws, visits, today)
    # Which kinds of place and which towns are visited says what was drawn.
    opened = policy.may(asking.actor, "draw.read") and all(
        policy.is_open(one, today) for one in draws if one.state not in ("committed", "cancelled")
    )
    shown = {
        "round": found,
        "standing": now,
        "draws": draws if policy.may(asking.actor, "draw.read") else [one for one in draws if one.state == "published"],
        "visits": visits,
        "may_do": may_do(asking, now),
        "opened": opened,
        "days": sorted({group["day"] for group in groups}) if opened else [],
        "may_route": opened and found.closed_at is None and policy.may(asking.actor, "route.order"),
        "types": _parts(groups, _type_name(found)) if opened else [],
        "towns": _parts(groups, _town_name(asking.ref)) if opened else [],
        "agreement": queries.agreement(found) if opened and visits.judged else None,
        "book": book(found.edition_id),
        "today": today,
    }
    return render(request, "desk/round_page.html", shown)


@login_required
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """End a round."""
    asking = asker(request)
    close_round(round=find(code, asking), by=asking.person, at=asking.at, ref=asking.ref)
    messages.success(request, _("The round is closed."))
    return redirect("desk:round", code)


def find(code: str, asking: Asker) -> Round:
    """The round with this code, where the asker may know of it. Raises NotFound."""
    found = visible_rounds(asking.actor).defer("edition__content", "edition__pack__content").filter(code=code).first()
    if found is None:
        raise NotFound("round", code)
    return found


def may_do(asking: Asker, now: Standing) -> bool:
    """Whether the asker may take the next step."""
    verbs = {
        "commit": "draw.commit", "draw": "draw.perform", "assign": "draw.assign", "publish": "draw.publish",
        "close": "round.close",
    }  # fmt: skip
    return now.key == "visit" or (now.key in verbs and policy.may(asking.actor, verbs[now.key]))


def _groups(found: Round) -> list[dict[str, Any]]:
    """Visits counted by day, kind of place, unit and state. One statement."""
    rows = Visit.objects.filter(round=found).exclude(state="replaced").order_by()
    kinds = ("day", "state", "point__point_type", "point__grid__unit_id", "point__unit_id", "case__unit_id")
    return list(rows.values(*kinds).annotate(many=CountOf("pk")))


def _sum(groups: Iterable[dict[str, Any]]) -> Count:
    every = judged = left = 0
    for one in groups:
        every += one["many"]
        judged += one["many"] if one["state"] == "judged" else 0
        left += one["many"] if one["state"] in ("planned", "waiting") else 0
    return Count(every, judged, left)


def _parts(groups: Sequence[dict[str, Any]], name_of: Callable[[dict[str, Any]], str]) -> list[Part]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for one in groups:
        parts.setdefault(name_of(one), []).append(one)
    return [Part(name, _sum(rows)) for name, rows in sorted(parts.items())]


def _type_name(found: Round) -> Callable[[dict[str, Any]], str]:
    types = book(found.edition_id).point_types

    def name(group: dict[str, Any]) -> str:
        code = group["point__point_type"]
        if not code:
            return _("look-back at a closed case")
        return str(types[code].name) if code in types else code

    return name


def _town_name(ref: Reference) -> Callable[[dict[str, Any]], str]:
    units = ref.org.units

    def name(group: dict[str, Any]) -> str:
        at = group["point__grid__unit_id"] or group["point__unit_id"] or group["case__unit_id"]
        for one in (at, *ref.org.above(at)) if at else ():
            if units[one].kind == UnitKind.TOWN:
                return units[one].name
        return str(NO_PLACE)

    return name


def _pairs(found: Sequence[Round]) -> dict[int, list[tuple[str, str]]]:
    """Answers of double visits side by side, by round: one statement for the whole list."""
    other = Observation.objects.filter(visit=OuterRef("visit__twin"), item=OuterRef("item")).order_by()
    rows = Observation.objects.filter(visit__round__in=found, visit__state="judged", visit__twin__state="judged")
    rows = rows.exclude(item="").order_by().annotate(other=Subquery(other.values("answer")[:1]))
    pairs: dict[int, list[tuple[str, str]]] = {}
    for of_round, first, second in rows.values_list("visit__round_id", "other", "answer"):
        if first is not None and "cannot_tell" not in (first, second):
            pairs.setdefault(of_round, []).append((first, second))
    return pairs


def _form(
    request: HttpRequest, typed: QueryDict, faults: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    asking, faults = asker(request), faults or {}
    editions = Edition.objects.select_related("pack").defer("content", "pack__content").exclude(content__checklists=[])
    own = asking.actor.unit_acted_for(None)
    shown = {
        "typed": {name: typed.get(name, "") for name in FIELDS},
        "faults": faults,
        "other_fault": "" if set(faults) & set(FIELDS) else next(iter(faults.values()), ""),
        "kinds": KIND_LABELS.items(),
        "editions": sorted(
            editions, key=lambda one: (one.pack.code != "wenming", one.pack.code, one.digest != one.pack.digest)
        ),
        "organisers": [one for one in asking.ref.org.units.values() if one.kind in ORGANISERS and one.active],
        "organiser": typed.get("organiser") or (asking.ref.org.unit(own).code if own else ""),
        "today": timezone.localdate(asking.at),
    }
    return render(request, "desk/round_new.html", shown, status=status)


def _given(typed: QueryDict, asking: Asker) -> dict[str, Any]:
    """What was typed, as the action takes it. Raises Invalid."""
    code, title = typed.get("code", "").strip(), typed.get("title", "").strip()
    for name, value in (("code", code), ("title", title)):
        if not value:
            raise Invalid(name, "required", field=name)
    organiser = asking.ref.org.by_code(typed.get("organiser", ""))
    if organiser is None or organiser.kind not in ORGANISERS:
        raise Invalid("organiser", "unknown_unit", unit=typed.get("organiser", "")[:60])
    edition = typed.get("edition", "")
    if not (edition.isascii() and edition.isdigit()) or not Edition.objects.filter(pk=int(edition)).exists():
        raise Invalid("edition", "unknown_choice", value=edition[:40])
    return {
        "code": code,
        "title": title,
        "kind": typed.get("kind", ""),
        "edition_id": int(edition),
        "organiser_id": organiser.id,
        "starts_on": read_day(typed, "starts_on"),
        "ends_on": read_day(typed, "ends_on"),
    }


def read_day(typed: QueryDict, name: str) -> date:
    """A day of a form. Raises Invalid."""
    try:
        return date.fromisoformat(typed.get(name, ""))
    except ValueError:
        raise Invalid(name, "not_a_date", value=typed.get(name, "")[:40]) from None
