"""Forecast: what the assessors would find if they came tomorrow, simulated from what is known of each type and area."""

from civicloop.scoring.rules.forecast.known import Assumptions, Known, Pairs, Plan, PlanRow, scaled
from civicloop.scoring.rules.forecast.outcome import Forecast, ItemGain, Note, TypePart
from civicloop.scoring.rules.forecast.simulate import forecast

__all__ = [
    "Assumptions", "Forecast", "ItemGain", "Known", "Note", "Pairs", "Plan", "PlanRow", "TypePart", "forecast", "scaled",
]  # fmt: skip
