"""The list of orders: filtered, paged by key, with how many stand where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from civicloop.kernel.text import clean_text
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers import policy, queries
from civicloop.volunteers.models import Order, ServiceKind
from civicloop.volunteers.models.orders import STATE_LABELS
from civicloop.volunteers.queries.orders import narrow
from civicloop.volunteers.rules.lifecycle import ENDED, OPEN
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.paging import Order as By
from civicloop.web.desk.paging import page_of
from civicloop.web.desk.volunteers.hours import day_of_filter, start_of_day

NEWEST = By(("created_at", "pk"), ("created_at", "pk"), newest_first=True)
FILTERS = ("q", "state", "service", "urgent", "late", "mine", "from", "to", "unit", "of")
_SAID = Q(rated_at__isnull=False, rated_by_time=False)
# The orders behind each figure of the page of measures.
OF: dict[str, tuple[Any, Q]] = {
    "served": (gettext_lazy("served"), Q(served_at__isnull=False)),
    "rated": (gettext_lazy("rated by the requester"), _SAID),
    "met": (gettext_lazy("met by what was asked for"), _SAID & Q(as_asked=True)),
    "unmet": (gettext_lazy("not what was asked for"), _SAID & Q(as_asked=False)),
    "lapsed": (gettext_lazy("rated by lapse of time"), Q(rated_by_time=True)),
    **{f"score{n}": (f"{n}/5", _SAID & Q(score=n)) for n in range(1, 6)},
}
# What stands above the list: the key of the filter, its word, the states it counts.
STANDING = (
    ("submitted", gettext_lazy("to review"), {"submitted"}),
    ("pooled", gettext_lazy("to dispatch"), {"pooled"}),
    ("assigned", gettext_lazy("offered, not yet accepted"), {"assigned"}),
    ("running", gettext_lazy("accepted or being served"), {"accepted", "serving"}),
    ("served", gettext_lazy("waiting for a rating"), {"served"}),
    ("rated", gettext_lazy("to archive"), {"rated"}),
)
GROUPS: dict[str, set[str]] = {"open": {*OPEN}, "running": {"accepted", "serving"}, "ended": {*ENDED}}


@dataclass(frozen=True)
class Number:
    """How many orders stand somewhere, and the list of them."""

    word: str
    many: int
    address: str
    here: bool
    level: str = ""


@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The orders the asker may see, newest first, fifty at a time."""
    asking = asker(request)
    typed = request.GET
    rows = narrowed(asking, typed).select_related("service", "team__unit")
    shown = {
        "page": page_of(rows, NEWEST, typed),
        "form": {name: typed.get(name, "") for name in FILTERS},
        "told": _told(asking, typed),
        "carried": [(name, typed[name]) for name in ("from", "to", "unit", "of") if typed.get(name)],
        "narrowed": any(typed.get(name) for name in FILTERS),
        "states": STATE_LABELS.items(),
        "services": list(ServiceKind.objects.order_by("group", "code").only("code", "name")),
        "standing": _standing(asking, typed),
        "may_enter": policy.may_do(asking.actor, "order.create"),
        "desk": asking.actor.has(Role.ORDER_DESK),
    }
    return render(request, "desk/volunteers_orders.html", shown)


def narrowed(asking: Asker, typed: QueryDict) -> QuerySet[Order]:
    """The orders as far as the filters let them through; a filter nobody knows narrows nothing."""
    state, service = typed.get("state", ""), typed.get("service", "")
    states = GROUPS.get(state) or ({state} if state in STATE_LABELS else set())
    filters = queries.OrderFilters(
        states=sorted(states), urgent=True if typed.get("urgent") else None,
        overdue_at=asking.at if typed.get("late") else None, text=clean_text(typed.get("q", ""), limit=60, field="q"),
    )  # fmt: skip
    if typed.get("mine"):
        rows = narrow(queries.inbox(asking.actor, asking.ref), filters, asking.ref).order_by("-created_at", "-id")
    else:
        rows = queries.listing(asking.actor, filters, asking.ref)
    rows = rows.filter(service__code=service[:30]) if service else rows
    return rows.filter(_of_period(asking, typed))


def _of_period(asking: Asker, typed: QueryDict) -> Q:
    """The orders behind a figure: submitted in the days, of a unit's teams, of the kind that was counted."""
    wanted = Q()
    first, last = day_of_filter(typed, "from"), day_of_filter(typed, "to")
    if first is not None:
        wanted &= Q(submitted_at__gte=start_of_day(first))
    if last is not None:
        wanted &= Q(submitted_at__lt=start_of_day(last, after=1))
    unit = asking.ref.org.by_code(typed.get("unit", "")[:30]) if typed.get("unit") else None
    if unit is not None:
        wanted &= Q(team__unit__in=sorted(asking.ref.org.subtree(unit.id)))
    of = typed.get("of", "")
    return wanted & OF[of][1] if of in OF else wanted


def _told(asking: Asker, typed: QueryDict) -> list[Any]:
    """The filters that came by a link, in words."""
    days, of = [typed.get(name, "") for name in ("from", "to") if day_of_filter(typed, name)], typed.get("of", "")
    unit = asking.ref.org.by_code(typed.get("unit", "")[:30]) if typed.get("unit") else None
    told: list[Any] = [" – ".join(days)] if days else []
    told += [unit.name] if unit is not None else []
    return told + ([OF[of][0]] if of in OF else [])


def _standing(asking: Asker, typed: QueryDict) -> list[Number]:
    """One statement counts what is open, by state."""
    late = Count("pk", filter=Q(act_by__lt=asking.at))
    rows = queries.visible_to(asking.actor).filter(ended_at=None).order_by()
    counted = {row["state"]: row for row in rows.values("state").annotate(many=Count("pk"), late=late)}
    here = typed.get("state", "")
    found = [
        Number(str(word), sum(counted[one]["many"] for one in states if one in counted), _list(state=key), here == key)
        for key, word, states in STANDING
    ]
    overdue = sum(row["late"] for row in counted.values())
    found.append(Number(_("overdue"), overdue, _list(late="1"), bool(typed.get("late")), "late" if overdue else ""))
    return found


def _list(**chosen: str) -> str:
    return f"{reverse('desk:volunteers')}?{urlencode(chosen)}"
