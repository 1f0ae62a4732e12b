"""Jobs of field work. Each may run twice."""

from __future__ import annotations

from datetime import datetime

from civicloop.fieldwork import actions
from civicloop.jobs import task
from civicloop.photos.models import Photo


@task
def photo_arrived(sha256: str) -> None:
    """A photo is stored: entries that waited for it may be whole now. Listens to PhotoStored."""
    photo = Photo.objects.filter(pk=sha256).only("received_at").first()
    if photo is not None:
        actions.photo_here(sha256=sha256, at=photo.received_at)


@task
def apply_waiting(at: str) -> None:
    """Apply what was stored and could not be applied within the request that brought it."""
    actions.apply_waiting(at=datetime.fromisoformat(at))
