"""What the newest proposal of dispatch says of one order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civicloop.volunteers.models import Order
from civicloop.volunteers.proposing import newest


def row_of(order: Order) -> Mapping[str, Any] | None:
    """The row of the open proposal about this order, where it was made from the order as it stands now."""
    proposal = newest()
    if proposal is None:
        return None
    found = next((row for row in proposal.content if row["order"] == str(order.uid)), None)
    return found if found is not None and found["version"] == order.version and found["team"] else None
