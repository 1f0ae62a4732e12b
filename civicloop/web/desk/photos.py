"""Photos as others may see them: copies without EXIF, to whoever may see a case or visit they belong to, and to their sender."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from civicloop.cases.models import Case, CaseEvidence
from civicloop.inspection.models import ObservationPhoto, Visit
from civicloop.inspection.policy import visible_visits
from civicloop.kernel.refusal import NotFound
from civicloop.photos import queries
from civicloop.photos.models import Photo
from civicloop.photos.policy import sent_it
from civicloop.photos.rules.address import Size
from civicloop.publicity.models import Display, DisplayEvidence
from civicloop.publicity.policy import visible_displays
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
    if sent_it(asking.person.pk, found):
        return True
    visible = Case.objects.visible_to(asking.actor).order_by().values("pk")
    if CaseEvidence.objects.filter(photo=found, case__in=visible).exists():
        return True
    visits = Visit.objects.filter(visible_visits(asking.actor, asking.at)).order_by().values("pk")
    if ObservationPhoto.objects.filter(photo=found, observation__visit__in=visits).exists():
        return True
    displays = Display.objects.filter(visible_displays(asking.actor)).order_by().values("pk")
    return DisplayEvidence.objects.filter(photo=found, display__in=displays).exists()
