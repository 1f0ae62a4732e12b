"""What a device's clock said, and what it should have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

TRUSTED_S = 120.0
"""Within two minutes a clock is right: the network and a slow phone make as much."""
_MOMENTS = frozenset({"noted_at", "started_at"})


def righted(moment: datetime, offset_s: float | None) -> datetime:
    """The moment as a right clock would have told it. `offset_s` are the seconds by which the device was behind."""
    if offset_s is None or abs(offset_s) <= TRUSTED_S:
        return moment
    try:
        return moment + timedelta(seconds=offset_s)
    except OverflowError:
        return moment


def righted_content(content: Any, offset_s: float | None) -> Any:
    """The content with every moment the device noted put right; always the same for the same entry."""
    if offset_s is None or abs(offset_s) <= TRUSTED_S:
        return content
    if isinstance(content, Mapping):
        return {
            name: _moment(value, offset_s)
            if name in _MOMENTS and isinstance(value, str)
            else righted_content(value, offset_s)
            for name, value in content.items()
        }
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [righted_content(one, offset_s) for one in content]
    return content


def _moment(value: str, offset_s: float) -> str:
    try:
        return righted(datetime.fromisoformat(value), offset_s).isoformat()
    except ValueError:
        return value
