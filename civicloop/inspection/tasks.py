"""Jobs of inspection. Each may run twice."""

from __future__ import annotations

from civicloop.inspection.actions.submitting import complete_waiting
from civicloop.jobs import task
from civicloop.photos.models import Photo


@task
def photo_arrived(sha256: str) -> None:
    """A photo is stored: sheets that waited for it may be whole now. Listens to PhotoStored."""
    photo = Photo.objects.filter(pk=sha256).only("received_at").first()
    if photo is not None:
        complete_waiting(sha256, at=photo.received_at)
