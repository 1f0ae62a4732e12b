"""Jobs of photos."""

from __future__ import annotations

from civicloop.jobs import task
from civicloop.photos import copies


@task
def make_copies(sha256: str) -> None:
    """Make the public copies of a new photo. Listens to PhotoStored; what exists is not made again."""
    copies.make(sha256)
