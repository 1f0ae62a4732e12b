"""Draws: what may be shown of one, and what each stratum holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from civicloop.inspection.models import Draw, DrawnPoint
from civicloop.inspection.policy import is_open, may, require_reading
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Actor


@dataclass(frozen=True)
class StratumRow:
    """A stratum: its key (`type|area`), how many places it has, how many are drawn. Known before the draw, and never secret."""

    key: str
    type: str
    area: str
    population: int
    drawn: int


@dataclass(frozen=True)
class DrawPage:
    """A draw as its page shows it. While `sealed`, or to whoever may not read it, `drawn` and `reserves` are empty."""

    draw: Draw
    sealed: bool
    readable: bool
    strata: tuple[StratumRow, ...]
    short: tuple[drawing.Short, ...]
    drawn: tuple[DrawnPoint, ...]
    reserves: tuple[DrawnPoint, ...]

    @property
    def secret(self) -> str:
        """The secret, once it is published."""
        return self.draw.secret if self.draw.state == "published" else ""


def get_draw(code: str) -> Draw:
    """The draw with this code."""
    found = Draw.objects.select_related("round").filter(code=code).first()
    if found is None:
        raise NotFound("draw", code)
    return found


def draw_page(draw: Draw, actor: Actor, at: datetime) -> DrawPage:
    """A draw with its strata and, once it is open, its places; two statements, the frame read once per process."""
    sealed = not is_open(draw, day_of(at))
    readable = may(actor, "draw.read") and not sealed
    strata, short = _plan_of(draw.pk, draw.frame_digest, designs.read(draw.design).digest)
    rows = list(drawn_points(draw, actor, at)) if readable else []
    used = tuple(row for row in rows if row.role != "reserve" or row.replaces_id)
    spare = tuple(row for row in rows if row.role == "reserve" and not row.replaces_id)
    return DrawPage(draw, sealed, readable, strata, short, used, spare)


def drawn_points(draw: Draw, actor: Actor, at: datetime) -> QuerySet[DrawnPoint]:
    """What came out, in order. Raises Conflict `draw_sealed` before its day, whoever asks, and NotAllowed without the role."""
    require_reading(actor, draw, at=at)
    rows = DrawnPoint.objects.filter(draw=draw).select_related("point__unit", "case__unit", "replaces__point")
    return rows.order_by("order")


def strata_of(draw: Draw) -> tuple[StratumRow, ...]:
    """The strata with their populations: what estimates are weighted by. Kept in memory, as a frame never changes."""
    return _plan_of(draw.pk, draw.frame_digest, designs.read(draw.design).digest)[0]


@lru_cache(maxsize=64)
def _plan_of(
    draw_id: int, frame_digest: str, design_digest: str
) -> tuple[tuple[StratumRow, ...], tuple[drawing.Short, ...]]:
    """Read once for a frame and a design, by their digests: neither ever changes."""
    row = Draw.objects.only("frame", "design").get(pk=draw_id)
    strata, short = drawing.plan(frame.decode(frame.unpack(row.frame)), designs.read(row.design))
    told = []
    for one in strata:
        kind, _, area = one.key.partition("|")
        told.append(StratumRow(one.key, kind, area, one.population, one.drawn))
    return tuple(told), short
