"""Pictures: sent as raw bytes under their SHA-256, shown as copies without EXIF."""

from __future__ import annotations

from typing import Annotated, BinaryIO, cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from ninja import Path, Query, Router, Schema
from pydantic import Field

from civicloop.api import shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, reply, takes
from civicloop.api.problems import Refusal
from civicloop.api.reading import check_names, length_of
from civicloop.api.render import ROOT
from civicloop.inspection import queries as inspection
from civicloop.kernel.refusal import NotFound, TooLarge
from civicloop.loops.evidence import shows_photo
from civicloop.organisation.models import Person
from civicloop.photos import actions, queries
from civicloop.photos.models import Photo
from civicloop.photos.policy import sent_it
from civicloop.photos.rules.address import Size
from civicloop.photos.rules.picture import MAX_MEGABYTES, MEGABYTE

router = Router(tags=["photos"])
Address = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$", description="SHA-256 of the bytes, in hexadecimal.")]
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "required": True}


class CopyWanted(Schema):
    size: Size = Field(Size.PAGE, description="How large a copy.")


@router.put(
    "/photos/{sha256}",
    response={200: shapes.PhotoOut, 201: shapes.PhotoOut, 411: shapes.Problem, **PROBLEMS},
    operation_id="put_photo",
    openapi_extra={"requestBody": BYTES},
)
def put_photo(request: HttpRequest, sha256: Path[Address]) -> HttpResponse:
    """Send a picture: JPEG, PNG, WebP or HEIC, as it is, up to 30 MB. Sent again: the same photo, 200."""
    check_names(request, [])
    person: Person = request.auth  # type: ignore[attr-defined]
    length = length_of(request)
    if not length:
        raise Refusal(411, "length_missing")
    if length > MAX_MEGABYTES * MEGABYTE:
        raise TooLarge("photo", "photo_too_large", megabytes=MAX_MEGABYTES)
    at = timezone.now()
    # The request itself is the stream: its body is never held in memory.
    photo = actions.store(cast(BinaryIO, request), sha256=sha256, by=person, at=at)
    return reply(
        _photo_out(photo), 201 if photo.received_at == at else 200, {"Location": f"{ROOT}/photos/{photo.sha256}"}
    )


@router.get(
    "/photos/{sha256}",
    response={200: None, 304: None, **PROBLEMS},
    operation_id="get_photo",
    openapi_extra={
        **takes("If-None-Match"),
        "responses": {200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}},
    },
)
def get_photo(request: HttpRequest, sha256: Path[Address], given: Query[CopyWanted]) -> HttpResponseBase:
    """The copy of a picture, upright and without EXIF, for whoever sent it or may see a case or visit it belongs to."""
    check_names(request, CopyWanted.model_fields)
    who = asked(request)
    photo = queries.get(sha256)
    if not _may_see(photo, who):
        raise NotFound("photo", sha256)
    etag = f'"{photo.sha256}-{given.size}"'
    response: HttpResponseBase
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = FileResponse(queries.public_copy(photo, given.size), content_type="image/jpeg")
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=31536000, immutable=True)
    return response


def _may_see(photo: Photo, who: Asked) -> bool:
    """Who sent it, and who may see what it is evidence of: a loop of any kind, or a visit."""
    if sent_it(who.actor.person_id, photo) or shows_photo(photo.sha256, who.actor):
        return True
    return inspection.shows_photo(photo.sha256, who.actor, who.at)


def _photo_out(photo: Photo) -> dict[str, object]:
    return {
        "sha256": photo.sha256,
        "media_type": photo.media_type,
        "size": photo.size,
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.taken_at,
        "url": f"{ROOT}/photos/{photo.sha256}",
    }
