"""Tables of displays and honours."""

from civicloop.publicity.models.displays import Display, DisplayAlarm, DisplayEvidence, DisplayStep
from civicloop.publicity.models.honours import Honour, HonourAlarm, HonourEvidence, HonourStep

__all__ = [
    "Display", "DisplayAlarm", "DisplayEvidence", "DisplayStep", "Honour", "HonourAlarm", "HonourEvidence", "HonourStep",
]  # fmt: skip
