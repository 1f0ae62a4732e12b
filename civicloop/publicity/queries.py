"""Questions about displays and honours: registers, what is due, one with its story, what the public may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import NotFound
from civicloop.kernel.text import mask_name
from civicloop.publicity import policy
from civicloop.publicity.kinds import DISPLAYS, HONOURS
from civicloop.publicity.models import Display, DisplayStep, Honour, HonourStep
from civicloop.publicity.models.honours import PRIVATE
from civicloop.standards.reference import Actor

REVOKED_DAYS = 365
"""So long a revoked honour is told to the public as revoked; its certificate says so for ever."""


@dataclass(frozen=True, slots=True)
class Sums:
    """How many displays there are, by what one wants to know of them."""

    every: int
    in_use: int
    broken: int
    due: int


def displays(actor: Actor) -> QuerySet[Display]:
    """The displays a person may read, by code."""
    rows = Display.objects.filter(policy.visible_displays(actor)).select_related("owner", "case")
    return rows.order_by("code")


def narrowed(
    rows: QuerySet[Display], *, kind: str = "", state: str = "", words: str = "", due_at: datetime | None = None
) -> QuerySet[Display]:
    """Displays of a kind and state, with words in code, name or address, and those whose look was due by a moment."""
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(name__icontains=words) | Q(address__icontains=words))
    return rows if due_at is None else rows.filter(state="in_use", act_by__lte=due_at)


def sums(rows: QuerySet[Display], at: datetime) -> Sums:
    """One statement."""
    told = rows.order_by().aggregate(
        every=Count("pk", filter=~Q(state="taken_down")), in_use=Count("pk", filter=Q(state="in_use")),
        broken=Count("pk", filter=Q(state="broken")), due=Count("pk", filter=Q(state="in_use", act_by__lte=at)),
    )  # fmt: skip
    return Sums(**told)


def display(uid: UUID, actor: Actor) -> Display:
    """One display. NotFound where there is none, or none that the person may read."""
    found = displays(actor).select_related("grid").filter(uid=uid).first()
    if found is None:
        raise NotFound("display", uid)
    return found


def honours(actor: Actor, *, state: str = "", kind: str = "") -> QuerySet[Honour]:
    """The honours a person may read, the latest first."""
    rows = Honour.objects.filter(policy.visible_honours(actor)).select_related("unit", "owner").order_by("-year", "-id")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(kind=kind) if kind else rows


def honour(uid: UUID, actor: Actor) -> Honour:
    """One honour. NotFound where there is none, or none that the person may read."""
    found = honours(actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("honour", uid)
    return found


def published(on: date) -> QuerySet[Honour]:
    """What the public may read: honours that stand, those on notice, and those revoked within a year."""
    on_notice = Q(state="on_notice", notice_until__gte=on)
    revoked = Q(state="revoked", ended_at__date__gte=on - timedelta(days=REVOKED_DAYS))
    rows = Honour.objects.filter(Q(state="awarded") | on_notice | revoked)
    return rows.select_related("unit").order_by("-year", "kind", "id")


def by_certificate(number: str) -> Honour | None:
    """The honour with this certificate, revoked ones too: the page says that it was revoked."""
    return Honour.objects.select_related("unit").filter(certificate=number).first()


def public_name(one: Honour) -> str:
    """The holder as everybody may read it: people by their first character."""
    return mask_name(one.holder) if one.kind in PRIVATE else one.holder


def shown_name(one: Honour, actor: Actor) -> str:
    """The holder as a person may read it at the desk."""
    return one.holder if policy.names_holder(actor, one) else mask_name(one.holder)


def story(loop: Any) -> Sequence[Any]:
    """The steps of a display or an honour, the latest first, with their photos."""
    steps: Any = DisplayStep if isinstance(loop, Display) else HonourStep
    parent = "display" if isinstance(loop, Display) else "honour"
    rows = steps.objects.filter(**{parent: loop}).select_related("by", "unit").prefetch_related("evidence")
    return list(rows.order_by("-seq"))


def steps_open_to(loop: Any, actor: Actor) -> list[Step]:
    """The steps a person may take now, in the order of the table."""
    kind = DISPLAYS if isinstance(loop, Display) else HONOURS
    return [step for step in kind.lifecycle.steps_from(loop.state) if kind.may[step.name](actor, loop)]
