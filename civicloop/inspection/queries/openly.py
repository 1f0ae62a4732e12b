"""Rounds and draws as those outside the campaign office may know of them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from civicloop.inspection import policy
from civicloop.inspection.models import Draw, DrawnPoint, Round
from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor


@dataclass(frozen=True, slots=True)
class Published:
    """Everything somebody needs to draw again: the frame as it was hashed, the design, both parts of the seed, the result."""

    draw: Draw
    frame: str
    result: tuple[DrawnPoint, ...]


def visible_rounds(actor: Actor) -> QuerySet[Round]:
    """Rounds a person may know of, the latest first. Visits are secret: a unit hears of a round when a draw is published."""
    rows = Round.objects.select_related("edition__pack", "organiser")
    if policy.may(actor, "draw.read") or actor.has(Role.INSPECTOR):
        return rows
    return rows.filter(pk__in=Draw.objects.filter(state="published").values("round"))


def get_round(code: str, actor: Actor) -> Round:
    """One round. Raises NotFound."""
    row = visible_rounds(actor).filter(code=code).first()
    if row is None:
        raise NotFound("round", code)
    return row


def progress(rounds: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """How many visits of each round stand in which state: one statement."""
    told: dict[int, dict[str, int]] = {number: {} for number in rounds}
    counted = Round.objects.filter(pk__in=list(told)).order_by().values_list("pk", "visits__state")
    for pk, state, count in counted.annotate(count=Count("visits")):
        if state is not None:
            told[pk][state] = count
    return told


def draws_of(round_: Round, actor: Actor) -> list[Draw]:
    """The draws of a round a person may know of, without what came out of them. Those given up are in sight of everybody:
    whoever draws again must be seen to do so.
    """
    rows = round_.draws.defer("frame", "secret")
    if not policy.may(actor, "draw.read"):
        rows = rows.filter(state__in=["published", "cancelled"])
    return list(rows.order_by("id"))


def get_draw(code: str, actor: Actor, at: datetime) -> Draw:
    """A draw with what came out. Raises Conflict (`draw_sealed`) before its day, NotFound for whom it is no business."""
    draw = Draw.objects.select_related("round").defer("frame", "secret").filter(code=code).first()
    if draw is None:
        raise NotFound("draw", code)
    if draw.state != "published":
        if not policy.may(actor, "draw.read"):
            raise NotFound("draw", code)
        policy.require_reading(actor, draw, at=at)
    return draw


def drawn_places(draw: Draw) -> list[DrawnPoint]:
    """What came out, in order, with the places that took others' places."""
    return list(draw.drawn.select_related("point", "case", "replaces").order_by("order"))


def published(code: str, actor: Actor, at: datetime) -> Published:
    """A published draw with its frame and secret. Raises Conflict (`draw_not_published`) until then."""
    draw = get_draw(code, actor, at)
    if draw.state != "published":
        raise Conflict("draw_not_published", draw=draw.code)
    row = Draw.objects.select_related("round").get(pk=draw.pk)
    return Published(row, gzip.decompress(bytes(row.frame)).decode(), tuple(drawn_places(row)))


def summary(draw: Draw) -> dict[str, Any]:
    """What is known of a draw at any time: the promise, not the result."""
    names = ("uid", "code", "kind", "state", "design", "frame_digest", "frame_size", "commitment", "beacon")
    told = {name: getattr(draw, name) for name in names}
    times = ("opens_on", "committed_at", "drawn_at", "published_at", "result_digest")
    return told | {name: getattr(draw, name) for name in times}
