"""What every page of the desk shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from civicloop.cases.policy import REPORTERS
from civicloop.loops.models import Notice
from civicloop.organisation.book import UnitInfo
from civicloop.web.desk.asker import asker
from civicloop.web.doors import reachable
from civicloop.web.look import look_of

# The words of the rail, nine at most: address name, word, and the part of the address name that marks it as the present one.
RAIL = (
    ("desk:today", _("Today"), "today"),
    ("desk:inbox", _("Inbox"), "inbox"),
    ("desk:cases", _("Cases"), "case"),
    ("desk:rounds", _("Inspection"), "inspection"),
    ("desk:scores", _("Scores"), "score"),
    ("desk:map", _("Map"), "map"),
    ("desk:volunteers", _("Volunteering"), "volunteer"),
    ("desk:papers", _("Papers"), "paper"),
    ("desk:settings", _("Settings"), "settings"),
)
# Pages that belong to a word of the rail under another name.
BELONGS = {
    "daily_dispatch": "today", "inbox_case": "inbox", "bulk": "inbox", "bulk_take": "inbox", "bulk_result": "inbox",
    "report": "case", "report_form": "case", "cases": "case", "step": "case", "case_ledger": "case",
    "texts": "case", "text": "case", "text_file": "case",
    "unit": "settings", "units": "settings", "people": "settings", "person": "settings", "contact": "settings", "gaps": "settings",
    "rounds": "inspection", "round": "inspection", "round_new": "inspection",
    "draw": "inspection", "draw_new": "inspection", "draw_assign": "inspection", "substitute": "inspection",
    "visits": "inspection", "visit": "inspection", "visit_missed": "inspection", "standards": "inspection",
    "edition": "inspection", "checklist": "inspection", "round_routes": "inspection",
    "numbers": "score", "scores": "score", "score_open": "score", "score_publish": "score", "score_publications": "score",
    "score_publication": "score", "score_verify": "score", "score_negative": "score", "score_negative_new": "score",
    "score_negative_revoke": "score", "score_appeals": "score", "score_appeal": "score", "score_appeal_new": "score",
    "score_appeal_points": "score", "score_appeal_step": "score", "forecast": "score", "analysis": "score",
    "analysis_suggestions": "score",
    "papers": "paper", "paper_new": "paper", "paper_texts": "paper", "paper_issue": "paper", "paper_pages": "paper",
    "surveys": "paper", "survey": "paper", "survey_new": "paper", "survey_invite": "paper", "survey_enter": "paper",
    "survey_channel": "paper",
    "opinions": "paper", "opinion": "paper", "opinion_new": "paper", "displays": "paper", "display": "paper",
    "display_new": "paper", "honours": "paper", "honour": "paper", "honour_new": "paper",
    "paper_again": "paper", "wordings": "paper", "wording": "paper",
    "open311_keys": "settings", "open311_key": "settings", "open311_key_new": "settings", "open311_key_change": "settings",
    "open311_telling": "settings",
    "catalogue": "settings", "choose_messages": "settings", "grids_edit": "settings",
    "residents": "case", "complaints": "case", "complaint": "case", "plates": "case", "plates_sheet": "case",
    "residents_keeping": "case", "residents_contact": "case", "import_page": "settings", "import_file": "settings",
    "volunteers": "volunteer", "exports": "case", "export_page": "case",
}  # fmt: skip
MOST_COUNTED = 99


def desk(request: HttpRequest) -> dict[str, Any]:
    """Nothing is asked of the database before a template wants it."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return {
        "rail": SimpleLazyObject(lambda: reachable(RAIL)),
        "rail_now": _word_of(name),
        "home": SimpleLazyObject(lambda: reachable(RAIL)[0][0]),
        "look": look_of(request),
        "may_report": SimpleLazyObject(lambda: _may_report(request)),
        "unseen": SimpleLazyObject(lambda: _unseen(request)),
        "unit_acted_for": SimpleLazyObject(lambda: _unit_name(request)),
        "units_to_act_for": SimpleLazyObject(lambda: _own_units(request)),
    }


def _word_of(name: str) -> str:
    """The word of the rail under which a page stands."""
    if name.startswith("edit_"):
        return "settings"
    return "volunteer" if name.startswith("volunteer_") else BELONGS.get(name, name)


def _unseen(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.filter(person=request.user, seen_at=None)[: MOST_COUNTED + 1].count()


def _may_report(request: HttpRequest) -> bool:
    return request.user.is_authenticated and asker(request).actor.has(*REPORTERS)


def _unit_name(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    asking = asker(request)
    unit = asking.unit_id
    return "" if unit is None else asking.ref.org.unit(unit).name


def _own_units(request: HttpRequest) -> list[UnitInfo]:
    """The units a person holds posts in, when there are several to choose from."""
    if not request.user.is_authenticated:
        return []
    asking = asker(request)
    units = [asking.ref.org.unit(number) for number in asking.own_units]
    return units if len(units) > 1 else []
