"""Jobs that reckon what pages only read. Each may run twice."""

from __future__ import annotations

from django.utils import timezone

from civicloop.insight import screen
from civicloop.jobs import task
from civicloop.scoring.actions import keep_named
from civicloop.standards import reference


@task
def keep_screen() -> None:
    """Reckon the slow half of the big screen and keep it."""
    at = timezone.now()
    keep_named(name=screen.KEPT, content=screen.reckoned(at=at, ref=reference.now()), at=at)
