"""A judged round that lies behind whoever looks at a page now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from civicloop.inspection.models import Draw, Observation, Round
from civicloop.standards import editions
from tests.cast import City
from tests.scoring.town import Town, all_met, build, edition

CLAUSES = {
    "N1": {"code": "N1", "text": {"zh_Hans": "发生重大事故"}, "consequence": "deduct", "window_months": 12, "sure": "low",
           "points": 3.0},
}  # fmt: skip


def scored(city: City, **scoring: Any) -> Town:
    """Streets and markets in two towns, five of twelve judged yesterday, one fault in Lotus."""
    editions.book.cache_clear()  # numbers of editions begin anew with each test
    now = timezone.now()
    town = build(city, edition(negative=CLAUSES, **scoring), code="W48")
    days = {"starts_on": (now - timedelta(days=2)).date(), "ends_on": (now + timedelta(days=1)).date()}
    Round.objects.filter(pk=town.round.pk).update(**days)
    Draw.objects.filter(pk=town.draw.pk).update(drawn_at=now - timedelta(days=3), opens_on=days["starts_on"])
    at = now - timedelta(hours=3)
    town.visit("STREET-lotus-0", all_met("STREET", i4="not_met"), at=at)
    town.visit("STREET-lotus-1", all_met("STREET"), at=at)
    town.visit("MARKET-lotus-0", all_met("MARKET", i1="cannot_tell"), at=at)
    town.visit("STREET-willow-0", all_met("STREET"), at=at)
    town.visit("MARKET-willow-0", all_met("MARKET", i2="not_met"), at=at)
    return town


def fault(town: Town) -> Observation:
    """The item that was not met in Lotus."""
    return Observation.objects.get(answer="not_met", visit__point__code="STREET-lotus-0")
