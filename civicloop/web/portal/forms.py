"""What the forms of the portal share: the sender's key, the contact, the photos, numbers as they are typed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.photos import actions as photos
from civicloop.residents.actions import MOST_PHOTOS, Contact
from civicloop.residents.actions.arriving import require_room
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.web.desk.uploads import kept
from civicloop.web.outside.limits import address_of


def sent_key(typed: QueryDict) -> str:
    """The key of this form: the one it came with, else a new one."""
    given = typed.get("key", "")
    return given if 16 <= len(given) <= 100 else secrets.token_urlsafe(18)


def contact_of(typed: QueryDict) -> Contact:
    """What somebody said of himself."""
    return Contact(
        typed.get("name", "")[:200],
        typed.get("phone", "")[:60],
        typed.get("email", "")[:300],
        bool(typed.get("agreed")),
    )


def brought(request: HttpRequest, ref: Reference) -> list[UploadedFile]:
    """The photos that came with a form, not stored yet: first the kind and the place must be known. Those of an earlier try stay.

    So that nobody fills the disk with forms that are never sent to their end, one sender brings so many in an hour.
    Raises Invalid `photos`.
    """
    files, found = request.FILES.getlist("photos"), [one["sha256"] for one in kept(request)]
    request.portal_photos, request.portal_lost = found, len(files)  # type: ignore[attr-defined]
    if len(files) + len(found) > MOST_PHOTOS:
        raise Invalid("photos", "too_many", limit=MOST_PHOTOS)
    require_room(address_of(request), [file.size or 0 for file in files], at=timezone.now(), ref=ref)
    return files


def photos_of(request: HttpRequest, files: Sequence[UploadedFile]) -> list[str]:
    """The photos of a form by their address, those of an earlier try first. What is stored now stays on the request
    (`remembered`): whatever is wrong besides, it need not be chosen again.
    """
    found, now = remembered(request), timezone.now()
    request.portal_photos = found  # type: ignore[attr-defined]
    for file in files:
        stored = photos.store(file.file, sha256=None, by=None, at=now)  # type: ignore[arg-type]
        request.portal_lost -= 1  # type: ignore[attr-defined]
        if stored.sha256 not in found:
            found.append(stored.sha256)
    return found


def remembered(request: HttpRequest) -> list[str]:
    """Photos a form shown again carries along."""
    if not hasattr(request, "portal_photos") and request.method == "POST":
        return [one["sha256"] for one in kept(request)]
    return list(getattr(request, "portal_photos", []))


def lost(request: HttpRequest) -> int:
    """How many photos of the form could not be kept: they must be chosen again, since no page can do that for anybody."""
    return int(getattr(request, "portal_lost", len(request.FILES.getlist("photos")) if request.method == "POST" else 0))


def category_of(typed: QueryDict, ref: Reference) -> CategoryInfo | None:
    """The kind chosen: from the suggestions, else from the list of all."""
    for name in ("category", "other_category"):
        try:
            found = ref.categories.by_uid(UUID(typed.get(name, "")))
        except ValueError:
            continue
        if found is not None:
            return found
    return None


def number(typed: QueryDict, name: str) -> float | None:
    """A coordinate as typed. Raises Invalid `place`."""
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text[:30])
    except ValueError:
        raise Invalid("place", "not_a_number", value=text[:30]) from None
