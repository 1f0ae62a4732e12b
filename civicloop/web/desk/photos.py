"""Photos as others may see them: copies without EXIF, to whoever may see what they are evidence of - a case, an order, a display,
an honour, a visit - and to their sender.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from civicloop.inspection import queries as inspection
from civicloop.kernel.refusal import NotFound
from civicloop.loops.evidence import shows_photo
from civicloop.photos import queries
from civicloop.photos.models import Photo
from civicloop.photos.policy import sent_it
from civicloop.photos.rules.address import Size
from civicloop.web.desk.asker import Asker, asker


@login_required
@require_GET
@cache_control(private=True, max_age=86400, immutable=True)
def photo(request: HttpRequest, sha256: str, size: str) -> HttpResponseBase:
    """A copy of one size."""
    found = queries.get(sha256)
    if size not in set(Size) or not _may_see(asker(request), found):
        raise NotFound("photo", sha256)
    return FileResponse(queries.public_copy(found, Size(size)), content_type="image/jpeg")


def _may_see(asking: Asker, found: Photo) -> bool:
    if sent_it(asking.person.pk, found) or shows_photo(found.sha256, asking.actor):
        return True
    return inspection.shows_photo(found.sha256, asking.actor, asking.at)
