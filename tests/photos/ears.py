"""A wiring page for tests of photos: the job that makes copies listens, as it does in the city's own."""

from __future__ import annotations

from civicloop.photos.facts import PhotoStored
from civicloop.photos.tasks import make_copies

LISTENERS = {PhotoStored: (make_copies,)}
NOBODY: dict[type, tuple[object, ...]] = {}
