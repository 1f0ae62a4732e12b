"""What every page of the desk shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from civicloop.loops.models import Notice
from civicloop.web.desk.asker import asker

# The words of the rail: address name, word, and the part of the address name that marks it as the present one.
RAIL = (
    ("desk:inbox", _("Inbox"), "inbox"),
    ("desk:cases", _("Cases"), "case"),
    ("desk:report", _("Report"), "report"),
    ("desk:rounds", _("Inspection"), "inspection"),
    ("desk:scores", _("Scores"), "score"),
    ("desk:papers", _("Papers"), "paper"),
    ("desk:units", _("Units"), "unit"),
    ("desk:people", _("People"), "person"),
    ("desk:notices", _("Notices"), "notices"),
)
# Pages that belong to a word of the rail under another name.
BELONGS = {
    "report_form": "report", "cases": "case", "step": "case", "case_ledger": "case", "units": "unit", "people": "person",
    "contact": "person", "gaps": "unit", "rounds": "inspection", "round": "inspection", "round_new": "inspection",
    "draw": "inspection", "draw_new": "inspection", "draw_assign": "inspection", "substitute": "inspection",
    "visits": "inspection", "visit": "inspection", "visit_missed": "inspection", "standards": "inspection",
    "edition": "inspection", "checklist": "inspection",
    "numbers": "score", "scores": "score", "score_open": "score", "score_publish": "score", "score_publications": "score",
    "score_publication": "score", "score_verify": "score", "score_negative": "score", "score_negative_new": "score",
    "score_negative_revoke": "score", "score_appeals": "score", "score_appeal": "score", "score_appeal_new": "score",
    "score_appeal_step": "score", "forecast": "score", "analysis": "score", "analysis_suggestions": "score",
    "papers": "paper", "paper_new": "paper", "paper_texts": "paper", "paper_issue": "paper", "paper_pages": "paper",
    "paper_again": "paper",
}  # fmt: skip
MOST_COUNTED = 99


def desk(request: HttpRequest) -> dict[str, Any]:
    """Nothing is asked of the database before a template wants it."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return {
        "rail": RAIL,
        "rail_now": BELONGS.get(name, name),
        "unseen": SimpleLazyObject(lambda: _unseen(request)),
        "unit_acted_for": SimpleLazyObject(lambda: _unit_name(request)),
    }


def _unseen(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.filter(person=request.user, seen_at=None)[: MOST_COUNTED + 1].count()


def _unit_name(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    asking = asker(request)
    unit = asking.actor.unit_acted_for(None)
    return "" if unit is None else asking.ref.org.unit(unit).name
