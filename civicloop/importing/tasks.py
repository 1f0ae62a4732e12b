"""The job of an uploaded file. It may run twice."""

from __future__ import annotations

from django.utils import timezone

from civicloop.importing.actions import uploading
from civicloop.jobs import task


@task
def work_on_upload(*, upload_uid: str) -> None:
    """Judge the file, or bring it in, whichever was asked for last."""
    uploading.work(upload_uid, at=timezone.now())
