"""Refusals kept beside an entry: as plain data in the table, as a refusal again when they are to be spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civicloop.kernel.refusal import Invalid, NotAllowed, Refused, StepRefused, as_record
from civicloop.sentences import sentence

BEHIND = "entry_behind"
NEVER_CAME = "entry_predecessor_missing"
NO_CASE = "entry_case_missing"
NO_PHOTOS = "entry_photos_never_came"
FAILED = "entry_failed"
# What ends by itself when the entries before this one are settled, or the case they are about is there.
OF_OTHERS = frozenset({BEHIND, NEVER_CAME, NO_CASE})
# What was said after the longest wait: it stands until what was waited for is there.
GIVEN_UP = frozenset({NEVER_CAME, NO_CASE})
# What is tried again without anybody's decision: its own photos may come as well.
AWAITED = OF_OTHERS | {NO_PHOTOS}


def record_of(refused: Refused) -> dict[str, Any]:
    """The refusal as plain data: code, values, the field at fault and the status."""
    params = {name: value for name, value in as_record(refused).items() if name != "code"}
    told: dict[str, Any] = {"code": refused.code, "status": refused.status, "params": params}
    if isinstance(refused, Invalid):
        told["field"] = refused.field
    if isinstance(refused, (NotAllowed, StepRefused)):
        told["sort"] = type(refused).__name__
    return told


def revived(record: Mapping[str, Any]) -> Refused:
    """The refusal a record was made of, good for speaking it."""
    params = dict(record.get("params", {}))
    if record.get("sort") == "NotAllowed":
        return NotAllowed(params.get("verb", ""), params.get("rule", ""), who=params.get("who", ()))
    if record.get("sort") == "StepRefused":
        step, state, missing = params.pop("step", ""), params.pop("state", ""), params.pop("missing", ())
        return StepRefused(step, state, missing=missing, code=record["code"], **params)
    return Refused(record["code"], **params)


def spoken(record: Mapping[str, Any]) -> str:
    """The refusal as a sentence in the active language; one that stands behind another tells the other's reason."""
    why = record.get("why")
    if why:
        return sentence(Refused(record["code"], why=spoken(why), **record.get("params", {})))
    return sentence(revived(record))
