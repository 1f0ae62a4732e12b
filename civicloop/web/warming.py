"""What a process does before it answers anybody, so that the first to ask does not wait for it: two to four seconds otherwise."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import translation

from civicloop.standards import reference

logger = logging.getLogger(__name__)


def warm() -> None:
    """Load the views, the words of every language and the books of the house.

    Where there is no database yet, or one without tables, nothing is loaded from it and the process starts all the same.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("desk:map")  # imports every view; addresses are kept by language
            translation.gettext("Map")
    try:
        ref = reference.now()
        for book in ("org", "grids", "calendars", "parameters", "categories"):
            getattr(ref, book)
    except DatabaseError as fault:
        logger.info("nothing was loaded beforehand: %s", fault)
    finally:
        connection.close()  # the threads that answer have connections of their own
