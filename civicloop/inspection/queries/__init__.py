"""All reads of inspection."""

from civicloop.inspection.queries.agreement import Agreement, agreement
from civicloop.inspection.queries.draws import DrawPage, StratumRow, draw_page, drawn_points, get_draw, strata_of
from civicloop.inspection.queries.judged import Judged, judged_observations, judged_rows
from civicloop.inspection.queries.rounds import DayRow, RoundPage, RoundRow, get_round, round_page, rounds
from civicloop.inspection.queries.routes import RouteSheet, day_sheet, route_of
from civicloop.inspection.queries.sheets import VisitSheet, sheet
from civicloop.inspection.queries.visits import (
    Standing,
    VisitPage,
    get_submission,
    get_visit,
    shows_photo,
    standing,
    visit_page,
    visits_of,
)

__all__ = [
    "Agreement", "DayRow", "DrawPage", "Judged", "RoundPage", "RoundRow", "RouteSheet", "Standing", "StratumRow",
    "VisitPage", "VisitSheet", "agreement", "day_sheet", "draw_page", "drawn_points", "get_draw", "get_round",
    "get_submission", "get_visit", "judged_observations", "judged_rows", "round_page", "rounds", "route_of", "sheet",
    "shows_photo", "standing", "strata_of", "visit_page", "visits_of",
]  # fmt: skip
