"""The city's date at a moment: appointments and reviews go by the calendar on the wall, not by UTC."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def day_of(at: datetime) -> date:
    """The date in the city at an aware moment."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()
