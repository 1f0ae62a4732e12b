"""Rounds and draws: what is planned, what was promised, and what came out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from civicloop.api import inspection_shapes as shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, reply
from civicloop.api.filters import Paged
from civicloop.api.paging import page_of, place_of
from civicloop.api.reading import check_names
from civicloop.api.render import ROOT, unit_named
from civicloop.inspection.models import Draw, DrawnPoint, Round
from civicloop.inspection.models.rounds import KIND_LABELS
from civicloop.inspection.queries import openly

router = Router(tags=["inspection"])
COLUMNS = (
    "id", "uid", "code", "title", "kind", "edition__pack__code", "edition__name", "organiser_id", "starts_on", "ends_on",
    "closed_at",
)  # fmt: skip


@router.get("/rounds", response={200: shapes.RoundPage, **PROBLEMS}, operation_id="list_rounds")
def list_rounds(request: HttpRequest, given: Query[Paged]) -> HttpResponse:
    """Rounds of inspection, the latest first. Visits are secret: a unit hears of a round when a draw is published."""
    check_names(request, Paged.model_fields)
    who = asked(request)
    rows = openly.visible_rounds(who.actor).order_by("-starts_on", "-id")
    page = page_of(rows, COLUMNS, place=place_of(given.cursor, given.page == "last"), limit=given.limit)
    stand = openly.progress([row["id"] for row in page.rows])
    return reply(page.body(request, lambda row: round_out(row, stand[row["id"]], who)))


@router.get("/rounds/{code}", response={200: shapes.RoundDetail, **PROBLEMS}, operation_id="get_round")
def get_round(request: HttpRequest, code: Path[shapes.Code]) -> HttpResponse:
    """One round with its draws: what was promised, not what came out."""
    check_names(request, [])
    who = asked(request)
    row = openly.get_round(code, who.actor)
    told = round_out(_columns(row), openly.progress([row.pk])[row.pk], who)
    return reply(told | {"draws": [draw_brief(draw) for draw in openly.draws_of(row, who.actor)]})


@router.get("/draws/{code}", response={200: shapes.DrawDetail, **PROBLEMS}, operation_id="get_draw")
def get_draw(request: HttpRequest, code: Path[shapes.Code]) -> HttpResponse:
    """One draw with what came out. 409 `draw_sealed` before the day it opens, whoever asks."""
    check_names(request, [])
    who = asked(request)
    draw = openly.get_draw(code, who.actor, who.at)
    return reply(draw_detail(draw, openly.drawn_places(draw)))


@router.get(
    "/draws/{code}/published", response={200: shapes.PublishedDraw, **PROBLEMS}, operation_id="get_published_draw"
)
def get_published_draw(request: HttpRequest, code: Path[shapes.Code]) -> HttpResponse:
    """Everything needed to draw again: frame, design, both parts of the seed, result. For everybody, once published."""
    check_names(request, [])
    who = asked(request)
    told = openly.published(code, who.actor, who.at)
    body = draw_detail(told.draw, told.result) | {"secret": told.draw.secret, "frame": told.frame}
    return reply(body)


def round_out(row: dict[str, Any], visits: Any, who: Asked) -> dict[str, Any]:
    """A round in a list, from its columns."""
    plain = ("uid", "code", "kind", "starts_on", "ends_on", "closed_at")
    return {name: row[name] for name in plain} | {
        "name": row["title"],
        "kind_label": str(KIND_LABELS[row["kind"]]),
        "edition": {"code": row["edition__pack__code"], "name": row["edition__name"]},
        "organiser": unit_named(who.ref, row["organiser_id"]),
        "visits": dict(visits),
        "url": f"{ROOT}/rounds/{row['code']}",
    }


def _columns(row: Round) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in COLUMNS if "__" not in name}
    return plain | {"edition__pack__code": row.edition.pack.code, "edition__name": row.edition.name}


def draw_brief(draw: Draw) -> dict[str, Any]:
    """The promise of a draw."""
    return openly.summary(draw) | {"url": f"{ROOT}/draws/{draw.code}"}


def draw_detail(draw: Draw, places: Any) -> dict[str, Any]:
    """A draw with what came out, in order."""
    return draw_brief(draw) | {"round": draw.round.code, "drawn": [_drawn(one) for one in places]}


def _drawn(one: DrawnPoint) -> dict[str, Any]:
    plain = ("order", "stratum", "role", "chance", "double", "in_use", "reason")
    return {name: getattr(one, name) for name in plain} | {
        "point": one.point.code if one.point else None,
        "case": one.case.number if one.case else None,
        "replaces": one.replaces.order if one.replaces else None,
    }
