"""What is refused here, and refusals of the house as errors of Open311: 403 for keys, 404 for what is not there, else 400."""

from __future__ import annotations

from typing import Any

from civicloop.api import words
from civicloop.api.open311.writing import plain
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.sentences import sentence


class Fault(Refused):
    """An error of this door. `description` is a plain sentence; several faults are told together with `Faults`."""

    def __init__(self, status: int, description: str, *, code: int | None = None) -> None:
        # What a client sent is repeated in it, and XML holds not every character.
        self.description = plain(description)
        super().__init__("open311", description=self.description)
        self.status, self.number = status, code or status


class Faults(Refused):
    """Several errors of one request, each told by itself."""

    status = 400

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("open311", description="; ".join(one.description for one in faults))
        self.faults = faults


def faults_of(refused: Refused) -> tuple[int, list[dict[str, Any]]]:
    """The status and the errors of a refusal. What cannot be taken as it is (422, 409, 412) is a bad request to Open311."""
    if isinstance(refused, Faults):
        status = refused.faults[0].status if len({one.status for one in refused.faults}) == 1 else 400
        return status, [{"code": one.number, "description": one.description} for one in refused.faults]
    if isinstance(refused, Fault):
        return refused.status, [{"code": refused.number, "description": refused.description}]
    status = refused.status if refused.status in (403, 404, 405, 413, 429, 500, 503) else 400
    told = words.said(refused.code, refused.params) or sentence(refused)
    if isinstance(refused, Invalid) and refused.field:
        told = f"{refused.field}: {told}"
    return status, [{"code": status, "description": plain(told)}]
