"""Jobs of the order loop. Each may run twice."""

from __future__ import annotations

from civicloop.jobs import task
from civicloop.volunteers import telling


@task
def tell_step(*, order_uid: str, step: str, seq: int, at: str) -> None:
    """Tell those whose turn it is, or who asked, that a step was taken."""
    telling.tell_step(order_uid, step, seq, at)
