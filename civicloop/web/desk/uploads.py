"""Photos that come with a form: stored at once, so that a refused form does not lose them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from civicloop.kernel.refusal import Invalid
from civicloop.photos import actions
from civicloop.web.desk.asker import asker

FIELD, KIND, KEPT = "photos", "photo_kind", "kept_photo"
MOST = 12


def taken(request: HttpRequest) -> list[Mapping[str, Any]]:
    """The photos of a form, kept ones first, each as `{"sha256", "kind"}`. Raises Invalid; what is stored stays."""
    files = request.FILES.getlist(FIELD)
    photos = kept(request)
    if len(files) + len(photos) > MOST:
        raise Invalid(FIELD, "too_many", limit=MOST)
    asking, kind = asker(request), request.POST.get(KIND, "")
    remembered: list[Mapping[str, Any]] = list(photos)
    request.civicloop_photos = remembered  # type: ignore[attr-defined]
    for file in files:
        photo = actions.store(_stream(file), sha256=None, by=asking.person, at=asking.at)
        remembered.append({"sha256": photo.sha256, "kind": kind} if kind else {"sha256": photo.sha256})
    return remembered


def kept(request: HttpRequest) -> list[dict[str, str]]:
    """Photos that an earlier try of the same form has stored."""
    told = (text.partition(":") for text in request.POST.getlist(KEPT))
    return [{"sha256": sha256, "kind": kind} if kind else {"sha256": sha256} for sha256, _, kind in told]


def remembered(request: HttpRequest) -> list[Mapping[str, Any]]:
    """What a form shown again carries along."""
    known: list[Mapping[str, Any]] | None = getattr(request, "civicloop_photos", None)
    return kept(request) if known is None else known  # type: ignore[return-value]


def _stream(file: UploadedFile) -> Any:
    return file.file if hasattr(file, "file") and file.file is not None else file
