"""What is asked of a draw. A design is plain JSON that is shown and hashed; here it is checked and read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from civicloop.kernel.refusal import Invalid

ALLOCATIONS = ("quota", "proportional", "equal")
# Base 1; what is added for the unit's or the case's own history. A city may give its own in the design.
MARKS = {"recurrence": 2, "sent_back": 2, "late": 1, "photo_repeated": 3}
DEFAULTS: dict[str, Any] = {
    "kind": "points", "allocation": "proportional", "quota": {}, "size": 0, "minimum": 2, "spread": True, "types": [],
    "areas": [], "panel_share": 0, "panel_from": "", "reserve_share": 0.2, "double_share": 0.08, "beacon_source": "",
    "minutes": {"*": 15}, "windows": {}, "from": "", "to": "", "weights": MARKS,
}  # fmt: skip
MOST_DOUBLE = Fraction(1, 2)
# A number as JSON or a form writes it, or one as 1/3. Longer exponents would take a machine's memory.
SHARE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,20})?(e-?[0-9]{1,2})?|[0-9]{1,6}/[0-9]{1,6}")
MOST = 100_000


@dataclass(frozen=True)
class Design:
    """A design that was checked. Shares are exact: 0.3 is 3/10."""

    content: Mapping[str, Any] = field(repr=False)
    kind: str
    allocation: str
    quota: Mapping[str, int]
    size: int
    minimum: int
    spread: bool
    panel_share: Fraction
    panel_from: str
    reserve_share: Fraction
    double_share: Fraction

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: keys in order, no spaces, UTF-8."""
        text = json.dumps(self.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def read(given: Mapping[str, Any]) -> Design:
    """The design with its defaults filled in; Invalid names the key at fault."""
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise Invalid("design", "design_key_unknown", key=unknown[0])
    content = {**DEFAULTS, **given}
    kind = _one_of(content, "kind", ("points", "look_back"))
    design = Design(
        content, kind, _one_of(content, "allocation", ALLOCATIONS), _quota(content["quota"]), _whole(content, "size"),
        _whole(content, "minimum"), _truth(content, "spread"), _share(content, "panel_share"), str(content["panel_from"]),
        _share(content, "reserve_share", most=Fraction(5)), _share(content, "double_share", most=MOST_DOUBLE),
    )  # fmt: skip
    if kind == "look_back":
        _check_look_back(design)
    else:
        _check_points(design)
    _check_visits(content)
    return design


def _check_points(design: Design) -> None:
    if design.allocation == "quota":
        if not sum(design.quota.values()):
            raise Invalid("quota", "design_nothing_wanted")
    elif not design.size:
        raise Invalid("size", "design_nothing_wanted")
    if bool(design.panel_share) != bool(design.panel_from):
        raise Invalid("panel_from", "design_panel_half")
    for key in ("types", "areas"):
        value = design.content[key]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Invalid(key, "design_value_wrong", key=key)


def _check_look_back(design: Design) -> None:
    if not design.size:
        raise Invalid("size", "design_nothing_wanted")
    try:
        first, last = (date.fromisoformat(str(design.content[key])) for key in ("from", "to"))
    except ValueError:
        raise Invalid("from", "design_value_wrong", key="from") from None
    if last < first:
        raise Invalid("to", "ends_before_start")
    weights = design.content["weights"]
    if not isinstance(weights, Mapping) or not set(weights) <= set(MARKS):
        raise Invalid("weights", "design_value_wrong", key="weights")
    for key in weights:
        _whole(weights, key)


def _check_visits(content: Mapping[str, Any]) -> None:
    minutes, windows = content["minutes"], content["windows"]
    if not isinstance(minutes, Mapping) or not all(_is_whole(one) and 0 < one <= 720 for one in minutes.values()):
        raise Invalid("minutes", "design_value_wrong", key="minutes")
    if not isinstance(windows, Mapping):
        raise Invalid("windows", "design_value_wrong", key="windows")
    for window in windows.values():
        clock_window(window)


def clock_window(written: Any) -> tuple[int, int]:
    """A window such as ["07:00", "11:30"] in minutes of the day; Invalid where it is none."""
    try:
        first, last = (_minute(text) for text in written)
    except (TypeError, ValueError):
        raise Invalid("windows", "design_value_wrong", key="windows") from None
    if last <= first:
        raise Invalid("windows", "design_value_wrong", key="windows")
    return first, last


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in str(text).split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        raise ValueError(text)
    return hour * 60 + minute


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(content: Mapping[str, Any], key: str) -> int:
    value = content[key]
    if not _is_whole(value) or not 0 <= value <= MOST:
        raise Invalid(key, "design_value_wrong", key=key)
    return int(value)


def _truth(content: Mapping[str, Any], key: str) -> bool:
    if not isinstance(content[key], bool):
        raise Invalid(key, "design_value_wrong", key=key)
    return bool(content[key])


def _one_of(content: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
    if content[key] not in known:
        raise Invalid(key, "design_value_wrong", key=key)
    return str(content[key])


def _share(content: Mapping[str, Any], key: str, most: Fraction = Fraction(1)) -> Fraction:
    try:
        written = str(content[key])
        share = Fraction(written if SHARE.fullmatch(written) else "")
    except (ValueError, ZeroDivisionError):
        raise Invalid(key, "design_value_wrong", key=key) from None
    if isinstance(content[key], bool) or not 0 <= share <= most:
        raise Invalid(key, "design_value_wrong", key=key)
    return share


def _quota(given: Any) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise Invalid("quota", "design_value_wrong", key="quota")
    return {str(key): _whole(given, key) for key in given}
