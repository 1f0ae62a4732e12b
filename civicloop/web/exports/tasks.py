"""The job that writes a list. It may run twice."""

from __future__ import annotations

from django.utils import timezone, translation

from civicloop.documents import exporting
from civicloop.documents.models import Export
from civicloop.documents.rules.sheets import Workbook
from civicloop.jobs import task
from civicloop.web.exports.asked import asked_of
from civicloop.web.exports.kinds import workbook_of


@task
def write_export(*, export_uid: str) -> None:
    """Write the workbook in the asker's language, with what he may see now."""
    at = timezone.now()
    language = Export.objects.filter(uid=export_uid).values_list("language", flat=True).first()

    def compose(export: Export) -> tuple[Workbook, int | None]:
        return workbook_of(export.kind, asked_of(export, at))

    with translation.override(language or "zh-hans"):
        exporting.write(export_uid, compose, at=at)  # type: ignore[arg-type]
