"""Photos that people without an account bring: stored before anybody has looked at them, so one sender brings only so many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from civicloop.kernel.refusal import Invalid
from civicloop.residents.counting import count
from civicloop.standards.reference import Reference

HOUR = 3600.0
KILOBYTE = 1024
RESIDENT, PROGRAM = "residents", "open311"


def require_room(sender: str, sizes: Sequence[int], *, kind: str = RESIDENT, at: datetime, ref: Reference) -> None:
    """Count photos of these sizes (bytes) against what one sender may bring in an hour, over all web processes together.

    `kind` names the parameters: `residents.…` for a network address, `open311.…` for a program with a key.
    Raises Invalid `photos_too_often`; then nothing may be stored.
    """
    if not sizes:
        return
    most = int(ref.parameters[f"{kind}.photos_an_hour"])
    most_kilobytes = int(ref.parameters[f"{kind}.photo_megabytes_an_hour"]) * KILOBYTE
    kilobytes = sum(-(-size // KILOBYTE) for size in sizes)
    for what, many, limit in (("photos", len(sizes), most), ("photo_bytes", kilobytes, most_kilobytes)):
        seen = count(window=f"{kind}.{what}", key=sender, many=many, seconds=HOUR, now=at.timestamp())
        if seen.times > limit:
            raise Invalid("photos", "photos_too_often")
